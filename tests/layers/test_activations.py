import math
from decimal import Context, Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nn import ELU, GELU, SELU, HardSigmoid, LeakyReLU, ReLU, Sigmoid, SiLU, Softmax, Softplus, Softsign
from nn.layers import ACTIVATIONS
from nn.layers.activations.sigmoids import sigmoid
from nn.layers.activations.softmax import softmax
from tests import judges
from tests.judges import agree, made

TORCH = judges.TORCH["activations"]
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


def value(layer, x):
    return layer.forward(np.array([[x]])).item()


def derivative(layer, x):
    layer.forward(np.array([[x]]))
    return layer.backward(np.ones((1, 1))).item()


@pytest.mark.parametrize("x", [-1000, -LARGEST, 1000, LARGEST])
def test_the_derivative_of_a_fully_saturated_sigmoid_is_0(x):
    assert derivative(Sigmoid(), x) == 0


@given(st.floats(-700, 0))
def test_the_derivative_of_sigmoid_has_full_relative_precision_in_the_left_tail(x):
    expected = exact_sigmoid(x) * (1 - exact_sigmoid(x))
    assert derivative(Sigmoid(), x) == pytest.approx(float(expected), rel=2e-15, abs=0)


@given(st.floats(0, 750))
def test_the_derivative_of_sigmoid_is_within_one_rounding_of_1_in_the_right_tail(x):
    assert abs(derivative(Sigmoid(), x) - derivative(Sigmoid(), -x)) <= 2 * EPSILON


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


@pytest.mark.parametrize(
    ("layer", "expected"),
    [(ReLU(), 0), (LeakyReLU(0.25), 0.25), (ELU(2.0), 2), (SELU(), SELU.SCALE * SELU.ALPHA), (Softsign(), 1)],
)
def test_at_0_the_derivative_is_that_of_the_left(layer, expected):
    assert derivative(layer, 0.0) == derivative(layer, -0.0) == expected


def test_hard_sigmoid_is_three_straight_lines():
    layer = HardSigmoid()
    y = layer.forward(np.array([[-1000.0, -3.0, -1.5, 0.0, 1.5, 3.0, 1000.0]]))
    assert y.tolist() == [[0, 0, 0.25, 0.5, 0.75, 1, 1]]
    assert (layer.backward(np.full((1, 7), 6.0))).tolist() == [[0, 0, 1, 1, 1, 0, 0]]


@given(st.floats(-700, 700))
def test_softplus_is_exact_in_value_and_slope(x):
    digits = Context(prec=400)  # 1 + e^−700 has its second digit in the 304th place
    expected = digits.ln(digits.add(1, digits.exp(Decimal(x))))
    assert value(Softplus(), x) == pytest.approx(float(expected), rel=1e-15, abs=0)
    assert derivative(Softplus(), x) == pytest.approx(float(exact_sigmoid(x)), rel=1e-15, abs=0)


@given(numbers)
def test_softplus_of_x_less_that_of_minus_x_is_x(x):
    assert value(Softplus(), x) - value(Softplus(), -x) == pytest.approx(x, rel=1e-15, abs=2 * EPSILON)


@given(st.floats(-700, 700))
def test_silu_is_x_sigmoid_x_to_full_relative_precision(x):
    assert value(SiLU(), x) == pytest.approx(float(Decimal(x) * exact_sigmoid(x)), rel=1e-15, abs=1e-320)


@given(st.floats(-20, 20))
def test_gelu_keeps_its_precision_in_the_left_tail_where_1_plus_tanh_loses_it(x):
    d, pi = Decimal(x), Decimal("3.14159265358979323846264338327950288")
    u = (2 / pi).sqrt() * (d + Decimal("0.044715") * d**3)
    expected = exact.multiply(d, exact.divide(1, exact.add(1, exact.exp(-2 * u))))
    assert value(GELU(), x) == pytest.approx(float(expected), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("kind", ACTIVATIONS.values())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_out_values_and_slopes_stay_finite(kind, dtype):
    far = np.finfo(dtype).max / 4
    x = np.array([[far, -far, 1e3, -1e3, 0.0]], dtype)
    layer = kind()
    with np.errstate(all="raise", under="ignore"):
        y, dx = layer.forward(x), layer.backward(np.ones_like(x))
    assert np.isfinite(y).all()
    assert np.isfinite(dx).all()


def test_gelu_is_near_the_normal_distribution_times_x():
    x = np.linspace(-8, 8, 1601)
    normal = np.array([0.5 * math.erfc(-number / math.sqrt(2)) for number in x])
    assert np.max(np.abs(GELU().forward(x) - x * normal)) < 5e-4


def test_silu_has_its_least_value_where_the_paper_says():
    assert value(SiLU(), -1.2784645427610738) == pytest.approx(-0.27846454276107380, rel=1e-15)
    assert abs(derivative(SiLU(), -1.2784645427610738)) <= EPSILON


@given(st.floats(-700, 0))
def test_elu_is_exact_near_0_and_flat_far_below(x):
    tiny = exact.subtract(exact.exp(Decimal(x)), 1)
    assert value(ELU(2.0), x) == pytest.approx(2 * float(tiny), rel=1e-15, abs=1e-38)
    assert derivative(ELU(2.0), x) == pytest.approx(2 * math.exp(x), rel=0, abs=4 * EPSILON)


def test_selu_keeps_mean_0_and_variance_1():
    """The fixed point for which its two constants are made: Klambauer et al. (2017), section 2."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    x, dx = np.concatenate([6 * nodes - 6, 6 * nodes + 6]), 6 * np.tile(weights, 2)  # (−12, 0) and (0, 12)
    density = np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * dx
    y = SELU().forward(x)
    assert [np.sum(density * y), np.sum(density * y * y)] == pytest.approx([0, 1], rel=1e-14, abs=1e-14)


@given(numbers)
def test_softsign_is_odd_and_its_slope_full_of_precision(x):
    assert value(Softsign(), -x) == -value(Softsign(), x)
    expected = exact.divide(1, exact.power(exact.add(1, abs(Decimal(x))), 2))
    assert derivative(Softsign(), x) == pytest.approx(float(expected), rel=2e-15, abs=1e-320)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_far_out_nothing_overflows_and_nothing_is_lost(name, dtype):
    layer, x = ACTIVATIONS[name](), np.array([[-1000, -100, 100, 1000]], dtype)
    y, dx = layer.forward(x), layer.backward(np.ones_like(x))
    assert y.dtype == dx.dtype == dtype
    assert np.all(np.isfinite(y) & np.isfinite(dx))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_nan_stays_nan_and_touches_no_other_row(name):
    y = ACTIVATIONS[name]().forward(np.array([[np.nan, np.nan], [1.0, 2.0]]))
    assert np.all(np.isnan(y[0]) & np.isfinite(y[1]))


@pytest.mark.parametrize("kind", [LeakyReLU, ELU])
def test_options_out_of_range_are_refused(kind):
    with pytest.raises(ValueError, match=rf"^{kind.__name__}\.\w+ must be greater than 0, got -1$"):
        kind(-1)


def test_every_activation_has_its_values_of_torch():
    assert {words.split()[0] for words in TORCH.keys() - {"x", "dy"}} == ACTIVATIONS.keys()


@pytest.mark.parametrize("words", sorted(TORCH.keys() - {"x", "dy"}))
def test_outputs_and_gradients_are_those_of_torch(words):
    layer, expected = made(ACTIVATIONS, words), TORCH[words]
    # Where torch's 1 + tanh u loses digits that this gelu keeps, a difference is not ours.
    smallest = 1e-15 if words == "gelu" else 1e-300
    y, dx = layer.forward(np.array(TORCH["x"])), layer.backward(np.array(TORCH["dy"]))
    agree("activation", words, "PyTorch", "outputs", y, expected["y"], atol=smallest)
    agree("activation", words, "PyTorch", "gradient", dx, expected["dx"], atol=1e-15)
