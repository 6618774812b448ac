from dataclasses import replace

import numpy as np
import pytest

from nn import (
    Dense,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LeCunNormal,
    LeCunUniform,
    NguyenWidrow,
    Normal,
    Orthogonal,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
    Uniform,
    Zeros,
)
from nn.initializers import INITIALIZERS
from nn.layers import ACTIVATIONS
from nn.random import generator
from tests import judges
from tests.judges import agree

TORCH = judges.TORCH["initializers"]

INPUTS, UNITS = TORCH["inputs"], TORCH["units"]

# The variance that each promises for 200 inputs and 300 units, and its kind of distribution.
PROMISES = {
    "zeros": (Zeros(), 0, "zero"),
    "uniform": (Uniform(scale=0.3), 0.3**2 / 3, "uniform"),
    "normal": (Normal(scale=0.3), 0.3**2, "normal"),
    "glorot_uniform": (GlorotUniform(), 2 / 500, "uniform"),
    "glorot_normal": (GlorotNormal(), 2 / 500, "normal"),
    "he_uniform": (HeUniform(), 2 / 200, "uniform"),
    "he_normal": (HeNormal(), 2 / 200, "normal"),
    "lecun_uniform": (LeCunUniform(), 1 / 200, "uniform"),
    "lecun_normal": (LeCunNormal(), 1 / 200, "normal"),
    "orthogonal": (Orthogonal(gain=1.5), 1.5**2 / 300, "orthogonal"),
    "nguyen_widrow": (NguyenWidrow(), (0.7 * 300 ** (1 / 200)) ** 2 / 200, "directions"),
}


def draw(initializer, seed=0):
    return initializer.draw(np.random.default_rng(seed), INPUTS, UNITS)


def test_every_initializer_has_its_row_here():
    assert {name: type(row[0]) for name, row in PROMISES.items()} == INITIALIZERS


@pytest.mark.parametrize("name", PROMISES)
def test_weights_have_mean_0_and_the_promised_variance(name):
    initializer, variance, _ = PROMISES[name]
    weight = draw(initializer)
    assert weight.shape == (INPUTS, UNITS)
    assert abs(weight.mean()) <= 4 * np.sqrt(variance / weight.size)
    assert weight.var() == pytest.approx(variance, rel=0.03)


@pytest.mark.parametrize("name", sorted(TORCH.keys() - {"inputs", "units"}))
def test_weights_have_the_moments_of_torchs(name):
    weight, expected = draw(PROMISES[name][0]), TORCH[name]
    assert abs(weight.mean() - expected["mean"]) <= 4 * np.sqrt(2 * expected["square"] / weight.size)
    square, fourth = np.mean(weight**2), np.mean(weight**4)
    agree("initializer", name, "PyTorch", "mean square of 60,000 weights", square, expected["square"], 0.03)
    agree("initializer", name, "PyTorch", "mean fourth power", fourth, expected["fourth"], 0.1)
    same_bounds = 1e-3 if PROMISES[name][2] == "uniform" else 0.3
    assert np.abs(weight).max() == pytest.approx(expected["largest"], rel=same_bounds)


def test_torch_judges_all_initializers_that_it_has():
    assert INITIALIZERS.keys() - TORCH.keys() == {"nguyen_widrow"}


@pytest.mark.parametrize("name", [name for name, row in PROMISES.items() if row[2] == "uniform"])
def test_uniform_weights_fill_their_bounds(name):
    initializer, variance, _ = PROMISES[name]
    largest, bound = np.abs(draw(initializer)).max(), np.sqrt(3 * variance)
    assert 0.999 * bound < largest <= bound


@pytest.mark.parametrize("name", [name for name, row in PROMISES.items() if row[2] == "normal"])
def test_normal_weights_have_the_fourth_moment_of_a_normal_distribution(name):
    initializer, variance, _ = PROMISES[name]
    assert np.mean(draw(initializer) ** 4) == pytest.approx(3 * variance**2, rel=0.05)


@pytest.mark.parametrize("name", PROMISES)
def test_weights_follow_from_the_generator(name):
    initializer, variance, _ = PROMISES[name]
    assert np.array_equal(draw(initializer), draw(initializer))
    assert np.array_equal(draw(initializer), draw(initializer, seed=1)) is (variance == 0)


@pytest.mark.parametrize("activation", [Sigmoid, Tanh, Softmax])
def test_weights_before_saturating_activations_start_as_glorot_says(activation):
    layer = Dense(2)
    Sequential([layer, activation()], inputs=3)
    assert layer.initializer == GlorotUniform()


def test_weights_before_relu_start_as_he_says_and_last_ones_as_glorot_says():
    first, last = Dense(2), Dense(2)
    Sequential([first, ReLU(), last], inputs=3)
    assert (first.initializer, last.initializer) == (HeNormal(), GlorotUniform())


def test_a_given_initializer_is_kept():
    layer = Dense(2, initializer=Zeros())
    assert Sequential([layer, ReLU()], inputs=3).parameters.tolist() == [0] * 8
    assert layer.initializer == Zeros()


@pytest.mark.parametrize("activation", ["leaky_relu", "elu", "silu", "gelu"])
def test_weights_before_relus_relatives_start_as_he_says(activation):
    layer = Dense(2)
    Sequential([layer, ACTIVATIONS[activation]()], inputs=3)
    assert layer.initializer == HeNormal()


def test_weights_before_selu_start_as_lecun_says():
    layer = Dense(2)
    Sequential([layer, ACTIVATIONS["selu"]()], inputs=3)
    assert layer.initializer == LeCunNormal()


@pytest.mark.parametrize("name", sorted(INITIALIZERS.keys() - {"nguyen_widrow"}))
def test_biases_start_at_0(name):
    assert Dense(4, initializer=INITIALIZERS[name](), inputs=3).bias.tolist() == [[0, 0, 0, 0]]


@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (4, 4), (1, 6), (6, 1)])
def test_orthogonal_weights_have_orthonormal_rows_or_columns(shape):
    weight = Orthogonal(gain=2.0).draw(np.random.default_rng(0), *shape) / 2
    weight = weight if shape[0] >= shape[1] else weight.T
    assert weight.T @ weight == pytest.approx(np.eye(min(shape)), abs=1e-14)


def test_all_orthogonal_matrices_are_equally_likely():
    """Then the trace has mean 0 and variance 1: Diaconis & Shahshahani (1994)."""
    rng = np.random.default_rng(0)
    traces = [np.trace(Orthogonal().draw(rng, 4, 4)) for _ in range(20_000)]
    assert np.mean(traces) == pytest.approx(0, abs=4 / np.sqrt(20_000))
    assert np.var(traces) == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize(("inputs", "units", "length"), [(1, 5, 3.5), (2, 4, 1.4), (2, 9, 2.1), (3, 8, 1.4)])
def test_nguyen_widrow_gives_each_unit_one_length_and_a_bias_within_it(inputs, units, length):
    layer = Dense(units, initializer=NguyenWidrow(), inputs=inputs)
    assert np.linalg.norm(layer.weight, axis=0) == pytest.approx(np.full(units, length), rel=1e-14)
    assert np.all(np.abs(layer.bias) <= length)


def test_nguyen_widrow_biases_are_uniform():
    bias, length = NguyenWidrow().draw_bias(np.random.default_rng(0), 2, 40_000), 0.7 * 200
    assert bias.mean() == pytest.approx(0, abs=4 * length / np.sqrt(3 * bias.size))
    assert bias.var() == pytest.approx(length**2 / 3, rel=0.03)
    assert 0.999 * length < np.abs(bias).max() <= length


def test_nguyen_widrow_covers_the_inputs_with_the_steep_parts_of_its_units():
    """At random starts nearly every input in [−1, 1] lies where some unit of 1-5 is steep."""
    x = np.linspace(-1, 1, 101)[:, np.newaxis]
    covered = []
    for seed in range(200):
        layer = Dense(5, initializer=NguyenWidrow(), inputs=1, seed=seed)
        covered.append(np.mean(np.any(np.abs(layer.forward(x)) < 1, axis=-1)))
    assert np.mean(covered) > 0.75


@pytest.mark.parametrize("kind", [Uniform, Normal])
def test_a_scale_must_be_greater_than_0(kind):
    with pytest.raises(ValueError, match=f"^{kind.__name__}.scale must be greater than 0, got 0$"):
        kind(scale=0)


INDEPENDENT = sorted(name for name, row in PROMISES.items() if row[2] in ("uniform", "normal"))


@pytest.mark.parametrize("name", INDEPENDENT)
def test_biases_may_be_drawn_from_the_distribution_of_the_weights(name):
    initializer, variance, _ = PROMISES[name]
    drawing = replace(initializer, biases=True)
    rng = np.random.default_rng(0)
    bias = np.concatenate([drawing.draw_bias(rng, INPUTS, UNITS) for _ in range(40)])
    assert abs(bias.mean()) <= 4 * np.sqrt(variance / bias.size)
    assert bias.var() == pytest.approx(variance, rel=0.1)


@pytest.mark.parametrize("name", INDEPENDENT)
def test_biases_are_drawn_after_the_weights_of_their_layer(name):
    initializer = replace(PROMISES[name][0], biases=True)
    layers = [Dense(2, initializer=initializer), Sigmoid(), Dense(1, initializer=initializer)]
    network, rng = Sequential(layers, inputs=3, seed=7), generator(7, "weights")
    for layer, inputs, units in ((layers[0], 3, 2), (layers[2], 2, 1)):
        assert np.array_equal(layer.weight, initializer.draw(rng, inputs, units))
        assert np.array_equal(layer.bias[0], initializer.draw_bias(rng, inputs, units))
    assert network.parameters.all()


def test_weights_do_not_depend_on_whether_the_biases_of_their_layer_are_drawn():
    fixed, drawn = (Dense(2, initializer=Uniform(biases=b), inputs=3, seed=7) for b in (False, True))
    assert np.array_equal(fixed.weight, drawn.weight)
    assert not np.array_equal(fixed.bias, drawn.bias)


def test_each_member_of_a_stack_draws_the_biases_of_its_own_seed():
    def network(seed):
        return Sequential([Dense(2, initializer=Normal(biases=True))], inputs=3, seed=seed)

    alone = [network(seed).parameters for seed in range(3)]
    assert np.array_equal(network(range(3)).parameters, alone)
