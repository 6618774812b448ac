"""A diagram is its network: each line is one of its weights, and what is left out is told."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import Dense, Dropout, LayerNorm, Sequential, Shortcut, Sigmoid, Tanh
from nn.diagram.layout import MAX_DRAWN_COLUMNS, network_layout
from nn.diagram.pixels import Pixels, pixels_of
from nn.layers.base import Layer


def names(count):
    return [f"x{number + 1}" for number in range(count)]


def layout(layers, inputs=2, outputs=("y",)):
    return network_layout(Sequential(layers, inputs=inputs), names(inputs), outputs)


def followed(network, x):
    """What the last units of a diagram of dense layers get, by its lines alone, from one sample."""
    found = network_layout(network, names(len(x)), ())
    values = {(0, place): value for place, value in enumerate(x)}
    for number, column in enumerate(found.columns[1:], 1):
        for place in range(column.drawn):
            bias = network.parameters[column.biases[place]] if column.biases else 0
            lines = [line for line in found.connections if line.end == (number, place)]
            values[number, place] = bias + sum(
                values[line.start] * (1 if line.parameter is None else network.parameters[line.parameter])
                for line in lines
            )
    return [values[len(found.columns) - 1, place] for place in range(found.columns[-1].drawn)]


dense = st.builds(lambda units, bias: Dense(units, use_bias=bias), st.integers(1, 2), st.booleans())
chains = st.recursive(
    st.lists(dense, min_size=1, max_size=2),
    lambda inner: st.lists(st.one_of(dense, st.builds(Shortcut, inner)), min_size=1, max_size=2),
    max_leaves=3,
)


@given(chains, st.integers(1, 2), st.randoms())
def test_lines_and_marks_are_all_weights_and_biases_of_the_network(layers, inputs, random):
    network = Sequential(layers, inputs=inputs)
    network.parameters[...] = [random.uniform(-1, 1) for _ in range(network.parameters.size)]
    x = np.array([random.uniform(-1, 1) for _ in range(inputs)])
    np.testing.assert_allclose(followed(network, x), network.predict(x[np.newaxis])[0], atol=1e-12)


def test_what_follows_a_dense_layer_belongs_to_its_column():
    found = layout([Dense(3), LayerNorm(), Tanh(), Dropout(0.5), Dense(1), Sigmoid()])
    assert [(column.title, column.about) for column in found.columns] == [
        ("inputs", []),
        ("hidden 1", ["layer_norm", "tanh", "dropout 0.5"]),
        ("outputs", ["sigmoid"]),
    ]
    assert found.notes == ["not drawn: the gain, bias of layer_norm"]


def test_dropout_of_the_inputs_is_told_beside_them():
    assert layout([Dropout(0.2), Dense(1)]).columns[0].about == ["dropout 0.2"]


def test_what_follows_a_shortcut_gets_values_handed_on():
    found = layout([Shortcut([Dense(1)]), Tanh(), Dense(1)])
    assert [column.about for column in found.columns] == [[], ["dense"], ["tanh"], ["dense"]]
    handed = [line.start for line in found.connections if line.parameter is None]
    assert handed == [(0, 0), (0, 1), (1, 0)]


def test_of_a_large_layer_the_first_units_are_drawn_and_their_number_is_told():
    found = layout([Dense(128), Tanh(), Dense(1)])
    assert (found.columns[1].drawn, found.columns[1].about) == (10, ["tanh", "first 10 of 128"])
    assert len(found.connections) == 2 * 10 + 10


def test_of_many_inputs_the_first_are_drawn_too():
    assert layout([Dense(1)], inputs=30).columns[0].about == ["first 10 of 30"]


def test_outputs_have_their_names():
    assert layout([Dense(2)], outputs=("no", "yes")).columns[-1].names == ["no", "yes"]


@dataclass(eq=False)
class Halves(Layer):
    """y = [x, x / 2]: a layer of one's own."""

    def build(self, inputs, following=None):
        return 2 * inputs

    def forward(self, x):
        return np.concatenate([x, x / 2], axis=-1)


def test_what_is_inside_of_a_layer_of_ones_own_is_told_to_be_left_out():
    found = layout([Dense(2), Halves(), Dense(1)])
    assert [column.units for column in found.columns] == [2, 2, 4, 1]
    assert not [line for line in found.connections if line.end[0] == 2]
    assert found.notes == ["not drawn: what is inside of Halves"]


def test_stacks_and_very_deep_networks_are_refused():
    with pytest.raises(ValueError, match="expected one network to draw, got a stack of 3"):
        network_layout(Sequential([Dense(1)], inputs=1, seed=range(3)), ["x"], ["y"])
    with pytest.raises(ValueError, match=f"at most {MAX_DRAWN_COLUMNS} columns of units to draw, got 13"):
        layout([Dense(1) for _ in range(12)])


@pytest.mark.parametrize(
    ("inputs", "form"),
    [
        ([f"pixel_{row}_{column}" for row in range(8) for column in range(8)], Pixels(8, 8)),
        ([f"r{row}c{column}" for row in range(1, 4) for column in range(1, 6)], Pixels(3, 5)),
        ([f"pixel{number}" for number in range(784)], Pixels(28, 28)),
        ([f"pixel{number}" for number in range(10)], None),
        (names(16), None),
        (["pixel_0_0", "pixel_0_1"], None),
        ([f"pixel_{row}_{column}" for row in range(8) for column in range(8)] + ["age"], None),
    ],
)
def test_inputs_are_images_where_their_names_say_so(inputs, form):
    assert pixels_of(inputs) == form


def test_the_first_layer_of_an_image_network_has_its_weights_as_pictures():
    network = Sequential([Dense(2), Tanh(), Dense(1)], inputs=9)
    found = network_layout(network, [f"p{row}_{column}" for row in range(3) for column in range(3)], ["y"])
    assert found.columns[0].names == ["3 × 3 pixels"]
    pictures = network.parameters[np.array(found.columns[1].pixels.weights)]
    np.testing.assert_array_equal(pictures, network.layers[0].weight.T)
