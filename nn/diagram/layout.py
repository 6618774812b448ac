"""Lays out a network as columns of units and the connections between them."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

import numpy as np

from nn.diagram.pixels import Pixels, pixels_of
from nn.layers import LAYERS
from nn.layers.base import Activation, Layer
from nn.layers.dense import Dense
from nn.layers.description import name_in
from nn.layers.dropout import Dropout
from nn.layers.shortcut import Shortcut
from nn.network import Sequential

MAX_DRAWN_UNITS = 10
"""The maximum number of units drawn of a column: the first ones."""
MAX_DRAWN_COLUMNS = 12
LONGEST_NAME = 14
Unit = tuple[int, int]
"""A unit: the number of its column, and its place there."""


@dataclass(eq=False)
class UnitColumn:
    """Units that get their values together: the inputs, a dense layer with what follows it, or a join."""

    title: str
    layer: Layer | None
    """The layer whose outputs are their values; None: the inputs of the network."""
    units: int
    kinds: list[str]
    """The layers that make the values, in order."""
    names: Sequence[str]
    """The names of the units that are drawn."""
    biases: Sequence[int] = ()
    """Where the biases of the drawn units are among the parameters; none without biases."""
    pixels: Pixels | None = None
    """The form of the images that the units see, or, for the inputs, are."""
    activation: Activation | None = None
    """The last of its layers that is a function of each unit alone."""

    @property
    def drawn(self) -> int:
        """How many of the units are drawn."""
        return len(self.names)

    @property
    def about(self) -> list[str]:
        """What makes the values, and how many units there are, where some are not drawn: a line each."""
        made = self.kinds[1:] if self.kinds[1:] and self.kinds[0] == "dense" else self.kinds
        more = (
            [f"first {self.drawn} of {self.units}"]
            if self.drawn < self.units and (not self.pixels or self.layer)
            else []
        )
        return [*made, *more]


class Connection(NamedTuple):
    """What leads from a unit to another one."""

    start: Unit
    end: Unit
    parameter: int | None
    """Where its weight is among the parameters; None: it hands the value on, or stands for many weights."""


@dataclass(eq=False)
class Layout:
    """The diagram of a network as data; places are counted in columns to the right and units upwards."""

    columns: list[UnitColumn] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is left out."""

    def place(self, unit: Unit) -> tuple[float, float]:
        """The centre of a unit: its column, and its height above the middle."""
        column, place = unit
        return column, (self.columns[column].drawn - 1) / 2 - place

    @property
    def tallest(self) -> int:
        """The number of units drawn in the column with most."""
        return max(column.drawn for column in self.columns)

    @property
    def sizes(self) -> str:
        """The sizes of the columns in words: ``2 – 16 – 1``."""
        return " – ".join(str(column.units) for column in self.columns)


def network_layout(
    network: Sequential, inputs: Sequence[str], outputs: Sequence[str], most: int = MAX_DRAWN_UNITS
) -> Layout:
    """Lay out a network whose inputs and outputs have these names, with at most so many units of a column.

    A dense layer begins a column; activations, dropout and normalisation after it belong to it. A shortcut
    connects what comes next to its inputs too. What follows a shortcut and is no dense layer gets a column
    to which values are handed on. Layers of one's own that change the number of units, or have others inside,
    get a column whose connections are left out. Raises ValueError for a stack,
    and for a network of too many columns.
    """
    if network.stack:
        raise ValueError(f"expected one network to draw, got a stack of {network.stack[0]}")
    builder = Builder(inputs, most)
    builder.add(network.layers)
    columns = builder.layout.columns
    if builder.sources != builder.all_of(len(columns) - 1) or len(columns) == 1:
        builder.join(network.layers[-1], network.outputs)
    if len(columns) > MAX_DRAWN_COLUMNS:
        raise ValueError(
            f"expected a network of at most {MAX_DRAWN_COLUMNS} columns of units to draw, got {len(columns)}"
        )
    for number, column in enumerate(columns[1:-1], 1):
        column.title = f"hidden {number}"
    columns[-1].title = "outputs"
    if len(outputs) == columns[-1].units:
        columns[-1].names = list(outputs[:most])
    return builder.layout


class Builder:
    """Adds layers to a layout in order."""

    def __init__(self, inputs: Sequence[str], most: int):
        self.layout, self.most = Layout(), most
        self.parameters = 0
        """How many parameters the layers so far have."""
        form = pixels_of(inputs)
        names = [f"{form.rows} × {form.columns} pixels"] if form else list(inputs[:most])
        self.layout.columns.append(UnitColumn("inputs", None, len(inputs), [], names, pixels=form))
        self.sources = self.all_of(0)
        """The units whose values the next layer takes, in order."""
        self.open = False
        """Whether a layer that follows belongs to the last column."""

    def all_of(self, number: int) -> list[Unit]:
        """The units of a column, drawn or not."""
        return [(number, place) for place in range(self.layout.columns[number].units)]

    def numbers(self, units: int) -> list[str]:
        """The names of the drawn ones of hidden units."""
        return [str(unit + 1) for unit in range(min(units, self.most))]

    def add(self, layers: Sequence[Layer]) -> None:
        """Add layers and what is in them."""
        for layer in layers:
            if isinstance(layer, Shortcut):
                passed, self.open = self.sources, False
                self.add(layer.layers)
                self.sources, self.open = [*passed, *self.sources], False
                continue
            if isinstance(layer, Dense):
                self.dense(layer)
            elif hasattr(layer, "layers") or outputs_of(layer, len(self.sources)) != len(self.sources):
                self.opaque(layer, outputs_of(layer, len(self.sources)))
            else:
                self.follow(layer)
            self.parameters += layer.size

    def dense(self, layer: Dense) -> None:
        """Add a column that is connected to all sources by weights."""
        names = self.numbers(layer.units)
        first_bias = self.parameters + layer.fan_in * layer.units
        biases = range(first_bias, first_bias + len(names)) if layer.use_bias else ()
        form, number = self.layout.columns[0].pixels, len(self.layout.columns)
        if form and self.sources == self.all_of(0):
            weights = [
                [self.parameters + pixel * layer.units + unit for pixel in range(layer.fan_in)]
                for unit in range(len(names))
            ]
            form = form._replace(weights=weights)
            self.layout.connections += [
                Connection((0, 0), (number, unit), None) for unit in range(len(names))
            ]
        else:
            form = None
            self.layout.connections += [
                Connection(source, (number, unit), self.parameters + place * layer.units + unit)
                for (place, source), unit in product(self.drawn_sources(), range(len(names)))
            ]
        column = UnitColumn("", layer, layer.units, [layer_label(layer)], names, biases, form)
        self.append(column)

    def append(self, column: UnitColumn) -> None:
        """Add a column whose units are all sources of what is next."""
        self.layout.columns.append(column)
        self.sources, self.open = self.all_of(len(self.layout.columns) - 1), True

    def drawn_sources(self) -> list[tuple[int, Unit]]:
        """The sources that are drawn, each with its place among all."""
        columns = self.layout.columns
        shown = [(place, unit) for place, unit in enumerate(self.sources) if unit[1] < columns[unit[0]].drawn]
        return [(place, unit) for place, unit in shown if not columns[unit[0]].pixels or unit[0]]

    def follow(self, layer: Layer) -> None:
        """Let a layer belong to the last column, or hand the sources on to one of its own."""
        is_noise = isinstance(layer, Dropout)  # which leaves the values of predictions as they are
        column = self.layout.columns[-1]
        if not (self.open or (is_noise and self.sources == self.all_of(0))):
            self.join(layer, len(self.sources))
            column = self.layout.columns[-1]
        else:
            column.kinds.append(layer_label(layer))
        if not is_noise:
            column.layer = layer
        if isinstance(layer, Activation) and layer.elementwise:
            column.activation = layer
        if layer.size:
            self.layout.notes.append(f"not drawn: the {', '.join(layer.shapes)} of {layer_label(layer)}")

    def join(self, layer: Layer, units: int) -> None:
        """Add a column to which each source hands its value on."""
        number = len(self.layout.columns)
        names = self.numbers(units)
        self.layout.connections += [
            Connection(source, (number, place), None)
            for place, source in self.drawn_sources()
            if place < len(names)
        ]
        self.append(UnitColumn("", layer, units, [layer_label(layer)], names))

    def opaque(self, layer: Layer, units: int) -> None:
        """Add a column for a layer of unknown connections, which are left out."""
        names = self.numbers(units)
        self.layout.notes.append(f"not drawn: what is inside of {layer_label(layer)}")
        self.append(UnitColumn("", layer, units, [layer_label(layer)], names))


def outputs_of(layer: Layer, inputs: int) -> int:
    """The number of outputs of a layer for so many inputs."""
    with np.errstate(all="ignore"):
        return int(copy.copy(layer).forward(np.zeros((1, inputs))).shape[-1])


def layer_label(layer: Layer) -> str:
    """The type of a layer and its detail: ``dropout 0.5``."""
    return f"{name_in(LAYERS, layer)} {layer.detail}".rstrip()


def abbreviated(name: str) -> str:
    """Shorten a long name in its middle, as names of columns begin alike.

    >>> abbreviated("bill_length_mm is missing")
    'bill_len…ssing'
    """
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 6]}…{name[-5:]}"
