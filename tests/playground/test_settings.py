"""Hyperparameters with the ranges that their fields declare; numbers in the units of the table."""

import numpy as np
import pytest

from nn.playground.settings import ranges
from nn.playground.units import own_units
from tests.playground.nodes import steps_of


@pytest.mark.parametrize(
    ("setting", "name", "expected"),
    [
        ("optimizer={type: sgd}", "sgd_learning_rate", (0, None, True, False, False)),
        ("optimizer={type: adam}", "adam_beta_1", (0, 1, False, True, False)),
        ("optimizer={type: rprop}", "rprop_eta_minus", (0, 1, True, True, False)),
        ("loss={type: huber, delta: 0.5}", "huber_delta", (0, None, True, False, False)),
        (
            "optimizer.learning_rate={type: cosine, start: 0.5, steps: 9}",
            "cosinedecay_steps",
            (1, None, False, False, True),
        ),
    ],
)
def test_a_range_is_what_the_field_declares(setting, name, expected):
    found = ranges(steps_of("xor", setting))[name]
    assert tuple(found[word] for word in ("low", "high", "above", "below", "whole")) == expected


def test_every_hyperparameter_has_a_range():
    steps = steps_of("moons", "model.layers.0.l2=0.01", "model.layers.1.max_norm=2")
    assert ranges(steps).keys() == steps.hyperparameters.keys()


def test_numbers_come_back_in_the_units_of_the_table():
    steps = steps_of("automobile")
    model, share = steps.experiment.model, steps.experiment.shares["training"]
    for scaled, kind, raw in zip(model.arrays(share), "xt", (share.x, model.encoded(share)), strict=True):
        factor, summand = np.array(own_units(model)[kind]).T
        np.testing.assert_allclose(factor * scaled + summand, raw, rtol=1e-12, atol=1e-12)


def test_without_scaling_the_units_are_the_same():
    assert own_units(steps_of("xor").experiment.model) == {"x": [[1, 0], [1, 0]], "t": [[1, 0]]}
