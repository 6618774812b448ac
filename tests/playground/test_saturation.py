"""The shares of samples that find hidden units level, in node: those of ``nn.endpoints.units``."""

import json

import numpy as np
import pytest

from nn.endpoints.units import hidden_slopes, level
from nn.playground.material import material
from nn.playground.saturation import has_hidden_activations, saturation_data, saturation_lines
from tests.playground.nodes import evaluated, needs_node, steps_of

pytestmark = needs_node


def shares(steps, code=""):
    data = json.dumps(material(steps) | {"saturation": saturation_data(steps)})
    code = f"const trainer = new Trainer({data}); {code}"
    lines = [*steps.trainer_lines, *saturation_lines(steps), code]
    return evaluated(lines, "[levelShares(trainer).map((x) => [...x]), [...trainer.state.parameters]]")


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        ("moons", []),
        ("moons", ["model.layers.0.activation=relu"]),
        ("xor", ["model.layers.0.activation={type: leaky_relu, slope: 0.05}"]),
        ("xor-2-1-1", []),
        ("moons", ["training.dtype=float32"]),
    ],
    ids=["sigmoid", "relu", "hyperparameter", "shortcut", "single"],
)
def test_they_are_those_of_the_findings(config, settings):
    steps = steps_of(config, *settings)
    found, parameters = shares(steps, "for (let n = 0; n < 40; n++) trainer.finishEpoch();")
    network, x = steps.step.network, steps.samples.arrays["x"]
    expected = [
        np.mean(level(*one), axis=0) for one in hidden_slopes(network, np.array(parameters, network.dtype), x)
    ]
    assert len(found) == len(expected) == 1
    assert found[0] == pytest.approx(expected[0], abs=1e-12)


@pytest.mark.parametrize(
    ("config", "settings"), [("and", []), ("moons", ["model.layers.0.activation=linear"])]
)
def test_a_page_without_hidden_functions_says_nothing_of_them(config, settings):
    assert not has_hidden_activations(steps_of(config, *settings))


def test_units_are_called_as_in_the_findings():
    words = [
        saturation_data(steps_of("moons", f"model.layers.0.activation={kind}"))["layers"][0]["word"]
        for kind in ("tanh", "relu")
    ]
    assert words == ["saturated", "dead"]
