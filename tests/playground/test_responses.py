"""The diagram of a page, in node: the same thumbnails, scales and layout as in plots."""

import json

import numpy as np
import pytest

from nn.diagram.portrait import portrait
from nn.playground.material import material
from nn.playground.page import playground
from nn.playground.responses import diagram_data, page_layout, page_probe, response_lines, why_undrawn
from tests.playground.nodes import evaluated, needs_node, steps_of

SHORTCUTS = (
    "model.layers=[{type: shortcut, layers: [{type: dense, units: 4, activation: tanh}]}, "
    "{type: dense, units: 3}, {type: layer_norm}, {type: relu}, {type: dense, units: 1, activation: sigmoid}]"
)
DEEP = "model.layers=[" + ", ".join(["{type: dense, units: 1}"] * 12) + "]"


@needs_node
@pytest.mark.parametrize(
    ("config", "settings"),
    [("moons", (SHORTCUTS,)), ("sine", ()), ("iris", ()), ("encoder", ()), ("digits", ())],
    ids=["plane", "line", "groups", "patterns", "image"],
)
def test_its_numbers_are_those_of_plots(config, settings):
    steps = steps_of(config, *settings)
    data = json.dumps(material(steps) | {"diagram": diagram_data(steps)})
    code = (
        f"const trainer = new Trainer({data}); for (let n = 0; n < 3; n++) trainer.step(); "
        "const found = new Portrait(trainer);"
    )
    thumbnails, scales, largest, parameters = evaluated(
        [*steps.trainer_lines, *response_lines(steps), code],
        "[found.thumbnails.map((x) => [...x]), found.scales, found.largest, [...trainer.state.parameters]]",
    )
    network = steps.step.network
    network.parameters[...] = parameters
    x = steps.samples.arrays["x"]
    expected = portrait(network, page_layout(steps, network), page_probe(steps), x)
    for own, values in zip(thumbnails, expected.thumbnails, strict=True):
        np.testing.assert_allclose(own, values.ravel(), atol=1e-12)
    assert (scales, largest) == (pytest.approx(expected.scales), pytest.approx(expected.largest_weight))


def test_a_page_of_a_network_that_cannot_be_drawn_says_why():
    steps = steps_of("sine", DEEP)
    assert why_undrawn(steps) == "expected a network of at most 12 columns of units to draw, got 13"
    text = playground(steps, "deep", "nn train deep")
    assert 'id="undrawn"' in text
    assert 'id="diagram"' not in text


def test_a_line_is_its_weight_among_the_parameters():
    steps = steps_of("xor-2-2-1")
    lines = diagram_data(steps)["connections"]
    weight = steps.step.network.layers[0].weight
    assert steps.step.network.parameters[lines[1][-1]] == weight[0, 1]
    assert lines[1][:4] == [0, 0, 1, 1]
