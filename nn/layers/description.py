"""Describes layers and losses by their names and options in a configuration, and in a table."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.initializers import INITIALIZERS
from nn.initializers.base import Initializer
from nn.layers import LAYERS
from nn.layers.base import Activation, Layer
from nn.layers.dense import Dense


def describe(item: object, kinds: Mapping[str, type]) -> dict[str, Any]:
    """Return the type of an item and its options, without those that are None and initialisers.

    Raises ValueError for a kind of one's own, which a file has no name for.

    >>> from nn import LeakyReLU
    >>> describe(LeakyReLU(), LAYERS)
    {'type': 'leaky_relu', 'slope': 0.01}
    """
    kind = next((name for name, kind in kinds.items() if type(item) is kind), None)
    if kind is None:
        raise ValueError(
            f"a file has no name for {type(item).__name__}, a kind of your own; pickle the network instead"
        )
    options = {field.name: getattr(item, field.name) for field in fields(item) if field.init}  # type: ignore[arg-type]
    return {"type": kind} | {name: plain(value) for name, value in options.items() if is_written(value)}


def is_written(value: object) -> bool:
    """Whether an option is written to files."""
    return value is not None and not isinstance(value, Initializer)


def plain(value: Any) -> Any:
    """Convert an option for JSON."""
    if isinstance(value, list):
        return describe_layers(value)
    return value.item() if isinstance(value, np.generic) else value


def describe_layers(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """Describe each layer of a network."""
    return [describe(layer, LAYERS) for layer in layers]


def layer_rows(layers: Sequence[Layer], x: Array) -> list[list[str]]:
    """Return table rows: heading, inputs; then shape, parameters, activation, initialiser of each layer."""
    rows = [["layer", "output", "parameters", "activation", "initializer"]]
    rows.append(["input", f"(batch, {x.shape[-1]})", "0", "", ""])
    with np.errstate(all="ignore"):  # only shapes matter
        add_rows(layers, x, rows)
    return rows


def add_rows(layers: Sequence[Layer], x: Array, rows: list[list[str]], indent: str = "") -> None:
    """Add the rows of layers for these inputs, nested ones indented, activations beside dense layers."""
    for before, layer in pairwise([None, *layers]):
        assert layer is not None, "only what is before the first is"
        kind, start = name_in(LAYERS, layer), ""
        is_activation = isinstance(layer, Activation)
        y = layer.forward(x)
        if is_activation and type(before) is Dense:
            rows[-1][3] = kind
        else:
            if isinstance(layer, Dense) and layer.initializer:
                start = name_in(INITIALIZERS, layer.initializer)
                start += ", biases too" if getattr(layer.initializer, "biases", False) else ""
            shape = f"(batch, {y.shape[-1]})"
            activation = kind if is_activation else ""
            name = "activation" if is_activation else kind
            rows.append(
                [f"{indent}{name} {layer.detail}".rstrip(), shape, f"{layer.size:,}", activation, start]
            )
            add_rows(getattr(layer, "layers", ()), x, rows, indent + "  ")
        x = y


def name_in(kinds: Mapping[str, type], item: object) -> str:
    """Return the type of an object in a configuration, or the name of its class if it has none."""
    return next((name for name, kind in kinds.items() if type(item) is kind), type(item).__name__)
