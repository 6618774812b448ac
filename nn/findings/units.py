"""Findings on hidden units: equal, dead or saturated; and gradients that vanish on their way back."""

import math
from collections.abc import Mapping

import numpy as np

from nn.arrays import Array
from nn.display import of_all, three_digits
from nn.endpoints.units import at_weights, dead, hidden_slopes, saturated
from nn.findings.finding import Finding
from nn.findings.outcome import Outcome
from nn.layers.activations.sigmoids import Sigmoid, Tanh
from nn.layers.base import Layer, every
from nn.layers.dense import Dense
from nn.network import Sequential
from nn.training.objective import Objective

BEYOND: Mapping[type, str] = {Sigmoid: "|z| > 4", Tanh: "|z| > 2"}
"""Where the slope is less than SATURATED_SLOPE of the steepest: tanh z is 2σ(2z) − 1."""
EQUAL_WEIGHTS = 1e-6
"""Weights that differ by less than this part of the largest are equal up to rounding, also in float32."""
RANDOM_START = "leave the initializer out of model.layers, which draws as suits the activation"
"""The setting against initial weights that do not suit."""


def dead_units(outcome: Outcome, setting: str) -> Finding | None:
    """The hidden layer with the largest share of dead units, if that is more than half of it."""
    found = hidden_slopes(outcome.network, outcome.network.parameters, outcome.sample[0])
    counts = [(int(np.sum(dead(one))), one.slopes.shape[1]) for one in found]
    count, total = max(counts, key=lambda pair: pair[0] / pair[1], default=(0, 1))
    if 2 * count <= total:
        return None
    text = f"{of_all(count, total, 'hidden unit')} dead (0 on every sample, where no gradient reaches them)"
    return Finding("dead_units", text, setting, {"units": count, "of": total, "share": count / total})


def saturated_units(outcome: Outcome, setting: str, *, at_start: bool = False) -> Finding | None:
    """The hidden layer with the largest share of saturated units, if that is more than half of it."""
    parameters = outcome.start if at_start else outcome.network.parameters
    when = " from the start" if at_start else ""
    found = hidden_slopes(outcome.network, parameters, outcome.sample[0])
    counts = [(int(np.sum(saturated(one))), one.slopes.shape[1], one.layer) for one in found]
    count, total, layer = max(counts, key=lambda one: one[0] / one[1], default=(0, 1, None))
    if 2 * count <= total:
        return None
    beyond = BEYOND.get(type(layer), "the slope is under 7 % of the steepest")
    text = f"{of_all(count, total, 'hidden unit')} saturated{when} ({beyond} on 95 % of the samples)"
    return Finding("saturated", text, setting, {"units": count, "of": total, "share": count / total})


def equal_units(outcome: Outcome, *, at_end: bool = True) -> Finding | None:
    """Hidden units that began with equal weights, and, unless it is not ``at_end``, still have them.

    Units with equal weights into and out of them get equal gradients, so that no training tells them apart
    (Rumelhart, Hinton & Williams 1986, "Learning internal representations by error propagation"). With other
    weights out of them they part, but slowly.
    """
    network = outcome.network
    for place, layer in enumerate(network.layers):
        if not isinstance(layer, Dense) or layer.units < 2 or layer is last_dense(network):
            continue
        different = [
            distinct_units(network, place, parameters) for parameters in (outcome.start, network.parameters)
        ]
        if different[0] > 1 or (at_end and different[1] > 1):
            continue
        text = f"all {layer.units} hidden units have equal weights at the start"
        text += ", and learn the same" if different[1] == 1 else ", from which they hardly part"
        measured: dict[str, float] = {"units": layer.units, "different": different[1]}
        return Finding("equal_units", text, RANDOM_START, measured)
    return None


def last_dense(network: Sequential) -> Layer | None:
    """The dense layer whose units are the outputs."""
    return next((layer for layer in reversed(network.layers) if isinstance(layer, Dense)), None)


def distinct_units(network: Sequential, place: int, parameters: Array) -> int:
    """How many units of a dense layer differ in their weights, with these parameters."""
    with at_weights(network, parameters):
        layer = network.layers[place]
        assert isinstance(layer, Dense), "asked of these only"
        columns = np.concatenate([layer.weight, layer.bias]) if layer.use_bias else layer.weight
    size = float(np.max(np.abs(columns)))
    if not math.isfinite(size):
        return columns.shape[1]
    return np.unique(np.round(columns / (EQUAL_WEIGHTS * size)) if size else columns, axis=1).shape[1]


def vanishing_gradient(outcome: Outcome, setting: str) -> Finding | None:
    """How much smaller the gradient of the first weights is than that of the last, at the start.

    Hochreiter (1991), "Untersuchungen zu dynamischen neuronalen Netzen"; Glorot & Bengio (2010),
    "Understanding the difficulty of training deep feedforward neural networks".
    """
    network, (x, t) = outcome.network, outcome.sample
    dense = [layer for layer in every(network.layers) if isinstance(layer, Dense)]
    gradients = network.gradients.copy()
    with at_weights(network, outcome.start):
        objective = Objective(network, outcome.loss, classification=False)
        objective.forward(x, t)
        objective.backward()
        sizes = [float(np.sqrt(np.mean(layer.weight_grad**2))) for layer in dense]
    network.gradients[...] = gradients
    if not 0 < sizes[0] < sizes[-1]:
        return None
    ratio = sizes[0] / sizes[-1]
    text = (
        f"through {len(dense)} layers the gradient shrinks to {three_digits(ratio)} of its size "
        f"({three_digits(sizes[-1])} at the last weights, {three_digits(sizes[0])} at the first)"
    )
    return Finding("vanishing_gradient", text, setting, {"ratio": ratio, "layers": len(dense)})
