"""A tolerance that ignores overshoot: of classes, what lies beyond its target is right."""

import numpy as np
import pytest

from nn import SGD, Dense, MeanSquaredError, Sequential, Sigmoid, StopAt, Tanh, train
from nn.training.objective import largest_shortfall
from nn.validation import IncompatibleError

X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
T = np.array([[0.1], [0.9], [0.9], [0.1]])
IGNORED = StopAt(tolerance=0.04, overshoot="ignored")


def network(seed=1):
    return Sequential([Dense(4), Tanh(), Dense(1), Sigmoid()], inputs=2, seed=seed)


def last_report(own, goal, **options):
    start = {"epochs": 3000, "classification": True, "engine": "numpy"}
    *_, last = train(own, MeanSquaredError(), SGD(5.0), X, T, stop_at=goal, **start | options)
    return last


@pytest.mark.parametrize(
    ("y", "t", "shortfall"),
    [
        ([0.3, 0.8], [0.1, 0.9], 0.2),
        ([0.0, 1.0], [0.1, 0.9], 0),
        ([0.05, 0.6], [0.1, 0.9], 0.3),
        ([-7.0, 9.0], [0, 1], 0),
        ([1.2, -0.1], [0, 1], 1.2),
    ],
)
def test_low_targets_are_fallen_short_of_from_above_and_high_ones_from_below(y, t, shortfall):
    assert largest_shortfall(np.array([y]), np.array([t])) == pytest.approx(shortfall)


def test_the_threshold_says_which_targets_are_high():
    y, t = np.array([[-0.5], [0.5]]), np.array([[-0.4], [0.3]])
    assert largest_shortfall(y, t, threshold=-0.05) == 0
    assert largest_shortfall(y, t, threshold=-1) == pytest.approx(0.1)


@pytest.mark.parametrize("engine", ["formulas", "numpy", "native"])
@pytest.mark.parametrize("batch_size", [None, 3])
def test_every_engine_ends_where_nothing_falls_short(engine, batch_size):
    own = network()
    last = last_report(own, IGNORED, engine=engine, batch_size=batch_size, shuffle=False)
    y = own.predict(X)
    assert last.stopped == "stop_at"
    assert np.all(np.where(T > 0.5, y >= 0.86, y <= 0.14))
    assert last.outcomes.largest_error == pytest.approx(largest_shortfall(y, T), abs=1e-15)


def test_a_goal_with_overshoot_ignored_is_reached_no_later():
    counted = last_report(network(), StopAt(tolerance=0.04))
    assert last_report(network(), IGNORED).reached <= counted.reached


@pytest.mark.parametrize("engine", ["numpy", "native"])
def test_each_network_of_a_stack_ends_as_it_does_alone(engine):
    together = network(seed=range(4))
    last = last_report(together, IGNORED, engine=engine)
    for seed in range(4):
        alone = last_report(network(seed), IGNORED, engine=engine)
        assert last.outcomes.epoch[seed] == alone.outcomes.epoch
        assert last.outcomes.largest_error[seed] == pytest.approx(alone.outcomes.largest_error, rel=1e-9)


def test_a_regression_has_no_side_beyond_a_target():
    message = "stop_at.overshoot needs a classification, got a regression; leave it out"
    with pytest.raises(IncompatibleError, match=message):
        last_report(network(), IGNORED, classification=False)


def test_the_goal_says_so():
    assert IGNORED.text == "every output within 0.04 of its target or beyond it"
