"""What a check finds: for each array of each layer, how far it is from what a judge says."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nn.arrays import Array
from nn.gradcheck.differentiation import Slopes
from nn.network import Sequential

TOLERANCES = {
    "complex step": 1e-12,
    "central differences": 1e-7,
    "numpy": 1e-10,
    "native": 1e-10,
    "Jacobian: complex step": 1e-12,
    "Jacobian: central differences": 1e-7,
    "Jacobian: numpy": 1e-10,
    "Jacobian: native": 1e-10,
}
"""The largest error that passes for each judge, relative to the layer's largest gradient."""


@dataclass(frozen=True)
class Row:
    """One array of gradients of one layer, held against a ``judge``: a method, or an engine."""

    layer: str
    array: str
    """``weight``, ``bias``, …; ``x`` is the gradient of the inputs."""
    shape: tuple[int, ...]
    judge: str
    error: float
    """The largest difference, relative to the layer's largest gradient; infinite where there is none."""
    at: tuple[int, ...]
    """Where that is."""
    kinks: int
    """At so many places the slopes on both sides differ: any choice there is right, none is judged."""

    @property
    def passed(self) -> bool:
        """Whether the error is within the judge's tolerance."""
        return self.error <= TOLERANCES[self.judge]


@dataclass(frozen=True)
class Proof:
    """What a check found: a row for each array of gradients and each judge.

    >>> from nn import Dense, MeanSquaredError, Sequential, Tanh, check_gradients
    >>> network = Sequential([Dense(2), Tanh(), Dense(1)], inputs=1, seed=0)
    >>> proof = check_gradients(network, MeanSquaredError(), [[1], [2]], [[0], [1]])
    >>> proof.passed, [(row.layer, row.array) for row in proof.rows]
    (True, [('1 Dense', 'weight'), ('1 Dense', 'bias'), ('3 Dense', 'weight'), ('3 Dense', 'bias')])
    """

    rows: tuple[Row, ...]

    @property
    def passed(self) -> bool:
        """Whether every row has passed."""
        return all(row.passed for row in self.rows)


def smooth(slope: Array) -> Slopes:
    """The slope on both sides."""
    return Slopes(slope, slope, np.zeros(slope.shape))


def slices(network: Sequential) -> Iterator[tuple[str, slice, dict[str, tuple[int, ...]]]]:
    """The name of each layer with parameters, its part of the flat vector, the shapes in that part."""
    start = 0
    for number, layer in enumerate(network.layers, start=1):
        if layer.size:
            yield f"{number} {type(layer).__name__}", slice(start, start + layer.size), {**layer.shapes}
        start += layer.size


def largest(network: Sequential, gradients: Array) -> Array:
    """The largest of ``(…, n_parameters)`` in the layer that each belongs to, ``(n_parameters,)``."""
    sizes = [np.full(part.stop - part.start, size(gradients[..., part])) for _, part, _ in slices(network)]
    return np.concatenate([np.empty(0), *sizes])


def size(gradients: Array) -> float:
    """The largest absolute value of those that are numbers."""
    return float(np.max(np.abs(gradients), initial=0, where=np.isfinite(gradients)))


def rows(network: Sequential, judge: str, got: Array, expected: Slopes) -> Iterator[Row]:
    """A row for each array: how far ``got (…, n_parameters)`` is from the slope, relative to the largest."""
    slope = (expected.left + expected.right) / 2
    scale = np.broadcast_to(largest(network, slope), slope.shape)
    apart = np.maximum(np.abs(expected.right - expected.left), expected.error)
    kinks = apart > TOLERANCES[judge] * scale
    difference = np.where(kinks & np.isfinite(got), 0, np.abs(got - slope))
    # Where all slopes are 0, any other gradient is infinitely wrong; so is one that was never written.
    error = np.divide(difference, scale, out=np.where(difference == 0, 0, np.inf), where=scale > 0)
    error[np.isnan(error)] = np.inf
    for layer, part, shapes in slices(network):
        start = part.start
        for array, each in shapes.items():
            here = slice(start, start := start + math.prod(each))
            shape = (*got.shape[:-1], *each)
            worst = np.unravel_index(np.argmax(error[..., here]), shape)
            at = tuple(int(index) for index in worst)
            found = float(np.max(error[..., here]))
            yield Row(layer, array, shape, judge, found, at, int(np.sum(kinks[..., here])))
