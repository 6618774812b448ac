"""Losses that are sums: their steps, and what is reported of epochs, batches and shares."""

import numpy as np
import pytest

from nn import (
    SGD,
    BinaryCrossEntropy,
    Dense,
    LevenbergMarquardt,
    MeanSquaredError,
    Sequential,
    Sigmoid,
    StopAt,
    Tanh,
    train,
)
from nn.validation import IncompatibleError

X = np.random.default_rng(0).normal(size=(7, 2))
T = np.random.default_rng(1).uniform(0.1, 0.9, size=(7, 2))
HALF_SUM = MeanSquaredError(reduction="half_sum")


def network(seed=0, l2=None, outputs=2):
    return Sequential([Dense(3, l2=l2), Tanh(), Dense(outputs), Sigmoid()], inputs=2, seed=seed)


def half_sum(own, x=X, t=T):
    return 0.5 * np.sum((own.predict(x) - t) ** 2)


def reports(own, loss=HALF_SUM, rate=0.05, x=X, t=T, **options):
    return list(train(own, loss, SGD(rate), x, t, **{"epochs": 3, "engine": "numpy"} | options))


def test_gradient_descent_on_half_the_sum_makes_the_steps_of_the_mean_with_a_larger_rate():
    summed, averaged = network(), network()
    reports(summed, HALF_SUM, rate=0.05)
    reports(averaged, MeanSquaredError(), rate=0.05 * 7 * 2 / 2)
    np.testing.assert_allclose(summed.parameters, averaged.parameters, rtol=1e-13)


def test_pattern_by_pattern_each_step_takes_the_gradient_of_one_pattern_in_their_order():
    own, by_hand = network(), network()
    reports(own, batch_size=1, shuffle=False, epochs=1)
    for row in range(7):
        HALF_SUM.forward(by_hand.forward(X[row : row + 1]), T[row : row + 1])
        by_hand.backward(HALF_SUM.backward())
        by_hand.parameters[...] -= 0.05 * by_hand.gradients
    np.testing.assert_allclose(own.parameters, by_hand.parameters, rtol=1e-14)


@pytest.mark.parametrize("engine", ["formulas", "numpy"])
@pytest.mark.parametrize("batch_size", [1, 3, 7])
def test_the_loss_of_an_epoch_is_the_sum_over_its_samples_however_they_are_batched(engine, batch_size):
    own = network()
    expected = half_sum(own)
    first, *_ = reports(own, rate=1e-12, batch_size=batch_size, engine=engine)
    assert first.loss == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("batch_size", [2, 7])
def test_penalties_count_once_in_the_loss_of_an_epoch(batch_size):
    own = network(l2=0.1)
    expected = half_sum(own) + 0.1 * np.sum(own.layers[0].weight ** 2)
    first, *_ = reports(own, rate=1e-12, batch_size=batch_size)
    assert first.loss == pytest.approx(expected, rel=1e-9)


def test_a_goal_is_the_sum_over_all_training_samples():
    own = network()
    goal = 0.7 * half_sum(own)
    *_, last = reports(own, rate=0.3, batch_size=2, epochs=500, stop_at=StopAt(loss=goal))
    assert last.stopped == "stop_at"
    assert half_sum(own) <= goal


def test_the_loss_of_a_validation_set_is_the_sum_over_it():
    own = network()
    expected = half_sum(own, X[:4], T[:4])
    first, *_ = reports(own, rate=1e-12, batch_size=2, validation=(X[:4], T[:4]))
    assert first.val_loss == pytest.approx(expected, rel=1e-9)


def test_weights_of_samples_multiply_their_part_of_the_sum():
    own, weights = network(), np.arange(7.0)
    parts = np.sum((own.predict(X) - T) ** 2, axis=-1)
    first, *_ = reports(own, MeanSquaredError(reduction="sum"), rate=1e-12, sample_weight=weights)
    assert first.loss == pytest.approx(np.sum(weights * parts), rel=1e-9)


def test_of_many_samples_the_sum_is_measured_in_blocks():
    x, t = np.tile(X, (2000, 1)), np.tile(T, (2000, 1))
    own = network()
    goal = 1.0001 * half_sum(own, x, t)  # met at once, by what is measured after the epoch
    *_, last = reports(own, rate=1e-12, x=x, t=t, batch_size=7000, epochs=2, stop_at=StopAt(loss=goal))
    assert (last.stopped, last.epoch) == ("stop_at", 1)


def test_a_stack_has_the_sums_of_its_members():
    together = network(seed=range(3))
    *_, last = reports(together, batch_size=2)
    for seed in range(3):
        *_, alone = reports(network(seed=seed), batch_size=2)
        assert last.loss[seed] == pytest.approx(alone.loss, rel=1e-12)


def test_other_losses_have_sums_too():
    own = network(outputs=1)
    y, t = own.predict(X), (T[:, :1] > 0.5) * 1.0
    first, *_ = reports(own, BinaryCrossEntropy(reduction="sum"), rate=1e-12, t=t, batch_size=2)
    assert first.loss == pytest.approx(-np.sum(np.log(np.where(t == 1, y, 1 - y))), rel=1e-9)


def test_least_squares_are_for_the_mean():
    message = "LevenbergMarquardt minimises the mean of squares, got half_sum; leave it out"
    with pytest.raises(IncompatibleError, match=message):
        train(network(), HALF_SUM, LevenbergMarquardt(), X, T, epochs=1)
