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
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
    Uniform,
    Zeros,
)
from nn.initializers import INITIALIZERS

INPUTS, UNITS = 200, 300

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
}


def draw(initializer, seed=0):
    return initializer.draw(np.random.default_rng(seed), INPUTS, UNITS)


def test_every_initializer_has_its_row_here():
    rows = {name: type(row[0]) for name, row in PROMISES.items()}
    assert rows | {"nguyen_widrow": NguyenWidrow} == INITIALIZERS


def test_nguyen_and_widrow_give_all_units_one_norm_and_biases_up_to_it():
    weight, norm = draw(NguyenWidrow()), 0.7 * UNITS ** (1 / INPUTS)
    assert np.allclose(np.linalg.norm(weight, axis=0), norm)
    bias = NguyenWidrow().draw_bias(np.random.default_rng(0), INPUTS, UNITS)
    assert bias.shape == (UNITS,)
    assert 0.95 * norm < np.max(np.abs(bias)) <= norm
    assert not np.any(Zeros().draw_bias(np.random.default_rng(0), INPUTS, UNITS))


@pytest.mark.parametrize("name", PROMISES)
def test_weights_have_mean_0_and_the_promised_variance(name):
    initializer, variance, _ = PROMISES[name]
    weight = draw(initializer)
    assert weight.shape == (INPUTS, UNITS)
    assert abs(weight.mean()) <= 4 * np.sqrt(variance / weight.size)
    assert weight.var() == pytest.approx(variance, rel=0.03)


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


def test_biases_start_at_0():
    assert Dense(4, initializer=Normal(), inputs=3).bias.tolist() == [[0, 0, 0, 0]]


@pytest.mark.parametrize("kind", [Uniform, Normal])
def test_a_scale_must_be_greater_than_0(kind):
    with pytest.raises(ValueError, match=f"^{kind.__name__}.scale must be greater than 0, got 0$"):
        kind(scale=0)
