"""Thinned lines cover what all rows would cover; a mean is a mean; a gap stays a gap."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from nn.plots.lines import moving_mean, thin

Floats = NDArray[np.float64]
VALUES = arrays(float, st.integers(1, 300), elements=st.one_of(st.floats(-1e9, 1e9), st.just(np.nan)))


def per_bucket(x: Floats, y: Floats, buckets: int) -> list[tuple[bool, float, float]]:
    """Of each stretch of x whether it has a gap, and how far the line goes down and up."""
    number = np.minimum((x - x[0]) * (buckets / (x[-1] - x[0])), buckets - 1).astype(int)
    return [
        (bool(np.isnan(y[number == n]).any()), np.fmin.reduce(y[number == n]), np.fmax.reduce(y[number == n]))
        for n in np.unique(number)
    ]


@given(y=VALUES, steps=st.data(), buckets=st.integers(1, 12))
def test_no_extreme_and_no_gap_is_hidden_in_any_column_of_the_picture(
    y: Floats, steps: st.DataObject, buckets: int
) -> None:
    gaps = steps.draw(arrays(float, len(y), elements=st.sampled_from([0.001, 1.0, 7.0])))
    x = np.cumsum(gaps)
    kept = thin(x, y, buckets)
    assert len(kept) <= 5 * buckets
    assert {kept[0], kept[-1]} == {0, len(y) - 1}
    assert (np.diff(kept) > 0).all()
    if len(y) > 1:
        np.testing.assert_equal(per_bucket(x[kept], y[kept], buckets), per_bucket(x, y, buckets))


def test_one_spike_in_a_million_rows_stays() -> None:
    x, y = np.arange(1e6), np.ones(1_000_000)
    y[777_777] = 50
    kept = thin(x, y)
    assert len(kept) <= 5000
    assert 777_777 in kept


@given(y=VALUES, window=st.integers(1, 400))
def test_a_smoothed_number_is_the_mean_of_its_finite_neighbours(y: Floats, window: int) -> None:
    means = moving_mean(y, window)
    np.testing.assert_array_equal(np.isnan(means), np.isnan(y))
    rows = min(window, 2 * len(y) - 1)
    for row in np.flatnonzero(~np.isnan(y)):
        near = y[max(row + rows // 2 - rows + 1, 0) : row + rows // 2 + 1]
        np.testing.assert_allclose(means[row], np.nanmean(near), atol=1e-3, rtol=1e-9)


def test_on_a_log_axis_the_mean_is_geometric() -> None:
    np.testing.assert_allclose(moving_mean(np.array([1.0, 100.0, 1.0]), 3, is_log=True)[1], 100 ** (1 / 3))


def test_a_window_of_one_changes_nothing() -> None:
    values = np.array([3.0, np.nan, 1.0])
    np.testing.assert_array_equal(moving_mean(values, 1), values)
