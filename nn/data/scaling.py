"""How inputs are brought to a common scale: fitted on the training share, applied to all data."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROUNDING = 4 * float(np.finfo(np.float64).eps)
"""A column whose numbers differ by no more than this part of the largest is constant but for rounding."""
NEGLIGIBLE = 1e-12
"""Offsets up to this, in units of what a column is scaled to, are left out."""


@dataclass(frozen=True, eq=False)
class Scaling:
    """(x − shift) / scale + offset, for each input column.

    shift, scale, offset: (inputs,); x: (*stack, batch, inputs). The offset is what a shift in floating
    point cannot say: the mean of 1e9 + 0.001 and 1e9 + 0.002 lies between two numbers.

    >>> x = np.array([[1.0, 7.0], [3.0, 7.0], [5.0, 7.0]])
    >>> to_range(x, low=-1, high=1)(x)
    array([[-1., -1.],
           [ 0., -1.],
           [ 1., -1.]])
    """

    shift: Floats
    scale: Floats
    offset: Floats | float = 0.0

    def __call__(self, x: Floats) -> Floats:
        """The scaled inputs, of the shape of ``x``; infinite where they are too large for a number."""
        # Of halves, as the difference of two finite numbers may be infinite.
        with np.errstate(over="ignore"):
            return (x / 2 - self.shift / 2) / (self.scale / 2) + self.offset


def standard(x: Floats, columns: Sequence[str] = ()) -> Scaling:
    """The scaling after which each column has mean 0 and standard deviation 1.

    The standard deviation is that of the population (the sum of squares divided by the number of
    samples). A column that is constant but for rounding becomes 0. Raises ValueError, naming the
    column, where the deviation is too small for a number.
    """
    u, exponent, constant = of_unit_size(x)
    shift = np.where(constant, u[0], u.mean(axis=0))
    distance = u - shift
    rest = np.where(constant, 0, distance.mean(axis=0))  # the rounding of the mean
    rest = np.where(np.abs(rest) > NEGLIGIBLE * np.sqrt(np.mean(distance**2, axis=0)), rest, 0)
    deviation = np.where(constant, 1, np.sqrt(np.mean((distance - rest) ** 2, axis=0)))
    scale = np.where(constant, constant_scale(x), np.ldexp(deviation, exponent))
    check(scale, x, columns, "to a standard deviation of 1")
    return Scaling(np.ldexp(shift, exponent), scale, -rest / deviation)


def to_range(x: Floats, low: float, high: float, columns: Sequence[str] = ()) -> Scaling:
    """The scaling that maps each column's minimum to ``low`` and its maximum to ``high``.

    A column that is constant but for rounding becomes ``low``. Raises ValueError unless ``low < high``
    and both are finite, and, naming the column, where its range is too large or small for a number.
    """
    if not low < high:
        raise ValueError(f"a range to scale to must rise, got [{low}, {high}]")
    if not math.isfinite(high - low):
        raise ValueError(f"a range to scale to must have a finite width, got [{low}, {high}]")
    u, exponent, constant = of_unit_size(x)
    smallest = u.min(axis=0)
    with np.errstate(over="ignore"):
        factor = np.where(constant, np.ldexp(constant_scale(x), -exponent), np.ptp(u, axis=0) / (high - low))
        scale = np.ldexp(factor, exponent)
        check(scale, x, columns, f"to [{low:g}, {high:g}]")
        # The shift takes the offset in, (x − shift) / scale, where that costs no accuracy.
        shift = smallest - low * factor
        error = (shift - smallest) / factor + low
        whole = (np.abs(error) <= NEGLIGIBLE * (high - low)) & np.isfinite(np.ldexp(shift, exponent))
    shift = np.ldexp(np.where(whole, shift, smallest), exponent)
    return Scaling(shift, scale, np.where(whole, 0.0, low))


def of_unit_size(x: Floats) -> tuple[Floats, NDArray[np.int_], NDArray[np.bool_]]:
    """u = x · 2^−exponent, in each column at most 1 and at least ½ at its largest; which are constant."""
    largest = np.abs(x).max(axis=0)
    exponent = np.frexp(largest)[1]
    u = np.ldexp(x, -exponent)
    return u, exponent, np.ptp(u, axis=0) <= ROUNDING * np.ldexp(largest, -exponent)


def constant_scale(x: Floats) -> Floats:
    """What constant columns are divided by: 1, or their size, so that their rounding stays small."""
    return np.maximum(np.abs(x).max(axis=0), 1)


def check(scale: Floats, x: Floats, columns: Sequence[str], aim: str) -> None:
    """Raise ValueError, naming the first column, where a scale is no normal number."""
    wrong = ~np.isfinite(scale) | (scale < np.finfo(np.float64).tiny)
    if np.any(wrong):
        place = int(np.argmax(wrong))
        name = repr(columns[place]) if columns else place + 1
        extent = f"from {x[:, place].min():g} to {x[:, place].max():g}"
        apart = "far apart" if not np.isfinite(scale[place]) else "close together"
        raise ValueError(f"column {name}: its numbers, {extent}, lie too {apart} to scale them {aim}")
