"""What a check finds: for each array of each layer, how far it is from its reference."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nn.arrays import Array
from nn.display import Markup, html_table
from nn.gradcheck.reference import Reference
from nn.network import Sequential

UNDERFLOW = 1e-270
"""Smaller gradients may have lost digits on the way, where a complex step or a factor underflows."""


@dataclass(frozen=True)
class Row:
    """One array of gradients of one layer, held against a ``judge``: a method, or an engine."""

    layer: str
    array: str
    """``weight``, ``bias``, …; ``x`` is the gradient of the inputs."""
    shape: tuple[int, ...]
    judge: str
    error: float
    """The largest difference of those that can be judged, relative to the layer's largest gradient."""
    at: tuple[int, ...]
    """Where that is; where gradients disagree, the worst of these."""
    disagree: int
    """So many differ by more than rounding explains."""
    too_small: int
    """So many are too small to judge: rounding alone makes numbers of their size."""
    kinks: int
    """At so many places several slopes meet: any gradient from the lowest to the highest is right."""

    @property
    def passed(self) -> bool:
        """Whether none disagrees of those that can be judged."""
        return not self.disagree

    @property
    def verdict(self) -> str:
        """In words: ``agrees, 2 kinks``."""
        if self.disagree:
            return f"{self.disagree} disagree" if math.prod(self.shape) > 1 else "disagrees"
        if self.too_small == math.prod(self.shape):
            return "too small to judge"
        small = f", {self.too_small} too small to judge" if self.too_small else ""
        kinks = f", {self.kinks} kink{'s'[: self.kinks != 1]}" if self.kinks else ""
        return "agrees" + kinks + small

    @property
    def cells(self) -> tuple[str, ...]:
        """Its texts in a table under ``HEADINGS``."""
        shape = " × ".join(map(str, self.shape))
        return self.layer, self.array, shape, f"{self.error:.1e}", str([*self.at]), self.verdict


HEADINGS = ("layer", "array", "shape", "error", "at", "")


@dataclass(frozen=True, repr=False)
class GradientCheck:
    """What a check found: a row for each array of gradients and each judge.

    >>> from nn import Dense, MeanSquaredError, Sequential, Tanh, check_gradients
    >>> network = Sequential([Dense(2), Tanh(), Dense(1)], inputs=1, seed=0)
    >>> check = check_gradients(network, MeanSquaredError(), [[1], [2]], [[0], [1]])
    >>> check.passed, check.too_small, [(row.layer, row.array) for row in check.rows]
    (True, 0, [('1 Dense', 'weight'), ('1 Dense', 'bias'), ('3 Dense', 'weight'), ('3 Dense', 'bias')])
    """

    rows: tuple[Row, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing that can be judged disagrees."""
        return all(row.passed for row in self.rows)

    @property
    def too_small(self) -> int:
        """How many gradients are too small to judge, over all rows."""
        return sum(row.too_small for row in self.rows)

    def lines(self) -> list[tuple[str, ...]]:
        """A heading, and a line for each row."""
        return [(*HEADINGS[:-1], "judge", ""), *((*r.cells[:-1], r.judge, r.verdict) for r in self.rows)]

    def _repr_html_(self) -> Markup:
        heading, *lines = self.lines()
        return html_table(heading, lines)

    def __repr__(self) -> str:
        lines = self.lines()
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def layer_slices(network: Sequential) -> Iterator[tuple[str, slice, dict[str, tuple[int, ...]]]]:
    """The name of each layer with parameters, its part of the flat vector, the shapes in that part."""
    start = 0
    for number, layer in enumerate(network.layers, start=1):
        if layer.size:
            yield f"{number} {type(layer).__name__}", slice(start, start + layer.size), {**layer.shapes}
        start += layer.size


def parameter_slices(network: Sequential) -> Iterator[tuple[str, str, slice, tuple[int, ...], slice]]:
    """Each array: the names of its layer and itself, its part of the flat vector, shape, its layer's part."""
    for layer, part, shapes in layer_slices(network):
        start = part.start
        for array, shape in shapes.items():
            yield layer, array, slice(start, start := start + math.prod(shape)), shape, part


def compare_gradient(
    network: Sequential, judge: str, gradient: Array, reference: Reference, rounding: Array
) -> Iterator[Row]:
    """A row for each array of a gradient ``(…, n_parameters)``, known to ``rounding``.

    A number agrees where it lies from ``low`` to ``high``, give or take what rounding and the reference's
    doubt allow. It is too small to judge where that would let a gradient of its size pass for 0, unless
    0 is exactly what it should be.
    """
    low, high, doubt, kinks = reference
    largest, smallest = np.maximum(np.abs(low), np.abs(high)), np.minimum(np.abs(low), np.abs(high))
    size = np.maximum(np.abs(gradient), np.where(kinks, largest, smallest))
    size = np.where(np.isfinite(size), size, np.inf)
    slack = rounding + doubt
    distance = np.maximum(np.maximum(low - gradient, gradient - high), 0)
    distance = np.where(np.isfinite(gradient) & np.isfinite(distance), distance, np.inf)
    disagree = distance > slack + UNDERFLOW
    known = np.where(kinks, slack, slack + (high - low))
    small = ~disagree & (size <= known + UNDERFLOW) & (largest > 0)
    for layer, array, here, each, part in parameter_slices(network):
        scale = np.max(largest[..., part], initial=0, where=np.isfinite(largest[..., part]))
        judged = np.where(small[..., here], 0, distance[..., here])
        worst = np.where(disagree[..., here], judged, judged if not disagree[..., here].any() else -1)
        shape = (*gradient.shape[:-1], *each)
        at = tuple(int(index) for index in np.unravel_index(np.argmax(worst), shape))
        error = np.max(judged, initial=0)
        error = float(error / scale) if scale else float(np.inf if error else 0)
        counts = (int(np.sum(what[..., here])) for what in (disagree, small, kinks & ~small))
        yield Row(layer, array, shape, judge, error, at, *counts)
