"""A layer or activation of one's own, added to the tables, is shown and drawn like any other."""

from dataclasses import dataclass

import numpy as np

from nn.initializers.base import Initializer
from nn.layers import ACTIVATIONS, LAYERS
from nn.layers.base import Activation, Layer
from nn.layers.dense import Dense
from nn.network import Sequential
from nn.plots.activation import draw_activation


class Cube(Activation):
    """y = x³: odd, and flat at 0."""

    def forward(self, x):
        self.input = x
        return x**3

    def backward(self, dy):
        return 3 * self.input**2 * dy


class Undocumented(Cube):
    __doc__ = None


@dataclass(eq=False)
class Power(Layer):
    """y = x^exponent."""

    exponent: int


class Pairs(Layer):
    """The sum of each two neighbours: half as many outputs as inputs."""

    def build(self, inputs, following=None):
        return inputs // 2

    def forward(self, x):
        return x[..., ::2] + x[..., 1::2]


@dataclass(frozen=True)
class Ones(Initializer):
    """W = 1."""

    def draw(self, rng, inputs, units):
        return np.ones((inputs, units))


def rows(network):
    return [line.split() for line in network.table().splitlines()[2:]]


def test_its_row_has_its_name_in_the_table_or_that_of_its_class(monkeypatch):
    monkeypatch.setitem(LAYERS, "pairs", Pairs)
    monkeypatch.setitem(LAYERS, "cube", Cube)
    network = Sequential([Dense(4, initializer=Ones()), Cube(), Pairs(), Undocumented(), Dense(1)], inputs=2)
    assert rows(network) == [
        ["dense", "(batch,", "4)", "12", "cube", "Ones"],
        ["pairs", "(batch,", "2)", "0"],
        ["activation", "(batch,", "2)", "0", "Undocumented"],
        ["dense", "(batch,", "1)", "3", "glorot_uniform"],
    ]


def said(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_it_is_drawn_with_the_first_line_of_its_docstring(monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "cube", Cube)
    figure = draw_activation("cube")
    assert "y = x³: odd, and flat at 0." in said(figure)
    assert "y′, by its backward" in said(figure)


def test_without_a_docstring_it_is_drawn_by_its_name(monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "undocumented", Undocumented)
    assert "y = undocumented(x)" in said(draw_activation("undocumented"))


def test_the_command_draws_it(nn, folder, monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "cube", Cube)
    assert nn("plot", "cube").stdout == "cube.png\n"


def test_one_that_needs_options_is_refused_in_words(nn, monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "power", Power)
    result = nn("plot", "power")
    assert result.exit_code == 2
    assert "power: expected an activation whose options have defaults" in result.output
