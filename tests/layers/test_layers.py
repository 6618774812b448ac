import copy
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import (
    SELU,
    SGD,
    BinaryCrossEntropy,
    Dense,
    Dropout,
    LayerNorm,
    Linear,
    MeanSquaredError,
    ReLU,
    Sequential,
    Shortcut,
    Sigmoid,
    Tanh,
    Uniform,
    train,
)
from nn.layers import ACTIVATIONS, LAYERS
from nn.layers.base import forward
from tests.gradients import (
    backpropagated,
    central_differences,
    complex_step,
    differentiated,
    relative_error,
)
from tests.judges import agree, judge

TORCH = json.loads((Path(__file__).parents[1] / "reference" / "layers.json").read_text())

# The contract of all layers: a new activation is here by itself, a new layer adds its line.
VARIANTS = {"dense without bias": lambda: Dense(3, use_bias=False)}
CONTRACT = {
    **VARIANTS,
    "dense": lambda: Dense(3),
    "dropout": lambda: Dropout(0.4),
    "shortcut": lambda: Shortcut([Dense(3), Dropout(0.4), Shortcut([Dense(2), Tanh()]), Sigmoid()]),
    "layer_norm": LayerNorm,
    **ACTIVATIONS,
}
KINKED = {"relu", "leaky_relu", "selu", "hard_sigmoid"}
"""Not analytic: checked by central differences, and away from the kink."""

everywhere = pytest.mark.parametrize("kind", CONTRACT)


def batch(*shape, seed=0):
    """Numbers at least 0.1 from 0, where the kinks are."""
    x = np.random.default_rng(seed).normal(size=shape)
    return x + 0.1 * np.sign(x)


def network_of(kind, seed=0):
    """A network of one layer with noise for a batch of five, the same as in a stack for this seed."""
    network = Sequential([CONTRACT[kind]()], inputs=4, seed=seed)
    noise = [np.random.default_rng(int(one)).random((5, network.noise)) for one in network.seeds.noise.flat]
    network.bind_noise(np.reshape(noise, (*network.stack, 5, network.noise)))
    return network


def outputs(network, x):
    """What the layers make of x with the noise that is bound."""
    return forward(network.layers, x)


def test_every_layer_keeps_the_contract():
    assert CONTRACT.keys() - VARIANTS.keys() == LAYERS.keys()


@everywhere
def test_backward_is_the_gradient_in_all_parameters_and_inputs(kind):
    network = network_of(kind)
    problem = network, MeanSquaredError(), batch(5, 4), batch(5, network.outputs, seed=1)
    derivative, precision = (central_differences, 1e-9) if kind in KINKED else (complex_step, 1e-12)
    error = relative_error(backpropagated(*problem), differentiated(derivative, *problem))
    judge("layer", kind, derivative.__name__.replace("_", " "), "gradient", error, precision)


@everywhere
def test_a_stack_is_its_members_side_by_side(kind):
    stack, x = network_of(kind, seed=[3, 1]), batch(2, 5, 4)
    dy = batch(2, 5, stack.outputs, seed=1)
    y, dx = outputs(stack, x), stack.backward(dy)
    for member, seed in enumerate([3, 1]):
        alone = network_of(kind, seed)
        assert np.allclose(y[member], outputs(alone, x[member]), rtol=1e-13, atol=1e-15)
        assert np.allclose(dx[member], alone.backward(dy[member]), rtol=1e-13, atol=1e-15)
        assert np.allclose(stack.gradients[member], alone.gradients, rtol=1e-13, atol=1e-15)


@everywhere
def test_backward_fills_the_gradients_and_does_not_add_to_them(kind):
    network = network_of(kind)
    network.gradients[...] = np.nan
    for _ in range(2):
        outputs(network, batch(5, 4))
        network.backward(batch(5, network.outputs))
    once = network.gradients.copy()
    outputs(network, batch(5, 4))
    network.backward(batch(5, network.outputs))
    assert np.array_equal(network.gradients, once)


@everywhere
def test_inputs_and_output_gradients_are_left_as_they_were(kind):
    network = network_of(kind)
    x, dy = batch(5, 4), batch(5, network.outputs, seed=1)
    outputs(network, x)
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


def test_dense_without_bias_is_a_product():
    layer, x = Dense(3, inputs=2, use_bias=False), batch(4, 2)
    assert np.array_equal(layer.forward(x), x @ layer.weight)
    assert (layer.shapes, layer.size) == ({"weight": (2, 3)}, 6)
    assert not hasattr(layer, "bias")


def test_dense_without_bias_draws_the_weights_that_it_has_with_one():
    with_bias, without = (Dense(3, inputs=2, use_bias=used, seed=4) for used in (True, False))
    assert np.array_equal(with_bias.weight, without.weight)


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
        ({"units": 2, "l1": -1}, ValueError, "Dense.l1 must be at least 0, got -1"),
        ({"units": 2, "l2": True}, TypeError, "Dense.l2 must be a number or nothing, got True"),
        ({"units": 2, "max_norm": 0}, ValueError, "Dense.max_norm must be greater than 0, got 0"),
        ({"units": 2, "use_bias": 0}, TypeError, "Dense.use_bias must be true or false, got 0"),
        (
            {"units": 2, "use_bias": False, "initializer": Uniform(biases=True)},
            ValueError,
            "Dense: without biases there are none to draw; leave out biases of its initializer",
        ),
    ],
)
def test_dense_refuses_impossible_options(arguments, error, message):
    with pytest.raises(error, match=message):
        Dense(**arguments)


# Dropout


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.9])
def test_dropout_drops_at_its_rate_and_scales_what_stays_so_that_the_mean_is_kept(rate):
    network, x = Sequential([Dropout(rate)], inputs=100, seed=0), np.ones((1000, 100))
    y = network.forward(x, training=True)
    assert np.unique(y) == pytest.approx([0, 1 / (1 - rate)] if rate else [1])
    assert np.mean(y == 0) == pytest.approx(rate, abs=0.01)
    assert np.mean(y) == pytest.approx(1, abs=0.03)


def test_dropout_is_off_in_prediction_also_after_training():
    network, x = Sequential([Dropout(0.5)], inputs=3, seed=0), batch(4, 3)
    assert not np.array_equal(network.forward(x, training=True), x)
    for predicted in (network.forward(x), network.predict(x)):
        assert np.array_equal(predicted, x)


def test_what_was_dropped_gets_no_gradient_and_the_rest_is_scaled_alike():
    network = Sequential([Dropout(0.5)], inputs=3, seed=0)
    y = network.forward(np.ones((50, 3)), training=True)
    assert np.array_equal(network.backward(np.ones((50, 3))), y)


def test_noise_is_new_for_each_batch_and_each_seed_has_its_own():
    def two(seed):
        network = Sequential([Dropout(0.5)], inputs=6, seed=seed)
        return [network.forward(np.ones((4, 6)), training=True) for _ in range(2)]

    first, second = two([3, 1])
    assert len({y.tobytes() for y in (*first, *second)}) == 4
    assert np.array_equal(first[0], two(3)[0])
    assert np.array_equal(second[1], two(1)[1])


def test_changing_noise_leaves_the_weights_of_a_seed_as_they_were():
    with_noise = Sequential([Dropout(0.5), Dense(2)], inputs=3, seed=4)
    with_noise.forward(np.ones((1, 3)), training=True)
    assert np.array_equal(with_noise.parameters, Sequential([Dense(2)], inputs=3, seed=4).parameters)


@pytest.mark.parametrize(
    ("rate", "error", "message"),
    [
        (1, ValueError, "Dropout.rate must be less than 1, got 1"),
        (-0.1, ValueError, "Dropout.rate must be at least 0, got -0.1"),
        ("half", TypeError, "Dropout.rate must be a number, got 'half'"),
    ],
)
def test_dropout_refuses_impossible_rates(rate, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        Dropout(rate)


# Shortcut


def test_a_shortcut_hands_its_inputs_on_first_and_then_what_the_inner_layers_make_of_them():
    inner = Dense(2, inputs=3, seed=1)
    network, x = Sequential([Shortcut([Dense(2), Tanh()])], inputs=3, seed=1), batch(5, 3)
    y = network.forward(x)
    assert network.outputs == 5
    assert np.array_equal(y[:, :3], x)
    assert np.array_equal(y[:, 3:], np.tanh(inner.forward(x)))


def test_a_shortcut_gives_a_stack_the_same_inputs_beside_each_networks_own():
    stack, x = Sequential([Shortcut([Dense(2)])], inputs=3, seed=[3, 1]), batch(5, 3)
    assert np.array_equal(stack.forward(x)[..., :3], [x, x])


def test_the_parameters_of_inner_layers_are_views_of_the_networks_in_order():
    inner = Dense(1)
    network = Sequential([Shortcut([inner, Sigmoid()]), Dense(1)], inputs=2)
    network.parameters[...] = np.arange(7)
    assert (inner.weight.ravel().tolist(), inner.bias.item()) == ([0, 1], 2)
    assert network.layers[0].shapes == {"0.weight": (2, 1), "0.bias": (1, 1)}
    assert list(network.shapes) == ["0.0.weight", "0.0.bias", "1.weight", "1.bias"]


def test_inner_weights_start_as_suits_what_follows_also_past_the_end():
    inside, last = Dense(2), Dense(2)
    Sequential([Shortcut([inside, ReLU(), last]), ReLU()], inputs=2)
    assert type(inside.initializer) is type(last.initializer) is type(ReLU.default_initializer)


@pytest.mark.parametrize(
    ("between", "activation"),
    [([], ReLU), ([Dropout(0.1)], ReLU), ([Linear(), Dropout(0.1)], SELU), ([Dropout(0.1)], Sigmoid)],
)
@pytest.mark.parametrize("inside", [False, True])
def test_weights_start_as_suits_the_activation_that_the_units_meet_whatever_stands_between(
    between, activation, inside
):
    dense, following = Dense(2), copy.deepcopy([*between, activation()])
    layers = [Shortcut([dense]), *following] if inside else [dense, *following, Dense(1)]
    Sequential(layers, inputs=2)
    assert dense.initializer == activation.default_initializer


shared = Sigmoid()


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        ([], ValueError, "Shortcut: expected at least one layer, got none"),
        ([shared, shared], ValueError, "Shortcut: .* got one layer twice"),
        (["tanh"], TypeError, "Shortcut: each of its layers must be a Layer, got 'tanh'"),
        (Sigmoid(), TypeError, r"Shortcut.layers must be a list, got Sigmoid\(\)"),
    ],
)
def test_a_shortcut_refuses_what_are_no_layers(layers, error, message):
    with pytest.raises(error, match=f"^{message}$"):
        Shortcut(layers)


# LayerNorm


@given(
    st.integers(0, 99), st.floats(-1e3, 1e3), st.floats(1e-2, 1e3), st.sampled_from(["float64", "float32"])
)
def test_layer_norm_does_not_see_where_a_sample_lies_nor_how_wide_it_is(seed, shift, scale, dtype):
    layer = LayerNorm(epsilon=1e-12, inputs=5)
    x = np.round(batch(3, 5, seed=seed), 2).astype(dtype)
    moved = (x * scale + shift).astype(dtype)
    rounding = np.finfo(dtype).eps * (1 + abs(shift) / scale) * 100
    assert np.allclose(layer.forward(moved), layer.forward(x), rtol=0, atol=max(rounding, 1e-6))


def test_layer_norm_gives_each_sample_the_mean_and_variance_that_bias_and_gain_say():
    layer = LayerNorm(epsilon=1e-12, inputs=8)
    layer.gain[...], layer.bias[...] = 3, 2
    y = layer.forward(batch(6, 8))
    assert np.mean(y, axis=-1) == pytest.approx(np.full(6, 2), rel=1e-14)
    assert np.std(y, axis=-1) == pytest.approx(np.full(6, 3), rel=1e-11)


def test_weights_in_front_of_layer_norm_start_as_suits_the_activation_behind_it():
    dense = Dense(4)
    Sequential([dense, LayerNorm(), ReLU()], inputs=2)
    assert dense.initializer == ReLU.default_initializer


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LayerNorm(epsilon=0), "LayerNorm.epsilon must be greater than 0, got 0"),
        (lambda: LayerNorm(inputs=1), "LayerNorm: expected at least 2 units, got 1; one alone is its own"),
        (
            lambda: Sequential([LayerNorm(inputs=3)], inputs=2),
            "LayerNorm: was made for 3 inputs, got 2",
        ),
    ],
)
def test_layer_norm_refuses_impossible_options_and_places(make, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        make()


# Penalties and the constraint of Dense


def penalised(**options):
    return Sequential([Shortcut([Dense(3, **options), Tanh()]), Dense(2, **options)], inputs=4, seed=0)


def test_penalties_are_sums_over_all_weights_and_no_biases():
    network = penalised(l1=0.1, l2=0.01)
    network.parameters[...] = batch(*network.parameters.shape)
    weights = [network.layers[0].layers[0].weight, network.layers[1].weight]
    expected = [term for w in weights for term in (0.1 * np.sum(np.abs(w)), 0.01 * np.sum(w**2))]
    assert network.penalties() == pytest.approx(expected, rel=1e-14, abs=0)
    assert penalised().penalties() == penalised(l1=0, l2=0.0).penalties() == []


def test_the_gradient_of_the_penalties_is_added_to_the_gradient():
    network = penalised(l1=0.1, l2=0.01)
    parameters, gradients = batch(*network.parameters.shape), np.full(network.size, 7.0)
    network.bind(parameters, gradients)
    network.penalize()

    def value(points):
        network.bind(points, np.empty_like(points))
        return sum(network.penalties())

    assert relative_error(gradients - 7, complex_step(value, parameters)) < 1e-12


def test_the_slope_of_l1_at_zero_is_zero():
    layer = Dense(1, inputs=1, l1=5.0)
    layer.weight[...] = 0
    layer.penalize()
    assert layer.weight_grad.item() == 0


def test_max_norm_shortens_the_weights_into_a_unit_and_leaves_shorter_ones_and_biases():
    layer = Dense(3, inputs=2, max_norm=1.0)
    layer.weight[...], layer.bias[...] = [[3.0, 0.3, 0.0], [4.0, 0.4, 0.0]], 9
    layer.constrain()
    assert layer.weight == pytest.approx(np.array([[0.6, 0.3, 0], [0.8, 0.4, 0]]), rel=1e-15)
    assert np.array_equal(layer.weight[:, 1:], [[0.3, 0], [0.4, 0]]), "bit for bit"
    assert (layer.bias == 9).all()


# The judge


@pytest.mark.parametrize("rate", TORCH["dropout"])
def test_dropout_scales_as_torch_does_for_the_same_mask(rate):
    expected = {name: np.array(values) for name, values in TORCH["dropout"][rate].items()}
    layer = Dropout(float(rate))
    layer.bind_noise(np.where(expected["stays"] == 1, 0.99, 0.0))
    agree("layer", "dropout", "PyTorch", "outputs", layer.forward(expected["x"]), expected["y"])
    agree("layer", "dropout", "PyTorch", "gradient", layer.backward(expected["dy"]), expected["dx"])


@pytest.mark.parametrize("name", TORCH["layer_norm"])
def test_layer_norm_is_that_of_torch(name):
    expected = {name: np.array(values) for name, values in TORCH["layer_norm"][name].items()}
    layer = LayerNorm(float(expected["epsilon"]), inputs=6)
    layer.gain[...], layer.bias[...] = expected["gain"], expected["bias"]
    found = {"y": layer.forward(expected["x"]), "dx": layer.backward(expected["dy"])}
    found |= {"gain_grad": layer.gain_grad[0], "bias_grad": layer.bias_grad[0]}
    for what, ours in found.items():
        atol = 1e-12 * np.max(np.abs(expected[what]))
        compared = "outputs" if what == "y" else "gradient"
        agree("layer", "layer_norm", "PyTorch", compared, ours, expected[what], atol=atol)


@pytest.mark.parametrize("name", TORCH["trajectories"])
def test_two_hundred_steps_with_penalties_max_norm_and_weights_are_those_of_torch(name):
    expected = TORCH["trajectories"][name]
    options = dict(expected["options"])
    weights = {"sample_weight": TORCH["weights"]} if options.pop("weighted", False) else {}
    layers = [Dense(3, **options), Tanh(), Dense(1, **options), Sigmoid()]
    network, points, losses = Sequential(layers, inputs=2), [], []
    network.parameters[...] = TORCH["start"]
    run = {"epochs": len(expected["losses"]), "report_every": TORCH["every"], **weights}
    for report in train(network, BinaryCrossEntropy(), SGD(0.3, momentum=0.5), TORCH["x"], TORCH["t"], **run):
        points.append(network.parameters.copy())
        losses += report.losses.tolist()
    piece = {"weights": "sample weights", "all": "all of them"}.get(name, name)
    agree("regularisation", piece, "PyTorch", "losses of 200 steps", losses, expected["losses"])
    agree(
        "regularisation",
        piece,
        "PyTorch",
        "weights over 200 steps",
        points,
        expected["parameters"],
        atol=1e-12,
    )
