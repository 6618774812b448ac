"""Shares and differences of paired shares: SciPy's numbers, published ones, and what must hold of any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.statistics.shares import fair_coin, mcnemar, paired_difference, wilson
from tests.judges import agree
from tests.statistics.reference import REFERENCE, SCIPY

COUNTS = st.tuples(*[st.integers(0, 60)] * 4).filter(sum)


@pytest.mark.parametrize("case", REFERENCE["wilson"])
def test_wilsons_interval_is_that_of_scipy(case):
    k, _, n, _, level = case.split()
    found = wilson(int(k), int(n), level=float(level))
    agree("statistic", "wilson", SCIPY, "limits", found, REFERENCE["wilson"][case], 1e-10)


@pytest.mark.parametrize("case", REFERENCE["mcnemar"])
def test_mcnemars_test_is_the_binomial_one_of_scipy(case):
    found = mcnemar(*map(int, case.split()))
    agree("statistic", "mcnemar", SCIPY, "p-value", found, REFERENCE["mcnemar"][case], 1e-10)


@pytest.mark.parametrize(("successes", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_impossible_counts_are_refused(successes, n):
    with pytest.raises(ValueError, match="expected 0 to n successes"):
        wilson(successes, n)


def test_a_fair_coin_is_counted_out_for_a_hundred_thousand_throws():
    assert fair_coin(3) == pytest.approx([1 / 8, 1 / 2])
    assert fair_coin(4) == pytest.approx([1 / 16, 5 / 16, 11 / 16])
    assert fair_coin(100_001)[-1] == pytest.approx(0.5, abs=1e-12)


def test_the_difference_of_paired_shares_is_the_published_one():
    # Fagerland, Lydersen & Laake (2017), "Statistical analysis of contingency tables", chapter 8.
    difference = paired_difference(59, 6, 16, 80)
    published = (-0.0621, -0.1186, -0.0046)
    found = (difference.value, *difference.interval)
    assert [round(number, 4) for number in found] == list(published)


@given(COUNTS)
def test_a_difference_of_paired_shares_changes_its_sign_with_their_order(counts):
    both, only_a, only_b, neither = counts
    one, other = (
        paired_difference(both, only_a, only_b, neither),
        paired_difference(both, only_b, only_a, neither),
    )
    assert one.value == -other.value
    assert one.interval == pytest.approx((-other.interval.high, -other.interval.low))


@given(COUNTS)
def test_a_difference_lies_in_its_interval_and_that_between_minus_1_and_1(counts):
    value, (low, high) = paired_difference(*counts)
    assert -1 <= low <= value <= high <= 1
    assert low < high


@given(st.integers(0, 100), st.integers(0, 100))
def test_mcnemars_p_value_is_a_probability_that_knows_no_order(a, b):
    assert 0 < mcnemar(a, b) == mcnemar(b, a) <= 1
