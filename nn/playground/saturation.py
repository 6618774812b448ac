"""The hidden units of a page that are saturated: which samples find each of them level."""

import copy
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from nn.endpoints.units import SATURATED_SHARE, SATURATED_SLOPE, layer_outputs, level
from nn.engine.program import Program
from nn.engine.record import record
from nn.export.layout import text_of
from nn.layers import LAYERS
from nn.layers.activations.linear import Linear
from nn.layers.activations.rectifiers import ReLU
from nn.layers.base import Activation, every
from nn.layers.description import name_in
from nn.network import Sequential
from nn.playground.printing import function
from nn.playground.steps import ANSWERED, TrainingSteps, adjustable
from nn.trace.naming import layer_numbers
from nn.training.hyperparameters import bound

MOST_SAMPLES, MOST_PRODUCTS = 512, 1_000_000
"""Of more samples the first are taken: so many, and of a large network so many that a frame is not late."""


def hidden_activations(network: Sequential) -> Iterator[tuple[int, Activation]]:
    """Yield the hidden functions of each unit alone, but the linear one, with the numbers of their layers."""
    for layer, number in layer_numbers(network.layers):
        if not isinstance(layer, Activation) or isinstance(layer, Linear) or layer is network.layers[-1]:
            continue
        if layer.elementwise:
            yield number, layer


def has_hidden_activations(steps: TrainingSteps) -> bool:
    """Whether there are any."""
    return any(True for _ in hidden_activations(steps.step.network))


def saturation_program(steps: TrainingSteps) -> Program:
    """Record which of some points find the units of each hidden activation level: ``level1``, … of 0 and 1.

    ``(points, units)``, by the slopes from the layer's own ``backward`` (``nn.endpoints.units.level``).
    """
    network = copy.deepcopy(steps.step.network)
    hidden = [layer for _, layer in hidden_activations(network)]
    parts = [*every(network.layers)]
    kept = {"parameters": network.parameters, "gradients": network.gradients}
    points = np.random.default_rng(0).normal(size=(ANSWERED, network.inputs)).astype(network.dtype)
    ones = [np.ones_like(y) for y in layer_outputs(network, hidden, points)]

    def step(inputs: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
        network.bind(kept["parameters"], kept["gradients"])
        network.forward(inputs["points"])
        levels = [level(layer, np.abs(layer.backward(one))) for layer, one in zip(hidden, ones, strict=True)]
        return {f"level{place}": np.where(found, 1.0, 0.0) for place, found in enumerate(levels, 1)}

    found = record(
        step, {"points": points}, kept, [{"points": -2 * points}], bound=lambda make: bound(parts, make)
    )
    return adjustable(found, parts)


def saturation_lines(steps: TrainingSteps) -> list[str]:
    """Return the text of ``levelShares``, the share of samples that finds each unit level."""
    about = "Which points find the units of hidden layers flat: 1, or else 0."
    lines = function("level", about, saturation_program(steps))
    return [*lines, "", *text_of("saturation_shares.mjs", "nn.playground").splitlines()]


def saturation_data(steps: TrainingSteps) -> dict[str, Any]:
    """Return the hidden layers, and from which share on a unit has which name."""
    hidden = [*hidden_activations(steps.step.network)]
    sizes = [array.shape[-1] for array in saturation_program(steps).outputs.values()]
    return {
        "most": max(ANSWERED, min(MOST_SAMPLES, MOST_PRODUCTS // steps.step.network.size)),
        "slope": SATURATED_SLOPE,
        "layers": [
            {"name": f"Layer {number}, {name_in(LAYERS, layer)}", "units": size} | unit_word(layer)
            for (number, layer), size in zip(hidden, sizes, strict=True)
        ],
    }


def unit_word(layer: Activation) -> dict[str, Any]:
    """Return what a unit is called that at least a share of the samples finds level."""
    if all(map(math.isfinite, layer.bounds)):
        return {"word": "saturated", "share": SATURATED_SHARE}
    return {"word": "dead" if isinstance(layer, ReLU) else "flat on all samples", "share": 1.0}
