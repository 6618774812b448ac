"""A run is read back from its folder, whether it ended, was killed, goes on or is damaged."""

from pathlib import Path

import numpy as np
import pytest

from nn.config.load import load_config
from nn.experiments.experiment import Experiment
from nn.runs.directory import Recorder, begin
from nn.runs.reading import Run


def record(folder: Path, *settings: str) -> Recorder:
    """A run of moons whose reports are all recorded, not yet closed."""
    epochs = "training.epochs=5"
    experiment = Experiment.of(load_config("moons", [epochs, "training.engine=numpy", *settings]))
    recorder = begin(experiment, "moons", folder)
    for report in experiment.train():
        recorder.record(report)
    return recorder


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("runs") / "moons-001"
    recorder = record(folder)
    with recorder.lock:
        recorder.close("epochs")
    return Run.of(folder)


def test_a_run_that_ended_has_all(ended: Run) -> None:
    assert ended.name == "moons-001"
    assert ended.stopped == "epochs"
    assert list(ended.metrics["epoch"]) == [1, 2, 3, 4, 5]
    assert ended.config["data"]["name"] == "moons"
    assert ended.experiment.config.seed == 0
    assert ended.model is not None
    assert ended.snapshots is None
    assert ended.best_epoch == 1 + int(np.argmin(ended.metrics["val_loss"]))


def test_some_columns_are_those_of_all(ended: Run) -> None:
    fresh = Run.of(ended.folder)
    some = fresh.columns(["epoch", "loss", "there is none"])
    assert list(some) == ["epoch", "loss"]
    for name, values in some.items():
        np.testing.assert_array_equal(values, ended.metrics[name])
    assert fresh.columns(["loss"])["loss"] is some["loss"]


def test_a_run_that_goes_on_has_neither_an_end_nor_a_model_and_its_best_epoch_so_far(tmp_path: Path) -> None:
    recorder = record(tmp_path / "moons")
    with recorder.lock:
        recorder.metrics.flush()
        run = Run.of(tmp_path / "moons")
        assert (run.stopped, run.model) == (None, None)
        assert len(run.metrics["epoch"]) == 5
        assert run.best_epoch == 1 + int(np.argmin(run.metrics["val_loss"]))
        recorder.metrics.close()


def test_what_a_kill_leaves_is_a_run(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text("epoch,loss,val_loss\n1,0.5,inf\n2,0.25,0.5\n3,0.1")
    run = Run.of(tmp_path)
    assert (run.facts, run.stopped, run.model, run.config) == (None, None, None, {})
    np.testing.assert_array_equal(run.metrics["loss"], [0.5, 0.25])
    assert run.best_epoch == 2


def test_without_validation_or_facts_no_epoch_is_known_as_the_best(tmp_path: Path) -> None:
    (tmp_path / "metrics.csv").write_text("epoch,loss\n1,0.5\n")
    assert Run.of(tmp_path).best_epoch is None


@pytest.mark.parametrize(
    ("path", "got"), [("", "a folder without metrics.csv"), ("file", "a file"), ("none", "no such folder")]
)
def test_what_is_no_run_is_an_error(tmp_path: Path, path: str, got: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=f"{path}: expected a run directory, got {got}$"):
        Run.of(tmp_path / path)


@pytest.mark.parametrize("name", ["run.json", "config.yaml"])
def test_damage_is_told_with_the_name_of_the_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "metrics.csv").write_text("epoch,loss\n1,0.5\n")
    (tmp_path / name).write_text("[")
    run = Run.of(tmp_path)
    with pytest.raises(ValueError, match=name.replace(".", r"\.")):
        _ = (run.facts, run.config)
