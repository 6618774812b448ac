"""Draws a network: its units as thumbnails of what they respond to, its weights as lines."""

import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path

from nn.diagram.layout import MAX_DRAWN_UNITS, Connection, Layout, abbreviated, network_layout
from nn.diagram.portrait import Portrait, portrait
from nn.diagram.probes import probe_of
from nn.display import counted
from nn.plots import style
from nn.plots.pictures import shows
from nn.plots.thumbnails import NEGATIVE, NODE, POSITIVE, draw_sign_scale, draw_thumbnail
from nn.plots.view import View
from nn.runs.reading import Run

COLUMN_GAP, PITCH = 2.0, 0.82
"""The distances of columns and of rows, in inches of the picture of its own."""
LETTER_WIDTH = 0.085
"""The width of a letter of a name."""
THIN_LINE, WIDE_LINE = 0.4, 5.0
"""Widths of lines in points: of a weight of 0, and of the largest."""
FAINTEST = 0.12
"""The opacity of a weight of 0."""
TITLE_LINE, BELOW = 0.17, 1.3
"""The height of a line of a title, and the room for scales and the key below the units."""
AROUND = 0.5
"""The room for connections around columns."""
KEY_WIDTH = 6.4
BIAS_RADIUS = 0.1
"""The radius of the mark of a bias as large as the largest weight."""
FINE_CELLS = 64
"""The number of cells on a side of a thumbnail."""


@shows("network", "The network: what each unit responds to, and the weights between them.")
def draw_network(run: Run) -> Figure:
    """Draw the units as thumbnails and the weights as lines, on one scale each."""
    return figure_of_portrait(portrait_of(View.of(run)), run.name)


def figure_of_portrait(found: Portrait, title: str = "") -> Figure:
    """Draw a diagram in a figure of its own."""
    width, height = extent_of(found.layout)
    figure = style.figure(width + 0.25, height + (0.5 if title else 0.2), title)
    draw_portrait(figure.subplots(), found)
    return figure


def portrait_of(view: View, most: int = MAX_DRAWN_UNITS) -> Portrait:
    """Look at the network of a run, over its training samples, with its current parameters.

    Raises ValueError for a network that cannot be drawn.
    """
    model = view.model
    try:
        layout = network_layout(model.network, model.features, view.outputs, most)
    except ValueError as error:
        raise ValueError(f"{view.run.folder}: {error}") from error
    x, _ = model.arrays(view.samples)
    return portrait(
        model.network, layout, probe_of(x, view.samples.y, model.features, view.classes, FINE_CELLS), x
    )


def extent_of(layout: Layout) -> tuple[float, float]:
    """The width and the height of a diagram in inches."""
    left, right = margins(layout)
    bottom, top = heights(layout)
    return left + right + COLUMN_GAP * (len(layout.columns) - 1), top - bottom


def heights(layout: Layout) -> tuple[float, float]:
    """The lowest and the highest place of a diagram, with room for connections around columns."""
    middle = PITCH * layout.tallest / 2 + (AROUND if any(map(spans, layout.connections)) else 0)
    lines = 1 + max(len(column.about) for column in layout.columns)
    return -middle - BELOW, middle + TITLE_LINE * lines + 0.35


def margins(layout: Layout) -> tuple[float, float]:
    """The room beside the centres of the first and of the last column, for names and the key."""
    first, last = (
        NODE + LETTER_WIDTH * max(len(abbreviated(name)) for name in column.names)
        for column in (layout.columns[0], layout.columns[-1])
    )
    more = max(KEY_WIDTH - first - last - COLUMN_GAP * (len(layout.columns) - 1), 0) / 2
    return first + more, last + more


def draw_portrait(axes: Axes, found: Portrait) -> None:
    """Draw a diagram with its key; its lengths are inches where the axes are as large as ``extent_of``."""
    layout = found.layout
    left, right = margins(layout)
    bottom, top = heights(layout)
    draw_connections(axes, found)
    for number, column in enumerate(layout.columns):
        draw_column(axes, found, number)
        title = "\n".join([column.title, *column.about])
        axes.text(
            number * COLUMN_GAP, top - 0.12, title, ha="center", va="top", color=style.INK,
            fontsize=style.FONT_SIZE - 2, linespacing=1.3, parse_math=False,
        )  # fmt: skip
        what = "weights " if column.pixels and number else ""
        axes.text(
            number * COLUMN_GAP, bottom + BELOW - 0.02, f"{what}±{style.powers(found.scales[number])}",
            ha="center", va="top", color=style.FAINT, fontsize=style.FONT_SIZE - 3,
        )  # fmt: skip
    draw_key(axes, found, (-left + 0.1, bottom + 0.75), COLUMN_GAP * (len(layout.columns) - 1) + left + right)
    axes.set(xlim=(-left, COLUMN_GAP * (len(layout.columns) - 1) + right), ylim=(bottom, top), aspect="equal")
    axes.set_axis_off()


def draw_column(axes: Axes, found: Portrait, number: int) -> None:
    """Draw the units of a column, with their names and the marks of their biases."""
    column = found.layout.columns[number]
    stuck = found.stuck.get(number, np.zeros(column.drawn, bool))
    is_last = number == len(found.layout.columns) - 1
    for place, name in enumerate(column.names):
        x, y = center_of(found.layout, (number, place))
        draw_thumbnail(axes, found, number, place, (x, y), dashed=bool(stuck[place]))
        if number == 0 or is_last:
            side = 1 if number else -1
            axes.text(
                x + side * (NODE / 2 + 0.12), y, abbreviated(name), ha="left" if number else "right",
                va="center", color=style.INK, fontsize=style.FONT_SIZE - 1, parse_math=False,
            )  # fmt: skip
    marks = []
    for place, parameter in enumerate(column.biases):
        x, y = center_of(found.layout, (number, place))
        bias = float(found.parameters[parameter])
        size = BIAS_RADIUS * np.sqrt(min(abs(bias) / found.largest_weight, 1)) if np.isfinite(bias) else 0
        color = POSITIVE if bias >= 0 else NEGATIVE
        marks.append(
            Circle((x - NODE / 2, y - NODE / 2), size, facecolor=color, edgecolor="white", linewidth=0.5)
        )
    axes.add_collection(PatchCollection(marks, match_original=True, zorder=4))


def center_of(layout: Layout, unit: tuple[int, int]) -> tuple[float, float]:
    """The centre of a unit in inches."""
    column, height = layout.place(unit)
    return column * COLUMN_GAP, height * PITCH


def draw_connections(axes: Axes, found: Portrait) -> None:
    """Draw weights as lines, the largest last; what hands values on in grey."""
    drawn = []
    for connection in found.layout.connections:
        path = path_of(found.layout, connection)
        if connection.parameter is None:
            drawn.append((0.0, PathPatch(path, fill=False, edgecolor="#c4c4c4", linewidth=0.8)))
            continue
        weight = float(found.parameters[connection.parameter])
        share = min(abs(weight) / found.largest_weight, 1) if np.isfinite(weight) else 0
        color = to_rgba(POSITIVE if weight >= 0 else NEGATIVE, FAINTEST + (1 - FAINTEST) * share)
        width = THIN_LINE + (WIDE_LINE - THIN_LINE) * share
        drawn.append((share, PathPatch(path, fill=False, edgecolor=color, linewidth=width, capstyle="butt")))
    patches = [patch for _, patch in sorted(drawn, key=lambda one: one[0])]
    axes.add_collection(PatchCollection(patches, match_original=True, zorder=1))


def spans(connection: Connection) -> bool:
    """Whether there are columns between the two of a connection."""
    return connection.end[0] - connection.start[0] > 1


def path_of(layout: Layout, connection: Connection) -> Path:
    """A curve from the right of a unit to the left of another one, around the columns between them."""
    (x1, y1), (x2, y2) = center_of(layout, connection.start), center_of(layout, connection.end)
    x1, x2 = x1 + NODE / 2, x2 - NODE / 2
    bend = 0.0
    if spans(connection):
        between = layout.columns[connection.start[0] + 1 : connection.end[0]]
        room = PITCH * (max(column.drawn for column in between) / 2 + 0.35)
        bend = (room if y1 >= 0 else -room) * 4 / 3
    middle = (x2 - x1) * (0.4 if not bend else 0.25)
    controls = [(x1, y1), (x1 + middle, bend or y1), (x2 - middle, bend or y2), (x2, y2)]
    return Path(controls, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])


def draw_key(axes: Axes, found: Portrait, corner: tuple[float, float], width: float) -> None:
    """Say what colours and widths mean, what thumbnails show, and what is left out."""
    left, y = corner
    look: dict[str, Any] = {"color": style.FAINT, "fontsize": style.FONT_SIZE - 2.5, "parse_math": False}
    weight = style.powers(found.largest_weight)
    draw_sign_scale(axes, (left + 0.35, y - 0.07), 1.0, 0.14)
    axes.text(left + 0.3, y, "−", ha="right", va="center", **look)
    axes.text(left + 1.4, y, "+ scale of the layer", va="center", **look)
    for number, (sign, color) in enumerate((("weight ", POSITIVE), ("−", NEGATIVE))):
        x = left + (2.95, 4.4)[number]
        axes.plot([x, x + 0.4], [y, y], color=color, linewidth=WIDE_LINE, solid_capstyle="butt")
        axes.text(x + 0.5, y, f"{sign}{weight}", va="center", **look)
    axes.add_patch(Circle((left + 5.55, y), BIAS_RADIUS, facecolor=POSITIVE, edgecolor="none"))
    axes.text(left + 5.75, y, f"bias {weight}", va="center", **look)
    lines = textwrap.wrap(" ".join(key_sentences(found)), int(width / LETTER_WIDTH * 1.1))
    axes.text(left, y - 0.2, "\n".join(lines), va="top", linespacing=1.4, **look)


def key_sentences(found: Portrait) -> list[str]:
    """What the thumbnails of a diagram show, which units are flat, and what is left out."""
    pixels = any(column.pixels and column.pixels.weights for column in found.layout.columns)
    sentences = [f"In a unit: {found.probe.about}."]
    if pixels:
        sentences = [f"First hidden layer: the weights of each pixel. Behind it: {found.probe.about}."]
    if found.stuck_words:
        sentences.append(f"Dashed: {', '.join(found.stuck_words)}.")
    biases = found.parameters[[place for column in found.layout.columns for place in column.biases]]
    if np.any(np.abs(biases) > found.largest_weight):
        sentences.append("Larger biases have the same mark.")
    if bad := int(np.sum(~np.isfinite(found.parameters))):
        sentences.append(f"{counted(bad, 'parameter')} not finite.")
    sentences += [f"{note[0].upper()}{note[1:]}." for note in found.layout.notes]
    return sentences
