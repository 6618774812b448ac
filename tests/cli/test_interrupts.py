"""Ctrl-C, SIGTERM and SIGHUP: before a run begins nothing is left, after that what was trained is kept.

The exit code is 128 + the number of the signal.
"""

import fcntl
import json
import os
import pty
import random
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

import nn as library
from nn.cli.carrying_out import trained
from nn.cli.interrupts import Interrupts
from nn.runs.checkpoint import load_checkpoint
from tests.cli.errors import without_progress

ENDLESS = """\
data: {name: moons, validation: 0.2}
model: {layers: [{type: dense, units: 8, activation: sigmoid}, {type: dense, units: 1, activation: sigmoid}]}
loss: binary_crossentropy
optimizer: adam
training: {epochs: 1000000000, report_every: 10, engine: numpy}
"""


SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def wait_for(condition, seconds=300.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


@pytest.fixture
def training(process, folder):
    """A run that has reported, and would go on for hours."""
    (folder / "endless.yaml").write_text(ENDLESS)
    running = process("train", "endless.yaml")
    metrics = folder / "runs" / "endless-001" / "metrics.csv"
    try:
        wait_for(lambda: running.poll() is not None or (metrics.exists() and metrics.stat().st_size > 200))
        yield running
    finally:
        running.kill()
        running.communicate()


@pytest.mark.parametrize("number", SIGNALS)
def test_an_interrupted_run_keeps_what_was_trained(training, folder, number):
    training.send_signal(number)
    out, err = training.communicate(timeout=300)
    assert (training.returncode, without_progress(err)) == (128 + number, "")
    assert out.startswith("Interrupted after ")
    run = folder / "runs" / "endless-001"
    assert sorted(path.name for path in run.iterdir()) == [
        "checkpoint.npz",
        "config.yaml",
        "loss.png",
        "metrics.csv",
        "model.npz",
        "run.json",
    ]
    facts = json.loads((run / "run.json").read_text())
    assert facts["stopped"] == "interrupted"
    last = (run / "metrics.csv").read_text().splitlines()[-1]
    assert last.startswith(f"{facts['epochs']},")
    assert library.load(run).predict([[0.0, 1.0]]).shape == (1,)


def test_a_second_interrupt_skips_the_picture_and_no_more(training, folder):
    for turn in range(20):
        training.send_signal(SIGNALS[turn % len(SIGNALS)])
        time.sleep(0.005)
        if training.poll() is not None:
            break
    _, err = training.communicate(timeout=300)
    assert (training.returncode, without_progress(err)) == (130, "")
    run = folder / "runs" / "endless-001"
    assert library.load(run).network.parameters.size
    assert not [path for path in run.iterdir() if path.name.startswith(".")]


def test_an_interrupt_ends_all_configurations_of_a_command(process, folder):
    (folder / "endless.yaml").write_text(ENDLESS)
    running = process("train", "endless.yaml", "xor", "--quiet", "--no-plot")
    metrics = folder / "runs" / "endless-001" / "metrics.csv"
    wait_for(lambda: metrics.exists() and metrics.stat().st_size > 200)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=300)
    assert running.returncode == 130
    assert [path.name for path in (folder / "runs").iterdir()] == ["endless-001"]


@pytest.mark.parametrize("number", SIGNALS)
def test_an_interrupt_while_the_data_are_read_leaves_nothing(process, folder, number):
    os.mkfifo(folder / "slow.csv")
    running = process("train", "xor", "--set", "data={file: slow.csv, target: y}")
    with (folder / "slow.csv").open("w") as pipe:  # opens when the command reads
        running.send_signal(number)
        out, err = running.communicate(timeout=300)
        assert (running.returncode, out, err) == (128 + number, "", "")
        assert not pipe.closed
    assert [path.name for path in folder.iterdir()] == ["slow.csv"]


def test_a_terminal_that_is_closed_ends_the_run_as_ctrl_c_does(process, folder):
    (folder / "endless.yaml").write_text(ENDLESS)
    leader, follower = pty.openpty()

    def hold():
        fcntl.ioctl(follower, termios.TIOCSCTTY, 0)

    streams = dict.fromkeys(("stdin", "stdout", "stderr"), follower)
    running = process("train", "endless.yaml", start_new_session=True, preexec_fn=hold, **streams)
    os.close(follower)
    run = folder / "runs" / "endless-001"
    wait_for(lambda: (run / "metrics.csv").exists() and (run / "metrics.csv").stat().st_size > 200)
    os.close(leader)
    assert running.wait(timeout=300) == 128 + signal.SIGHUP
    assert json.loads((run / "run.json").read_text())["stopped"] == "interrupted"
    assert library.load(run).network.parameters.size


@pytest.mark.parametrize("engine", ["numpy", "native"])
@pytest.mark.parametrize("seed", range(4))
def test_at_any_instant_a_run_is_kept_whole_or_there_is_none(process, folder, engine, seed):
    """While Python starts, data are read, C is compiled or runs, files are saved, a picture is drawn."""
    (folder / "endless.yaml").write_text(ENDLESS)
    chance = random.Random(f"{engine} {seed}")
    number = chance.choice(SIGNALS)
    cache = {"XDG_CACHE_HOME": str(folder / "cache")}  # it compiles each time
    running = process("train", "endless.yaml", "--set", f"training.engine={engine}", environment=cache)
    time.sleep(chance.uniform(0.05, 2.5))
    while running.poll() is None:
        running.send_signal(number)
        time.sleep(chance.uniform(0, 0.2))
    _, err = running.communicate()
    run = folder / "runs" / "endless-001"
    if running.returncode == -number:  # Python itself had not begun
        assert not run.exists()
        return
    assert (running.returncode, without_progress(err)) == (128 + number, "")
    if run.exists():
        assert not list(run.glob(".*"))
        assert library.load(run).network.parameters.size
        assert json.loads((run / "run.json").read_text())["stopped"] == "interrupted"
        load_checkpoint(run / "checkpoint.npz")


def test_a_signal_ends_a_resumed_run_too(process, training, folder):
    training.kill()
    training.communicate()
    running = process("resume", "runs/endless-001")
    metrics = folder / "runs" / "endless-001" / "metrics.csv"
    before = metrics.stat().st_size
    wait_for(lambda: running.poll() is not None or metrics.stat().st_size > before + 200)
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=300)
    assert (running.returncode, without_progress(err)) == (128 + signal.SIGTERM, "")
    assert out.startswith("Interrupted after ")


def test_a_signal_ends_a_verification_and_leaves_nothing(nn, process, folder):
    (folder / "long.yaml").write_text(ENDLESS.replace("1000000000", "30000"))
    nn("train", "long.yaml", "--out", "run", "--no-plot", "--quiet")
    (folder / "scratch").mkdir()
    running = process("verify", "run", environment={"TMPDIR": str(folder / "scratch")})
    wait_for(lambda: running.poll() is not None or list(folder.glob("scratch/*/run/metrics.csv")))
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=300)
    assert (running.returncode, out, err) == (128 + signal.SIGTERM, "", "")
    assert list((folder / "scratch").iterdir()) == []


@pytest.mark.parametrize("number", SIGNALS)
def test_an_interrupt_during_an_import_shows_no_traceback(folder: Path, number: int):
    (folder / "slow.py").write_text(f"import os\nos.kill(os.getpid(), {number:d})\nprint('alive')\n")
    code = "from nn.cli.interrupts import end_at_once; end_at_once(); import slow"
    root = str(Path(__file__).parents[2])
    result = subprocess.run([sys.executable, "-c", code], cwd=folder, env={**os.environ, "PYTHONPATH": root},
                            capture_output=True, text=True, check=False)  # fmt: skip
    assert (result.returncode, result.stdout, result.stderr) == (128 + number, "", "")


def test_ignored_interrupts_stay_ignored(process, folder):
    """As under nohup, or in the background of a script."""
    (folder / "short.yaml").write_text(ENDLESS.replace("1000000000", "3000"))

    def ignore():
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    running = process("train", "short.yaml", "--no-plot", preexec_fn=ignore)
    for _ in range(10):
        time.sleep(0.02)
        for number in SIGNALS:
            running.send_signal(number)
    _, err = running.communicate(timeout=300)
    assert (running.returncode, without_progress(err)) == (0, "")


def test_an_interrupt_waits_until_it_is_welcome():
    with Interrupts() as interrupts:
        os.kill(os.getpid(), signal.SIGINT)
        reached = True
        with pytest.raises(KeyboardInterrupt), interrupts.welcome():
            reached = False
        with interrupts.welcome():
            pass
    assert reached


def interrupted_reports():
    """Reports, which are the numbers of epochs asked for; an interrupt comes while the second one is made."""
    asked = yield 1
    os.kill(os.getpid(), signal.SIGINT)
    yield asked


def test_an_interrupt_waits_for_the_end_of_a_stride():
    reports = interrupted_reports()
    with Interrupts() as interrupts:
        assert trained(reports, None, interrupts) == 1
        assert trained(reports, 100, interrupts) == 100
        with pytest.raises(KeyboardInterrupt):
            trained(reports, 100, interrupts)


def test_an_interrupt_does_not_wait_for_a_single_report():
    reports = interrupted_reports()
    with Interrupts() as interrupts:
        trained(reports, None, interrupts)
        with pytest.raises(KeyboardInterrupt):
            trained(reports, None, interrupts)


def test_only_the_first_of_two_interrupts_raises():
    def pressed_twice():
        with interrupts.welcome():
            try:
                os.kill(os.getpid(), signal.SIGINT)
            finally:
                os.kill(os.getpid(), signal.SIGINT)

    with Interrupts() as interrupts:
        with pytest.raises(KeyboardInterrupt):
            pressed_twice()
        with interrupts.welcome():
            pass


@pytest.mark.parametrize("number", SIGNALS)
def test_what_an_interrupt_did_before_comes_back(number):
    before = signal.getsignal(number)
    with Interrupts():
        assert signal.getsignal(number) is not before
    assert signal.getsignal(number) is before


def test_the_exit_code_is_that_of_the_first_signal():
    with Interrupts() as interrupts:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt), interrupts.welcome():
            pass
    assert interrupts.exit_code == 128 + signal.SIGTERM
