"""Derivatives without backpropagation, of functions whose derivatives are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.gradcheck.differentiation import central_differences, complex_step

points = st.lists(st.floats(-2, 2), min_size=1, max_size=5).map(np.array)


@given(points)
def test_the_complex_step_is_exact_to_rounding(point):
    slope = complex_step(lambda z: np.sum(np.exp(z) * np.sin(z), axis=-1), point)
    assert slope == pytest.approx(np.exp(point) * (np.sin(point) + np.cos(point)), rel=1e-14, abs=1e-15)


@given(points)
def test_central_differences_reach_ten_digits(point):
    slopes = central_differences(lambda z: np.sum(np.exp(z), axis=-1), point, 1e-10 * np.exp(point), 1e-15)
    assert np.max(slopes.error) < 1e-8
    assert slopes.left == pytest.approx(np.exp(point), rel=1e-9)
    assert slopes.right == pytest.approx(np.exp(point), rel=1e-9)


@pytest.mark.parametrize("away", [0.06, 1e-2, 1e-3, 1e-4, -1e-4, -0.03])
def test_a_kink_nearby_does_no_harm(away):
    slopes = central_differences(
        lambda z: np.maximum(z[..., 0], away) ** 2, np.zeros(1), np.full(1, 1e-9), 1e-15
    )
    assert np.max(slopes.error) < 1e-8
    assert slopes.right - slopes.left == pytest.approx(0, abs=1e-8)
    assert slopes.left == pytest.approx(0, abs=1e-8)


def test_at_a_kink_both_slopes_are_found():
    slopes = central_differences(
        lambda z: np.maximum(z[..., 0], 0) + np.cos(z[..., 0]), np.zeros(1), np.full(1, 1e-9), 1e-15
    )
    assert np.max(slopes.error) < 1e-8
    assert (slopes.left[0], slopes.right[0]) == pytest.approx((0, 1), abs=1e-8)


@pytest.mark.parametrize("away", [1e-13, -1e-13])
def test_a_kink_within_the_smallest_step_is_seen_too(away):
    slopes = central_differences(
        lambda z: np.maximum(z[..., 0] - away, 0), np.zeros(1), np.full(1, 1e-9), 1e-15
    )
    assert (slopes.left[0], slopes.right[0]) == pytest.approx((0, 1), abs=1e-3)
    assert slopes.error[0] > 1e-14
