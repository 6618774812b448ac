"""``scripts/benchmark.py --against REF``: two commits of a small copy of the tree, paired."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from contenders.against import PairedRatios

ROOT = Path(__file__).parents[2]
QUICK = ("--shortest", "0.001", "--contenders", "tiny-nn numpy")
TENFOLD = """

from types import SimpleNamespace

real, time = time.perf_counter, SimpleNamespace(perf_counter=lambda: 10 * real())
"""
"""Appended to the module with the clock of training: all of it seems to take ten times as long."""


def git(tree: Path, *words: str) -> None:
    named = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost", "-C", str(tree), *words]
    subprocess.run(named, check=True)


def worktrees(tree: Path) -> list[Path]:
    return list((tree / ".git" / "worktrees").glob("*"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("copy")
    for folder in ("nn", "scripts"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    git(tree, "init", "--quiet")
    git(tree, "add", ".")
    git(tree, "commit", "--quiet", "--message", "the other")
    return tree


def command(tree: Path, *arguments: str) -> list[str]:
    return [sys.executable, str(tree / "scripts" / "benchmark.py"), *arguments, *QUICK]


def run(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(tree, *arguments), capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.parametrize(
    ("ratios", "slower"),
    [
        ([1.06, 1.07, 1.08, 1.06, 1.05], True),
        ([1.06, 1.07, 1.08, 1.06, 0.99], False),  # as likely as not by chance
        ([1.01, 1.02, 1.01, 1.02, 1.01], False),  # surely slower, by less than 5 %
        ([0.80, 0.81, 0.80, 0.82, 0.80], False),
        ([0.99, 1.06, 1.07, 1.08, 1.06, 1.06, 1.09, 1.06], True),  # one of eight may be an accident
    ],
)
def test_slower_takes_the_median_and_the_interval(ratios: list[float], slower: bool) -> None:
    assert PairedRatios("W1", "tiny-nn native", ratios).slower is slower


def test_a_tree_that_takes_ten_times_as_long_as_its_commit_is_slower(copy: Path) -> None:
    module = copy / "nn" / "training" / "loop.py"
    before = module.read_text("utf-8")
    module.write_text(before + TENFOLD, "utf-8")
    done = run(copy, "W1", "--against", "HEAD")
    module.write_text(before, "utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    line = done.stdout.splitlines()[-1]
    assert line.startswith("W1       tiny-nn numpy     ")
    assert line.endswith("5 % slower")
    assert not worktrees(copy)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_comparison_leaves_no_worktree(copy: Path, ending: signal.Signals) -> None:
    process = subprocess.Popen(command(copy, "W1", "--against", "HEAD"), stdout=subprocess.DEVNULL)
    while not worktrees(copy) and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(ending)
    assert process.wait(timeout=60) == 128 + ending
    assert not worktrees(copy)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--against", "no-such-branch"), "git knows no commit 'no-such-branch'"),
        (("--against", "HEAD", "--rounds", "3"), "--rounds 5 or more"),
        (("--against", "HEAD", "W8"), "not W8"),
    ],
)
def test_what_cannot_be_compared_is_refused(copy: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(copy, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
