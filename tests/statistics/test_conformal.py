"""Conformal margins: the rank statistic, and how many new errors it covers."""

import numpy as np
import pytest

from nn.statistics.conformal import conformal_margins, rows_needed


@pytest.mark.parametrize(("level", "rows"), [(0.5, 1), (0.8, 4), (0.9, 9), (0.95, 19), (0.99, 99)])
def test_a_level_needs_so_many_rows(level, rows):
    assert rows_needed(level) == rows
    assert np.isfinite(conformal_margins(np.ones((rows, 1)), level)).all()
    if rows > 1:
        assert np.isinf(conformal_margins(np.ones((rows - 1, 1)), level)).all()


def test_each_target_has_its_own_margin():
    errors = np.stack([np.arange(1.0, 20.0), 10 * np.arange(1.0, 20.0)], axis=-1)
    assert conformal_margins(errors, 0.9).tolist() == [18, 180]


def test_an_undefined_error_counts_as_the_largest():
    assert conformal_margins(np.array([[np.nan], [1.0], [2.0]]), 0.5).tolist() == [2]
    assert np.isinf(conformal_margins(np.array([[np.nan], [1.0], [2.0]]), 0.75)).all()


@pytest.mark.parametrize("rows", [9, 20, 50])
def test_new_errors_are_covered_as_often_as_asked_for(rows):
    # Of n + 1 errors that can change places the new one is as likely the largest as any other: the rank k
    # covers it with probability k/(n + 1), whatever the distribution.
    errors = np.random.default_rng(0).standard_cauchy((4000, rows + 1)) ** 2
    margins = conformal_margins(errors[:, :rows].T, 0.9)
    covered = np.mean(errors[:, rows] <= margins)
    expected = np.ceil(round((rows + 1) * 0.9, 9)) / (rows + 1)
    assert abs(covered - expected) < 4 * np.sqrt(expected * (1 - expected) / 4000)
