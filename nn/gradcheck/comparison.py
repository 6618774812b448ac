"""Compares gradients with their references, array by array, and tabulates the results."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nn.arrays import Array
from nn.display import Markup, counted, html_table
from nn.gradcheck.reference import Reference
from nn.network import Sequential

UNDERFLOW = 1e-270
"""Smaller gradients may have lost digits, as a complex step or a factor may underflow."""


@dataclass(frozen=True)
class Row:
    """The comparison of one array of gradients of one layer with a ``judge``: a method, or an engine."""

    layer: str
    array: str
    """``weight``, ``bias``, …; ``x`` is the gradient of the inputs."""
    shape: tuple[int, ...]
    judge: str
    error: float
    """The largest difference among those that can be judged, relative to the layer's largest gradient."""
    at: tuple[int, ...]
    """The index of that difference, or of the worst one if gradients disagree."""
    disagree: int
    """How many differ by more than rounding explains."""
    too_small: int
    """How many are too small to judge: rounding alone makes numbers of their size."""
    kinks: int
    """How many lie at a kink, where any gradient between the one-sided slopes is right."""

    @property
    def passed(self) -> bool:
        """Whether all that can be judged agree."""
        return not self.disagree

    @property
    def verdict(self) -> str:
        """The result in words: ``agrees, 2 kinks``."""
        if self.disagree:
            return f"{self.disagree} disagree" if math.prod(self.shape) > 1 else "disagrees"
        if self.too_small == math.prod(self.shape):
            return "too small to judge"
        small = f", {self.too_small} too small to judge" if self.too_small else ""
        kinks = f", {counted(self.kinks, 'kink')}" if self.kinks else ""
        return "agrees" + kinks + small

    @property
    def cells(self) -> tuple[str, ...]:
        """Return its cells in a table under ``HEADINGS``."""
        shape = " × ".join(map(str, self.shape))
        return self.layer, self.array, shape, f"{self.error:.1e}", str([*self.at]), self.verdict


HEADINGS = ("layer", "array", "shape", "error", "at", "")


@dataclass(frozen=True, repr=False)
class GradientCheck:
    """The result of a check: a row for each array of gradients and each judge.

    >>> from nn import Dense, MeanSquaredError, Sequential, Tanh, check_gradients
    >>> network = Sequential([Dense(2), Tanh(), Dense(1)], inputs=1, seed=0)
    >>> check = check_gradients(network, MeanSquaredError(), [[1], [2]], [[0], [1]])
    >>> check.passed, check.too_small, [(row.layer, row.array) for row in check.rows]
    (True, 0, [('1 Dense', 'weight'), ('1 Dense', 'bias'), ('3 Dense', 'weight'), ('3 Dense', 'bias')])
    """

    rows: tuple[Row, ...]

    @property
    def passed(self) -> bool:
        """Whether all gradients that can be judged agree."""
        return all(row.passed for row in self.rows)

    @property
    def too_small(self) -> int:
        """The number of gradients that are too small to judge, over all rows."""
        return sum(row.too_small for row in self.rows)

    def lines(self) -> list[tuple[str, ...]]:
        """Return a heading and a line for each row."""
        return [(*HEADINGS[:-1], "judge", ""), *((*r.cells[:-1], r.judge, r.verdict) for r in self.rows)]

    def _repr_html_(self) -> Markup:
        heading, *lines = self.lines()
        return html_table(heading, lines)

    def __repr__(self) -> str:
        lines = self.lines()
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def layer_slices(network: Sequential) -> Iterator[tuple[str, slice, dict[str, tuple[int, ...]]]]:
    """Yield the name of each layer with parameters, its slice of the flat vector, and its shapes."""
    start = 0
    for number, layer in enumerate(network.layers, start=1):
        if layer.size:
            yield f"{number} {type(layer).__name__}", slice(start, start + layer.size), {**layer.shapes}
        start += layer.size


def parameter_slices(network: Sequential) -> Iterator[tuple[str, str, slice, tuple[int, ...], slice]]:
    """Yield each array: the names of its layer and itself, its slice and shape, its layer's slice."""
    for layer, part, shapes in layer_slices(network):
        start = part.start
        for array, shape in shapes.items():
            yield layer, array, slice(start, start := start + math.prod(shape)), shape, part


def compare_gradient(
    network: Sequential, judge: str, gradient: Array, reference: Reference, rounding: Array
) -> Iterator[Row]:
    """Return a row for each array of a gradient ``(…, n_parameters)``, known up to ``rounding``.

    A number agrees if it lies between ``low`` and ``high``, within the tolerance of rounding and of the
    reference. It is too small to judge if that tolerance is as large as the number itself, unless the
    reference is exactly 0.
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
