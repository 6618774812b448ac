"""Layers that know nothing of the check: it finds a method that holds for their formulas."""

import numpy as np
import pytest

from nn import Dense, MeanSquaredError, Sequential, check_gradients
from nn.layers.base import Layer

RNG = np.random.default_rng(0)
X, T = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 3))


def layer(forward, backward):
    """A layer of y = forward(x) and dx = backward(x, dy)."""

    class Own(Layer):
        def forward(self, x):
            self.input = x
            return forward(x)

        def backward(self, dy):
            return backward(self.input, dy)

    return Own()


def norm(x):
    return np.linalg.norm(x, axis=-1, keepdims=True)


def deviation(x):
    return np.sqrt(np.var(x, axis=-1, keepdims=True))


def standardized(x):
    return (x - np.mean(x, axis=-1, keepdims=True)) / deviation(x)


def along(a, b):
    return np.sum(a * b, axis=-1, keepdims=True)


def logistic(x):
    return 1 / (1 + np.exp(-x))


NOT_ANALYTIC = {
    "abs": (np.abs, lambda x, dy: dy * np.sign(x), lambda x, dy: 0 * dy),
    "abs times x": (lambda x: x * np.abs(x), lambda x, dy: 2 * dy * np.abs(x), lambda x, dy: dy * np.abs(x)),
    "norm": (
        lambda x: x / norm(x),
        lambda x, dy: (dy - x * along(x, dy) / norm(x) ** 2) / norm(x),
        lambda x, dy: dy / norm(x),
    ),
    "var": (
        standardized,
        lambda x, dy: (
            (dy - np.mean(dy, axis=-1, keepdims=True) - standardized(x) * along(standardized(x), dy) / 3)
            / deviation(x)
        ),
        lambda x, dy: (dy - np.mean(dy, axis=-1, keepdims=True)) / deviation(x),
    ),
    "real": (
        lambda x: np.tanh(x) * np.real(x),
        lambda x, dy: dy * (np.tanh(x) + x * (1 - np.tanh(x) ** 2)),
        lambda x, dy: dy * x * (1 - np.tanh(x) ** 2),
    ),
    "astype": (lambda x: x * x.astype(float), lambda x, dy: 2 * dy * x, lambda x, dy: dy * x),
    "sign": (lambda x: x * np.sign(x) + x, lambda x, dy: dy * (np.sign(x) + 1), lambda x, dy: dy),
    "no complex numbers": (
        lambda x: np.logaddexp(0, x),
        lambda x, dy: dy * logistic(x),
        lambda x, dy: dy * (1 - logistic(x)),
    ),
}
"""For each: forward, the right backward, and a wrong one that a blind complex step would take for right."""


@pytest.mark.parametrize("name", NOT_ANALYTIC)
@pytest.mark.parametrize("scale", [1e-3, 1, 1e3])
def test_where_a_formula_loses_the_imaginary_part_differences_judge(name, scale):
    forward, right, wrong = NOT_ANALYTIC[name]
    for backward, passes in ((right, True), (wrong, False)):
        check = check_gradients(layer(forward, backward), MeanSquaredError(), scale * X, T)
        assert check.passed is passes
        assert check.rows[0].judge == "central differences"


@pytest.mark.parametrize("name", NOT_ANALYTIC)
def test_the_same_holds_within_a_network(name):
    forward, right, wrong = NOT_ANALYTIC[name]
    for backward, passes in ((right, True), (wrong, False)):
        network = Sequential([Dense(3), layer(forward, backward), Dense(3)], inputs=3, seed=0)
        assert check_gradients(network, MeanSquaredError(), X, T).passed is passes


def test_a_branch_that_no_sample_takes_does_no_harm():
    own = layer(lambda x: np.where(x > 100, np.abs(x), x), lambda x, dy: dy)
    assert check_gradients(own, MeanSquaredError(), X, T).passed


def test_a_branch_that_only_these_samples_take_is_seen():
    own = layer(lambda x: np.where(x > 100, 3 * np.abs(x), x), lambda x, dy: np.where(x > 100, 0, dy))
    assert not check_gradients(own, MeanSquaredError(), np.abs(X) + 200, T).passed


def test_the_complex_step_is_refused_where_it_does_not_hold():
    with pytest.raises(ValueError, match=r"complex step cannot check this.*use 'central differences'"):
        check_gradients(layer(np.abs, lambda x, dy: dy), MeanSquaredError(), X, T, method="complex step")


@pytest.mark.parametrize(
    "forward",
    [
        lambda x: x - np.mean(x, axis=0),
        lambda x: x / np.sum(x * x),
        lambda x: (x.T * 2).T[:, ::-1] + x[0],
    ],
)
def test_a_formula_that_does_not_index_from_the_right_is_told_so(forward):
    network = Sequential([Dense(3), layer(forward, lambda x, dy: dy), Dense(3)], inputs=3, seed=0)
    with pytest.raises(ValueError, match="index from the right"):
        check_gradients(network, MeanSquaredError(), X, T)
