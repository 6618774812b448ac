"""What each dense layer of a network gives after its activation, and how much each of its units matters."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nn.layers.base import Layer
from nn.layers.dense import Dense
from nn.plots.scales import limits
from nn.plots.view import View

ROWS, FEW = 256, 64
"""So many samples tell what a unit matters; fewer where that would take long."""
LONG = 1e7


class Stage(NamedTuple):
    """A dense layer with what follows it up to the next one."""

    name: str
    """``layer 1`` and so on, inner layers before what comes after them; the last is the ``output``."""
    dense: Dense | None
    """None for an output that no dense layer gives, as of a network that ends in a shortcut."""
    layer: Layer
    """The last layer: as a rule, the activation."""
    values: NDArray[Any]
    """What it gives, (rows, units)."""

    @property
    def units(self) -> int:
        """The number of units."""
        return int(self.values.shape[1])

    @property
    def kind(self) -> str:
        """The name of the last layer as in a configuration."""
        return type(self.layer).__name__.lower()

    @property
    def range(self) -> tuple[float, float]:
        """The scale of its values: that of the activation, or from the lowest to the highest of all units."""
        return self.layer.bounds if np.all(np.isfinite(self.layer.bounds)) else limits(self.values)


def stages(view: View, x: NDArray[Any]) -> list[Stage]:
    """The stages of the network for raw inputs, (rows, inputs); layers inside of others too."""
    model = view.model
    scaled = (model.scaling(x) if model.scaling else x).astype(model.network.dtype)
    found = list(walk(model.network.layers, scaled))
    y = model.network.forward(scaled)
    named = [stage._replace(name=f"layer {number}") for number, stage in enumerate(found, start=1)]
    if found and found[-1].layer is model.network.layers[-1]:
        return [*named[:-1], named[-1]._replace(name="output", values=y)]
    return [*named, Stage("output", None, model.network.layers[-1], y)]


def walk(layers: Sequence[Layer], x: NDArray[Any]) -> Iterator[Stage]:
    """The stages of layers in order, not yet named."""
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
    """How far the answers move where a unit stands still, (units,): a root mean square.

    Each unit in turn is held at the mean of what goes into it over the training samples.
    """
    network = view.model.network
    rows = FEW if network.parameters.size * dense.units > LONG else ROWS
    x, _ = view.model.arrays(view.samples.take(slice(rows)))
    answers = network.forward(x)
    means = np.mean(dense.input @ dense.weight + dense.bias, axis=0)
    moved = np.zeros(dense.units)
    for unit, mean in enumerate(means):
        weight, bias = dense.weight[:, unit].copy(), dense.bias[0, unit]
        dense.weight[:, unit], dense.bias[0, unit] = 0, mean
        moved[unit] = np.sqrt(np.mean((network.forward(x) - answers) ** 2))
        dense.weight[:, unit], dense.bias[0, unit] = weight, bias
    return moved
