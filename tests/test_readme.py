"""The README is true: its commands, its library example and its configuration run as they stand."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lines import run_line

pytestmark = pytest.mark.optimized
ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the README's configuration is and its commands have run."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "flowers.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for line in "".join(blocks("sh")[1:3]).splitlines():
            result = run_line(line)
            assert result.exit_code == 0, f"{line}: {result.stderr}"
    return folder


def test_commands_run_and_leave_their_runs(folder: Path) -> None:
    assert sorted(path.name for path in (folder / "runs").iterdir()) == [
        "flowers-001",
        "flowers-study-001",
        "penguins-001",
        "spirals-001",
        "xor-2-2-1-001",
        "xor-2-2-1-study-001",
    ]


def test_library_example_runs_and_learns(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")  # it leaves a run of its own
    (copy / "example.py").write_text(blocks("python")[0], encoding="utf-8")
    result = run("python example.py", copy)
    assert result.returncode == 0, result.stderr
    assert "setosa" in result.stdout


def test_estimator_example_runs_and_learns(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "flowers.csv", tmp_path)
    (tmp_path / "example.py").write_text(blocks("python")[1], encoding="utf-8")
    result = run("python example.py", tmp_path)
    assert result.returncode == 0, result.stderr
    assert float(result.stdout) > 0.9


def test_first_output_is_what_the_command_prints(tmp_path: Path) -> None:
    shown = re.search(r"^    Reached.*?\n\n", README, re.MULTILINE | re.DOTALL)
    assert shown
    printed = run("nn train xor", tmp_path).stdout

    def lines(text: str) -> list[list[str]]:
        return [re.sub(r" in [\d.]+ s", "", line).split() for line in text.strip().splitlines()]

    assert lines(printed) == lines(shown[0])


def test_set_up_commands_are_those_that_the_project_is_judged_by() -> None:
    judged = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    first, *_, last = blocks("sh")
    assert first.strip() in judged
    assert last.strip().removesuffix(" && .venv/bin/python -m pytest") in judged


def test_tree_names_every_folder() -> None:
    folders = {f"nn/{path.name}/" for path in (ROOT / "nn").iterdir() if (path / "__init__.py").exists()}
    folders |= {"datasets/", "configs/", "scripts/", "tests/"}
    assert all(f"    {folder} " in README for folder in folders)
