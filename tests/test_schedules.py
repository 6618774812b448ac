import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import Constant, CosineDecay, ExponentialDecay, OneCycle, Piecewise, ReduceOnPlateau, StepDecay
from nn.schedules import SCHEDULES

STEPS = 40
KINDS = [
    Constant(0.5),
    Piecewise([0.1, 0.5, 0.0], boundaries=[3, 20]),
    StepDecay(0.5, every=10),
    ExponentialDecay(0.5, steps=STEPS),
    CosineDecay(0.5, end=0.1, steps=STEPS),
    OneCycle(0.5, steps=STEPS),
    ReduceOnPlateau(0.5),
]


def test_every_schedule_has_its_row_here():
    assert {type(schedule) for schedule in KINDS} == {*SCHEDULES.values()}


def rates(schedule, steps=STEPS):
    return schedule.rate(np.arange(steps, dtype=float))


@pytest.mark.parametrize(
    ("schedule", "t", "expected"),
    [
        (StepDecay(1.0, every=10, factor=0.5), [0, 9, 10, 29, 30], [1, 1, 0.5, 0.25, 0.125]),
        (Piecewise([0.5, 0.9, 0.1], boundaries=[2, 5]), [0, 1, 2, 4, 5, 99], [0.5, 0.5, 0.9, 0.9, 0.1, 0.1]),
        (Piecewise([0.5, 0.9], boundaries=[2], warmup=1), [0, 1, 2, 3], [0.25, 0.5, 0.5, 0.9]),
        (ExponentialDecay(1.0, factor=0.01, steps=10), [0, 5, 10, 20], [1, 0.1, 0.01, 0.0001]),
        (CosineDecay(1.0, end=0.5, steps=12), [0, 4, 6, 12, 99], [1, 0.875, 0.75, 0.5, 0.5]),
        # The peak is at 0.5 · 20 − 1 = 9, the end at 19.
        (
            OneCycle(1.0, steps=20, rise=0.5, start_factor=0.5, end_factor=0.0),
            [0, 3, 9, 14, 19, 99],
            [0.5, 0.625, 1, 0.5, 0, 0],
        ),
        (Constant(0.5, warmup=4), [0, 1, 4, 5, 99], [0.1, 0.2, 0.5, 0.5, 0.5]),
        (CosineDecay(1.0, steps=2, warmup=1), [0, 1, 2, 3], [0.5, 1, 0.5, 0]),
    ],
)
def test_rates_worked_by_hand(schedule, t, expected):
    assert schedule.rate(np.array(t)) == pytest.approx(expected, rel=1e-14, abs=1e-16)


@pytest.mark.parametrize("schedule", KINDS)
def test_a_rate_is_a_formula_of_one_count_or_of_many_in_their_precision(schedule):
    for dtype in (np.float64, np.float32):
        one = [schedule.rate(np.array(t, dtype)) for t in range(STEPS)]
        assert {np.asarray(rate).dtype for rate in one} == {np.dtype(dtype)}
        assert np.allclose(one, rates(schedule), rtol=1e-14 if dtype == np.float64 else 1e-5)


@pytest.mark.parametrize("schedule", KINDS)
def test_no_step_has_a_rate_below_0_or_above_the_largest(schedule):
    assert np.all(rates(schedule, 3 * STEPS) >= 0)
    assert np.all(rates(schedule, 3 * STEPS) <= 0.5)


@given(st.integers(1, 30))
def test_a_warmup_rises_in_a_straight_line_and_then_the_schedule_begins(warmup):
    plain, warmed = CosineDecay(0.5, steps=20), CosineDecay(0.5, steps=20, warmup=warmup)
    assert rates(warmed, warmup + 40)[warmup:] == pytest.approx(rates(plain), rel=1e-14)
    rise = np.diff(np.append(0, rates(warmed, warmup + 1)))
    assert rise == pytest.approx(0.5 / (warmup + 1), rel=1e-9)


@pytest.mark.parametrize("schedule", [ExponentialDecay(0.5), CosineDecay(0.5), OneCycle(0.5)])
def test_a_schedule_without_a_length_spans_the_training_after_its_warmup(schedule):
    assert schedule.over(40).steps == 40
    assert type(schedule)(0.5, warmup=10).over(40).steps == 30
    assert type(schedule)(0.5, steps=7).over(40).steps == 7
    with pytest.raises(ValueError, match=f"^{type(schedule).__name__}: expected a number of steps, got none"):
        schedule.rate(np.array(0.0))


def test_a_training_shorter_than_the_warmup_never_leaves_it():
    assert CosineDecay(0.5, warmup=50).over(40).steps == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CosineDecay(0), "^CosineDecay.start must be greater than 0, got 0$"),
        (lambda: StepDecay(1, every=0), "^StepDecay.every must be at least 1, got 0$"),
        (lambda: ExponentialDecay(1, factor=1), "^ExponentialDecay.factor must be less than 1, got 1$"),
        (lambda: OneCycle(1, rise=1), "^OneCycle.rise must be less than 1, got 1$"),
        (
            lambda: OneCycle(1, steps=3),
            "^OneCycle.rise of 0.3 must be more than 1 of all steps, got 3",
        ),
        (lambda: OneCycle(1).over(3), "^OneCycle.rise of 0.3 must be more than 1 of all steps, got 3"),
        (
            lambda: ReduceOnPlateau(0.1, min_rate=0.1),
            "^ReduceOnPlateau.min_rate must be less than start, 0",
        ),
        (lambda: Piecewise([], []), "^Piecewise.values must be one more than boundaries, 1, got 0$"),
        (lambda: Piecewise([0, 0.0], [3]), "^Piecewise.values: one of them must be greater than 0$"),
        (lambda: Piecewise([1], [3]), "^Piecewise.values must be one more than boundaries, 2, got 1$"),
        (lambda: Piecewise([1, 2, 3], [3, 3]), r"^Piecewise.boundaries must rise, got \[3, 3\]$"),
        (lambda: Piecewise([1, -2], [3]), "^Piecewise.values: each of them must be at least 0, got -2$"),
        (lambda: Piecewise([1, 2], [0]), "^Piecewise.boundaries: each of them must be at least 1, got 0$"),
        (lambda: Constant(1, warmup=-1), "^Constant.warmup must be at least 0, got -1$"),
    ],
)
def test_impossible_schedules_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
