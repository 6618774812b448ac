"""A model and samples become an assessment: which task it is, and what an output says."""

from dataclasses import replace

import numpy as np
import pytest

from nn import Dense, Hinge, MeanSquaredError, Model, Sequential
from nn.data.dataset import Dataset
from nn.data.scaling import standard_scaling
from nn.metrics.writers import text_report
from nn.runs.assessing import assess_model, baseline_facts

X = np.array([[-2.0], [-1], [1], [2]])


def linear(weights, loss, targets, classes=None):
    """A model whose outputs are multiples of its one input."""
    network = Sequential([Dense(len(weights))], inputs=1)
    network.parameters[...] = [*weights, *(0.0 for _ in weights)]
    return Model(network, loss, ("x",), targets, classes=classes)


def assessed(model, samples, baseline=None):
    return assess_model(model, samples, baseline or {}, 0.0, held_out=False)


def test_labels_of_a_hinge_are_answered_above_0():
    samples = Dataset(X, np.hstack([X > 0, X < 0]) * 1.0, ("x",), ("u", "v"))
    found = assessed(linear([0.1, -0.1], Hinge(), samples.targets), samples)
    assert found.task == "labels"
    assert found.metrics["exact_match"].value == 1


def test_one_output_of_a_hinge_is_two_classes():
    samples = Dataset(X, (X > 0) * 1.0, ("x",), ("y",), classes=("no", "yes"))
    found = assessed(linear([0.1], Hinge(), ("y",), ("no", "yes")), samples)
    assert found.metrics["accuracy"].value == found.metrics["roc_auc"].value == 1
    assert "log_loss" not in found.metrics


def test_columns_in_another_order_are_found_by_name():
    network = Sequential([Dense(1)], inputs=2)
    network.parameters[...] = [1, 0, 0]
    model = Model(network, MeanSquaredError(), ("a", "b"), ("y",))
    samples = Dataset(np.hstack([7 + X, X]), X, ("b", "a"), ("y",))
    assert assessed(model, samples).metrics["mae"].value == 0


def test_a_baseline_is_the_mean_of_the_training_targets_by_task():
    numbers = Dataset(X, X + 1, ("x",), ("y",))
    assert baseline_facts(numbers) == {"regression": [1]}
    labels = Dataset(X, np.hstack([X > 0, X > -2]) * 1.0, ("x",), ("u", "v"))
    assert baseline_facts(labels) == {"labels": [0.5, 0.75]}
    classes = Dataset(X, (X > 1) * 1.0, ("x",), ("y",), classes=("no", "yes"))
    assert baseline_facts(classes) == {"classification": [0.75, 0.25]}


@pytest.mark.parametrize(("baseline", "task"), [({"regression": [0.5, 0.5]}, "regression"), ({}, "labels")])
def test_targets_that_are_numbers_in_training_are_numbers(baseline, task):
    samples = Dataset(X, np.hstack([X > 0, X < 0]) * 1.0, ("x",), ("u", "v"))
    model = linear([0.1, -0.1], MeanSquaredError(), samples.targets)
    assert assessed(model, samples, baseline).task == task


def test_a_baseline_of_another_width_is_none():
    samples = Dataset(X, X, ("x",), ("y",))
    found = assessed(linear([1.0], MeanSquaredError(), ("y",)), samples, {"regression": [1.0, 2.0]})
    assert found.always == ""


def test_metrics_are_in_the_unit_of_the_target_and_the_loss_says_that_it_is_not():
    samples = Dataset(X, 1000 * X + 5000, ("x",), ("price",))
    scaling = standard_scaling(samples.y)
    model = replace(linear([1.0], MeanSquaredError(), ("price",)), target_scaling=scaling)
    found = assessed(model, samples, {"regression": [5000.0]})
    expected = np.abs(samples.y - (X * scaling.scale + scaling.shift))
    assert found.metrics["mae"].value == pytest.approx(np.mean(expected))
    assert "loss of scaled targets " in text_report({"test": found})


def test_a_loss_that_is_a_sum_says_so():
    samples = Dataset(X, X, ("x",), ("y",))
    model = linear([1.0], MeanSquaredError(reduction="half_sum"), ("y",))
    assert "loss (½ Σ) " in text_report({"test": assessed(model, samples, {})})
