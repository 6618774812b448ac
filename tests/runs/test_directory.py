"""The run directory: what a run leaves, that it can be repeated; one that cannot begin leaves nothing."""

import json
from pathlib import Path

import numpy as np
import pytest

from nn.config.load import load_config
from nn.config.source import config_names
from nn.experiments.experiment import Experiment
from nn.runs.directory import begin, json_numbers, measure, measure_shares, naming
from nn.runs.facts import read_facts

TABLE = "a,b,kind\n" + "".join(
    f"{n % 7},{n % 5},{'low' if n % 7 + n % 5 < 5 else 'high'}\n" for n in range(40)
)
CONFIG = """\
seed: 4
data: {file: data/table.csv, target: kind, validation: 0.2, test: 0.2, scale: standard}
model: {layers: [{type: dense, units: 3, activation: sigmoid}, {type: dense, units: 1, activation: sigmoid}]}
loss: binary_crossentropy
optimizer: {type: adam, learning_rate: 0.05}
training: {epochs: 12, batch_size: 5, report_every: 5}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a configuration below it, whose data are a folder deeper."""
    (tmp_path / "mine" / "data").mkdir(parents=True)
    (tmp_path / "mine/my.yaml").write_text(CONFIG)
    (tmp_path / "mine/data/table.csv").write_text(TABLE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def train(config: str, *settings: str, out: str | None = None, ended: str = "") -> Path:
    """Train as the command line does; returns the run's folder. An interrupted run is not diagnosed."""
    experiment = Experiment.of(load_config(config, settings))
    recorder = begin(experiment, Path(config).stem, out and Path(out))
    stopped = ""
    for report in experiment.train():
        recorder.record(report)
        stopped = report.stopped or ""
    recorder.close(ended or stopped)
    return recorder.folder


def metrics(run: Path) -> list[list[str]]:
    """The cells of ``metrics.csv`` but for the last column, the seconds."""
    return [line.split(",")[:-1] for line in (run / "metrics.csv").read_text().splitlines()]


def test_a_run_is_its_configuration_metrics_model_and_facts(folder):
    run = train("mine/my.yaml")
    assert run == Path("runs/my-001")
    assert sorted(path.name for path in run.iterdir()) == [
        "checkpoint.npz",
        "config.yaml",
        "metrics.csv",
        "model.npz",
        "run.json",
    ]
    columns = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"]
    assert metrics(run)[0] == columns
    assert [row[0] for row in metrics(run)[1:]] == ["5", "10", "12"]


@pytest.mark.parametrize("settings", [[], ["data.validation=null"], ["training.early_stopping.patience=3"]])
def test_the_same_seed_gives_the_same_bytes(folder, settings):
    one, other = train("mine/my.yaml", *settings), train("mine/my.yaml", *settings)
    assert (one / "model.npz").read_bytes() == (other / "model.npz").read_bytes()
    assert (one / "config.yaml").read_bytes() == (other / "config.yaml").read_bytes()
    assert metrics(one) == metrics(other)


def test_another_seed_gives_another_model(folder):
    one, other = train("mine/my.yaml"), train("mine/my.yaml", "seed=5")
    assert (one / "model.npz").read_bytes() != (other / "model.npz").read_bytes()


def test_the_written_configuration_gives_the_same_run_from_anywhere(folder, monkeypatch):
    run = train("mine/my.yaml", "optimizer.learning_rate=0.1").absolute()
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    again = train(str(run / "config.yaml"))
    for name in ("model.npz", "config.yaml"):
        assert (run / name).read_bytes() == (again / name).read_bytes()
    assert metrics(run) == metrics(again)


@pytest.mark.parametrize("name", config_names())
def test_the_written_configuration_of_a_bundled_one_gives_the_same_run(folder, name):
    run = train(name, "training.epochs=2", ended="interrupted")
    again = train(str(run / "config.yaml"), ended="interrupted")
    assert (run / "model.npz").read_bytes() == (again / "model.npz").read_bytes()


def test_facts_say_how_it_ended_on_what_and_with_what(folder):
    experiment = Experiment.of(load_config("mine/my.yaml"))
    facts = read_facts(train("mine/my.yaml"))
    assert (facts["stopped"], facts["epochs"], facts["seed"]) == ("epochs", 12, 4)
    assert facts["best_epoch"] in (5, 10, 12)
    assert facts["data"] == {name: share.digest for name, share in experiment.shares.items()}
    assert list(facts["metrics"]) == ["training", "validation", "test"]
    assert facts["seconds"] > 0


def test_final_metrics_are_those_of_the_weights_that_are_kept(folder):
    experiment = Experiment.of(load_config("mine/my.yaml"))
    for _ in experiment.train():
        pass
    assert read_facts(train("mine/my.yaml"))["metrics"] == measure_shares(experiment)


def test_facts_are_json_even_where_a_loss_is_not_finite():
    assert json_numbers({"loss": float("nan"), "accuracy": 0.5}) == {"loss": None, "accuracy": 0.5}
    assert json.dumps(json_numbers({"loss": float("inf")})) == '{"loss": null}'


def test_weights_that_have_run_away_are_measured_without_a_warning(folder):
    experiment = Experiment.of(load_config("sine"))
    experiment.model.network.parameters[...] = np.finfo(float).max
    assert not np.isfinite(measure(experiment.model, experiment.shares["training"])["loss"])


def test_runs_take_the_next_free_number(folder):
    experiment = Experiment.of(load_config("xor"))
    assert [begin_and_close(experiment, "n").name for _ in range(3)] == ["n-001", "n-002", "n-003"]


def begin_and_close(experiment: Experiment, name: str, out: Path | None = None) -> Path:
    recorder = begin(experiment, name, out)
    recorder.metrics.close()
    return recorder.folder


def test_numbers_go_on_beyond_three_digits(folder):
    for number in range(1, 1000):
        (folder / "runs" / f"n-{number:03}").mkdir(parents=True)
    assert begin_and_close(Experiment.of(load_config("xor")), "n").name == "n-1000"


def test_a_run_is_never_written_over_another(folder):
    experiment = Experiment.of(load_config("xor"))
    begin_and_close(experiment, "n", Path("here"))
    before = {path: path.read_bytes() for path in Path("here").iterdir()}
    with pytest.raises(ValueError, match="here: already exists; a run is never written over another"):
        begin(experiment, "n", Path("here"))
    assert {path: path.read_bytes() for path in Path("here").iterdir()} == before


def test_a_run_that_cannot_begin_takes_back_every_folder_it_made(folder):
    """A folder can be made of so long a path that no file can be made in it."""
    (folder / "kept").mkdir()
    before = sorted(folder.rglob("*"))
    with pytest.raises(OSError, match="File name too long"):
        begin(Experiment.of(load_config("xor")), "n", Path("kept", *["d" * 200] * 20, "e" * 60))
    assert sorted(folder.rglob("*")) == before


def test_an_error_of_the_disk_names_the_file(tmp_path):
    with pytest.raises(OSError, match="No space left on device") as caught, naming(tmp_path / "metrics.csv"):
        raise OSError(28, "No space left on device")
    assert caught.value.filename == str(tmp_path / "metrics.csv")
