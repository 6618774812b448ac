"""Bad surroundings end in a line that says what is wrong, or do not matter: disk, memory, terminal."""

import ctypes
import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

import nn as library
from tests.cli.errors import without_progress

resource = pytest.importorskip("resource")
LONG = """\
data: {name: moons, validation: 0.2}
model: {layers: [{type: dense, units: 8, activation: sigmoid}, {type: dense, units: 1, activation: sigmoid}]}
loss: binary_crossentropy
optimizer: adam
training: {epochs: 100000000, report_every: 10, engine: numpy}
"""
QUICK = ("--no-plot", "--set", "training.epochs=3")
OF_LIBRARIES = "OpenBLAS error: "
"""What a library in C says before it ends the process itself."""


@pytest.fixture
def disk(folder):
    """A way to mount a small disk in memory: ``disk(size="16k")``."""
    mounted = []

    def mount(options: str) -> Path:
        place = folder / "disk"
        place.mkdir(exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place], capture_output=True)
        if done.returncode:
            pytest.skip(f"mounting needs rights: {done.stderr.decode().strip()}")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", place], check=True)


def test_a_disk_that_fills_up_keeps_whole_files_and_is_named(process, folder, disk):
    disk("size=16k")
    (folder / "long.yaml").write_text(LONG)
    running = process("train", "long.yaml", "--out", "disk/run")
    out, err = running.communicate(timeout=300)
    assert (running.returncode, out) == (1, "")
    assert re.fullmatch(r"Error: disk/run/[a-z.]+: no space left on device\n", without_progress(err))
    assert not list((folder / "disk").rglob("*.tmp"))
    for file in (folder / "disk/run").iterdir():
        assert file.read_bytes().endswith(b"\n") or file.suffix == ".npz"


def test_a_disk_for_reading_only_is_named(process, folder, disk):
    disk("size=16k,ro")
    running = process("train", "xor", "--out", "disk/run")
    out, err = running.communicate(timeout=300)
    assert (running.returncode, out, err) == (2, "", "Error: disk/run: read-only file system\n")


@pytest.mark.skipif(os.getuid() == 0 and sys.platform != "linux", reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_to_is_named(process, folder):
    (folder / "closed").mkdir(mode=0o500)
    running = process("train", "xor", "--out", "closed/run", preexec_fn=obey_permissions)
    _, err = running.communicate(timeout=300)
    assert (running.returncode, err) == (2, "Error: closed/run: permission denied\n")


def obey_permissions() -> None:
    """Give up what lets root write anywhere: the capability CAP_DAC_OVERRIDE, from the next exec on."""
    if os.getuid() == 0:
        drop_from_bounding_set, override = 24, 1
        ctypes.CDLL(None).prctl(drop_from_bounding_set, override, 0, 0, 0)


def test_a_folder_that_vanishes_while_training_is_named_and_not_made_again(process, folder):
    (folder / "long.yaml").write_text(LONG.replace("100000000", "4000"))
    running = process("train", "long.yaml", "--out", "run")
    metrics = folder / "run" / "metrics.csv"
    while running.poll() is None and not (metrics.exists() and metrics.stat().st_size):
        time.sleep(0.01)
    shutil.rmtree(folder / "run")
    out, err = running.communicate(timeout=300)
    assert (running.returncode, out) == (1, "")
    assert re.fullmatch(r"Error: run/[a-z.]+: no such file or directory\n", without_progress(err))
    assert [path.name for path in folder.iterdir()] == ["long.yaml"]


@pytest.mark.parametrize("mebibytes", [30, 60, 90])  # somewhat more, and libraries in C crash or hang
def test_too_little_memory_for_the_libraries_is_no_traceback(process, mebibytes):
    running = process("train", "xor", *QUICK, preexec_fn=lambda: limit_memory(mebibytes))
    _, err = running.communicate(timeout=300)
    assert running.returncode in (0, 1)
    assert running.returncode == 0 or err.splitlines()[-1].startswith(("Error: cannot start: ", OF_LIBRARIES))
    assert "Traceback" not in err


def test_what_does_not_fit_into_limited_memory_is_named_and_leaves_nothing(process, folder):
    for setting, part in (
        ("model.layers.0.units=50000000", "model.layers"),
        ("data={name: moons, samples: 90000000}", "data"),
    ):
        running = process("train", "xor", "--set", setting, preexec_fn=lambda: limit_memory(800))
        _, err = running.communicate(timeout=300)
        assert (running.returncode, err.count("\n")) == (2, 3)
        assert f"{part}: more than fits into memory: " in err.splitlines()[0]
    assert list(folder.iterdir()) == []


def limit_memory(mebibytes: int) -> None:
    """As ``ulimit -v`` does."""
    resource.setrlimit(resource.RLIMIT_AS, (mebibytes << 20, mebibytes << 20))


@pytest.mark.parametrize(
    "arguments",
    [["train", "xor", "--no-plot"], ["show", "digits"], ["verify", "run"], ["predict", "run", "xor.csv"]],
)
def test_a_reader_that_is_gone_ends_it_quietly(nn, process, folder, arguments):
    nn("train", "xor", *QUICK, "--out", "run")
    (folder / "xor.csv").write_text(nn("datasets", "xor", "--csv").stdout)
    running = process(*arguments)
    running.stdout.close()
    with running:
        assert running.stderr.read() == ""
    assert running.returncode in (0, 1)


def test_no_terminal_and_nothing_of_one_in_the_environment(process, folder):
    bare = dict.fromkeys(("TERM", "COLUMNS", "LINES", "HOME"), "")
    running = process(
        "train", "xor", *QUICK, environment=bare, start_new_session=True, stdin=subprocess.DEVNULL
    )
    out, err = running.communicate(timeout=300)
    assert (running.returncode, err) == (0, "")
    assert out.startswith("Did not reach ")


def test_nothing_of_the_progress_wraps_in_a_terminal_of_20_columns(process, folder):
    (folder / "long.yaml").write_text(LONG.replace("100000000", "4000"))
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 20, 0, 0))
    running = process("train", "long.yaml", "--no-plot", stdout=follower, stderr=follower)
    os.close(follower)
    shown = b""
    try:
        while part := os.read(leader, 4096):
            shown += part
    except OSError:  # the other end is closed
        pass
    os.close(leader)
    assert running.wait(timeout=300) == 0
    progress, end = (
        shown.decode().rpartition("\r")[::2] if b"Trained" not in shown else shown.decode().split("Trained")
    )
    assert progress.count("\r") > 1, "the live line was drawn"
    assert all(len(line) < 20 for line in progress.split("\r"))
    assert "after 4,000 epochs" in end


ELSEWHERE = {
    "LC_ALL": "C",
    "LANG": "tr_TR.UTF-8",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "TZ": "Asia/Kathmandu",
}


def test_folders_of_any_name_in_another_locale_and_time_zone_give_the_same_run(nn, process, folder):
    place = folder / "Größe 日本 🙂" / "it's «mine»"
    place.mkdir(parents=True)
    nn("train", "xor", *QUICK, "--out", "here")
    (place / "xor.csv").write_text(nn("datasets", "xor", "--csv").stdout)
    for arguments in (
        ["train", "xor", "--set", "training.epochs=3", "--out", f"{place}/run"],
        ["evaluate", f"{place}/run"],
        ["predict", f"{place}/run", f"{place}/xor.csv"],
        ["verify", f"{place}/run"],
    ):
        running = process(*arguments, environment=ELSEWHERE)
        out, err = running.communicate(timeout=300)
        assert (running.returncode, err) == (0, ""), arguments
        assert out
    assert (place / "run/model.npz").read_bytes() == (folder / "here/model.npz").read_bytes()
    assert library.load(place / "run").classes == (0, 1)
