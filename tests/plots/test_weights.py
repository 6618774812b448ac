"""Weights are drawn as squares, under the names of what they lead from and to."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from nn.plots.view import View
from nn.plots.weights import draw_weights, hinton, inputs_of
from tests.plots.runs import trained, words
from tests.plots.test_stages import NESTED

WITHOUT_BIAS = "model.layers.0.bias=false"


def across(axes):
    return [label.get_text() for label in axes.get_xticklabels()]


def down(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def test_the_area_of_a_square_is_the_size_of_its_weight():
    axes = Figure().subplots()
    hinton(axes, np.array([[2.0, -1.0], [0.5, 0.0], [-2.0, 1.0]]), "dense 1", ["a", "b"])
    positive, negative = (
        sorted(path.get_extents().width ** 2 for path in collection.get_paths())
        for collection in axes.collections
    )
    assert positive == pytest.approx(np.array([0.25, 0.5, 1]) * 0.92**2)
    assert negative == pytest.approx(np.array([0.5, 1]) * 0.92**2)
    assert (down(axes), across(axes)) == (["a", "b", "bias"], ["1", "2"])


def test_a_layer_without_biases_has_no_row_for_them():
    axes = draw_weights(trained("xor", WITHOUT_BIAS, "training.epochs=3")).axes
    assert [down(one) for one in axes] == [["x1", "x2"], ["1", "2", "3", "4", "bias"]]


def test_every_dense_layer_has_its_diagram():
    axes = draw_weights(trained("iris", "training.epochs=5")).axes
    assert [one.get_title(loc="left") for one in axes] == ["dense 1", "dense 2"]


@pytest.mark.parametrize(
    ("config", "names"),
    [("iris", ["setosa", "versicolor", "virginica"]), ("digits", list("0123456789")), ("moons", ["y"])],
)
def test_outputs_have_the_names_of_classes_or_targets(config, names):
    assert across(draw_weights(trained(config, "training.epochs=2")).axes[-1]) == names


def test_cells_are_as_large_in_one_layer_as_in_the_next():
    figure = draw_weights(trained("breast-cancer", "training.epochs=2"))
    figure.draw_without_rendering()
    sides = [np.subtract(*axes.transData.transform([(1, 0), (0, 0)]))[0] for axes in figure.axes]
    assert sides[0] == pytest.approx(sides[1], rel=0.02)


def test_layers_after_a_shortcut_name_the_inputs_that_it_hands_on():
    view = View.of(trained("xor", NESTED, "training.epochs=3"))
    names = [list(inputs) for _, inputs in inputs_of(view.model.network.layers, view.model.inputs)]
    assert names == [["x1", "x2"], ["1", "2", "3"], ["x1", "x2", "1", "2", "3", "1", "2"]]


def test_of_a_large_layer_it_says_which_part_is_drawn():
    assert "first 32 of 64 inputs, 32 of 128 units" in words(
        draw_weights(trained("digits", "training.epochs=2"))
    )
