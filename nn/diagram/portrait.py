"""The numbers of a diagram at some parameters: thumbnails, weights, and units that are saturated or dead."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nn.arrays import Array
from nn.diagram.layout import Layout, UnitColumn
from nn.diagram.probes import Probe, group_means, probed_rows
from nn.diagram.responses import rounded_up, scales, stuck_units, unit_values
from nn.display import counted
from nn.network import Sequential


@dataclass(frozen=True, eq=False)
class Portrait:
    """What a diagram shows of a network with its current parameters."""

    layout: Layout
    probe: Probe
    parameters: Array
    thumbnails: list[Array]
    """Of each column ``(numbers, drawn units)``: cells, points, groups or pixels."""
    stuck: Mapping[int, Array]
    """Whether each unit is saturated or dead, by the number of its column."""
    scales: Sequence[float]
    """The number of each column at which colours are full."""
    largest_weight: float
    """The size at which a connection has its full width."""

    def kind(self, column: UnitColumn) -> str:
        """What the thumbnails of a column are: ``plane``, ``line``, ``groups`` or ``image``."""
        return "image" if column.pixels else self.probe.kind

    @property
    def stuck_words(self) -> list[str]:
        """The columns with units that are saturated or dead, in words: ``hidden 1: 2 units saturated``."""
        found = []
        for number, units in self.stuck.items():
            column = self.layout.columns[number]
            if column.activation and units.any():
                word = "saturated" if all(map(math.isfinite, column.activation.bounds)) else "dead"
                found.append(f"{column.title}: {counted(int(units.sum()), 'unit')} {word}")
        return found


def portrait(network: Sequential, layout: Layout, probe: Probe, x: Array) -> Portrait:
    """Look at a network on its probe, and for saturation on samples ``x (rows, inputs)``."""
    parameters = network.parameters.copy()
    with network.undisturbed(), np.errstate(all="ignore"):
        found = unit_values(network, layout, probe.inputs)
        stuck = stuck_units(network, layout, x[probed_rows(len(x))])
    shown = []
    for number, (column, values) in enumerate(zip(layout.columns, found, strict=True)):
        if column.pixels and number:
            values = parameters[np.array(column.pixels.weights)].T
        elif column.pixels:
            values = values.mean(axis=0)[:, np.newaxis]
        elif probe.kind == "groups":
            values = group_means(values, probe)
        shown.append(np.asarray(values, np.float64))
    places = [one.parameter for one in layout.connections if one.parameter is not None]
    weights = np.abs(parameters[places])
    largest = rounded_up(float(weights[np.isfinite(weights)].max(initial=0)))
    return Portrait(layout, probe, parameters, shown, stuck, scales(layout, shown), largest)


def on_one_scale(found: Sequence[Portrait | None]) -> list[Portrait | None]:
    """Give the portraits of one network at several times the largest scales among them."""
    known = [one for one in found if one]
    if not known:
        return [*found]
    largest = [max(values) for values in zip(*(one.scales for one in known), strict=True)]
    weight = max(one.largest_weight for one in known)
    return [one and replace(one, scales=largest, largest_weight=weight) for one in found]
