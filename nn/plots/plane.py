"""Projects samples to a plane: that of their two inputs, or of their first two principal components."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Reals
from nn.plots import style

EQUAL = 1e-9
"""Relative tolerance within which numbers count as equal."""
SLENDER = 5
"""The ratio of two ranges from which on the axes have different scales."""


@dataclass(frozen=True, eq=False)
class Plane:
    """Maps points ``(rows, 2)`` to inputs ``center + scale · (points @ directions)``, ``(rows, inputs)``."""

    center: Reals
    scale: Reals
    directions: Reals
    """Two orthonormal vectors, ``(2, inputs)``."""
    names: tuple[str, str]
    is_projection: bool
    is_unique: bool = True
    """False if other directions have the same variance, so that the plane is arbitrary."""

    @classmethod
    def of(cls, x: NDArray[Any], inputs: Sequence[str]) -> "Plane":
        """Return the plane of two inputs, or that of the first two principal components of more.

        For these the inputs are divided by their standard deviations; constant ones are ignored. The sign
        of a direction makes its largest weight positive.
        """
        if x.shape[1] == 2:
            return cls(np.zeros(2), np.ones(2), np.eye(2), (inputs[0], inputs[1]), False)
        deviation = x.std(axis=0)
        scale = np.where(deviation > 0, deviation, 1)
        z = (x - x.mean(axis=0)) / scale
        at_least_two = np.vstack([z, np.zeros((2, z.shape[1]))])  # a single row needs two directions as well
        _, spread, directions = np.linalg.svd(at_least_two, full_matrices=False)
        directions = directions[:2]
        largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=1, keepdims=True), axis=1)
        shares = spread[:2] ** 2 / max((spread**2).sum(), np.finfo(float).tiny)
        first, second = (
            f"{nth} principal component, {style.percent(round(share, 3))} of variance"
            for nth, share in zip(("first", "second"), shares, strict=True)
        )
        directions = directions * np.where(largest < 0, -1, 1)
        is_unique = bool(spread[2] < (1 - EQUAL) * spread[1]) or not spread[2]
        return cls(x.mean(axis=0), scale, directions, (first, second), True, is_unique)

    def points(self, x: NDArray[Any]) -> Reals:
        """Project samples to the plane, ``(rows, 2)``."""
        return (x - self.center) / self.scale @ self.directions.T

    def tells_apart(self, x: NDArray[Any]) -> bool:
        """Whether distinct samples have distinct projections, in a plane that is not arbitrary."""
        points = self.points(x)
        size = max(float(np.ptp(points)), np.finfo(float).tiny)
        places = np.unique(np.round(points / (size * EQUAL)), axis=0)
        return self.is_unique and len(places) == len(np.unique(x, axis=0))

    def inputs(self, points: NDArray[Any]) -> Reals:
        """Return the inputs that points of the plane stand for, ``(rows, inputs)``."""
        return self.center + self.scale * (points @ self.directions)


@dataclass(frozen=True, eq=False)
class Grid:
    """A grid of cells over a part of the plane; their centres are ``points (cells, 2)``, row by row."""

    extent: tuple[float, float, float, float]
    """The left, right, bottom and top edges."""
    side: int

    @classmethod
    def around(cls, points: Reals, side: int = 200, margin: float = 0.12) -> "Grid":
        """Return ``side · side`` cells that cover all points with a margin."""
        low, high = points.min(axis=0), points.max(axis=0)
        room = margin * np.where(high > low, high - low, 1)
        (left, bottom), (right, top) = low - room, high + room
        return cls((left, right, bottom, top), side)

    @property
    def aspect(self) -> Literal["equal", "auto"]:
        """``equal`` units on both axes, or ``auto`` if the picture would be too narrow."""
        left, right, bottom, top = self.extent
        ratio = (right - left) / (top - bottom)
        return "equal" if 1 / SLENDER <= ratio <= SLENDER else "auto"

    @property
    def height(self) -> float:
        """The height of the picture relative to its width."""
        left, right, bottom, top = self.extent
        return (top - bottom) / (right - left) if self.aspect == "equal" else 1.0

    @property
    def points(self) -> Reals:
        """The centre of each cell, ``(side · side, 2)``."""
        left, right, bottom, top = self.extent
        middles = (np.arange(self.side) + 0.5) / self.side
        across, up = np.meshgrid(left + middles * (right - left), bottom + middles * (top - bottom))
        return np.column_stack([across.ravel(), up.ravel()])

    def image(self, values: NDArray[Any]) -> NDArray[Any]:
        """Arrange the values of the cells as rows of an image, the lowest first."""
        return values.reshape(self.side, self.side, *values.shape[1:])
