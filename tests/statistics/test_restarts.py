"""The limit at which to start over: the smallest expected cost, found by trying every one."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.statistics.restarts import restarts

LIMIT = 100
SAMPLES = st.lists(st.integers(1, LIMIT), min_size=1, max_size=40)


@given(SAMPLES)
def test_the_best_limit_is_the_one_that_trying_all_finds(times):
    solved = np.array(times) < LIMIT
    found = restarts(times, solved)
    tried = {
        c: np.minimum(times, c).sum() / np.sum(solved & (np.array(times) <= c))
        for c in sorted({time for time in times if time < LIMIT})
    }
    if not tried:
        assert found.limit == found.expected.value == found.whole == math.inf
        return
    assert found.limit == min(tried, key=tried.get)
    assert found.expected.value == pytest.approx(min(tried.values()))
    assert found.whole == pytest.approx(np.sum(times) / solved.sum())
    assert found.expected.value <= found.whole * (1 + 1e-12)


def test_runs_that_all_succeed_alike_need_no_restarts():
    found = restarts([50] * 20, [True] * 20)
    assert found.limit == found.expected.value == found.whole == 50


def test_a_run_that_sticks_is_worth_giving_up_early():
    # Half succeeds at 10, the rest never: two runs of 10 each, not half of 5000.
    times, solved = np.where(np.arange(200) % 2, 10, 5000), np.arange(200) % 2 == 1
    found = restarts(times, solved)
    assert (found.limit, found.expected.value, found.whole) == (10, 20, 5010)
    assert found.expected.interval.low < 20 < found.expected.interval.high


def test_one_success_bounds_the_cost_from_below_alone():
    found = restarts([10, *[LIMIT] * 19], [True, *[False] * 19])
    assert found.expected.value == 200
    assert 10 < found.expected.interval.low < 200
    assert found.expected.interval.high == math.inf


def test_times_without_their_successes_are_refused():
    with pytest.raises(ValueError, match=r"expected .* times and successes"):
        restarts([1, 2], [True])


def test_runs_that_succeed_at_once_cost_nothing():
    found = restarts([0, 0, 0], [True, True, True])
    assert (found.limit, found.expected.value) == (0, 0)
