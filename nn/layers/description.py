"""Describes layers and losses by the names and options that a configuration has for them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from nn.initializers import Initializer
from nn.layers import LAYERS
from nn.layers.activations import ACTIVATIONS
from nn.layers.base import Layer


def describe(item: object, kinds: Mapping[str, type]) -> dict[str, Any]:
    """The name of an item's kind and its options; those that are None, and how weights start, left out.

    Raises ValueError for a kind of one's own, which a file has no name for.

    >>> from nn import LeakyReLU
    >>> describe(LeakyReLU(), ACTIVATIONS)
    {'type': 'leaky_relu', 'slope': 0.01}
    """
    kind = next((name for name, kind in kinds.items() if type(item) is kind), None)
    if kind is None:
        raise ValueError(
            f"a file has no name for {type(item).__name__}, a kind of your own; pickle the network instead"
        )
    options = {field.name: getattr(item, field.name) for field in fields(item) if field.init}  # type: ignore[arg-type]
    return {"type": kind} | {name: plain(value) for name, value in options.items() if said(value)}


def said(value: object) -> bool:
    """Whether an option is one that a file keeps."""
    return value is not None and not isinstance(value, Initializer)


def plain(value: Any) -> Any:
    """An option as JSON has it."""
    if isinstance(value, list):
        return describe_layers(value)
    return value.item() if isinstance(value, np.generic) else value


def describe_layers(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """Each layer of a network."""
    return [describe(layer, LAYERS | ACTIVATIONS) for layer in layers]
