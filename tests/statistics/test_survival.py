"""The estimate of Kaplan and Meier: lifelines' and SciPy's numbers, and what must hold of any sample."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.statistics.survival import KaplanMeier
from tests.judges import agree
from tests.statistics.reference import LIFELINES, REFERENCE, SCIPY, numbers

SAMPLES = REFERENCE["survival"]
LIMIT = 5000.0
SOLVED = [name for name in SAMPLES if any(SAMPLES[name]["events"])]


def curve(name):
    return KaplanMeier.of(SAMPLES[name]["times"], SAMPLES[name]["events"])


@pytest.mark.parametrize("name", SOLVED)
def test_the_curve_is_that_of_lifelines(name):
    theirs = SAMPLES[name]["survival"]
    agree("statistic", "Kaplan–Meier", LIFELINES, "survival", curve(name).survival, theirs, 1e-10, 1e-12)


@pytest.mark.parametrize("name", SOLVED)
def test_the_band_is_that_of_scipy_where_some_are_left(name):
    found = curve(name)
    defined = found.at_risk > found.events
    for side, ours in zip(("low", "high"), found.band(), strict=True):
        theirs = numbers(SAMPLES[name][side])[defined]
        agree("statistic", "Kaplan–Meier", SCIPY, f"log-log band, {side}", ours[defined], theirs, 1e-10)


def test_where_none_is_left_the_upper_limit_is_the_exact_one():
    low, high = KaplanMeier.of([3] * 50, [True] * 50).band()
    assert (low, high) == ([0], pytest.approx([1 - 0.025 ** (1 / 50)]))


def test_samples_that_all_had_their_event_at_once_leave_no_doubt_of_the_median():
    # lifelines has the same interval; R's survfit has none.
    assert KaplanMeier.of([3] * 50, [True] * 50).median_interval() == (3, 3)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_median_is_that_of_lifelines(name):
    median = SAMPLES[name]["median"]
    assert curve(name).median == (math.inf if median is None else median)


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "one, solved"])
def test_the_interval_of_the_median_is_that_of_lifelines(name):
    assert curve(name).median_interval() == tuple(numbers(SAMPLES[name]["median interval"]))


def test_one_sample_does_not_bound_its_median_from_above():
    # lifelines says from 412 to 412.
    assert curve("one, solved").median_interval() == (412, math.inf)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_restricted_mean_is_that_of_lifelines(name):
    case = SAMPLES[name]
    found = curve(name).restricted_mean(case["limit"])
    agree(
        "statistic",
        "Kaplan–Meier",
        LIFELINES,
        "restricted mean",
        found.value,
        case["restricted mean"],
        1e-10,
    )


def logit(share):
    return math.log(share / (1 - share))


@pytest.mark.parametrize("name", ["four of five solved", "one of five solved", "ties", "all solved"])
def test_without_an_early_end_the_restricted_mean_is_a_mean_with_its_standard_error(name):
    times, limit = np.array(SAMPLES[name]["times"]), LIMIT
    value, (low, high) = curve(name).restricted_mean(limit)
    assert value == pytest.approx(np.mean(times), rel=1e-12)
    # The error of the logarithm of M/(limit − M) by the delta method.
    error = np.std(times) / np.sqrt(len(times)) * limit / (value * (limit - value))
    for end, sign in ((low, -1), (high, 1)):
        moved = logit(value / limit) + sign * 1.959963984540054 * error
        assert logit(end / limit) == pytest.approx(moved, rel=1e-10)


def test_the_error_of_a_restricted_mean_with_early_ends_is_that_worked_by_hand():
    # Of four samples the second ends at 2 without an event: S is 3/4 from 1, 3/8 from 3, and 0 from 4.
    found = KaplanMeier.of([1, 2, 3, 4], [True, False, True, True])
    assert found.survival == pytest.approx([3 / 4, 3 / 8, 0])
    value, (low, high) = found.restricted_mean(5)
    areas = 3 / 4 * 2 + 3 / 8, 3 / 8
    error = math.sqrt(areas[0] ** 2 / (4 * 3) + areas[1] ** 2 / (2 * 1))
    assert value == pytest.approx(1 + areas[0])
    assert logit(high / 5) - logit(low / 5) == pytest.approx(
        2 * 1.96 * error * 5 / value / (5 - value), rel=1e-4
    )


def test_without_an_event_the_mean_is_the_limit_and_bounded_by_the_rarest_share_that_can_be():
    assert curve("ten, none solved").restricted_mean(LIMIT) == (LIMIT, (LIMIT * 0.025 ** (1 / 10), LIMIT))


def test_samples_that_all_had_their_event_at_once_have_no_error():
    assert KaplanMeier.of([3] * 50, [True] * 50).restricted_mean(10) == (3, (3, 3))
    assert KaplanMeier.of([0] * 50, [True] * 50).restricted_mean(10) == (0, (0, 0))


def test_a_mean_beyond_what_was_observed_is_refused():
    with pytest.raises(ValueError, match="expected a limit up to 10, the last time observed, got 11"):
        KaplanMeier.of([3, 10], [True, False]).restricted_mean(11)


@pytest.mark.parametrize(
    ("times", "events", "message"),
    [
        ([], [], "expected .* times and events"),
        ([1, 2], [True], "expected .* times and events"),
        ([math.inf], [False], "expected finite times"),
    ],
)
def test_samples_that_are_none_are_refused(times, events, message):
    with pytest.raises(ValueError, match=message):
        KaplanMeier.of(times, events)


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=40))
def test_a_curve_falls_and_lies_in_its_band(samples):
    times, events = zip(*samples, strict=True)
    found = KaplanMeier.of(times, events)
    low, high = found.band()
    assert np.all(np.diff(found.survival, prepend=1.0) < 0)
    assert np.all((low <= found.survival) & (found.survival <= high))
    assert found.median_interval().low <= found.median <= found.median_interval().high
