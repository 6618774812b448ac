"""Wilcoxon's test is SciPy's, Holm's correction that of statsmodels."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.statistics.ranks import exact_signed_rank, holm, wilcoxon
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
    assert [exact_signed_rank(total, 3) for total in (0, 1, 2, 3, 6)] == [0.25, 0.5, 0.75, 1.0, 0.25]
