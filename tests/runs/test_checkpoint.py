"""How often a state is kept and written, and what a checkpoint gives back."""

import numpy as np
import pytest

from nn.config.schema import Checkpoint
from nn.runs.checkpoint import Checkpoints, load_checkpoint
from nn.storage.archive import save_archive
from nn.training.reports import Report

STATE = {"loop.seconds": np.array(0.5), "method.parameters": np.zeros(3)}


def report(epoch, stopped=None):
    """A report whose state is little but its epoch."""
    return Report(
        epoch=epoch, losses=np.zeros((1,)), accuracy=None, val_loss=None, val_accuracy=None,
        learning_rate=None, best_epoch=None, engine="numpy", stopped=stopped,
        state=lambda: STATE | {"loop.epoch": np.array(epoch)},
    )  # fmt: skip


def written(path):
    return load_checkpoint(path).report.epoch


def follow(checkpoints, epochs):
    """The epochs of checkpoints written in a training of reports at these epochs."""
    found = []
    for epoch in epochs:
        if checkpoints.due(report(epoch)):
            checkpoints.write()
            found.append(written(checkpoints.path))
    return found


@pytest.fixture
def path(tmp_path):
    return tmp_path / "checkpoint.npz"


def test_every_so_many_epochs_at_the_next_report(path):
    checkpoints = Checkpoints(path, Checkpoint(epochs=50), epochs=200, report_every=20)
    assert follow(checkpoints, range(20, 200, 20)) == [60, 120, 180]


def test_every_so_many_seconds(path):
    assert follow(Checkpoints(path, Checkpoint(seconds=1e-9), 9, 1), [1]) == [1]
    assert follow(Checkpoints(path, Checkpoint(seconds=60), 9, 1), range(1, 9)) == []


def test_the_end_of_training_is_written_when_asked_for(path):
    checkpoints = Checkpoints(path, Checkpoint(epochs=1), epochs=9, report_every=1)
    assert not checkpoints.due(report(9, "epochs"))
    checkpoints.write()
    assert written(path) == 9


def test_a_last_report_out_of_step_is_not_kept(path):
    """With more epochs there would have been no such report."""
    checkpoints = Checkpoints(path, Checkpoint(epochs=1), epochs=25, report_every=10)
    for state in (report(10), report(20), report(25, "epochs")):
        checkpoints.due(state)
    checkpoints.write()
    assert written(path) == 20


def test_a_goal_that_is_reached_is_not_kept(path):
    checkpoints = Checkpoints(path, Checkpoint(epochs=1), epochs=25, report_every=1)
    checkpoints.due(report(3))
    checkpoints.due(report(4, "stop_at"))
    checkpoints.write()
    assert written(path) == 3


def test_before_the_first_report_there_is_nothing_to_write(path):
    Checkpoints(path, Checkpoint(epochs=1), 9, 1).write()
    assert load_checkpoint(path) is None


def test_a_checkpoint_names_the_engine(path):
    follow(Checkpoints(path, Checkpoint(epochs=1), 9, 1), [1])
    assert load_checkpoint(path).engine == "numpy"


@pytest.mark.parametrize(
    "change",
    [
        {"loop.epoch": np.array(np.inf)},
        {"loop.epoch": np.array([1])},
        {"loop.epoch": np.array("1")},
        {"loop.epoch": np.array(-1)},
        {"loop.seconds": np.array(np.nan)},
        {"loop.seconds": np.array(-1.0)},
        {"best.value": np.array(0.5)},
        {"best.value": np.array(0.5), "best.epoch": np.array(0)},
        {"best.value": np.array(0.5), "best.epoch": np.array(9), "best.parameters": np.zeros(3)},
        {"snapshots.epochs": np.array([0])},
    ],
)
def test_one_that_holds_what_no_training_gives_is_told(path, change):
    arrays = STATE | {"loop.epoch": np.array(5)}
    save_archive(path, arrays, {"engine": "numpy"})
    assert load_checkpoint(path).report.epoch == 5
    save_archive(path, arrays | change, {"engine": "numpy"})
    with pytest.raises(ValueError, match=r"checkpoint\.npz: not a checkpoint that this version reads: "):
        load_checkpoint(path)


@pytest.mark.parametrize(
    "metadata", [{"engine": "abacus"}, {"engine": ["numpy"]}, {"engine": "numpy", "format": "x"}]
)
def test_one_that_says_what_no_training_says_is_told(path, metadata):
    save_archive(path, STATE | {"loop.epoch": np.array(5)}, metadata)
    with pytest.raises(ValueError, match=r"checkpoint\.npz: not a checkpoint that this version reads: "):
        load_checkpoint(path)


def test_a_damaged_one_is_named_with_what_to_do(path):
    follow(Checkpoints(path, Checkpoint(epochs=1), 9, 1), [1])
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(
        ValueError, match=r"checkpoint\.npz: damaged: .*; remove this file to begin the run again"
    ):
        load_checkpoint(path)


@pytest.mark.parametrize("both", [{}, {"epochs": 5, "seconds": 1}])
def test_epochs_or_seconds(both):
    with pytest.raises(ValueError, match="expected either epochs or seconds"):
        Checkpoint(**both)
