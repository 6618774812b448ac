"""Numbers at the edge: norms at any scale, counts beyond what a float32 counts, squares that overflow."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import (
    SGD,
    Adam,
    Constant,
    Dense,
    DivergedError,
    MeanAbsoluteError,
    MeanSquaredError,
    Sequential,
    StepDecay,
    train,
)
from nn.arrays import within_norm
from nn.catalog import public_kinds
from nn.optimizers.base import FirstOrder

ENGINES = ["formulas", "numpy", "native"]
FIRST_ORDER = public_kinds(FirstOrder, "nn.optimizers")
SCALES = [("float32", 1e-30), ("float32", 1e12), ("float32", 1e30), ("float64", 1e-200), ("float64", 1e200)]


@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=6),
    st.integers(-1000, 1000),
    st.floats(1e-300, 1e300),
)
def test_a_vector_is_brought_within_a_norm_at_any_scale(numbers, exponent, limit):
    vector = np.ldexp(np.array(numbers), exponent)
    found = within_norm(vector, limit, axis=-1)
    exact = [Fraction(float(number)) for number in vector]
    square = sum(number * number for number in exact)
    if square <= Fraction(limit) ** 2 * (1 - Fraction(1, 10**12)):
        assert np.array_equal(found, vector)
    elif square >= Fraction(limit) ** 2 * (1 + Fraction(1, 10**12)):
        norm = math.isqrt(square.numerator * 10**80 // square.denominator)  # of 10⁴⁰ times the vector
        expected = [
            float(number * Fraction(limit) * 10**40 / norm) if norm > 10**20 else None for number in exact
        ]
        for value, wanted in zip(found, expected, strict=True):
            assert wanted is None or value == pytest.approx(wanted, rel=1e-12, abs=1e-300)


X = np.random.default_rng(0).normal(size=(20, 2))


def line(optimizer, dtype, scale, **options):
    """A line after training on absolute errors, whose gradient has the scale of the weights of samples."""
    network = Sequential([Dense(1)], inputs=2, seed=0, dtype=dtype)
    before, weights = network.parameters.astype(float), np.full(20, scale)
    list(train(network, MeanAbsoluteError(), optimizer, X, X @ [[9], [5]], sample_weight=weights, **options))
    return network.parameters - before


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("dtype", "scale"), SCALES)
def test_a_step_of_a_clipped_gradient_is_as_long_as_it_is_clipped_to(engine, dtype, scale):
    moved = line(SGD(1 / scale, clip_norm=1e-3 * scale), dtype, scale, epochs=1, engine=engine)
    assert np.linalg.norm(moved) == pytest.approx(1e-3, rel=1e-3 if dtype == "float32" else 1e-9)


@pytest.mark.parametrize(("dtype", "scale"), SCALES)
def test_max_norm_is_kept_at_any_scale(dtype, scale):
    layer = Sequential([Dense(2, max_norm=0.5)], inputs=3, seed=0, dtype=dtype).layers[0]
    layer.weight[...] *= np.asarray(scale, dtype)
    before = layer.weight.copy()
    layer.constrain()
    norms = np.linalg.norm(layer.weight.astype(float), axis=0)
    if scale > 1:
        assert norms == pytest.approx(0.5, rel=1e-6)
    else:
        assert np.array_equal(layer.weight, before)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", [name for name, kind in FIRST_ORDER.items() if kind.squares])
@pytest.mark.parametrize(("dtype", "scale"), [("float32", 1e22), ("float64", 1e160)])
def test_a_method_that_stands_still_as_its_squares_overflow_says_so(engine, name, dtype, scale):
    message = "squares of the gradients became infinite by epoch 1.*try scaled inputs and targets.*clip_value"
    with pytest.raises(DivergedError, match=message):
        line(FIRST_ORDER[name](0.1), dtype, scale, epochs=5, engine=engine)
    line(FIRST_ORDER[name](0.1, clip_value=1.0), dtype, scale, epochs=5, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "optimizer",
    [
        SGD(StepDecay(0.1, every=2**24 + 3, factor=0.5)),
        SGD(Constant(0.1)),
        *(k() for k in FIRST_ORDER.values()),
    ],
)
def test_steps_are_counted_beyond_what_a_float32_counts(engine, optimizer):
    network = Sequential([Dense(1)], inputs=1, seed=0, dtype="float32")
    options = {"x": [[1.0]], "y": [[2.0]], "engine": engine}
    *_, report = train(network, MeanSquaredError(), optimizer, **options, epochs=1)
    state = report.state()
    counted = [name for name in state if name == "method.t"]
    for name in counted:
        state[name] = np.array(2.0**24 + 1)
    for epoch, report in enumerate(
        train(network, MeanSquaredError(), optimizer, **options, epochs=4, state=state), 2
    ):
        assert report.epoch == epoch
    for name in counted:
        assert report.state()[name] == 2**24 + 4
    if isinstance(optimizer.learning_rate, StepDecay):
        assert report.learning_rate == np.float32(0.05)


def test_the_corrections_of_adam_are_evaluated_in_double_precision():
    parameters = np.array([1.0], np.float32)
    adam, gradient = Adam(0.1, beta_2=0.9999), np.array([1e-3], np.float32)
    state = adam.start(parameters)
    for _ in range(3):
        adam.step(parameters, gradient, state)
    v_hat = state["v"] / (1 - 0.9999**3)
    assert np.sqrt(float(v_hat[0])) == pytest.approx(1e-3, rel=1e-5)
