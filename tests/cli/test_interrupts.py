"""Ctrl-C: before a run begins nothing is left, after that what was trained is kept; exit code 130."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import nn as library
from nn.cli.interrupts import Interrupts

ENDLESS = """\
data: {name: moons, validation: 0.2}
model: {layers: [{type: dense, units: 8, activation: sigmoid}, {type: dense, units: 1, activation: sigmoid}]}
loss: binary_crossentropy
optimizer: adam
training: {epochs: 1000000000, report_every: 10, engine: numpy}
"""


def wait_for(condition, seconds=30.0):
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


def test_an_interrupted_run_keeps_what_was_trained(training, folder):
    training.send_signal(signal.SIGINT)
    out, err = training.communicate(timeout=30)
    assert (training.returncode, err) == (130, "")
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
    for _ in range(20):
        training.send_signal(signal.SIGINT)
        time.sleep(0.005)
        if training.poll() is not None:
            break
    _, err = training.communicate(timeout=30)
    assert (training.returncode, err) == (130, "")
    run = folder / "runs" / "endless-001"
    assert library.load(run).network.parameters.size
    assert not [path for path in run.iterdir() if path.name.startswith(".")]


def test_an_interrupt_while_the_configuration_is_read_leaves_nothing(process, folder):
    os.mkfifo(folder / "slow.yaml")
    running = process("train", "slow.yaml")
    with (folder / "slow.yaml").open("w") as pipe:  # opens when the command reads
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
        assert (running.returncode, out, err) == (130, "", "")
        assert not pipe.closed
    assert [path.name for path in folder.iterdir()] == ["slow.yaml"]


def test_an_interrupt_during_an_import_shows_no_traceback(folder: Path):
    (folder / "slow.py").write_text(
        "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nprint('alive')\n"
    )
    code = "from nn.cli.interrupts import end_at_once; end_at_once(); import slow"
    root = str(Path(__file__).parents[2])
    result = subprocess.run([sys.executable, "-c", code], cwd=folder, env={**os.environ, "PYTHONPATH": root},
                            capture_output=True, text=True, check=False)  # fmt: skip
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "")


def test_ignored_interrupts_stay_ignored(process, folder):
    """As under nohup, or in the background of a script."""
    (folder / "short.yaml").write_text(ENDLESS.replace("1000000000", "20000"))

    def ignore():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    running = process("train", "short.yaml", "--no-plot", preexec_fn=ignore)
    for _ in range(10):
        time.sleep(0.02)
        running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (0, "")


def test_an_interrupt_waits_until_it_is_welcome():
    with Interrupts() as interrupts:
        os.kill(os.getpid(), signal.SIGINT)
        reached = True
        with pytest.raises(KeyboardInterrupt), interrupts.welcome():
            reached = False
        with interrupts.welcome():
            pass
    assert reached


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


def test_what_an_interrupt_did_before_comes_back():
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
