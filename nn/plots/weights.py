"""Draws the weights of a network: a Hinton diagram of each dense layer."""

from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from nn.layers.base import Layer
from nn.layers.dense import Dense
from nn.layers.shortcut import Shortcut
from nn.plots import style
from nn.plots.pictures import shows
from nn.plots.view import View
from nn.runs.reading import Run

MAX_LAYERS_OF_WEIGHTS = 4
MAX_MATRIX_SIDE = 32
"""The maximum numbers of rows and columns drawn of a matrix: the first ones."""
MAX_NUMBERED_UNITS = 12
"""With more units only every fifth is numbered."""


@shows("weights", "A Hinton diagram of the weights.", config="iris")
def draw_weights(run: Run) -> Figure:
    """Draw a Hinton diagram of each dense layer: the area of a square is the size of a weight."""
    view = View.of(run)
    network = view.model.network
    dense = list(inputs_of(network.layers, view.model.features))[:MAX_LAYERS_OF_WEIGHTS]
    if not dense:
        raise ValueError(f"{run.folder}: expected weights to draw, got a network without dense layers")
    matrices = [drawn_part(layer) for layer, _ in dense]
    widths, rows = [max(matrix.shape[1], 4) for matrix in matrices], max(map(len, matrices))
    cell = float(np.clip(12 / (sum(widths) + 4 * len(widths)), 0.12, 0.42))
    width, height = 1.4 + cell * (sum(widths) + 4 * len(widths)), 1.6 + cell * rows
    figure = style.figure(max(5.0, width), max(2.6, height), run.name)
    grids = figure.subplots(1, len(dense), squeeze=False, width_ratios=widths)[0]
    for number, (axes, (layer, inputs), matrix) in enumerate(
        zip(grids, dense, matrices, strict=True), start=1
    ):
        units = view.outputs if layer is last(network.layers) else ()
        hinton(axes, matrix, f"dense {number}", inputs, units, biases=layer.use_bias)
        axes.set(
            xlim=(-0.7, widths[number - 1] - 0.3), ylim=(rows + 0.1, -0.7), anchor="NW"
        )  # cells of equal size
        sizes = zip(layer.weight.shape, ("inputs", "units"), strict=True)
        cut = [f"{MAX_MATRIX_SIDE} of {size} {what}" for size, what in sizes if size > MAX_MATRIX_SIDE]
        first = "first " + ", ".join(cut) if cut else ""
        axes.set_xlabel(first, fontsize=style.FONT_SIZE - 2, color=style.FAINT)
    figure.supxlabel(
        "area: size of a weight, against the largest of its layer;  blue: positive, brown: negative",
        fontsize=style.FONT_SIZE - 1, color=style.FAINT,
    )  # fmt: skip
    return figure


def drawn_part(layer: Dense) -> NDArray[Any]:
    """The first weights of a layer, ``(inputs, units)``, and below them the biases where it has any."""
    weight = layer.weight[:MAX_MATRIX_SIDE]
    return (np.vstack([weight, layer.bias]) if layer.use_bias else weight)[:, :MAX_MATRIX_SIDE]


Named = tuple[Dense, Sequence[str]]


def inputs_of(layers: Sequence[Layer], names: Sequence[str]) -> Generator[Named, None, Sequence[str]]:
    """Yield each dense layer with the names of its inputs; return the names of the outputs."""
    for layer in layers:
        if isinstance(layer, Dense):
            yield layer, names
            names = [str(unit) for unit in range(1, layer.units + 1)]
        elif isinstance(layer, Shortcut):
            names = [*names, *(yield from inputs_of(layer.layers, names))]
    return names


def last(layers: Sequence[Layer]) -> Layer | None:
    """Return the dense layer whose units are the outputs of the network, if there is one."""
    for layer in reversed(layers):
        if layer.size:
            return layer if isinstance(layer, Dense) else None
    return None


def hinton(
    axes: Axes,
    matrix: NDArray[Any],
    title: str,
    inputs: Sequence[str],
    units: Sequence[str] = (),
    *,
    biases: bool = True,
) -> None:
    """Draw weights as squares, inputs down and units across, with any ``biases`` in the last row.

    Units without names are numbered from 1.
    """
    sides = np.sqrt(np.abs(matrix) / max(np.abs(matrix).max(), np.finfo(float).tiny))
    bias = len(matrix) - biases  # the row of the biases
    for sign, color in ((1, style.COLORS[0]), (-1, style.COLORS[6])):
        squares = [
            Rectangle((unit - side / 2, row + (row == bias) * 0.4 - side / 2), side, side)
            for (row, unit), side in np.ndenumerate(0.92 * sides)
            if sign * matrix[row, unit] > 0
        ]
        axes.add_collection(PatchCollection(squares, facecolor=color, edgecolor="none"))
    bottom = bias - 0.3
    if biases:
        axes.plot([-0.7, matrix.shape[1] - 0.3], [bottom] * 2, color=style.FAINT, linewidth=0.6)
        bottom = bias + 1.1
    axes.set(xlim=(-0.7, matrix.shape[1] - 0.3), ylim=(bottom, -0.7), aspect="equal")
    down = dict(enumerate(inputs[:bias])) if bias < MAX_MATRIX_SIDE else sparse(inputs[:bias])
    across = dict(enumerate(units[: matrix.shape[1]])) or sparse([str(n + 1) for n in range(matrix.shape[1])])
    last_row = [(bias + 0.4, "bias")] if biases else []
    places, labels = zip(*down.items(), *last_row, strict=True)
    axes.set_yticks(places, labels)
    longest = max(map(len, across.values()), default=0)
    axes.xaxis.tick_top()
    axes.set_xticks([*across], [*across.values()], rotation=90 if longest > 2 else 0)
    for text in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        text.set_parse_math(False)
    axes.tick_params(labelsize=style.FONT_SIZE - 2, length=0, labelcolor=style.INK)
    axes.spines[:].set_visible(False)
    axes.set_title(title, fontsize=style.FONT_SIZE, color=style.INK, loc="left")


def sparse(names: Sequence[str]) -> dict[int, str]:
    """Return the labels of ticks by position; only every fifth if there are many."""
    return {
        place: name
        for place, name in enumerate(names)
        if len(names) <= MAX_NUMBERED_UNITS or (place + 1) % 5 == 0
    }
