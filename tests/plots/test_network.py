"""The picture of a network: thumbnails, lines and marks on stated scales, and what they mean in words."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from nn import Dense, Sequential
from nn.diagram.layout import network_layout
from nn.diagram.portrait import portrait
from nn.diagram.probes import probe_of
from nn.plots.movie import frames
from nn.plots.network import THIN_LINE, WIDE_LINE, draw_connections, draw_network
from nn.plots.thumbnails import NEGATIVE, POSITIVE
from tests.plots.runs import PLANE, trained, words
from tests.plots.test_stages import ENDS_IN_SHORTCUT, NESTED

IRIS = "iris", "training.epochs=5"


def layers(*texts):
    return f"model.layers=[{', '.join(texts)}]"


def test_it_names_inputs_and_outputs_and_states_its_scales():
    said = words(draw_network(trained(*IRIS))).splitlines()
    assert {"sepal_length", "virginica", "inputs", "hidden 1", "outputs", "±1"} <= {*said}
    assert "In a unit: its mean response to each class: setosa, versicolor, virginica." in said
    assert [text for text in said if text.startswith("weight ")]


def test_of_images_the_first_layer_is_its_weights():
    said = words(draw_network(trained("digits", "training.epochs=2")))
    assert "8 × 8 pixels" in said
    assert "first 10 of 128" in said
    assert "weights ±" in said
    assert "First hidden layer: the weights of each pixel" in said.replace("\n", " ")


def test_a_line_is_wide_as_its_weight_is_large_and_has_the_colour_of_its_sign():
    network = Sequential([Dense(1)], inputs=2)
    network.parameters[...] = [5, -2.5, 0]
    x = np.eye(2)
    layout = network_layout(network, ["a", "b"], ["y"])
    axes = Figure().subplots()
    draw_connections(axes, portrait(network, layout, probe_of(x, x[:, :1], ["a", "b"], None), x))
    (lines,) = axes.collections
    small, large = lines.get_linewidths()
    assert (small, large) == (THIN_LINE + (WIDE_LINE - THIN_LINE) / 2, WIDE_LINE)
    colors = [to_hex(color) for color in lines.get_edgecolors()]
    assert colors == [NEGATIVE, POSITIVE]


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        ("xor", (NESTED,)),
        ("blobs", (ENDS_IN_SHORTCUT, "data={name: blobs, centers: 4}", "loss=mse")),
        ("sine", PLANE),
        ("moons", (layers("{type: dropout, rate: 0.5}", "{type: dense, units: 1, activation: sigmoid}"),)),
        ("encoder", ()),
    ],
)
def test_any_network_can_be_drawn(config, settings):
    figure = draw_network(trained(config, *settings, "training.epochs=3"))
    figure.draw_without_rendering()
    assert "In a unit:" in words(figure)


def test_names_are_text_and_are_shortened(tmp_path):
    (tmp_path / "table.csv").write_text(
        "$\\frac$,a very long name of a column,y\n1,2,3\n2,1,5\n3,1,4\n0,4,1\n"
    )
    run = trained("sine", f"data={{file: {tmp_path / 'table.csv'}, target: y}}", "training.epochs=3")
    figure = draw_network(run)
    figure.draw_without_rendering()
    assert {"$\\frac$", "a very l…olumn"} <= {*words(figure).splitlines()}


def test_a_network_of_too_many_layers_is_refused_by_name():
    many = layers(*["{type: dense, units: 1}"] * 12)
    with pytest.raises(ValueError, match=r"sine-\d+: expected a network of at most 12 columns"):
        draw_network(trained("sine", many, "training.epochs=2"))


def test_a_movie_of_such_a_network_shows_the_rest():
    many = layers(*["{type: dense, units: 1}"] * 12)
    found = list(frames(trained("sine", many, "training.epochs=2", "training.snapshots=2")))
    assert len({picture.shape for picture in found}) == 1
