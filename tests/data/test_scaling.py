import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nn.data.scaling import standard, to_range

# Multiples of 1/1024: columns whose spread is not lost in the rounding of their mean.
tables = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8),
    elements=st.integers(-(2**20), 2**20).map(lambda n: n / 1024),
)


@given(tables)
def test_standard_gives_mean_0_and_deviation_1_and_constant_columns_0(x):
    scaled, constant = standard(x)(x), x.min(axis=0) == x.max(axis=0)
    assert np.allclose(scaled.mean(axis=0), 0, atol=1e-6)
    assert np.allclose(scaled.std(axis=0), np.where(constant, 0, 1))
    assert (scaled[:, constant] == 0).all()


@given(tables, st.floats(-10, 10), st.floats(0.1, 10))
def test_to_range_maps_minimum_and_maximum_to_the_ends_and_constant_columns_to_low(x, low, width):
    high = low + width
    scaled, constant = to_range(x, low, high)(x), x.min(axis=0) == x.max(axis=0)
    assert np.allclose(scaled.min(axis=0), low, atol=1e-6)
    assert np.allclose(scaled.max(axis=0), np.where(constant, low, high), atol=1e-6)


@given(tables)
def test_scaling_can_be_undone(x):
    for scaling in (standard(x), to_range(x, 0, 1)):
        assert np.allclose(scaling(x) * scaling.scale + scaling.shift, x)


@given(tables, st.floats(0.01, 100), st.floats(-100, 100))
def test_the_unit_of_the_inputs_does_not_matter(x, factor, offset):
    other = factor * x + offset
    assert np.allclose(standard(x)(x), standard(other)(other), atol=1e-5)


def test_a_constant_whose_mean_is_rounded_is_still_constant():
    x = np.full((3, 1), 0.1)
    assert x.mean() != 0.1
    assert standard(x)(x).tolist() == [[0], [0], [0]]


def test_a_spread_too_small_to_square_does_not_divide_by_0():
    x = np.array([[0.0], [1e-200]])
    assert np.isfinite(standard(x)(x)).all()


def test_what_was_fitted_on_one_share_is_applied_to_another():
    scaling = to_range(np.array([[0.0], [10.0]]), -1, 1)
    assert scaling(np.array([[5.0], [20.0]])).tolist() == [[0], [3]]


def test_a_range_must_rise():
    with pytest.raises(ValueError, match=r"must rise, got \[1, -1\]"):
        to_range(np.zeros((2, 1)), 1, -1)
