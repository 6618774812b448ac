"""Quantiles, medians and interquartile means: SciPy's numbers; and inf is the largest value of all."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.statistics.order import interquartile_mean, median_interval, quantiles
from tests.judges import agree
from tests.statistics.reference import REFERENCE, SCIPY, numbers

SAMPLES = REFERENCE["samples"]


@pytest.mark.parametrize("n", SAMPLES)
def test_the_interquartile_mean_is_scipys_trimmed_mean(n):
    found = interquartile_mean(SAMPLES[n]["x"]).value
    agree("statistic", "interquartile mean", SCIPY, "value", found, SAMPLES[n]["trimmed mean"], 1e-10)


@pytest.mark.parametrize("n", [n for n in SAMPLES if int(n) > 5])
def test_the_interval_of_a_median_is_scipys(n):
    found = median_interval(SAMPLES[n]["x"]).interval
    theirs = numbers(SAMPLES[n]["median interval"])
    agree("statistic", "median", SCIPY, "limits", found, theirs, 1e-10)


@pytest.mark.parametrize("n", [1, 5])
def test_five_values_do_not_bound_their_median(n):
    assert median_interval(np.arange(n)).interval == (-math.inf, math.inf)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_quantiles_are_those_of_numpy(values):
    shares = [0, 0.1, 0.5, 0.75, 1]
    assert quantiles(values, shares) == pytest.approx(list(np.quantile(values, shares)), abs=1e-9)


def test_what_diverged_counts_as_the_largest():
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, math.inf, math.inf]
    assert quantiles(values, [0.25, 0.5, 0.9, 1]) == [2.75, 4.5, math.inf, math.inf]
    assert median_interval(values).interval == (1, math.inf)
    assert interquartile_mean(values).value == 4.5
    assert interquartile_mean(values).interval.high == math.inf


def test_an_interquartile_mean_is_infinite_where_more_than_a_quarter_diverged():
    assert interquartile_mean([1.0, math.inf, 2.0, math.inf]).value == math.inf


@pytest.mark.parametrize("function", [interquartile_mean, median_interval])
def test_a_value_without_a_place_in_the_order_is_refused(function):
    with pytest.raises(ValueError, match="got NaN; write inf for a run that diverged"):
        function([1.0, math.nan])


@pytest.mark.parametrize("function", [interquartile_mean, median_interval])
def test_no_values_have_no_middle(function):
    with pytest.raises(ValueError, match="at least one"):
        function([])


def test_equal_values_are_their_own_interval():
    assert interquartile_mean([2.0] * 30) == (2.0, (2.0, 2.0))
    assert median_interval([2.0] * 30) == (2.0, (2.0, 2.0))
