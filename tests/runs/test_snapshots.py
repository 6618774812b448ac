"""Snapshots are spaced evenly in what changes, few enough for memory, and go on with a resumed run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.config.load import load_config
from nn.experiments.experiment import Experiment
from nn.runs.directory import begin
from nn.runs.reading import Run
from nn.runs.resuming import claim, reopen
from nn.runs.snapshots import SPARE, Snapshots, read_snapshots
from nn.storage.archive import load_archive, save_archive

CHANGES = st.lists(st.floats(0, 1e6), min_size=1, max_size=200)


def train(folder, *settings, config="xor-2-2-1", stop_after=None):
    """A run; with ``stop_after`` it ends there as if it had been interrupted."""
    experiment = Experiment.of(load_config(config, ["training.snapshots=10", *settings]))
    recorder = begin(experiment, "xor", folder)
    stopped = "interrupted"
    for report in experiment.train():
        recorder.record(report)
        if stop_after and report.epoch >= stop_after:
            break
        stopped = report.stopped or stopped
    with recorder.lock:
        recorder.close(stopped)
    return read_snapshots(folder / "snapshots.npz")


@given(CHANGES, st.integers(2, 30), st.data())
def test_the_network_that_is_kept_is_always_among_those_chosen(changes, count, data):
    kept = data.draw(st.integers(0, len(changes) - 1))
    rows = len(changes)
    found = Snapshots(np.arange(rows), np.zeros((rows, 1)), np.cumsum(changes)).chosen(count, kept)
    assert {0, kept, rows - 1} <= {*found.epochs.tolist()}
    assert len(found) <= max(min(count, rows), 3)


@given(st.sets(st.integers(0, 50), min_size=1), st.integers(0, 50))
def test_a_missing_network_is_put_in_its_place(epochs, kept):
    epochs = np.array(sorted(epochs))
    found = Snapshots(epochs, epochs[:, np.newaxis] + 0.5, 2.0 * epochs).including(
        kept, np.array([kept + 0.5])
    )
    assert found.epochs.tolist() == sorted({*epochs.tolist(), kept})
    np.testing.assert_array_equal(found.parameters[:, 0], found.epochs + 0.5)
    assert (np.diff(found.changed) >= 0).all()


@given(CHANGES, st.integers(2, 30))
def test_as_many_as_asked_for_are_chosen_the_first_and_the_last_among_them(changes, count):
    rows = len(changes)
    found = Snapshots(np.arange(rows), np.zeros((rows, 1)), np.cumsum(changes)).chosen(count)
    assert len(found) == min(count, rows)
    assert {0, rows - 1} <= {*found.epochs.tolist()}
    assert (np.diff(found.epochs) > 0).all()


def test_they_are_spaced_evenly_in_what_changed_not_in_epochs():
    changed = np.r_[np.linspace(0, 1, 10), np.linspace(1, 100, 90)]
    found = Snapshots(np.arange(100), np.zeros((100, 1)), changed).chosen(17)
    assert np.diff(found.changed).max() <= 2 * 100 / 16


@pytest.mark.parametrize("engine", ["numpy", "formulas"])
def test_a_run_keeps_its_first_and_last_weights_and_some_between(tmp_path, engine):
    found = train(tmp_path / "run", f"training.engine={engine}", "training.epochs=3000")
    assert len(found) == 10
    assert found.epochs[0] == 0
    model, _ = load_archive(tmp_path / "run" / "model.npz")
    assert np.array_equal(found.parameters[-1], model["parameters"])


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        ("moons", ["training.early_stopping={patience: 100}"]),
        (
            "xor-2-2-1",
            ["training.early_stopping={patience: 20, monitor: loss}", "optimizer.learning_rate=90"],
        ),
        ("xor-2-2-1", []),
        ("xor-2-2-1", ["training.report_every=50"]),
    ],
)
def test_the_network_of_model_npz_is_among_them_under_its_epoch(tmp_path, config, settings):
    found = train(tmp_path / "run", *settings, "training.snapshots=3", config=config)
    model, _ = load_archive(tmp_path / "run" / "model.npz")
    (row,) = np.flatnonzero(found.epochs == Run.of(tmp_path / "run").kept_epoch)
    np.testing.assert_array_equal(found.parameters[row], model["parameters"])


def test_where_a_step_back_was_taken_to_the_goal_no_snapshot_is_of_the_step_beyond(tmp_path):
    found = train(tmp_path / "run")
    facts = Run.of(tmp_path / "run").facts
    assert facts["kept_epoch"] == facts["epochs"] - 1
    assert found.epochs[-1] == facts["kept_epoch"]


def test_a_long_run_keeps_no_more_in_memory_than_some_times_as_many(tmp_path, monkeypatch):
    experiment = Experiment.of(load_config("xor-2-2-1", ["training.snapshots=5"]))
    recorder = begin(experiment, "xor", tmp_path / "run")
    most = 0
    for report in experiment.train():
        recorder.record(report)
        most = max(most, len(recorder.snapshots.kept))
    with recorder.lock:
        recorder.close("stop_at")
    assert 5 * SPARE < most <= 2 * SPARE * 5


def test_without_the_option_none_are_kept(tmp_path):
    experiment = Experiment.of(load_config("xor"))
    recorder = begin(experiment, "xor", tmp_path / "run")
    with recorder.lock:
        recorder.close("interrupted")
    assert read_snapshots(tmp_path / "run" / "snapshots.npz") is None


def test_a_resumed_run_goes_on_with_those_up_to_its_checkpoint(tmp_path):
    settings = ["training.epochs=3000", "training.stop_at=null", "training.checkpoint={epochs: 50}"]
    earlier = train(tmp_path / "run", *settings, stop_after=200)
    lock = claim(tmp_path / "run")
    with lock:
        recorder, reports = reopen(tmp_path / "run", lock)
        for report in reports:
            recorder.record(report)
        recorder.close("epochs")
    found = read_snapshots(tmp_path / "run" / "snapshots.npz")
    assert earlier.epochs[-1] <= 200
    assert (found.epochs[0], found.epochs[-1], len(found)) == (0, 3000, 10)


@pytest.mark.parametrize(
    "arrays",
    [
        {"epochs": np.zeros(2)},
        {"epochs": np.zeros(2), "parameters": np.zeros((3, 1)), "changed": np.zeros(2)},
    ],
)
def test_a_file_that_holds_something_else_is_refused(tmp_path, arrays):
    save_archive(tmp_path / "snapshots.npz", arrays, {})
    with pytest.raises(ValueError, match=r"snapshots\.npz: expected snapshots, got "):
        read_snapshots(tmp_path / "snapshots.npz")
