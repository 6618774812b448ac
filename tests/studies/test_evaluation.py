"""An ensemble's metrics: its loss is that of its answers, and at most the mean of its members'."""

import numpy as np
import pytest

import nn
from nn.studies.evaluation import assess_ensemble, ensemble_loss

LAYERS = [{"type": "dense", "units": 3, "activation": "tanh", "l2": 0.01}, {"type": "dense", "units": 1}]
TRAINING = {"training": {"epochs": 5, "engine": "numpy"}, "optimizer": {"type": "adam", "learning_rate": 0.1}}
SINE = {"data": {"name": "sine", "samples": 40, "test": 20}, "model": {"layers": LAYERS}, **TRAINING}
MOONS = SINE | {"data": {"name": "moons", "samples": 40, "test": 20}}
SIGMOID = MOONS | {"model": {"layers": [*LAYERS, "sigmoid"]}}
CONFIGS = {
    "mse": SINE | {"loss": "mse"},
    "half a sum": SINE | {"loss": {"type": "mse", "reduction": "half_sum"}},
    "float32": SINE | {"loss": "mse", "training": TRAINING["training"] | {"dtype": "float32"}},
    "binary": SIGMOID | {"loss": "binary_crossentropy"},
    "categorical": MOONS
    | {"model": {"layers": [*LAYERS[:1], {"type": "dense", "units": 2}, "softmax"]}}
    | {"loss": "categorical_crossentropy"},
    "other targets": SIGMOID | {"loss": "mse", "data": MOONS["data"] | {"targets": [0.1, 0.9]}},
    "hinge": MOONS | {"loss": "hinge"},
}


@pytest.fixture(scope="module", params=CONFIGS)
def study(request):
    return nn.study(CONFIGS[request.param], seeds=3)


def test_the_loss_of_one_member_is_its_own(study):
    ensemble = nn.study(study.plan.config.model_dump(exclude_none=True), seeds=[1]).ensemble()
    for name, (samples, _) in ensemble.held_out().items():
        expected = ensemble.members[f"{name}_loss"][0]
        assert ensemble_loss(ensemble, samples) == pytest.approx(expected, rel=1e-6)


def test_the_loss_does_not_depend_on_how_many_rows_are_measured_at_once(study, monkeypatch):
    ensemble = study.ensemble()
    samples, _ = ensemble.held_out()["test"]
    whole = ensemble_loss(ensemble, samples)
    monkeypatch.setattr("nn.studies.evaluation.ANSWERS_AT_ONCE", 21)
    assert ensemble_loss(ensemble, samples) == pytest.approx(whole, rel=1e-6)


def test_the_loss_is_at_most_the_mean_of_the_members(study):
    found = assess_ensemble(study.ensemble())["test"]
    mean = study.members["test_loss"].mean()
    assert found.metrics["loss"].value <= mean * (1 + 1e-6)
    assert found.others["mean member"]["loss"] == pytest.approx(mean, rel=1e-6)


def test_metrics_are_those_of_the_combined_answers(study):
    ensemble = study.ensemble()
    samples, answers = ensemble.held_out()["test"]
    found = assess_ensemble(ensemble)["test"].metrics
    if ensemble.classes is None:
        assert found["rmse"].value == pytest.approx(np.sqrt(np.mean((answers.y - samples.y) ** 2)))
    else:
        assert found["accuracy"].value == np.mean(answers.answer == samples.y)
