"""Hidden units: their slopes, and which of them are dead, saturated, or do what another does."""

import copy
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from nn.arrays import Array
from nn.display import counted
from nn.layers.activations.softmax import Softmax
from nn.layers.base import Activation, Layer, every
from nn.network import Sequential

SATURATED_SLOPE = 0.0707
"""σ′(4) / σ′(0): a sigmoid is saturated beyond |z| = 4, where a step moves it 14 times less than at 0."""
SATURATED_SHARE = 0.95
"""A unit is saturated if it is so on this share of the samples: its gradient then comes from the others."""
EQUAL_COURSE = 0.9999
"""Two units do the same if their outputs over the samples have at least this correlation, or minus it."""
PROBED_POINTS = np.linspace(-3, 3, 61)[:, np.newaxis]


class HiddenSlopes(NamedTuple):
    """A hidden activation, and |y′| of each unit and sample, ``(rows, units)``."""

    layer: Layer
    slopes: Array


@contextmanager
def at_weights(network: Sequential, parameters: Array) -> Iterator[None]:
    """Give a network other parameters in a ``with`` block."""
    own = network.parameters.copy()
    try:
        with network.undisturbed(), np.errstate(all="ignore"):
            network.parameters[...] = parameters
            yield
    finally:
        network.parameters[...] = own


def hidden_slopes(network: Sequential, parameters: Array, x: Array) -> list[HiddenSlopes]:
    """The slopes of all hidden activations with these parameters."""
    hidden = [
        layer
        for layer in every(network.layers)
        if isinstance(layer, Activation)
        and not isinstance(layer, Softmax)
        and layer is not network.layers[-1]
    ]
    with at_weights(network, parameters):
        return slopes(network, hidden, x)


def slopes(network: Sequential, layers: Sequence[Layer], x: Array) -> list[HiddenSlopes]:
    """The slopes of some activations of a network, by their own ``backward``."""
    outputs = layer_outputs(network, layers, x)
    return [
        HiddenSlopes(layer, np.abs(layer.backward(np.ones_like(y))))
        for layer, y in zip(layers, outputs, strict=True)
    ]


def layer_outputs(network: Sequential, layers: Sequence[Layer], x: Array) -> list[Array]:
    """The outputs of some of a network's layers, nested ones too, from one pass through the network."""
    found: dict[int, Array] = {}

    def keeping(layer: Layer) -> Any:
        forward = layer.forward

        def kept(x: Array) -> Array:
            y = found[id(layer)] = forward(x)
            return y

        return kept

    distinct = {id(layer): layer for layer in layers}.values()
    for layer in distinct:
        layer.forward = keeping(layer)  # type: ignore[method-assign]
    try:
        network.forward(x)
    finally:
        for layer in distinct:
            del layer.forward
    return [found[id(layer)] for layer in layers]


def dead(found: HiddenSlopes) -> Array:
    """Whether the slope of each unit is 0 on every sample, of a rectifier, ``(units,)``."""
    if math.isfinite(found.layer.bounds[0]) == math.isfinite(found.layer.bounds[1]):
        return np.zeros(found.slopes.shape[1], bool)
    return np.all(found.slopes == 0, axis=0)


def saturated(found: HiddenSlopes) -> Array:
    """Whether each unit is saturated, of an activation with two bounds, ``(units,)``."""
    if not all(map(math.isfinite, found.layer.bounds)):
        return np.zeros(found.slopes.shape[1], bool)
    return np.mean(level(*found), axis=0) >= SATURATED_SHARE


def level(layer: Layer, slopes: Array) -> Array:
    """Whether each slope is small beside the steepest of an activation with two bounds."""
    twin = copy.copy(layer)
    y = twin.forward(PROBED_POINTS.astype(slopes.dtype))
    return slopes < SATURATED_SLOPE * np.max(np.abs(twin.backward(np.ones_like(y))))


def wrong_and_level(network: Sequential, parameters: Array, x: Array, t: Array) -> Array:
    """Whether an output of each row is saturated, over half the targets' range away, ``(rows,)``."""
    last = network.layers[-1]
    if not (isinstance(last, Activation) and last.elementwise and all(map(math.isfinite, last.bounds))):
        return np.zeros(len(x), bool)
    with at_weights(network, parameters):
        y = network.forward(x)
        stuck = level(last, np.abs(last.backward(np.ones_like(y))))
    return np.any(stuck & (np.abs(y - t) > np.ptp(t) / 2), axis=-1)


class HiddenOutputs(NamedTuple):
    """A hidden activation with its inputs and outputs, ``(*stack, rows, units)``."""

    layer: Activation
    inputs: Array
    outputs: Array


@np.errstate(all="ignore")
def hidden_outputs(network: Sequential, x: Array) -> list[HiddenOutputs]:
    """The inputs and outputs of the hidden activations that stand in line, not inside other layers."""
    found = []
    for layer in network.layers[:-1]:
        z, x = x, copy.copy(layer).forward(x)  # a copy keeps what forward caches
        if isinstance(layer, Activation) and not isinstance(layer, Softmax):
            found.append(HiddenOutputs(layer, z, x))
    return found


def duplicate_units(outputs: Array) -> Array:
    """Whether each unit does what one before it does, over the rows of ``(rows, units)``: ``(units,)``.

    So it is where the one's outputs are those of the other times a number, plus a number, as of a unit that
    is reflected. Units whose outputs hardly vary do nothing, and are not counted.
    """
    centred = outputs - np.mean(outputs, axis=0)
    norms = np.linalg.norm(centred, axis=0)
    varied = norms > 1e-3 * max(float(np.max(norms)), np.finfo(float).tiny)
    course = centred / np.where(varied, norms, 1) * varied
    return np.any(np.triu(np.abs(course.T @ course) > EQUAL_COURSE, 1), axis=0)


class UnitCounts(NamedTuple):
    """How many hidden units are saturated, dead, or do what another of their layer does."""

    units: int
    saturated: int
    dead: int
    duplicate: int

    def __str__(self) -> str:
        found = [f"{n} {name}" for name, n in self._asdict().items() if name != "units" and n]
        return f"{', '.join(found)} of {counted(self.units, 'hidden unit')}" if found else ""


def counted_units(network: Sequential, parameters: Array, x: Array) -> UnitCounts:
    """Count what the hidden units of a network do on these rows."""
    slopes = hidden_slopes(network, parameters, x)
    with at_weights(network, parameters):
        outputs = hidden_outputs(network, x)
    return UnitCounts(
        sum(one.slopes.shape[1] for one in slopes),
        sum(int(np.sum(saturated(one))) for one in slopes),
        sum(int(np.sum(dead(one))) for one in slopes),
        sum(int(np.sum(duplicate_units(one.outputs))) for one in outputs),
    )
