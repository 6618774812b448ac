"""Each hidden unit is drawn over the inputs, on one scale, under its number."""

import numpy as np
import pytest

from nn.plots.stages import importance, stages
from nn.plots.units import draw_units
from nn.plots.view import View
from tests.plots.runs import trained, words


def images(figure):
    return [image for axes in figure.axes for image in axes.get_images()]


def test_each_hidden_unit_has_a_picture_of_what_it_gives_over_the_plane():
    figure = draw_units(trained("xor-2-2-1"))
    assert len(images(figure)) == 3  # two hidden units and the output
    assert {image.get_clim() for image in images(figure)} == {(0, 1)}
    assert "layer 1, sigmoid: 2 units, most important first;  dark 0, light 1" in words(figure)
    assert "over x1 and x2;  dots: training samples (a colour for each class)" in words(figure)


def test_samples_lie_over_each_picture():
    figure = draw_units(trained("xor-2-2-1"))
    x = View.of(trained("xor-2-2-1")).samples.x
    for axes in figure.axes:
        if axes.get_images():
            np.testing.assert_array_equal(axes.collections[0].get_offsets(), x)


def test_of_a_large_layer_the_most_important_units_are_drawn_under_their_numbers():
    run = trained("spirals", "training.epochs=20")
    view, figure = View.of(run), draw_units(run)
    first = stages(view, view.samples.x)[0]
    expected = np.argsort(-importance(view, first.dense))[:16] + 1
    drawn = [axes.get_title() for axes in figure.axes if axes.get_images()]
    assert drawn[:16] == [str(number) for number in expected]
    assert "layer 1, sigmoid: 16 of 40 units, most important first" in words(figure)


def test_an_unbounded_layer_has_the_scale_of_all_its_units():
    run = trained("moons", "model.layers.0.activation=relu", "training.epochs=20")
    figure = draw_units(run)
    found = images(figure)[:-1]
    (clim,) = {image.get_clim() for image in found}
    assert clim[0] == min(np.min(image.get_array()) for image in found) == 0
    assert clim[1] >= max(np.max(image.get_array()) for image in found)


def test_outputs_have_the_names_of_classes():
    titles = [axes.get_title() for axes in draw_units(trained("iris", "training.epochs=5")).axes]
    assert {"setosa", "versicolor", "virginica"} <= {*titles}


def test_of_one_input_each_unit_is_a_line_with_its_number():
    run = trained("sine", "training.epochs=50")
    figure = draw_units(run)
    first, last = figure.axes
    drawn = [line for line in first.get_lines() if not str(line.get_label()).startswith("_")]
    assert {line.get_label() for line in drawn} == {str(number) for number in range(1, 9)}
    x, y = last.get_lines()[0].get_data()
    np.testing.assert_allclose(y, View.of(run).model.forward(x[:, np.newaxis])[:, 0])
    assert "ticks: training samples" in last.get_xlabel()


def test_patterns_that_no_plane_tells_apart_are_a_heat_map_of_patterns_and_units():
    run = trained("parity4")
    view, figure = View.of(run), draw_units(run)
    hidden, output = images(figure)
    assert np.shape(hidden.get_array()) == (16, 8)
    x = np.unique(view.samples.x, axis=0)
    np.testing.assert_allclose(np.asarray(output.get_array()), view.model.forward(x))


def test_a_unit_inside_of_a_shortcut_is_drawn():
    figure = draw_units(trained("xor-2-1-1"))
    assert len(images(figure)) == 2
    assert "layer 1, sigmoid: 1 unit;  dark 0, light 1" in words(figure)


def test_a_network_without_hidden_units_has_none_to_draw():
    with pytest.raises(ValueError, match="expected hidden units to draw"):
        draw_units(trained("and", "training.epochs=5"))
