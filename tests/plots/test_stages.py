"""The stages of a network are what each of its dense layers gives, wherever it stands."""

import numpy as np
import pytest

from nn.layers.dense import Dense
from nn.plots.stages import importance, stages
from nn.plots.view import View
from tests.plots.runs import trained

NESTED = (
    "model.layers=[{type: shortcut, layers: [{type: dense, units: 3, activation: tanh}, "
    "{type: shortcut, layers: [{type: dense, units: 2, activation: relu}]}]}, "
    "{type: dense, units: 1, activation: sigmoid}]"
)
ENDS_IN_SHORTCUT = "model.layers=[{type: shortcut, layers: [{type: dense, units: 2}]}]"


def test_stages_end_in_what_the_network_answers():
    view = View.of(trained("iris", "training.epochs=5"))
    *hidden, output = stages(view, view.samples.x)
    assert [stage.name for stage in (*hidden, output)] == ["layer 1", "output"]
    np.testing.assert_allclose(output.values, view.model.forward(view.samples.x))


def test_layers_inside_of_shortcuts_are_stages_too():
    view = View.of(trained("xor", NESTED, "training.epochs=3"))
    found = stages(view, view.samples.x)
    assert [(stage.name, stage.kind, stage.units) for stage in found] == [
        ("layer 1", "tanh", 3),
        ("layer 2", "relu", 2),
        ("output", "sigmoid", 1),
    ]
    outer = view.model.network.layers[0]
    first = outer.layers[1].forward(outer.layers[0].forward(view.samples.x))
    np.testing.assert_allclose(found[0].values, first)


def test_a_network_that_ends_in_a_shortcut_has_an_output_without_a_dense_layer_of_its_own():
    view = View.of(trained("blobs", ENDS_IN_SHORTCUT, "data={name: blobs, centers: 4}", "loss=mse"))
    hidden, output = stages(view, view.samples.x)
    assert (hidden.name, hidden.units) == ("layer 1", 2)
    assert (output.name, output.dense, output.units) == ("output", None, 4)


def test_a_unit_that_nothing_depends_on_matters_nothing_and_the_network_stays_as_it_was():
    view = View.of(trained("moons", "training.epochs=60"))
    first, last = (layer for layer in view.model.network.layers if isinstance(layer, Dense))
    with view.at(view.model.network.parameters.copy()):
        last.weight[3] = 0
        before = view.model.network.parameters.copy()
        found = importance(view, first)
        np.testing.assert_array_equal(view.model.network.parameters, before)
    assert found[3] == 0
    assert (np.delete(found, 3) > 0).all()


@pytest.mark.parametrize("bias", ["true", "false"])
def test_what_a_unit_matters_is_how_far_answers_move_where_it_stands_still(bias):
    view = View.of(trained("xor-2-2-1", f"model.layers.0.bias={bias}"))
    first, *_ = view.model.network.layers
    expected = []
    x, _ = view.model.arrays(view.samples)
    answers = view.model.network.forward(x)
    z = x @ first.weight + (first.bias if first.use_bias else 0)
    for unit in range(2):
        still = z.copy()
        still[:, unit] = z[:, unit].mean()
        y = still
        for layer in view.model.network.layers[1:]:
            y = layer.forward(y)
        expected.append(np.sqrt(np.mean((y - answers) ** 2)))
    np.testing.assert_allclose(importance(view, first), expected)
    assert first.use_bias is (bias == "true")
