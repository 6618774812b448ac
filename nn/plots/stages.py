"""Finds the outputs of each dense layer after its activation, and the importance of its units."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nn.layers.base import Layer
from nn.layers.dense import Dense
from nn.plots.scales import limits
from nn.plots.view import View

IMPORTANCE_SAMPLES, FEW_IMPORTANCE_SAMPLES = 256, 64
"""The number of samples for the importance of units; fewer for large networks."""
LONG_COMPUTATION = 1e7


class Stage(NamedTuple):
    """A dense layer with the layers that follow it, up to the next dense layer."""

    name: str
    """``layer 1`` and so on, inner layers before those after them; the last one is ``output``."""
    dense: Dense | None
    """None if no dense layer makes the output, as in a network that ends in a shortcut."""
    layer: Layer
    """The last layer of the stage, usually the activation."""
    values: NDArray[Any]
    """The outputs of that layer, ``(rows, units)``."""

    @property
    def units(self) -> int:
        """The number of units."""
        return int(self.values.shape[1])

    @property
    def kind(self) -> str:
        """The class name of the last layer, in lower case."""
        return type(self.layer).__name__.lower()

    @property
    def range(self) -> tuple[float, float]:
        """The bounds of the activation, or else the lowest and the highest value of all units."""
        return self.layer.bounds if np.all(np.isfinite(self.layer.bounds)) else limits(self.values)


def stages(view: View, x: NDArray[Any]) -> list[Stage]:
    """Return the stages of the network for raw inputs ``(rows, inputs)``, nested layers included."""
    model = view.model
    scaled = model.prepared(x)
    found = list(walk(model.network.layers, scaled))
    y = model.network.forward(scaled)
    named = [stage._replace(name=f"layer {number}") for number, stage in enumerate(found, start=1)]
    if found and found[-1].layer is model.network.layers[-1]:
        return [*named[:-1], named[-1]._replace(name="output", values=y)]
    return [*named, Stage("output", None, model.network.layers[-1], y)]


def walk(layers: Sequence[Layer], x: NDArray[Any]) -> Iterator[Stage]:
    """Yield the stages of layers in order, not yet named."""
    dense: Dense | None = None
    for layer, after in pairwise([*layers, None]):
        assert layer is not None, "only what follows the last is"
        yield from walk(getattr(layer, "layers", ()), x)
        x = layer.forward(x)
        dense = layer if isinstance(layer, Dense) else dense
        if dense and (after is None or isinstance(after, Dense) or hasattr(after, "layers")):
            yield Stage("", dense, layer, x)
            dense = None


def importance(view: View, dense: Dense) -> NDArray[Any]:
    """Return the importance of each unit, ``(units,)``: the change of the outputs without it (RMS).

    The input of each unit in turn is replaced by its mean over the training samples.
    """
    network = view.model.network
    rows = (
        FEW_IMPORTANCE_SAMPLES
        if network.parameters.size * dense.units > LONG_COMPUTATION
        else IMPORTANCE_SAMPLES
    )
    x, _ = view.model.arrays(view.samples.take(slice(rows)))
    answers = network.forward(x)
    bias = dense.bias if dense.use_bias else np.zeros((1, dense.units))
    means = np.mean(dense.input @ dense.weight + bias, axis=0)
    moved = np.zeros(dense.units)
    with network.undisturbed():
        weight, dense.use_bias = dense.weight, True
        for unit, mean in enumerate(means):
            replaced = np.arange(dense.units) == unit
            dense.weight, dense.bias = np.where(replaced, 0, weight), np.where(replaced, mean, bias)
            moved[unit] = np.sqrt(np.mean((network.forward(x) - answers) ** 2))
    return moved
