"""Units and weights of a network are drawn as they are."""

import numpy as np
import pytest

from nn.layers import Dense
from nn.plots.network import hinton, stages, units, weights
from nn.plots.view import View
from tests.plots.runs import trained, words


def test_stages_end_in_what_the_network_answers():
    view = View.of(trained("iris", "training.epochs=5"))
    *hidden, output = stages(view, view.samples.x)
    assert [stage.name for stage in (*hidden, output)] == ["layer 1", "output"]
    np.testing.assert_allclose(output.values, view.model.forward(view.samples.x))


def test_each_hidden_unit_has_a_picture_of_what_it_gives_over_the_plane():
    run = trained("xor-2-2-1")
    figure = units(run)
    images = [image for axes in figure.axes for image in axes.get_images()]
    assert len(images) == 3  # two hidden units and the output
    assert "layer 1, sigmoid" in words(figure)
    assert "over x1 and x2" in words(figure)


def test_of_one_input_each_unit_is_a_line():
    run = trained("sine", "training.epochs=50")
    first, last = units(run).axes
    assert len(first.get_lines()) == 8
    x, y = last.get_lines()[0].get_data()
    np.testing.assert_allclose(y, View.of(run).model.forward(x[:, np.newaxis])[:, 0])


def test_a_network_without_hidden_units_has_none_to_draw():
    with pytest.raises(ValueError, match="expected hidden units to draw"):
        units(trained("and", "training.epochs=5"))


def test_the_area_of_a_square_is_the_size_of_its_weight():
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    hinton(axes, np.array([[2.0, -1.0], [0.5, 0.0], [-2.0, 1.0]]), "dense 1", ["a", "b"])
    positive, negative = (
        sorted(path.get_extents().width ** 2 for path in collection.get_paths())
        for collection in axes.collections
    )
    assert positive == pytest.approx(np.array([0.25, 0.5, 1]) * 0.92**2)
    assert negative == pytest.approx(np.array([0.5, 1]) * 0.92**2)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "bias"]


def test_every_dense_layer_has_its_diagram():
    run = trained("iris", "training.epochs=5")
    dense = [layer for layer in View.of(run).model.network.layers if isinstance(layer, Dense)]
    assert [axes.get_title(loc="left") for axes in weights(run).axes] == [
        f"dense {n + 1}" for n in range(len(dense))
    ]
