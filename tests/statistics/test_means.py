"""Means with Student's intervals: SciPy's numbers, and the corrected variance of a cross-validation."""

import math

import numpy as np
import pytest

from nn.statistics.means import mean_interval, student_quantile, student_test
from tests.judges import agree
from tests.statistics.reference import REFERENCE, SCIPY

SAMPLES = REFERENCE["samples"]


@pytest.mark.parametrize("case", REFERENCE["student"])
def test_quantiles_of_students_distribution_are_those_of_scipy(case):
    level, freedom = case.split()
    found = student_quantile(float(level), int(freedom))
    agree("statistic", "Student's t", SCIPY, "quantile", found, REFERENCE["student"][case], 1e-10)


@pytest.mark.parametrize("n", [n for n in SAMPLES if int(n) > 1])
def test_the_interval_of_a_mean_is_scipys(n):
    found = mean_interval(SAMPLES[n]["x"]).interval
    agree("statistic", "mean", SCIPY, "limits", found, SAMPLES[n]["mean interval"], 1e-10)


@pytest.mark.parametrize("n", [n for n in SAMPLES if int(n) > 1])
def test_students_test_is_scipys(n):
    found = student_test(np.array(SAMPLES[n]["x"]) - 0.5)
    agree("statistic", "Student's t", SCIPY, "p-value", found, SAMPLES[n]["t test"], 1e-10)


def test_a_single_value_has_no_interval_and_no_test():
    assert mean_interval([3.0]) == (3.0, (-math.inf, math.inf))
    assert student_test([3.0]) is None


def test_values_of_0_do_not_differ_from_it():
    assert student_test([0.0, 0.0]) == 1


def test_a_mean_of_what_diverged_is_not_finite():
    assert mean_interval([3.0, math.inf]) == (math.inf, (-math.inf, math.inf))


def test_values_whose_squares_overflow_have_an_interval_without_an_end():
    value, interval = mean_interval([1e200, -1e200, 3e200])
    assert (value, interval) == (1e200, (-math.inf, math.inf))


def test_folds_that_share_rows_say_less_than_independent_samples():
    # Two repeats of five folds: the variance is (1/10 + 1/4) s² in place of s²/10.
    x = np.random.default_rng(0).normal(size=10)
    plain, corrected = mean_interval(x).interval, mean_interval(x, overlap=1 / 4).interval
    wider = math.sqrt((1 / 10 + 1 / 4) / (1 / 10))
    assert corrected.high - corrected.low == pytest.approx(wider * (plain.high - plain.low))
