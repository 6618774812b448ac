import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nn.data.scaling import RELATIVE_ROUNDING, Scaling, range_scaling, standard_scaling, target_scale

# Multiples of 1/1024: columns whose spread is not lost in the rounding of their mean.
tables = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.integers(-(2**20), 2**20).map(lambda n: n / 1024),
)


@given(tables)
def test_standard_gives_mean_0_and_deviation_1_and_constant_columns_0(x):
    scaled, constant = standard_scaling(x)(x), x.min(axis=0) == x.max(axis=0)
    assert np.allclose(scaled.mean(axis=0), 0, atol=1e-6)
    assert np.allclose(scaled.std(axis=0), np.where(constant, 0, 1))
    assert (scaled[:, constant] == 0).all()


@given(tables, st.floats(-10, 10), st.floats(0.1, 10))
def test_to_range_maps_minimum_and_maximum_to_the_ends_and_constant_columns_to_low(x, low, width):
    high = low + width
    scaled, constant = range_scaling(x, low, high)(x), x.min(axis=0) == x.max(axis=0)
    assert np.allclose(scaled.min(axis=0), low, atol=1e-6)
    assert np.allclose(scaled.max(axis=0), np.where(constant, low, high), atol=1e-6)


@given(tables, st.floats(0.01, 100), st.floats(-100, 100))
def test_the_unit_of_the_inputs_does_not_matter(x, factor, offset):
    other = factor * x + offset
    assert np.allclose(standard_scaling(x)(x), standard_scaling(other)(other), atol=1e-5)


def test_a_constant_whose_mean_is_rounded_is_still_constant():
    x = np.full((3, 1), 0.1)
    assert x.mean() != 0.1
    assert standard_scaling(x)(x).tolist() == [[0], [0], [0]]


finite = st.floats(allow_nan=False, allow_infinity=False)
TINY = float(np.finfo(float).tiny)


@st.composite
def near(draw: st.DrawFn) -> list[float]:
    """Numbers that lie close together, far from 0: their spread is down to a few units in the last place."""
    base = draw(st.floats(1, 2)) * 2.0 ** draw(st.integers(-1000, 1000))
    return [
        base * (1 + step * 2.0**-50) for step in draw(st.lists(st.integers(-99, 99), min_size=2, max_size=9))
    ]


columns = st.one_of(near(), st.lists(finite, min_size=2, max_size=9))


def is_constant(column: list[float]) -> bool:
    spread = Fraction(max(column)) - Fraction(min(column))
    return spread <= Fraction(RELATIVE_ROUNDING) * Fraction(max(map(abs, column)))


def exact_scores(column: list[float]) -> tuple[list[mpmath.mpf], mpmath.mpf]:
    """(x − mean) / deviation and the deviation, of exact sums."""
    exact = [Fraction(x) for x in column]
    mean = sum(exact) / len(exact)
    variance = sum((x - mean) ** 2 for x in exact) / len(exact)
    with mpmath.workdps(60):
        deviation = mpmath.sqrt(mpmath.mpf(variance.numerator) / variance.denominator)
        return [
            mpmath.mpf((x - mean).numerator) / (x - mean).denominator / deviation for x in exact
        ], deviation


@given(columns)
@example([1e200, -1e200, 3e200])
@example([1e-200, 2e-200, 4e-200])
@example([1e9 - 1e-3, 1e9, 1e9 + 1e-3, 1e9 + 1e-3])
@example([1e308, -1e308, 3.0])
@example([1.0, *[1e9 + 1e-3] * 3, 1e9])
def test_standard_scores_are_those_of_exact_arithmetic(column):
    assume(not is_constant(column))
    expected, deviation = exact_scores(column)
    assume(deviation > 2 * TINY)
    scores = standard_scaling(x := np.array(column)[:, None])(x)[:, 0]
    assert max(abs(one - other) for one, other in zip(scores.tolist(), expected, strict=True)) < 1e-11


@given(columns, st.sampled_from([(0, 1), (-1, 1), (10, 11), (-1e-3, 1e3), (1e6, 2e6)]))
def test_ranges_are_those_of_exact_arithmetic(column, ends):
    assume(not is_constant(column))
    low, high = map(Fraction, ends)
    exact = [Fraction(x) for x in column]
    factor = (max(exact) - min(exact)) / (high - low)
    assume(2 * TINY < factor < np.finfo(float).max)
    expected = [low + (x - min(exact)) / factor for x in exact]
    scaled = range_scaling(x := np.array(column)[:, None], *ends)(x)[:, 0]
    # As exact as the ends are: a number near 1e6 has an error of its own.
    error = max(abs(Fraction(one) - other) for one, other in zip(scaled.tolist(), expected, strict=True))
    assert error <= Fraction(1e-11) * (high - low) + Fraction(1e-15) * max(abs(low), abs(high))


@given(columns, st.sampled_from(["standard", "to_range"]))
def test_any_finite_column_is_scaled_to_finite_numbers_or_refused_by_its_name(column, kind):
    x = np.array(column)[:, None]
    try:
        scaling = (
            standard_scaling(x, ["height"]) if kind == "standard" else range_scaling(x, 0, 1, ["height"])
        )
    except ValueError as error:
        assert "column 'height': its numbers, from " in str(error)  # noqa: PT017  # some columns cannot be scaled
    else:
        assert np.isfinite(scaling(x)).all()


RANGES = {"unit": (0, 1), "shifted": (2, 5)}


@given(columns, st.sampled_from(["standard", *RANGES]))
@example([1e200, -1e200, 3e200], "standard")
@example([1e-200, 2e-200, 4e-200], "unit")
@example([1e307, -1e307, 3.0], "standard")
@example([1e9, 1e9 + 1e-3], "shifted")
def test_scaling_can_be_undone(column, kind):
    assume(np.abs(column).max() <= 1e307)  # the largest number may come back as infinity
    x = np.array(column)[:, None]
    try:
        scaling = range_scaling(x, *RANGES[kind]) if kind in RANGES else standard_scaling(x)
    except ValueError:
        return  # some columns cannot be scaled
    error = np.abs(scaling.inverse(scaling(x)) - x).max()
    # As exact as the numbers are, and the ends of the range, brought back.
    assert error <= 8 * np.finfo(float).eps * (np.abs(x).max() + 5 * scaling.scale[0])


@given(st.floats(-9, 9), st.floats(-200, 200), st.floats(-200, 200), st.sampled_from([0.0, 0.1, -3.0]))
def test_the_inverse_is_that_of_exact_arithmetic(y, log_shift, log_scale, offset):
    shift, scale = 10**log_shift, 10**log_scale
    found = Scaling(np.array([shift]), np.array([scale]), offset).inverse(np.array([[y]]))[0, 0]
    expected = (Fraction(y) - Fraction(offset)) * Fraction(scale) + Fraction(shift)
    size = (abs(Fraction(y)) + abs(Fraction(offset))) * Fraction(scale) + Fraction(shift)
    assert abs(Fraction(found) - expected) <= size / 2**50


def test_answers_that_are_too_large_become_infinite_without_a_warning():
    assert standard_scaling(np.array([[1e307], [-1e307]])).inverse(np.array([[1e3]])) == np.inf


@given(st.lists(st.integers(1, 4), min_size=6, max_size=6), st.sampled_from([1.0, 0.3]))
def test_a_weight_is_so_many_equal_samples_whatever_its_unit(weights, unit):
    x = np.array([[1.0, 1e200], [2.0, 3e200], [4.0, -1e200], [-7.0, 0.0], [0.1, 5e200], [3.0, 2e199]])
    weighted, repeated = (
        standard_scaling(x, weights=unit * np.array(weights)),
        standard_scaling(np.repeat(x, weights, axis=0)),
    )
    np.testing.assert_allclose(weighted(x), repeated(x), rtol=1e-12, atol=1e-12)


PRICES = np.array([[316.0], [512.0], [1024.0]])


@pytest.mark.parametrize(
    ("bounds", "scale"),
    [
        ((-math.inf, math.inf), "standard"),
        ((0, 1), [0.1, 0.9]),
        ((-1, 1), [-0.9, 0.9]),
        ((0, math.inf), [0, 1]),
        ((-1, math.inf), [0, 1]),
    ],
    ids=["linear", "sigmoid", "tanh", "relu", "elu"],
)
def test_targets_are_scaled_to_what_the_last_layer_can_answer(bounds, scale):
    assert target_scale(PRICES, bounds) == scale


@pytest.mark.parametrize("bounds", [(0, 1), (0, math.inf), (-1, 1)])
def test_targets_that_the_last_layer_can_answer_stay_as_they_are(bounds):
    assert target_scale(np.array([[0.0], [0.3], [1.0]]), bounds) == "none"


def test_each_column_has_its_own_scale():
    scaled = range_scaling(np.column_stack([PRICES, PRICES / 1000]), 0, 1)(
        np.column_stack([PRICES, PRICES / 1000])
    )
    np.testing.assert_allclose(scaled[:, 0], scaled[:, 1])


@pytest.mark.parametrize(
    "column",
    [
        [0.1 + 0.2, 0.3, 0.3],
        [1.1 * 100, 110.0],
        [sum([0.1] * 10), 1.0],
        [1e300, 1e300 * (1 + 2e-16)],
        [7.0] * 3,
    ],
)
def test_a_column_that_is_constant_but_for_rounding_is_constant(column):
    x = np.array(column)[:, None]
    assert np.abs(standard_scaling(x)(x)).max() < 1e-15
    assert range_scaling(x, 2, 3)(x) == pytest.approx(2, abs=1e-14)


def test_what_no_number_can_scale_is_refused_with_its_column_and_extent():
    wide, narrow = np.array([[0, 1e308], [1, -1e308]]), np.array([[0, 0.0], [1, 5e-324]])
    with pytest.raises(
        ValueError, match=r"^column 'b': its numbers, from -1e\+308 to 1e\+308, lie too far apart"
    ):
        range_scaling(wide, 0, 1, ["a", "b"])
    with pytest.raises(
        ValueError, match=r"^column 2: its numbers, from 0 to 4.94066e-324, lie too close together"
    ):
        standard_scaling(narrow)


def test_later_numbers_that_are_too_large_become_infinite_without_a_warning():
    assert standard_scaling(np.array([[0.0], [1e-9]]))(np.array([[1e308]])) == np.inf


def test_ordinary_columns_are_scaled_by_their_mean_and_deviation_to_the_last_bit():
    x = np.random.default_rng(0).normal(5, 3, (100, 4))
    scaling = standard_scaling(x)
    assert not np.any(scaling.offset)
    np.testing.assert_array_equal(scaling(x), (x - x.mean(axis=0)) / x.std(axis=0))


def test_what_was_fitted_on_one_share_is_applied_to_another():
    scaling = range_scaling(np.array([[0.0], [10.0]]), -1, 1)
    assert scaling(np.array([[5.0], [20.0]])).tolist() == [[0], [3]]


def test_a_range_must_rise():
    with pytest.raises(ValueError, match=r"must rise, got \[1, -1\]"):
        range_scaling(np.zeros((2, 1)), 1, -1)
    with pytest.raises(ValueError, match=r"must have a finite width, got \[-1e\+308, 1e\+308\]"):
        range_scaling(np.zeros((2, 1)), -1e308, 1e308)
