"""Following the loss downhill, and the curvature at the end of the way."""

import numpy as np
import pytest

from nn import BinaryCrossEntropy, Dense, MeanAbsoluteError, MeanSquaredError, ReLU, Sequential, Sigmoid, Tanh
from nn.endpoints.curvature import spectrum
from nn.endpoints.descent import descend, falling_line, follow_flow
from nn.endpoints.surface import LossSurface
from tests.endpoints.ends import ENDS, MSE, T, X, xor_network

LINE_X = np.array([[-1.0], [0.0], [2.0]])
LINE_T = np.array([[1.0], [0.0], [3.0]])


def product():
    """L = mean (v w x − t)²: a valley of minima where v w = 5/5, and a saddle at 0."""
    layers = [Dense(1, use_bias=False), Dense(1, use_bias=False)]
    return LossSurface(Sequential(layers, inputs=1), MSE, [[1.0], [2.0]], [[0.0], [2.5]])


def test_the_surface_is_the_loss_as_trained():
    network = Sequential([Dense(1, l2=0.5)], inputs=1)
    surface = LossSurface(network, MSE, [[1.0], [2.0]], [[0.0], [0.0]], sample_weight=[1.0, 3.0])
    # (1·3² + 3·5²)/2 + ½·2² with the weight 2 and the bias 1.
    assert surface.loss(np.array([2.0, 1.0])) == pytest.approx(44)
    assert surface.gradient(np.array([2.0, 1.0])) == pytest.approx([3 + 30 + 2, 3 + 15])


def test_the_hessian_is_the_derivative_of_the_gradient():
    surface = LossSurface(xor_network(), MSE, X, T)
    point, step = np.random.default_rng(0).normal(size=surface.size), 1e-6
    columns = [
        (surface.gradient(point + step * e) - surface.gradient(point - step * e)) / (2 * step)
        for e in np.eye(surface.size)
    ]
    assert np.allclose(surface.hessian(point), columns, rtol=0, atol=1e-9)


def test_a_hessian_in_blocks_is_the_same(monkeypatch):
    surface, point = LossSurface(xor_network(), MSE, X, T), ENDS["2-2-1"][4]
    whole = surface.hessian(point)
    monkeypatch.setattr("nn.endpoints.surface.NUMBERS_IN_MEMORY", 20)
    assert np.array_equal(surface.hessian(point), whole)


def test_eigenvalues_of_a_product_of_weights():
    # L = (v²w² + (2vw − 5/2)²)/2, so H at 0 is ((0, −5), (−5, 0)).
    found = spectrum(product(), np.zeros(2))
    assert found.values == pytest.approx([-5, 5], abs=1e-12)
    assert (found.negatives, found.zeros) == (1, 0)
    assert 0 < found.error < 1e-12


def test_eigenvalues_stay_within_their_error_bound():
    surface = LossSurface(xor_network(), MSE, X, T)
    for seed in range(5):
        point = np.random.default_rng(seed).normal(0, 3, surface.size)
        found = spectrum(surface, point)
        hessian = surface.hessian(point)
        order = np.random.default_rng(seed).permutation(surface.size)
        again = np.linalg.eigvalsh((hessian + hessian.T)[np.ix_(order, order)] / 2)
        assert np.max(np.abs(again - found.values)) <= found.error


@pytest.mark.parametrize("loss", [MeanAbsoluteError(), MeanSquaredError()])
def test_there_is_no_curvature_at_a_kink(loss):
    # Of |y − t| where an answer is right, of the square where a rectifier is at 0.
    layers = [Dense(1)] if isinstance(loss, MeanAbsoluteError) else [Dense(1), ReLU(), Dense(1)]
    network = Sequential(layers, inputs=1)
    point = np.ones(network.size)
    point[1] = 0
    assert spectrum(LossSurface(network, loss, [[0.0], [1.0]], [[0.0], [5.0]]), point) is None


def test_following_a_line_ends_at_its_least_squares():
    surface = LossSurface(Sequential([Dense(1)], inputs=1), MSE, LINE_X, LINE_T)
    way = follow_flow(surface, np.array([30.0, -70.0]), 100)
    expected = np.polyfit(LINE_X[:, 0], LINE_T[:, 0], 1)
    assert way.ended == "stationary"
    assert not way.runs_off
    assert way.points[-1] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("seed", [4, 30])
def test_the_loss_falls_at_every_step(seed):
    way = follow_flow(LossSurface(xor_network(), MSE, X, T), ENDS["2-2-1"][seed], 200)
    assert np.all(np.diff(way.losses) < 0)
    assert way.losses[0] == pytest.approx(np.mean((xor_network_at(ENDS["2-2-1"][seed]) - T) ** 2))


def xor_network_at(parameters):
    network = xor_network()
    network.parameters[...] = parameters
    return network.predict(X)


def test_weights_of_separable_classes_run_off():
    network = Sequential([Dense(1), Sigmoid()], inputs=1)
    way = follow_flow(
        LossSurface(network, BinaryCrossEntropy(), [[-1.0], [1.0]], [[0.0], [1.0]]), np.ones(2), 200
    )
    assert way.runs_off
    assert way.losses[-1] < 1e-12


def test_a_flat_valley_is_no_way_to_infinity():
    # (v w)⁴-like: the loss of two linear layers fitted to 0 is of order 4 in its minimum at 0.
    network = Sequential([Dense(1, use_bias=False), Dense(1, use_bias=False)], inputs=1)
    way = follow_flow(LossSurface(network, MSE, [[1.0]], [[0.0]]), np.array([1.0, 1.0]), 200)
    assert not way.runs_off
    assert way.losses[-1] < 1e-10


def test_a_path_along_negative_curvature_falls_strictly():
    surface = product()
    line = falling_line(
        surface, np.zeros(2), np.array([1.0, 1.0]) / np.sqrt(2), surface.loss_rounding(np.zeros(2))
    )
    assert len(line) > 4
    assert np.all(np.diff(line) < 0)


def test_no_path_where_the_loss_rises_first():
    surface = LossSurface(Sequential([Dense(1)], inputs=1), MSE, LINE_X, LINE_T)
    point = np.polyfit(LINE_X[:, 0], LINE_T[:, 0], 1)
    assert len(falling_line(surface, point, np.array([1.0, 0.0]), 1e-16)) == 1


def test_descending_without_a_hessian_keeps_both_ends():
    network = Sequential([Dense(3), Tanh(), Dense(1)], inputs=1, seed=0)
    way = descend(LossSurface(network, MSE, LINE_X, LINE_T), network.parameters, 30)
    assert way.points.shape == (2, network.size)
    assert way.losses[1] < way.losses[0]
