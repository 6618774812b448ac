import json
from decimal import Context, Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nn import ReLU, Sigmoid, Softmax
from nn.activations import ACTIVATIONS, sigmoid, softmax

TORCH = json.loads((Path(__file__).parent / "reference" / "torch.json").read_text())["activations"]
EPSILON, LARGEST, SMALLEST = np.finfo(float).eps, np.finfo(float).max, np.finfo(float).smallest_subnormal

exact = Context(prec=40, traps=[])
# Every finite number of float64, and more of those where σ is neither 0 nor 1.
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.floats(-750, 750)


def exact_sigmoid(x: float) -> Decimal:
    return exact.divide(1, exact.add(1, exact.exp(-Decimal(x))))


@given(numbers)
@example(0.0)
@example(-745.13)
@example(36.8)
@example(LARGEST)
@example(-LARGEST)
def test_sigmoid_has_full_relative_precision_in_both_tails(x):
    expected = exact_sigmoid(x)
    error = abs(Decimal(float(sigmoid(x))) - expected)
    assert error <= 4 * Decimal(float(EPSILON)) * expected + Decimal(float(SMALLEST))


@given(numbers)
def test_sigmoid_of_minus_x_is_1_minus_sigmoid(x):
    assert abs(sigmoid(-x) - (1 - sigmoid(x))) <= EPSILON


@given(numbers)
def test_sigmoid_lies_between_0_and_1(x):
    assert 0 <= sigmoid(x) <= 1


@given(numbers, numbers)
@example(1.0, float(np.nextafter(1, 2)))
def test_sigmoid_is_monotone_up_to_its_last_bit(x, y):
    low, high = sigmoid(np.sort([x, y]))
    assert low <= high + np.spacing(high)


def test_sigmoid_at_known_points():
    assert sigmoid(np.array([0, 1000, -1000, np.inf, -np.inf])).tolist() == [0.5, 1, 0, 1, 0]
    assert sigmoid(np.log(3)) == pytest.approx(0.75, rel=1e-15)


def slope(x):
    layer = Sigmoid()
    layer.forward(np.array([[x]]))
    return layer.backward(np.ones((1, 1))).item()


@pytest.mark.parametrize("x", [-1000, -LARGEST, 1000, LARGEST])
def test_the_derivative_of_a_fully_saturated_sigmoid_is_0(x):
    assert slope(x) == 0


@given(st.floats(-700, 0))
def test_the_derivative_of_sigmoid_has_full_relative_precision_in_the_left_tail(x):
    expected = exact_sigmoid(x) * (1 - exact_sigmoid(x))
    assert slope(x) == pytest.approx(float(expected), rel=2e-15, abs=0)


@given(st.floats(0, 750))
def test_the_derivative_of_sigmoid_is_within_one_rounding_of_1_in_the_right_tail(x):
    assert abs(slope(x) - slope(-x)) <= 2 * EPSILON


# Multiples of 1/1024, so that shifting by a whole number rounds nothing.
grid = st.integers(-(2**20), 2**20).map(lambda n: n / 1024)
rows = arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(2, 6)), elements=grid)


@given(rows, st.integers(-(2**20), 2**20))
def test_softmax_does_not_see_a_shift(x, shift):
    assert np.array_equal(softmax(x + shift), softmax(x))


@given(rows)
def test_softmax_gives_probabilities_that_sum_to_1(x):
    y = softmax(x)
    assert np.all((y >= 0) & (y <= 1))
    assert np.allclose(y.sum(axis=-1), 1, rtol=0, atol=x.shape[-1] * EPSILON)


@given(grid)
def test_softmax_of_two_is_the_sigmoid_of_their_difference(x):
    pair = [sigmoid(x), sigmoid(-x)]
    assert softmax(np.array([x, 0])) == pytest.approx(pair, rel=1e-14, abs=1e-300)


def test_softmax_does_not_overflow():
    assert softmax(np.array([LARGEST / 2, 0, -LARGEST / 2])).tolist() == [1, 0, 0]


@pytest.mark.parametrize("units", [0, 1])
def test_softmax_needs_two_classes(units):
    with pytest.raises(ValueError, match=f"^Softmax: expected at least 2 units, got {units}; .*use Sigmoid$"):
        Softmax().build(units)


def test_relu_has_the_derivative_0_at_0():
    layer = ReLU()
    layer.forward(np.array([[-0.0, 0.0]]))
    assert layer.backward(np.ones((1, 2))).tolist() == [[0, 0]]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_outputs_and_gradients_are_those_of_torch(name):
    layer, expected = ACTIVATIONS[name](), TORCH[name]
    assert np.allclose(layer.forward(np.array(TORCH["x"])), expected["y"], rtol=1e-10, atol=1e-300)
    assert np.allclose(layer.backward(np.array(TORCH["dy"])), expected["dx"], rtol=1e-10, atol=1e-15)
