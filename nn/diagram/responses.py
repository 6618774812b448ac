"""What the units of a diagram respond to inputs, which of them are saturated or dead, and on what scale."""

import math
from collections.abc import Sequence

import numpy as np

from nn.arrays import Array
from nn.diagram.layout import Layout, UnitColumn
from nn.endpoints.units import dead, layer_outputs, saturated, slopes
from nn.network import Sequential

SCALE_STEPS = (1, 1.5, 2, 3, 5, 7)
"""The numbers, times powers of ten, that scales end at."""
SHARED_WITHIN = 3
"""Layers whose scales differ by no more than this factor are drawn on one scale."""


def unit_values(network: Sequential, layout: Layout, x: Array) -> list[Array]:
    """The values of the drawn units of each column, ``(rows, drawn units)``; of images all inputs."""
    outputs = layer_outputs(network, [column.layer for column in layout.columns if column.layer], x)
    first, *others = layout.columns
    inputs = x if first.pixels else x[..., : first.drawn]
    return [inputs, *(y[..., : column.drawn] for column, y in zip(others, outputs, strict=True))]


def stuck_units(network: Sequential, layout: Layout, x: Array) -> dict[int, Array]:
    """Whether each drawn unit is saturated or dead on samples, ``(units,)``, by the number of its column.

    As findings have it (``nn.endpoints.units``).
    """
    hidden = {
        number: column.activation
        for number, column in enumerate(layout.columns[:-1])
        if column.activation and any(map(math.isfinite, column.activation.bounds))
    }
    return {
        number: (saturated(found) | dead(found))[: layout.columns[number].drawn]
        for number, found in zip(hidden, slopes(network, [*hidden.values()], x), strict=True)
    }


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
