"""What the commands do, Python does: train, resume, evaluate."""

from pathlib import Path

import numpy as np
import pytest

import nn
from nn.config.locations import ConfigError

MAPPING = {
    "data": {"name": "xor"},
    "model": {"layers": [{"type": "dense", "units": 2, "activation": "tanh"}, {"type": "dense", "units": 1}]},
    "loss": "mse",
    "optimizer": {"type": "sgd", "learning_rate": 1e-3},
    "training": {"epochs": 4},
}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_run_has_its_metrics_its_facts_and_its_model():
    run = nn.run("xor", settings={"training.epochs": 5, "seed": 3})
    assert run.folder == Path("runs/xor-001")
    assert (run.stopped, run.facts["seed"], len(run.metrics["loss"])) == ("epochs", 3, 5)
    assert nn.evaluate(run) == {"training": run.facts["metrics"]["training"]}
    np.testing.assert_array_equal(run.model.predict([[0, 1]]), nn.load(run.folder).predict([[0, 1]]))


def test_a_mapping_is_a_configuration():
    run = nn.run(MAPPING, "here")
    assert (run.folder, run.stopped) == (Path("here"), "epochs")
    assert run.config["optimizer"]["learning_rate"] == 1e-3
    assert nn.run(MAPPING).folder == Path("runs/run-001")


def test_a_wrong_mapping_is_refused_with_its_mistakes_and_nothing_is_written(tmp_path):
    with pytest.raises(ConfigError, match="training has no key 'epohcs'; did you mean 'epochs'") as caught:
        nn.run(MAPPING | {"training": {"epohcs": 4}})
    assert "configuration:23:15: training.epochs is missing" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_never_written_over_another():
    nn.run(MAPPING, "here")
    with pytest.raises(ValueError, match=r"^here: already exists"):
        nn.run(MAPPING, "here")


def test_a_resumed_run_is_what_it_would_have_been_without_a_stop():
    whole = nn.run(MAPPING, "whole", settings={"training.epochs": 9})
    resumed = nn.resume(nn.run(MAPPING, "parts"), epochs=9)
    np.testing.assert_array_equal(resumed.metrics["loss"], whole.metrics["loss"])
    again = nn.resume("parts")
    np.testing.assert_array_equal(again.metrics["loss"], whole.metrics["loss"])


def test_a_run_that_diverges_is_kept_as_far_as_it_went():
    with pytest.raises(nn.DivergedError):
        nn.run(MAPPING, "here", settings={"optimizer.learning_rate": 1e200})
    assert nn.Run.of("here").stopped == "diverged"


def test_a_run_is_measured_on_the_rows_of_a_file():
    run = nn.run("iris", settings={"training.epochs": 2})
    iris = nn.load_dataset("iris")
    header = ",".join([*iris.inputs, *iris.targets])
    rows = [",".join([*map(str, x), iris.classes[int(t)]]) for x, t in zip(iris.x, iris.y[:, 0], strict=True)]
    Path("flowers.csv").write_text("\n".join([header, *rows]) + "\n")
    ((name, measures),) = nn.evaluate(run, "flowers.csv").items()
    assert name == "flowers.csv"
    expected = run.model.evaluate(iris)
    assert measures == pytest.approx({"loss": expected.loss, "accuracy": expected.accuracy})
