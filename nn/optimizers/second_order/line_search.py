"""A line search for the strong Wolfe conditions: how far to go in a direction of descent."""

import math
from collections.abc import Callable
from typing import NamedTuple

from nn.arrays import Array

SUFFICIENT_DECREASE = 1e-4
"""c₁: φ(α) ≤ φ(0) + c₁ α φ′(0)."""
CURVATURE = 0.9
"""c₂: |φ′(α)| ≤ c₂ |φ′(0)|."""
EVALUATIONS = 30
GROWTH = 10.0
"""The largest factor from one trial step to the next."""
MARGIN = 0.1
"""Trials keep this share of an interval's length away from its ends, so that intervals shrink."""


class Point(NamedTuple):
    """φ(α) = f(θ + α p) with its slope φ′(α), and f's gradient there."""

    step: float
    value: float
    slope: float
    parameters: Array
    gradient: Array


Along = Callable[[float], Point]


def strong_wolfe(along: Along, start: Point, step: float) -> Point | None:
    """Find a point with sufficient decrease and a flatter slope, trying ``step`` first; else None.

    ``start`` is the point at 0, where the slope is negative. What is returned is evaluated last.
    Nocedal & Wright (2006), "Numerical optimization", algorithm 3.5. A value that is not finite
    counts as too large; after EVALUATIONS a step with sufficient decrease is enough.
    """
    last = start
    for tried in range(1, EVALUATIONS):
        point = along(step)
        if not decreases(point, start) or (tried > 1 and point.value >= last.value):
            return zoom(along, start, last, point, EVALUATIONS - tried)
        if flattens(point, start):
            return point
        if point.slope >= 0:
            return zoom(along, start, point, last, EVALUATIONS - tried)
        # The cubic through both points has its minimum ahead, or none.
        ahead = cubic_minimum(last, point)
        last, step = point, min(max(2 * step, ahead or 0), GROWTH * step)
    return point


def zoom(along: Along, start: Point, low: Point, high: Point, evaluations: int) -> Point | None:
    """Find a point between two that bracket one: their algorithm 3.6.

    ``low`` has the least value seen with sufficient decrease, and its slope falls towards ``high``.
    """
    for _ in range(evaluations):
        if low.step == high.step:  # the interval is as small as numbers allow
            break
        point = along(interpolated_step(low, high))
        if not decreases(point, start) or point.value >= low.value:
            high = point
            continue
        if flattens(point, start):
            return point
        if point.slope * (high.step - low.step) >= 0:
            high = low
        low = point
    return along(low.step) if low.step > 0 else None


def decreases(point: Point, start: Point) -> bool:
    """Whether the value decreases sufficiently for the length of the step (Armijo)."""
    return point.value <= start.value + SUFFICIENT_DECREASE * point.step * start.slope


def flattens(point: Point, start: Point) -> bool:
    """Whether the slope satisfies the curvature condition."""
    return abs(point.slope) <= -CURVATURE * start.slope


def interpolated_step(a: Point, b: Point) -> float:
    """Return a step inside the interval: the cubic's minimum, kept off the ends, or else the middle."""
    low, high = sorted((a.step, b.step))
    margin = MARGIN * (high - low)
    best = cubic_minimum(a, b)
    return (low + high) / 2 if best is None else min(max(best, low + margin), high - margin)


def cubic_minimum(a: Point, b: Point) -> float | None:
    """Return the minimum of the cubic with the values and slopes of both points, their equation 3.59.

    None where there is none.
    """
    if not math.isfinite(a.value + b.value + a.slope + b.slope):
        return None
    d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step)
    square = d1 * d1 - a.slope * b.slope
    if square < 0:
        return None
    d2 = math.copysign(math.sqrt(square), b.step - a.step)
    below = b.slope - a.slope + 2 * d2
    step = b.step - (b.step - a.step) * (b.slope + d2 - d1) / below if below else math.inf
    return step if math.isfinite(step) else None
