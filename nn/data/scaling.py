"""Scales inputs and targets: fitted on the training share, applied to all data."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats

RELATIVE_ROUNDING = 4 * float(np.finfo(np.float64).eps)
"""A column counts as constant if its numbers differ by no more than this part of the largest."""
LIMIT = 1021
"""2 to this power and its inverse are normal floating-point numbers."""
TARGET_MARGIN = 0.1
"""Scaled targets stay this far from bounds that a layer approaches and never reaches."""
NEGLIGIBLE = 1e-12
"""Offsets up to this size, in units of the scaled column, are left out."""


@dataclass(frozen=True, eq=False)
class Scaling:
    """(x − shift) / scale + offset, for each input column.

    shift, scale, offset: (inputs,); x: (*stack, batch, inputs). The offset makes up for
    the rounding of the shift: the mean of 1e9 + 0.001 and 1e9 + 0.002 lies between two numbers.

    >>> x = np.array([[1.0, 7.0], [3.0, 7.0], [5.0, 7.0]])
    >>> range_scaling(x, low=-1, high=1)(x)
    array([[-1., -1.],
           [ 0., -1.],
           [ 1., -1.]])
    """

    shift: Floats
    scale: Floats
    offset: Floats | float = 0.0

    def __call__(self, x: Floats) -> Floats:
        """Return the scaled inputs, of the shape of ``x``; infinite where they overflow."""
        # Halves are subtracted, as the difference of two finite numbers may overflow.
        with np.errstate(over="ignore"):
            y = (x / 2 - self.shift / 2) / (self.scale / 2)
            return y + self.offset if np.any(self.offset) else y

    def inverse(self, y: Floats) -> Floats:
        """Return what was scaled to ``y``, (y − offset) · scale + shift; infinite where it overflows."""
        with np.errstate(over="ignore"):
            return ((y - self.offset) * (self.scale / 2) + self.shift / 2) * 2

    @property
    def arrays(self) -> dict[str, Floats]:
        """The arrays that a model file keeps."""
        offset = np.asarray(self.offset)
        return {"shift": self.shift, "scale": self.scale} | ({"offset": offset} if np.any(offset) else {})


def standard_scaling(x: Floats, columns: Sequence[str] = (), weights: Floats | None = None) -> Scaling:
    """Return the scaling after which each column has mean 0 and standard deviation 1.

    x: (samples, inputs); weights: (samples,) greater than 0, how much each sample counts

    The standard deviation is that of the population (the sum of squares divided by the number of
    samples, or by the sum of weights). A column that is constant up to rounding becomes 0. Raises
    ValueError, naming the column, if its deviation is too small for a normal number.
    """
    u, exponent, constant = scale_to_unit_size(x)
    mean = partial(np.average, axis=0, weights=weights)
    shift = np.where(constant, u[0], mean(u))
    distance = u - shift
    deviation = np.sqrt(mean(distance**2))
    rest = mean(distance)  # the rounding error of the mean
    rest = np.where(constant | (np.abs(rest) <= NEGLIGIBLE * deviation), 0, rest)
    if np.any(rest):
        deviation = np.sqrt(mean((distance - rest) ** 2))
    deviation = np.where(constant, 1, deviation)
    scale = np.where(constant, constant_scale(x), np.ldexp(deviation, exponent))
    expect_normal(scale, x, columns, "to a standard deviation of 1")
    return Scaling(np.ldexp(shift, exponent), scale, -rest / deviation)


def range_scaling(x: Floats, low: float, high: float, columns: Sequence[str] = ()) -> Scaling:
    """Return the scaling that maps each column's minimum to ``low`` and its maximum to ``high``.

    A column that is constant up to rounding becomes ``low``. Raises ValueError unless ``low < high`` and
    both are finite, and, naming the column, if its range is too large or too small for a normal number.
    """
    if not low < high:
        raise ValueError(f"a range to scale to must rise, got [{low}, {high}]")
    if not math.isfinite(high - low):
        raise ValueError(f"a range to scale to must have a finite width, got [{low}, {high}]")
    u, exponent, constant = scale_to_unit_size(x)
    smallest = u.min(axis=0)
    with np.errstate(over="ignore"):
        factor = np.where(constant, np.ldexp(constant_scale(x), -exponent), np.ptp(u, axis=0) / (high - low))
        scale = np.ldexp(factor, exponent)
        expect_normal(scale, x, columns, f"to [{low:g}, {high:g}]")
        # Fold the offset into the shift, (x − shift) / scale, if that costs no accuracy.
        shift = smallest - low * factor
        error = (shift - smallest) / factor + low
        whole = (np.abs(error) <= NEGLIGIBLE * (high - low)) & np.isfinite(np.ldexp(shift, exponent))
    shift = np.ldexp(np.where(whole, shift, smallest), exponent)
    return Scaling(shift, scale, np.where(whole, 0.0, low))


def scaling_to(
    scale: Literal["standard", "none"] | Sequence[float] | None,
    x: Floats,
    columns: Sequence[str] = (),
    weights: Floats | None = None,
) -> Scaling | None:
    """Return the scaling of columns, (samples, columns), to ``standard`` or a range [low, high], or none."""
    if scale == "standard":
        return standard_scaling(x, columns, weights)
    if scale is None or scale == "none":
        return None
    low, high = map(float, scale)
    return range_scaling(x, low, high, columns)


def target_scale(y: Floats, bounds: tuple[float, float]) -> Literal["standard", "none"] | list[float]:
    """Return what targets are to be scaled to, so that a last layer with these bounds can answer them.

    y: (samples, targets); bounds: of the layer's answers, as ``Layer.bounds``

    Without a lower bound, to mean 0 and standard deviation 1. Within two bounds, to a distance of
    ``TARGET_MARGIN`` from both, as a sigmoid only approaches them: [0.1, 0.9], for tanh [−0.9, 0.9]. Above a
    lower bound, to [0, 1]: larger targets are scaled too, though such a layer could answer them, as the
    network would have to grow its weights to do so. Targets that lie within already stay as they are.

    >>> target_scale(np.array([[316.0], [420.0]]), bounds=(0, 1))
    [0.1, 0.9]
    """
    low, high = bounds
    if math.isinf(low):
        return "standard"
    if math.isinf(high):
        return "none" if np.all((y >= 0) & (y <= 1)) else [0.0, 1.0]
    return "none" if np.all((low <= y) & (y <= high)) else [low + TARGET_MARGIN, high - TARGET_MARGIN]


def scale_to_unit_size(x: Floats) -> tuple[Floats, NDArray[np.int_], NDArray[np.bool_]]:
    """Return u = x · 2^−exponent, whose squares are normal numbers, and which columns are constant."""
    smallest, largest = x.min(axis=0), x.max(axis=0)
    size = np.maximum(-smallest, largest)
    exponent = np.clip(np.frexp(size)[1], -LIMIT, LIMIT)
    factor = np.ldexp(1.0, -exponent)
    return x * factor, exponent, (largest * factor - smallest * factor) <= RELATIVE_ROUNDING * size * factor


def constant_scale(x: Floats) -> Floats:
    """Return the divisors of constant columns: 1, or their size, so that rounding errors stay small."""
    return np.maximum(np.abs(x).max(axis=0), 1)


def expect_normal(scale: Floats, x: Floats, columns: Sequence[str], aim: str) -> None:
    """Raise ValueError, naming the first column, if a scale is not a normal number."""
    wrong = ~np.isfinite(scale) | (scale < np.finfo(np.float64).tiny)
    if np.any(wrong):
        place = int(np.argmax(wrong))
        name = repr(columns[place]) if columns else place + 1
        extent = f"from {x[:, place].min():g} to {x[:, place].max():g}"
        apart = "far apart" if not np.isfinite(scale[place]) else "close together"
        raise ValueError(f"column {name}: its numbers, {extent}, lie too {apart} to scale them {aim}")
