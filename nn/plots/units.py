"""Draws the response of each hidden unit over the inputs."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from numpy.typing import NDArray

from nn.layers.base import every
from nn.layers.dense import Dense
from nn.plots import style
from nn.plots.columns import ColumnLayout
from nn.plots.patterns import MAX_NAMED_PATTERNS, pattern_label, patterns
from nn.plots.pictures import shows
from nn.plots.plane import Grid, Plane
from nn.plots.remarks import above
from nn.plots.stages import Stage, importance, stages
from nn.plots.view import View
from nn.runs.reading import Run

MAX_UNITS = 16
"""The maximum number of units drawn of a layer."""
UNITS_PER_ROW = 8
"""The number of units in a row."""
MAX_LAYERS_OF_UNITS = 4
UNIT_CELLS = 60
"""The number of cells per side of a unit's picture."""
MAX_DOTS = 60
"""The number of samples drawn over each unit."""
GREYS = LinearSegmentedColormap.from_list("greys", ["#3c3c3c", "#ffffff"])


@shows("units", "What each hidden unit responds to.")
def draw_units(run: Run) -> Figure:
    """Draw the response of each hidden unit over the inputs; of large layers the most important units."""
    view = View.of(run)
    if len([layer for layer in every(view.model.network.layers) if isinstance(layer, Dense)]) < 2:
        raise ValueError(f"{run.folder}: expected hidden units to draw, got a network without any")
    if view.samples.x.shape[1] == 1:
        return draw_unit_lines(run, view)
    plane = Plane.of(view.samples.x, view.model.features)
    found = patterns(view)
    if found is None or not plane.is_projection or plane.tells_apart(view.judged.x):
        return draw_unit_planes(run, view, plane)
    return draw_unit_patterns(run, view, found.x)


def chosen(view: View, stage: Stage, most: int) -> NDArray[Any]:
    """Choose the units to draw, most important first; outputs stay in order."""
    if stage.dense is None or stage.name == "output":
        return np.arange(min(stage.units, most))
    return np.argsort(-importance(view, stage.dense), kind="stable")[:most]


def stage_label(stage: Stage, shown: int) -> str:
    """Describe a layer, which of its units are drawn, and the scale."""
    low, high = map(style.powers, stage.range)
    which = f"{shown} of {stage.units}" if shown < stage.units else f"{stage.units}"
    order = "" if stage.name == "output" or stage.units == 1 else ", most important first"
    plural = "s"[: stage.units != 1]
    return f"{stage.name}, {stage.kind}: {which} unit{plural}{order};  dark {low}, light {high}"


def unit_label(view: View, stage: Stage, unit: int) -> str:
    """Name a unit by its number, from 1, or an output by its class or target."""
    if stage.name != "output":
        return f"{unit + 1}"
    return view.outputs[unit]


def draw_unit_planes(run: Run, view: View, plane: Plane) -> Figure:
    """Draw a small picture of each unit over the plane, with the samples in the colours of their classes."""
    points = plane.points(view.samples.x)
    grid = Grid.around(points, side=UNIT_CELLS)
    found = stages(view, plane.inputs(grid.points))[-MAX_LAYERS_OF_UNITS:]
    picked = [chosen(view, stage, MAX_UNITS) for stage in found]
    across = int(np.clip(max(map(len, picked)), UNITS_PER_ROW // 2, UNITS_PER_ROW))
    cell = 6.8 / across
    heights = [
        height for units in picked for height in (0.3, *[cell * grid.height] * -(-len(units) // across))
    ]
    figure = style.figure(7.2, 0.9 + 0.12 * len(heights) + sum(heights), run.name)
    places = figure.add_gridspec(len(heights), across, height_ratios=heights)
    row = 0
    for stage, numbers in zip(found, picked, strict=True):
        title = bare_axes(figure, places[row, 0]).text(
            0, 0, stage_label(stage, len(numbers)), color=style.INK, fontsize=style.FONT_SIZE - 1,
            parse_math=False,
        )  # fmt: skip
        title.set_in_layout(False)
        for place, unit in enumerate(numbers.tolist()):
            if place % across == 0:
                row += 1
            axes = bare_axes(figure, places[row, place % across])
            draw_unit_plane(axes, view, stage, unit, grid)
            dot_samples(axes, view, points)
        row += 1
    where = " and ".join(plane.names) if not plane.is_projection else "the first two principal components"
    classes = " (a colour for each class)" if view.classes else ""
    figure.supxlabel(
        f"over {where};  dots: training samples{classes}", fontsize=style.FONT_SIZE - 1, color=style.FAINT,
        parse_math=False,
    )  # fmt: skip
    return figure


def bare_axes(figure: Figure, place: SubplotSpec) -> Axes:
    """Add axes without spines, ticks and numbers; only where something is drawn, as each takes time."""
    axes = figure.add_subplot(place)
    axes.set_axis_off()
    return axes


def draw_unit_plane(axes: Axes, view: View, stage: Stage, unit: int, grid: Grid) -> None:
    """Draw the output of one unit over the plane, in the grey scale of its layer."""
    low, high = stage.range
    axes.imshow(
        grid.image(stage.values[:, unit]), cmap=GREYS, vmin=low, vmax=high, origin="lower",
        extent=grid.extent, aspect=grid.aspect,
    )  # fmt: skip
    axes.set_title(
        unit_label(view, stage, unit),
        y=1,
        fontsize=style.FONT_SIZE - 3,
        pad=2,
        color=style.INK,
        parse_math=False,
    )


def dot_samples(axes: Axes, view: View, points: NDArray[Any]) -> None:
    """Draw some of the training samples as small dots."""
    rows = np.unique(np.linspace(0, len(points) - 1, MAX_DOTS).astype(int))
    classes = view.samples.y[rows, 0].astype(int) if view.classes else np.zeros(len(rows), int)
    axes.scatter(
        points[rows, 0], points[rows, 1], s=float(np.clip(250 / len(rows), 4, 30)), linewidths=0.3,
        c=np.array(style.COLORS)[classes % len(style.COLORS)].tolist(), edgecolors="white",
    )  # fmt: skip


def draw_unit_lines(run: Run, view: View) -> Figure:
    """Draw a line for each unit over the one input, with the samples as ticks below."""
    x = view.samples.x[:, 0]
    along = np.linspace(x.min(), x.max(), 400)
    found = stages(view, along[:, np.newaxis])[-MAX_LAYERS_OF_UNITS:]
    figure = style.figure(6.4, 1.0 + 2.1 * len(found), run.name)
    grid = figure.subplots(len(found), 1, squeeze=False, sharex=True)[:, 0]
    for axes, stage in zip(grid, found, strict=True):
        style.dress_axes(axes)
        style.linear_ticks(axes, 4)
        numbers = chosen(view, stage, UNITS_PER_ROW).tolist()
        ends = []
        for unit, color in zip(numbers, style.colors(len(numbers)), strict=True):
            label, values = unit_label(view, stage, unit), stage.values[:, unit]
            axes.plot(along, values, color=color, linewidth=1.8, label=label)
            ends.append(style.EndLabel(label, float(values[-1]), color))
        axes.plot(
            x, np.zeros_like(x), "|", color=style.FAINT, transform=axes.get_xaxis_transform(), markersize=8
        )
        style.label_ends(axes, ends)
        above(axes, stage_label(stage, len(numbers)).partition(";")[0])
    axes.set_xlabel(f"{view.model.features[0]}   (ticks: training samples)")
    figure.set_layout_engine(ColumnLayout())
    return figure


def draw_unit_patterns(run: Run, view: View, x: NDArray[Any]) -> Figure:
    """Draw a heat map, patterns × units, of each layer, for samples that a plane cannot separate."""
    found = stages(view, x)[-MAX_LAYERS_OF_UNITS:]
    picked = [chosen(view, stage, MAX_UNITS) for stage in found]
    height = 1.3 + 0.24 * min(len(x), MAX_NAMED_PATTERNS)
    figure = style.figure(2.0 + 2.6 * len(found), height, run.name)
    widths = [max(3, len(numbers)) for numbers in picked]
    grid = figure.subplots(1, len(found), squeeze=False, sharey=True, width_ratios=widths)[0]
    for axes, stage, numbers in zip(grid, found, picked, strict=True):
        low, high = stage.range
        axes.imshow(
            stage.values[:, numbers], cmap=GREYS, vmin=low, vmax=high, aspect="auto", interpolation="nearest"
        )
        axes.set_xticks(range(len(numbers)), [unit_label(view, stage, unit) for unit in numbers.tolist()])
        axes.tick_params(length=0, labelsize=style.FONT_SIZE - 2)
        bounds = f"dark {style.powers(low)}, light {style.powers(high)}"
        which = f"{len(numbers)} of {stage.units} units" if len(numbers) < stage.units else ""
        axes.set_title(
            "\n".join(part for part in (f"{stage.name}, {stage.kind}", which, bounds) if part),
            y=1, fontsize=style.FONT_SIZE - 2, color=style.INK, loc="left",
        )  # fmt: skip
    if len(x) <= MAX_NAMED_PATTERNS:
        grid[0].set_yticks(range(len(x)), map(pattern_label, x))
    figure.supxlabel(
        "patterns × units, hidden ones most important first", fontsize=style.FONT_SIZE - 1, color=style.FAINT
    )
    return figure
