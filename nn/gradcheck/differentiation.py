"""Computes derivatives without backpropagation, by the complex step and by differences.

Functions take a stack of points ``(k, n)`` to their values ``(k,)``, so that many displaced points are
evaluated at once; derivatives are taken at one ``point (n,)`` along each of its coordinates.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nn.arrays import Array

PointFunction = Callable[[Array], Array]
NUMBERS_AT_ONCE = 1 << 16
"""The size of a block of displaced points in numbers, which fits into the processor's cache."""
COMPLEX_STEP = 2.0**-66
"""The complex step: its square vanishes beside 1, and there is no cancellation."""
DIFFERENCE_STEPS = tuple(0.1 * 0.5**halvings for halvings in range(40))
"""The steps of central differences: from 0.1 to 1.8e-13, each half of the one before."""


def blocks(coordinates: Array, count: int) -> list[Array]:
    """Yield the coordinates of a point of ``count`` numbers in blocks that are displaced at once."""
    size = max(1, NUMBERS_AT_ONCE // max(count, 1))
    return [coordinates[start : start + size] for start in range(0, len(coordinates), size)]


def displaced(point: Array, coordinates: Array, step: complex) -> Array:
    """Return copies of the point, each moved by ``step`` along one coordinate, ``(coordinates, n)``."""
    points = np.tile(point, (len(coordinates), 1)).astype(np.result_type(point, step))
    points[np.arange(len(coordinates)), coordinates] += step
    return points


def complex_step(
    function: PointFunction, point: Array, coordinates: Array | None = None, step: float = COMPLEX_STEP
) -> Array:
    """∂f/∂point = Im f(point + ih) / h, exact to rounding where f is analytic: Squire & Trapp (1998).

    All coordinates, or some; for values that are vectors ``(k, m)`` a row for each coordinate, ``(n, m)``.
    NumPy orders complex numbers of equal real parts by their imaginary parts, so that at a kink made by
    ``np.maximum``, ``np.minimum`` or a comparison this is the slope on the side of the step: on the right,
    or on the left where ``step`` is below 0.

    >>> complex_step(lambda points: points[..., 0] ** 2 * points[..., 1], np.array([3.0, 5.0]))
    array([30.,  9.])
    >>> relu = lambda points: np.maximum(points[..., 0], 0)
    >>> complex_step(relu, np.zeros(1)), complex_step(relu, np.zeros(1), step=-COMPLEX_STEP)
    (array([1.]), array([0.]))
    """
    chosen = np.arange(point.size) if coordinates is None else coordinates
    parts = [
        np.imag(function(displaced(point, block, 1j * step))) / step for block in blocks(chosen, point.size)
    ]
    return np.concatenate(parts) + 0.0 if parts else np.empty(0)


class Slopes(NamedTuple):
    """The slopes on both sides of a point along each coordinate, ``(n,)``; they differ at a kink."""

    left: Array
    right: Array
    error: Array
    """The estimated errors of the slopes."""


def central_differences(function: PointFunction, point: Array, precision: Array, noise: float) -> Slopes:
    """∂f/∂point by differences whose step shrinks until their limit is known to ``precision (n,)``.

    With step h the central difference is f′ + O(h²), and (f(+h) − 2f(0) + f(−h)) / h is the jump of
    the slope at the point + O(h); both limits are found by extrapolation to h = 0: Ridders (1982),
    "Accurate computation of F′(x) and F′(x)F″(x)". A kink farther than a step away does no harm.
    The values of f are rounded by up to ``noise``, which is divided by the step.

    >>> kink = lambda points: np.maximum(points[..., 0], 0) + np.exp(points[..., 1])
    >>> slopes = central_differences(kink, np.zeros(2), np.full(2, 1e-9), noise=1e-16)
    >>> slopes.left.round(9), slopes.right.round(9)
    (array([0., 1.]), array([1., 1.]))
    """
    parts = [
        _slopes(function, point, block, precision[block], noise)
        for block in blocks(np.arange(point.size), point.size)
    ]
    return Slopes(*(np.concatenate(part) for part in zip(*parts, strict=True)))


class Limit:
    """The limit at step 0 of values at steps that halve, whose error is a sum of these powers of the step."""

    def __init__(self, *powers: int):
        self.powers = powers
        self.row: list[Array] = []

    def add(self, value: Array) -> None:
        """Extrapolate with the value at the next step, and update ``best`` and its ``error``.

        The error is estimated as the change from the entries that an entry was computed from.
        """
        before, self.row = self.row, [value]
        self.best, self.error = value, np.full(value.shape, np.inf)
        for old, power in zip(before, self.powers, strict=False):
            new = self.row[-1] + (self.row[-1] - old) / (2**power - 1)
            error = np.maximum(np.abs(new - self.row[-1]), np.abs(new - old))
            self.best = np.where(error < self.error, new, self.best)
            self.error = np.minimum(error, self.error)
            self.row.append(new)

    def keep(self, where: Array) -> None:
        """Keep only some of the values."""
        self.row = [entry[where] for entry in self.row]


def _slopes(
    function: PointFunction, point: Array, coordinates: Array, precision: Array, noise: float
) -> Slopes:
    """Find the slopes along some coordinates; those that have converged need no smaller steps."""
    here = function(point[np.newaxis])
    found = Slopes(*np.full((3, len(coordinates)), np.inf))
    rest, slope, jump = np.arange(len(coordinates)), Limit(2, 4, 6, 8), Limit(1, 3, 5, 7)
    for step in DIFFERENCE_STEPS:
        above = function(displaced(point, coordinates[rest], step))
        below = function(displaced(point, coordinates[rest], -step))
        slope.add((above - below) / (2 * step))
        jump.add((above - 2 * here + below) / step)
        error = slope.error + jump.error / 2 + noise / step
        sides = slope.best - jump.best / 2, slope.best + jump.best / 2, error
        better = sides[2] < found.error[rest]
        for kept, new in zip(found, sides, strict=True):
            kept[rest[better]] = new[better]
        unknown = found.error[rest] > np.maximum(precision[rest], 2 * noise / step)
        rest = rest[unknown]
        if not rest.size:
            break
        slope.keep(unknown)
        jump.keep(unknown)
    return found
