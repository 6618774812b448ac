"""Classes that are learned as other numbers than 0 and 1, and decided in the middle of them."""

from dataclasses import replace

import numpy as np
import pytest

import nn
from nn.config.load import load_config
from nn.config.locations import ConfigError
from nn.experiments.experiment import Experiment
from nn.findings.outcome import Outcome
from nn.plots.patterns import patterns
from nn.plots.view import View
from nn.runs.answers import probability_columns
from nn.runs.assessing import assess_model
from nn.sklearn import NeuralNetworkClassifier
from tests.plots.runs import trained

SIGMOIDS = "data.targets=[0.1, 0.9]"
LOW = ("data.targets=[-1, 0.4]", "model.layers.1.activation=tanh", "model.layers.1.initializer=uniform")
"""Targets whose middle is −0.3: both would be of one class at ½."""


def experiment(*settings: str, name: str = "xor") -> Experiment:
    return Experiment.of(load_config(name, settings))


def targets_of(made: Experiment) -> list:
    return made.model.arrays(made.shares["training"])[1].tolist()


@pytest.mark.parametrize("data", ["xor", "parity, bits: 2"])
def test_one_output_learns_the_two_numbers(data):
    made = experiment(f"data={{name: {data}, targets: [0.1, 0.9]}}")
    assert targets_of(made) == [[0.1], [0.9], [0.9], [0.1]]


def test_several_outputs_learn_the_higher_number_at_their_class():
    made = experiment("data={name: encoder, size: 3, targets: [0.1, 0.9]}", "model.layers.1.units=3")
    assert targets_of(made) == [[0.9, 0.1, 0.1], [0.1, 0.9, 0.1], [0.1, 0.1, 0.9]]


def test_without_the_option_they_learn_0_and_1():
    made = experiment()
    assert targets_of(made) == [[0], [1], [1], [0]]
    assert (made.model.middle, made.model.threshold) == (None, 0.5)


def test_accuracy_and_answers_part_in_the_middle():
    made = experiment(*LOW)
    model, samples = made.model, made.shares["training"]
    last = model.network.layers[-2]
    model.network.parameters[...] = 0
    for output, label, share in ((-0.4, 0, 0.5), (-0.2, 1, 0.5)):
        last.bias[...] = np.arctanh(output)
        assert model.predict(samples.x).tolist() == [label] * 4
        assert model.evaluate(samples).accuracy == share
        first = next(iter(made.train()))
        assert first.accuracy == share


@pytest.mark.parametrize("settings", [(SIGMOIDS,), LOW])
def test_a_training_reaches_all_classes_and_its_tolerance_is_of_the_outputs(settings):
    run = trained("xor", *settings, "training.stop_at={tolerance: 0.1}", "optimizer.learning_rate=1")
    assert run.stopped == "stop_at"
    assert run.model is not None
    samples = run.experiment.shares["training"]
    error = np.abs(run.model.answer(samples.x) - run.model.encoded(samples))
    assert error.max() <= 0.1
    assert run.model.predict(samples.x).tolist() == [0, 1, 1, 0]
    assert run.model.class_targets == run.experiment.model.class_targets


def test_weights_of_classes_go_by_the_middle():
    made = experiment(*LOW, "training.class_weight={0: 3, 1: 1}")
    squares = (
        made.model.answer(made.shares["training"].x) - made.model.encoded(made.shares["training"])
    ) ** 2
    first = next(iter(made.train()))
    assert first.loss == pytest.approx(np.mean([[3], [1], [1], [3]] * squares))


def test_a_saved_model_keeps_them(tmp_path):
    made = experiment(*LOW)
    made.model.save(tmp_path / "model.npz")
    assert nn.load(tmp_path / "model.npz").class_targets == (-1.0, 0.4)


def test_a_model_takes_the_lower_number_first():
    with pytest.raises(ValueError, match=r"^Model.class_targets: expected the lower number first"):
        replace(experiment().model, class_targets=(0.9, 0.1))


def test_probabilities_are_shares_of_the_way_between_the_targets():
    model = experiment(SIGMOIDS).model
    columns = probability_columns(model, np.array([[0.1], [0.3], [0.9]]))
    assert columns["y=1"] == pytest.approx([0, 0.25, 1], abs=1e-15)
    with pytest.raises(ValueError, match="no probabilities"):
        probability_columns(model, np.array([[0.95]]))


def test_scores_of_an_assessment_are_such_shares_too():
    made = experiment(*LOW)
    samples = made.shares["training"]
    made.model.network.parameters[...] = 0
    found = assess_model(made.model, samples, {}, 0.0, held_out=False)
    assert found.confusion == ((0, 2), (0, 2))  # an output of 0 is above the middle
    assert found.metrics["roc_auc"].value == 0.5


def test_pictures_show_the_targets_and_shade_by_the_way_between_them():
    view = View.of(trained("xor", *LOW, "training.epochs=20"))
    found = patterns(view)
    assert found is not None
    assert found.targets.tolist() == [[-1], [0.4], [0.4], [-1]]
    assert view.probabilities(np.array([[-2.0], [-1.0], [-0.3], [0.4]]))[:, 1] == pytest.approx(
        [0, 0, 0.5, 1]
    )
    assert view.classified(np.array([[-0.31], [-0.29]])).tolist() == [0, 1]


def test_findings_count_mistakes_by_the_middle():
    made = experiment(*LOW)
    model, (x, t) = made.model, made.model.arrays(made.shares["training"])
    outcome = Outcome(
        model.network, model.loss, made.optimizer, {"training": (x, t)}, model.features, 1,
        classification=True, threshold=model.middle,
    )  # fmt: skip
    assert outcome.errors(np.full((4, 1), -0.2), t).tolist() == [1, 0, 0, 1]
    assert outcome.errors(np.full((4, 1), -0.4), t).tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            ["data.targets=[0.5, 0.5]"],
            r"expected two numbers, the lower first, as \[0.1, 0.9\], got \[0.5, 0.5\]",
        ),
        (["data.targets=[0.9, 0.1]"], "the lower first"),
        (["data.targets=[0.1, 0.10000000000000002]"], "have no middle among the numbers of float64"),
        (
            ["data.targets=[0.1, 0.100000001]", "training.dtype=float32"],
            "have no middle among the numbers of float32",
        ),
        (
            ["data.targets=[0, 1e308]", "training.dtype=float32", "model.layers.1.activation=linear"],
            "have no middle among the numbers of float32",
        ),
        (["data.targets=[0.1]"], "expected two numbers"),
        (["data.targets=[0, .inf]"], "expected two numbers"),
        (["data.targets=[false, true]"], "expected two numbers"),
        (["data.targets=y"], "a column is named by target"),
        ([SIGMOIDS, "data.task=regression"], "data.targets: are for classes, and this is a regression"),
        (
            ["data.targets=[-1, 1]"],
            "-1 and 1 lie outside of what sigmoid as the last layer can answer: 0 to 1",
        ),
    ],
)
def test_nonsense_is_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        experiment(*settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["loss=hinge", "model.layers.1.activation=linear"], "Hinge: targets must be 0 or 1"),
        (
            ["loss=categorical_crossentropy", "model.layers.1={type: dense, units: 3, activation: softmax}",
             "data={name: encoder, size: 3}"],
            "CategoricalCrossEntropy: targets must be probabilities",
        ),
    ],
)  # fmt: skip
def test_losses_of_classes_take_them_where_they_are_probabilities(settings, message):
    with pytest.raises(ConfigError, match=message):
        experiment(*settings, SIGMOIDS).train()
    assert next(iter(experiment("loss=binary_crossentropy", SIGMOIDS).train())).accuracy is not None


def test_they_are_told_beside_a_network_that_cannot_be_built():
    with pytest.raises(ConfigError) as caught:
        experiment("model.layers.1.activation=softmax", "data.targets=[0, 2]")
    assert [tuple(one.path[:2]) for one in caught.value.mistakes] == [
        ("model", "layers"),
        ("data", "targets"),
    ]


def test_an_estimator_has_none():
    config = {
        "data": {"name": "xor", "targets": [0.1, 0.9]},
        "model": {"layers": [{"type": "dense", "units": 1, "activation": "sigmoid"}]},
        "loss": "mse", "optimizer": "adam", "training": {"epochs": 2},
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"config: leave out data.targets"):
        NeuralNetworkClassifier(config=config).fit([[0.0], [1.0]], [0, 1])
