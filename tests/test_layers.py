import numpy as np
import pytest

from nn import Dense, MeanSquaredError, Sequential
from nn.activations import ACTIVATIONS
from nn.layers import LAYERS
from tests.gradients import (
    backpropagated,
    central_differences,
    complex_step,
    differentiated,
    relative_error,
)

# The contract of all layers: a new activation is here by itself, a new layer adds its line.
CONTRACT = {"dense": lambda: Dense(3), **ACTIVATIONS}
KINKED = {
    "relu",
    "leaky_relu",
    "selu",
    "hard_sigmoid",
}  # not analytic: checked by central differences, and away from the kink

everywhere = pytest.mark.parametrize("kind", CONTRACT)


def batch(*shape, seed=0):
    """Numbers at least 0.1 from 0, where the kinks are."""
    x = np.random.default_rng(seed).normal(size=shape)
    return x + 0.1 * np.sign(x)


def network_of(kind, seed=0):
    return Sequential([CONTRACT[kind]()], inputs=4, seed=seed)


def test_every_layer_keeps_the_contract():
    assert CONTRACT.keys() == LAYERS.keys() | ACTIVATIONS.keys()


@everywhere
def test_backward_is_the_gradient_in_all_parameters_and_inputs(kind):
    network = network_of(kind)
    problem = network, MeanSquaredError(), batch(5, 4), batch(5, network.outputs, seed=1)
    derivative, precision = (central_differences, 1e-9) if kind in KINKED else (complex_step, 1e-12)
    assert relative_error(backpropagated(*problem), differentiated(derivative, *problem)) < precision


@everywhere
def test_a_stack_is_its_members_side_by_side(kind):
    stack, x = network_of(kind, seed=[3, 1]), batch(2, 5, 4)
    dy = batch(2, 5, stack.outputs, seed=1)
    y, dx = stack.forward(x), stack.backward(dy)
    for member, seed in enumerate([3, 1]):
        alone = network_of(kind, seed)
        assert np.allclose(y[member], alone.forward(x[member]), rtol=1e-13, atol=1e-15)
        assert np.allclose(dx[member], alone.backward(dy[member]), rtol=1e-13, atol=1e-15)
        assert np.allclose(stack.gradients[member], alone.gradients, rtol=1e-13, atol=1e-15)


@everywhere
def test_backward_fills_the_gradients_and_does_not_add_to_them(kind):
    network = network_of(kind)
    network.gradients[...] = np.nan
    for _ in range(2):
        network.forward(batch(5, 4))
        network.backward(batch(5, network.outputs))
    once = network.gradients.copy()
    network.forward(batch(5, 4))
    network.backward(batch(5, network.outputs))
    assert np.array_equal(network.gradients, once)


@everywhere
def test_inputs_and_output_gradients_are_left_as_they_were(kind):
    network = network_of(kind)
    x, dy = batch(5, 4), batch(5, network.outputs, seed=1)
    network.forward(x)
    network.backward(dy)
    assert np.array_equal(x, batch(5, 4))
    assert np.array_equal(dy, batch(5, network.outputs, seed=1))


def test_parameters_are_views_of_one_vector():
    layer = Dense(3, inputs=2)
    parameters, gradients = np.arange(9.0), np.zeros(9)
    layer.bind(parameters, gradients)
    assert layer.weight.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert layer.bias.tolist() == [[6, 7, 8]]
    parameters[0] = layer.bias_grad[0, 2] = 10
    assert (layer.weight[0, 0], gradients[8]) == (10, 10)


def test_a_layer_built_alone_draws_the_weights_of_the_same_layer_in_a_network():
    alone, inside = Dense(3, inputs=2, seed=5), Dense(3)
    Sequential([inside], inputs=2, seed=5)
    assert np.array_equal(alone.weight, inside.weight)


def test_dense_refuses_a_batch_of_another_width():
    with pytest.raises(ValueError, match=r"^Dense: expected \(\.\.\., 2\) inputs, got \(4, 3\)$"):
        Dense(3, inputs=2).forward(np.ones((4, 3)))


def test_dense_refuses_a_place_for_which_it_was_not_made():
    with pytest.raises(ValueError, match=r"^Dense: was made for 2 inputs, got 3$"):
        Sequential([Dense(3, inputs=2)], inputs=3)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"units": 0}, ValueError, "Dense.units must be at least 1, got 0"),
        ({"units": 2.0}, TypeError, r"Dense.units must be a whole number, got 2\.0"),
        ({"units": 2, "inputs": 0}, ValueError, "Dense.inputs must be at least 1, got 0"),
        (
            {"units": 2, "initializer": "zeros"},
            TypeError,
            "Dense.initializer must be an Initializer or nothing",
        ),
    ],
)
def test_dense_refuses_impossible_options(arguments, error, message):
    with pytest.raises(error, match=message):
        Dense(**arguments)
