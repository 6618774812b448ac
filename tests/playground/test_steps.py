"""The training steps of a page, in node: NumPy's, from equal states, whatever the hyperparameters are."""

from dataclasses import replace

import numpy as np
import pytest

from nn.export.recording import ExportError
from nn.playground.proof import (
    Case,
    cases,
    difference_along,
    off,
    run_in_node,
    states_along,
    step_differences,
)
from tests.playground.nodes import needs_node, steps_of

TOLERANCE = 1e-12


@needs_node
@pytest.mark.parametrize(
    ("config", "settings"),
    [
        ("xor", ["training.epochs=300"]),
        ("moons", ["training.epochs=20"]),
        ("iris", ["training.epochs=40"]),
        ("xor", ["optimizer={type: nadam}", "training.epochs=40"]),
        ("xor", ["optimizer.learning_rate={type: cosine, start: 0.5}", "training.epochs=40"]),
        ("digits", ["training.epochs=1", "model.layers.0.units=3"]),
    ],
    ids=["sgd", "batches", "classes", "nadam", "schedule", "argmax"],
)
def test_a_step_is_that_of_numpy_along_the_run(config, settings):
    assert difference_along(steps_of(config, *settings), points=5) < TOLERANCE


@needs_node
@pytest.mark.parametrize(
    ("config", "settings"),
    [("xor", ["training.epochs=100"]), ("iris", ["training.epochs=20"]), ("moons", ["training.epochs=10"])],
    ids=["sgd", "classes", "batches"],
)
def test_a_step_in_single_precision_is_that_of_numpy_to_its_rounding(config, settings):
    steps = steps_of(config, "training.dtype=float32", *settings)
    difference, _ = step_differences(steps, cases(steps, states_along(steps, 5)))
    assert 1e-9 < difference < 1e-5  # not in double precision either


@needs_node
@pytest.mark.parametrize("optimizer", ["{type: sgd, learning_rate: 0.1, momentum: 0.5}", "{type: adam}"])
def test_hyperparameters_are_inputs(optimizer):
    steps = steps_of("xor", f"optimizer={optimizer}")
    others = {"sgd_learning_rate": 0.7, "adam_beta_1": 0.7, "adam_beta_2": 0.9, "adam_learning_rate": 0.3}
    others = {name: value for name, value in others.items() if name in steps.hyperparameters}
    words = [f"optimizer.{name.partition('_')[2]}={value}" for name, value in others.items()]
    (changed,) = cases(steps_of("xor", f"optimizer={optimizer}", *words), [steps.step.state()])
    (own,) = cases(steps, [steps.step.state()])
    given = Case(own.given | {name: np.array(value) for name, value in others.items()}, changed.expected)
    assert others
    assert own.difference({name: array.ravel() for name, array in changed.expected.items()}) > TOLERANCE
    assert given.difference(run_in_node(steps, [given])[0]) < TOLERANCE


NOISY = ("moons", "model.layers.0={type: dropout, rate: 0.2}", "model.layers.1.l2=0.1")
NESTEROV = ("xor", "optimizer={type: sgd, nesterov: true, momentum: 0.5, weight_decay: 0.1}")


@pytest.mark.parametrize(
    ("config", "names"),
    [
        (NOISY, ["adam_beta_1", "adam_beta_2", "dropout_rate", "dense_l2"]),
        (NESTEROV, ["sgd_weight_decay", "sgd_momentum"]),
        (("encoder-10-5-10",), []),
    ],
    ids=["layers", "optimizer", "positive"],
)
def test_what_may_become_0_is_what_leaves_the_formula_as_it_is(config, names):
    assert steps_of(*config).may_be_zero == names


def test_a_formula_that_is_another_one_at_0_is_found():
    steps = steps_of("xor")
    steps.hyperparameters["sgd_learning_rate"] = 0.4  # as if the program had taken another one
    assert steps.may_be_zero == []


@needs_node
def test_a_momentum_of_0_is_none():
    steps, plain = steps_of("xor"), steps_of("xor", "optimizer.momentum=0")
    (own,), (expected,) = (cases(one, [one.step.state()]) for one in (steps, plain))
    given = Case(own.given | {"sgd_momentum": np.array(0.0)}, expected.expected)
    assert given.difference(run_in_node(steps, [given])[0]) < TOLERANCE


def test_the_states_along_a_run_begin_at_its_start_and_leave_the_network_there():
    steps = steps_of("xor", "training.epochs=30")
    start = steps.step.kept["parameters"].copy()
    states = states_along(steps, 4)
    assert len(states) == 4
    assert np.array_equal(states[0]["parameters"], start)
    assert not np.array_equal(states[-1]["parameters"], start)
    assert np.array_equal(steps.step.kept["parameters"], start)


@needs_node
def test_a_wrong_step_is_found():
    steps = steps_of("xor")
    (case,) = cases(steps, [steps.step.state()])
    wrong = replace(case, given=case.given | {"sgd_learning_rate": np.array(0.5 + 1e-9)})
    assert wrong.difference(run_in_node(steps, [wrong])[0]) > TOLERANCE
    assert off(np.array([1.0, np.nan]), np.array([1.0, 2.0])) == np.inf


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (["optimizer={type: lbfgs}"], "first-order"),
    ],
)
def test_what_a_page_cannot_train_is_refused_by_name(settings, said):
    with pytest.raises(ExportError, match=said):
        steps_of("xor", *settings)
