"""Wilcoxon's test is SciPy's, Holm's correction that of statsmodels."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.statistics.ranks import hodges_lehmann, holm, signed_rank_cdf, wilcoxon
from tests.judges import agree
from tests.statistics.reference import REFERENCE, SCIPY, STATSMODELS

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60)


@pytest.mark.parametrize("name", REFERENCE["wilcoxon"])
def test_wilcoxons_test_is_that_of_scipy(name):
    case = REFERENCE["wilcoxon"][name]
    agree("statistic", "wilcoxon", SCIPY, "p-value", wilcoxon(case["a"], case["b"]), case["p"], 1e-10)


@pytest.mark.parametrize("family", REFERENCE["holm"], ids=lambda family: len(family["p"]))
def test_holms_correction_is_that_of_statsmodels(family):
    agree("statistic", "holm", STATSMODELS, "p-values", holm(family["p"]), family["adjusted"], 1e-10, 1e-15)


def test_no_tests_need_no_correction():
    assert holm([]) == []


def test_pairs_that_both_diverged_say_nothing():
    a, b = [1.0, 2.0, 3.0], [1.5, 1.0, 5.0]
    assert wilcoxon([*a, math.inf], [*b, math.inf]) == wilcoxon(a, b)


def test_a_pair_of_which_one_diverged_has_the_highest_rank():
    assert wilcoxon([math.inf, 2.0, 3.5], [1.0, 1.0, 3.0]) == wilcoxon([9.0, 2.0, 3.5], [1.0, 1.0, 3.0])


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [([1.0], [1.0, 2.0], "expected pairs"), ([1.0], [math.nan], "got NaN; write inf")],
)
def test_what_are_no_pairs_is_refused(a, b, message):
    with pytest.raises(ValueError, match=message):
        wilcoxon(a, b)


@given(PAIRS)
def test_the_p_value_is_a_probability_that_knows_no_order(pairs):
    a, b = np.array(pairs).T
    assert 0 < wilcoxon(a, b) <= 1
    assert wilcoxon(a, b) == pytest.approx(wilcoxon(b, a), rel=1e-9)


def test_equal_samples_do_not_differ():
    assert wilcoxon(np.arange(10), np.arange(10)) == 1


def test_the_exact_distribution_counts_subsets():
    # Of the 8 subsets of {1, 2, 3} one has the sum 0, one 1, one 2, two 3.
    assert signed_rank_cdf(3).tolist() == [1 / 8, 2 / 8, 3 / 8, 5 / 8, 6 / 8, 7 / 8, 1]


def pair_means(x):
    i, j = np.triu_indices(len(x))
    return np.sort((x[i] + x[j]) / 2)


@given(st.lists(st.integers(-50, 50).filter(bool), min_size=1, max_size=30))
def test_the_shift_is_the_median_of_the_means_of_all_pairs(values):
    found = hodges_lehmann(values, np.zeros(len(values)))
    assert found.value == pytest.approx(np.median(pair_means(np.array(values))), abs=1e-12)


@pytest.mark.parametrize("n", [6, 20, 50, 51, 300])
def test_the_interval_of_the_shift_ends_at_means_of_pairs(n):
    x = np.random.default_rng(n).normal(0.2, 1, size=n)
    low, high = hodges_lehmann(x, np.zeros(n)).interval
    means = pair_means(x)
    below = [int(np.argmin(abs(means - low))), int(np.argmin(abs(means[::-1] - high)))]
    assert below[0] == below[1]
    assert (means[below[0]], means[::-1][below[0]]) == pytest.approx((low, high), abs=1e-12)


@given(st.lists(st.floats(-100, 100), min_size=6, max_size=50, unique_by=abs), st.floats(-50, 50))
def test_the_interval_holds_the_shifts_that_the_exact_test_does_not_reject(values, shift):
    x = np.array(values)
    if len(np.unique(abs(x - shift))) < len(x) or not (x - shift).all():
        return  # ties, where the test is not exact
    low, high = hodges_lehmann(x, np.zeros(len(x))).interval
    if min(abs(shift - low), abs(shift - high)) > 1e-9:
        assert (wilcoxon(x - shift, np.zeros(len(x))) > 0.05) == (low < shift < high)


def test_shifts_know_what_diverged():
    a, b = np.array([1.0, 2.0, math.inf, math.inf, math.inf]), np.array([0.5, 1.0, 1.0, math.inf, 0.0])
    assert hodges_lehmann(a, b).value == math.inf
    assert hodges_lehmann([1.0, math.inf, 0.0], [0.0, 0.0, math.inf]).value == 0.5  # between 0 and 1
    assert hodges_lehmann(b, b) == (0, (-math.inf, math.inf))


def test_five_differences_do_not_bound_their_shift():
    assert hodges_lehmann([1, 2, 3, 4, 5], [0] * 5) == (3, (-math.inf, math.inf))
