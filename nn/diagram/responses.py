"""What the units of a diagram respond to inputs, which of them are saturated or dead, and on what scale."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.diagram.layout import Layout, UnitColumn
from nn.endpoints.units import HiddenSlopes, dead, saturated
from nn.layers.base import Layer
from nn.network import Sequential

SCALE_STEPS = (1, 1.5, 2, 3, 5, 7)
"""The numbers, times powers of ten, that scales end at."""
SHARED_WITHIN = 3
"""Layers whose scales differ by no more than this factor are drawn on one scale."""


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


def responses(network: Sequential, layout: Layout, x: Array) -> dict[str, Array]:
    """Compute ``values_N (rows, drawn units)`` of each column of a diagram, and ``slopes_N`` of hidden ones.

    The slopes are |dy/dz| of the activation of the column, by its own ``backward``. Formulas that record.
    """
    columns = layout.columns
    layers = [column.layer for column in columns if column.layer]
    activations = [column.activation for column in columns if can_stick(layout, column)]
    outputs = layer_outputs(network, [*layers, *[one for one in activations if one]], x)
    values = [x, *outputs[: len(layers)]]
    found = {}
    for number, (column, y) in enumerate(zip(columns, values, strict=True)):
        found[f"values_{number}"] = y[..., : column.units if column.pixels and not number else column.drawn]
    slopes = iter(outputs[len(layers) :])
    for number, column in enumerate(columns):
        if can_stick(layout, column) and column.activation:
            slope = column.activation.backward(np.ones(next(slopes).shape))[..., : column.drawn]
            found[f"slopes_{number}"] = np.maximum(slope, -slope)
    return found


def can_stick(layout: Layout, column: UnitColumn) -> bool:
    """Whether units of a column may be saturated or dead: hidden ones, of an activation with a bound."""
    bounds = () if column.activation is None else column.activation.bounds
    return column is not layout.columns[-1] and any(map(math.isfinite, bounds))


def stuck_units(layout: Layout, found: Mapping[str, Array]) -> dict[int, Array]:
    """Whether each drawn unit is saturated or dead, ``(units,)``, by the number of its column."""
    stuck = {}
    for number, column in enumerate(layout.columns):
        if column.activation and (slopes := found.get(f"slopes_{number}")) is not None:
            one = HiddenSlopes(column.activation, slopes)
            stuck[number] = saturated(one) | dead(one)
    return stuck


def rounded_up(limit: float) -> float:
    """The next number from 1, 1.5, 2, 3, 5, 7 times a power of ten; 1 for none above 0.

    >>> [rounded_up(limit) for limit in (0.93, 1.2, 72, 0)]
    [1.0, 1.5, 100.0, 1.0]
    """
    if not 0 < limit < math.inf:
        return 1.0
    power = 10.0 ** math.floor(math.log10(limit))
    fits = [step * power for step in (*SCALE_STEPS, 10) if step * power >= limit * (1 - 1e-12)]
    return fits[0] if power else 1.0


def scales(layout: Layout, shown: Sequence[Array]) -> list[float]:
    """The number of each column at which its colours and bars are full, for the numbers that are shown.

    Bounded activations reach their bound. Inputs, and images of weights, have scales of their own; all
    others have that of the largest, or, where they differ by more than ``SHARED_WITHIN``, each its own.
    """
    limits = []
    for column, values in zip(layout.columns, shown, strict=True):
        bound = bound_of(column)
        finite = np.abs(values[np.isfinite(values)])
        limits.append(rounded_up(float(finite.max(initial=0))) if bound is None else bound)
    own = [number for number, column in enumerate(layout.columns) if column.pixels or not number]
    others = [limit for number, limit in enumerate(limits) if number not in own]
    if others and max(others) <= SHARED_WITHIN * min(others):
        limits = [limit if number in own else max(others) for number, limit in enumerate(limits)]
    return limits


def bound_of(column: UnitColumn) -> float | None:
    """The largest size of a value of a column, where its last layer is bounded."""
    if column.layer is None or column.pixels:
        return None
    bound = max(map(abs, column.layer.bounds))
    return bound if math.isfinite(bound) else None
