"""Draws the inside of a network: what each hidden unit responds to, and its weights."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from nn.layer import Layer, every, forward
from nn.layers import Dense
from nn.plots import style
from nn.plots.plane import Grid, Plane
from nn.plots.remarks import above
from nn.plots.view import View
from nn.runs.reading import Run

UNITS = 16
"""So many units of a layer are drawn."""
ACROSS = 8
"""So many of them stand side by side."""
LAYERS = 4
SIDE = 60
"""The cells of a unit's picture, across and up."""
LARGEST = 32
"""Of a matrix with more rows or columns the first are drawn."""


class Stage(NamedTuple):
    """What a layer gives, and the layer."""

    name: str
    layer: Layer
    values: NDArray[Any]


def stages(view: View, x: NDArray[Any]) -> Iterator[Stage]:
    """What each dense layer gives after its activation, for raw inputs (rows, inputs)."""
    model = view.model
    y = model.scaling(x) if model.scaling else x
    y, number = y.astype(model.network.dtype), 0
    for layer, after in pairwise([*model.network.layers, None]):
        assert layer is not None, "only what follows the last is"
        y = forward([layer], y)
        number += isinstance(layer, Dense)
        if after is None or isinstance(after, Dense):
            yield Stage("output" if after is None else f"layer {number}", layer, y)


def units(run: Run) -> Figure:
    """What each hidden unit responds to, over the inputs."""
    view = View.of(run)
    if not any(isinstance(layer, Dense) for layer in view.model.network.layers[:-2]):
        raise ValueError(f"{run.folder}: expected hidden units to draw, got a network without any")
    return of_one_input(run, view) if view.samples.x.shape[1] == 1 else over_plane(run, view)


def over_plane(run: Run, view: View) -> Figure:
    """A small picture for each unit: light where it gives most, dark where least, over the plane."""
    plane = Plane.of(view.samples.x, view.model.inputs)
    grid = Grid.around(plane.points(view.samples.x), side=SIDE)
    found = list(stages(view, plane.inputs(grid.points)))[-LAYERS:]
    heights = [height for stage in found for height in (0.32, *[1.0] * rows_of(stage))]
    figure = style.figure(6.4, 0.75 + 0.78 * sum(heights), run.name)
    grids = iter(figure.subplots(len(heights), ACROSS, squeeze=False, height_ratios=heights))
    for stage in found:
        first, *rest = (
            axes for row in (next(grids), *(next(grids) for _ in range(rows_of(stage)))) for axes in row
        )
        count = stage.values.shape[1]
        more = f", the first {UNITS} of {count} units" if count > UNITS else ""
        told = first.text(
            0, 0, f"{stage.name}, {kind(stage.layer)}{more}", color=style.INK, fontsize=style.FONT_SIZE - 1
        )
        told.set_in_layout(False)
        for axes in (first, *rest):
            axes.set_axis_off()
        for unit, axes in enumerate(rest[ACROSS - 1 :][: min(count, UNITS)]):
            shown = grid.image(stage.values[:, unit])
            axes.imshow(shown, cmap="cividis", origin="lower", extent=grid.extent, aspect="auto")
    where = " and ".join(plane.names) if not plane.is_projection else "the first two principal components"
    figure.supxlabel(
        f"over {where}; each from its least (dark) to its largest output",
        fontsize=style.FONT_SIZE - 1, color=style.FAINT, parse_math=False,
    )  # fmt: skip
    return figure


def rows_of(stage: Stage) -> int:
    """How many rows of pictures the units of a layer take."""
    return -(-min(stage.values.shape[1], UNITS) // ACROSS)


def of_one_input(run: Run, view: View) -> Figure:
    """A line for each unit over the one input."""
    x = view.samples.x[:, 0]
    along = np.linspace(x.min(), x.max(), 400)
    found = list(stages(view, along[:, np.newaxis]))[-LAYERS:]
    figure = style.figure(6.4, 1.0 + 1.9 * len(found), run.name)
    for axes, stage in zip(
        figure.subplots(len(found), 1, squeeze=False, sharex=True)[:, 0], found, strict=True
    ):
        style.dress(axes)
        style.linear_ticks(axes, 4)
        shown = stage.values[:, :UNITS]
        for unit, color in enumerate(style.colors(shown.shape[1])):
            axes.plot(along, shown[:, unit], color=color, linewidth=1.8, label=f"unit {unit + 1}")
        count = stage.values.shape[1]
        above(axes, f"{stage.name}, {kind(stage.layer)}, {count} unit{'s'[: count != 1]}")
    axes.set_xlabel(view.model.inputs[0])
    return figure


def kind(layer: Layer) -> str:
    """The name of a layer as in a configuration."""
    return type(layer).__name__.lower()


def weights(run: Run) -> Figure:
    """A Hinton diagram of each dense layer: the area of a square is the size of a weight."""
    view = View.of(run)
    dense = [layer for layer in every(view.model.network.layers) if isinstance(layer, Dense)][:LAYERS]
    if not dense:
        raise ValueError(f"{run.folder}: expected weights to draw, got a network without dense layers")
    matrices = [np.vstack([layer.weight, layer.bias])[:, :LARGEST] for layer in dense]
    widths = [max(matrix.shape[1], 3) for matrix in matrices]
    tallest = max(min(len(matrix), LARGEST + 1) for matrix in matrices)
    cell = float(np.clip(12 / (sum(widths) + 4 * len(widths)), 0.09, 0.42))
    figure = style.figure(
        max(5.0, 1.4 + cell * (sum(widths) + 4 * len(widths))), max(2.6, 1.2 + cell * tallest), run.name
    )
    grids = figure.subplots(1, len(dense), squeeze=False, width_ratios=widths)[0]
    for number, (axes, matrix) in enumerate(zip(grids, matrices, strict=True), start=1):
        names = list(view.model.inputs) if number == 1 and len(matrix) <= 31 else None
        hinton(axes, matrix, f"dense {number}", names)
    figure.supxlabel(
        "area: size of a weight, against the largest of its layer;  blue: positive, brown: negative",
        fontsize=style.FONT_SIZE - 1, color=style.FAINT,
    )  # fmt: skip
    return figure


def hinton(axes: Axes, matrix: NDArray[Any], title: str, names: list[str] | None) -> None:
    """Squares for weights, inputs downwards and units across; the biases in the last row."""
    weights, bias = matrix[:-1], matrix[-1:]
    cut = len(weights) > LARGEST
    rows = np.vstack([weights[:LARGEST], bias])
    sides = np.sqrt(np.abs(rows) / max(np.abs(rows).max(), np.finfo(float).tiny))
    for sign, color in ((1, style.COLORS[0]), (-1, style.COLORS[6])):
        squares = [
            Rectangle((unit - side / 2, row + (row == len(rows) - 1) * 0.4 - side / 2), side, side)
            for (row, unit), side in np.ndenumerate(0.92 * sides)
            if sign * rows[row, unit] > 0
        ]
        axes.add_collection(PatchCollection(squares, facecolor=color, edgecolor="none"))
    axes.set(xlim=(-0.7, rows.shape[1] - 0.3), ylim=(len(rows) + 0.1, -0.7), aspect="equal")
    axes.axhline(len(rows) - 1.3, color=style.FAINT, linewidth=0.6)
    known = names or [str(number + 1) for number in range(len(rows) - 1)]
    sparse = names is None and len(rows) > 12
    ticks = [row for row in range(len(rows) - 1) if not sparse or (row + 1) % 10 == 0]
    axes.set_yticks([*ticks, len(rows) - 0.6], [*(known[row] for row in ticks), "bias"])
    every_ = 10 if rows.shape[1] > 12 else 1
    axes.set_xticks([unit for unit in range(rows.shape[1]) if (unit + 1) % every_ == 0])
    axes.set_xticklabels([str(int(unit) + 1) for unit in axes.get_xticks()])
    axes.tick_params(labelsize=style.FONT_SIZE - 2, length=0, labelcolor=style.INK)
    axes.spines[:].set_visible(False)
    more = f", first {LARGEST} inputs" if cut else ""
    axes.set_title(title + more, fontsize=style.FONT_SIZE, color=style.INK, loc="left")
