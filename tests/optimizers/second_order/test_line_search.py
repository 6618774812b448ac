import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.optimizers.second_order.line_search import (
    CURVATURE,
    SUFFICIENT_DECREASE,
    Point,
    cubic_minimum,
    strong_wolfe,
)

EMPTY = np.empty(0)
# N&W's conditions are met on all of these; the first trial may be far too short or too long.
CURVES = {
    "parabola": (lambda a: (a - 1) ** 2, lambda a: 2 * (a - 1)),
    "waves": (lambda a: np.sin(3 * a) / 3 - 1.9 * a + 0.1 * a * a, lambda a: np.cos(3 * a) - 1.9 + 0.2 * a),
    "flat": (lambda a: -a / (a * a + 2), lambda a: (a * a - 2) / (a * a + 2) ** 2),
    "wall": (lambda a: -a if a < 2 else np.inf, lambda a: -1.0 if a < 2 else np.nan),
}


def along(curve):
    value, slope = CURVES[curve]
    seen = []

    def at(step):
        seen.append(step)
        return Point(step, float(value(step)), float(slope(step)), EMPTY, EMPTY)

    return at, seen


@given(st.sampled_from(["parabola", "waves", "flat"]), st.floats(-4, 3))
def test_the_step_meets_both_conditions_and_is_evaluated_last(curve, exponent):
    at, seen = along(curve)
    start = at(0.0)
    found = strong_wolfe(at, start, 10.0**exponent)
    assert found is not None
    assert found.value <= start.value + SUFFICIENT_DECREASE * found.step * start.slope
    assert abs(found.slope) <= -CURVATURE * start.slope
    assert seen[-1] == found.step


def test_values_that_are_not_finite_are_too_far():
    at, seen = along("wall")
    found = strong_wolfe(at, at(0.0), 100.0)
    assert 0 < found.step < 2
    assert seen[-1] == found.step


def test_where_nothing_descends_there_is_none():
    at = lambda step: Point(step, step, 1.0, EMPTY, EMPTY)  # noqa: E731  # a slope that lies
    assert strong_wolfe(at, Point(0.0, 0.0, -1.0, EMPTY, EMPTY), 1.0) is None


def test_the_minimum_of_a_cubic_is_found_from_its_ends():
    # x³ − 3x: a minimum at 1.
    a, b = (Point(x, x**3 - 3 * x, 3 * x * x - 3, EMPTY, EMPTY) for x in (0.0, 3.0))
    assert cubic_minimum(a, b) == pytest.approx(1, rel=1e-14)
    assert cubic_minimum(b, a) == pytest.approx(1, rel=1e-14)
