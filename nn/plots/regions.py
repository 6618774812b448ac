"""Draws predictions over the inputs: decision regions, fitted curves, surfaces, projections.

The samples drawn are those of the test share, else of the validation share, else of the training share.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from nn.plots import style
from nn.plots.dataset import MAX_COLORED_CLASSES, draw_classes, draw_points, size
from nn.plots.patterns import draw_patterns, patterns
from nn.plots.pictures import shows
from nn.plots.plane import Grid, Plane
from nn.plots.remarks import above, color_bar
from nn.plots.scales import limits
from nn.plots.view import View
from nn.runs.reading import Run

PALE = 0.6
"""The share of white in the colour of a region, so that points stand out."""
REGION_CELLS, COARSE_REGION_CELLS = 200, 80
"""The number of cells per side of a picture of regions; fewer if there are many classes."""
CURVE_POINTS = 400
"""The number of points of a curve."""


@shows("answers", "What the network answers: regions, a curve, a surface, a projection.")
def draw_run_answers(run: Run) -> Figure:
    """Draw the predictions over the inputs, with the samples of the evaluated share."""
    view = View.of(run)
    figure = style.figure(6.4, 4.6, run.name)
    axes = figure.subplots()
    draw_answers(axes, view)
    return figure


def draw_answers(axes: Axes, view: View) -> None:
    """Draw regions, a curve, a surface, a projection or a heat map, whichever suits the network."""
    style.dress_axes(axes)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=style.TICK_STEPS))
    axes.xaxis.set_major_formatter(FuncFormatter(style.decimals))
    style.linear_ticks(axes)
    inputs = view.samples.x.shape[1]
    if inputs == 1:
        draw_outputs(axes, view)
    elif inputs == 2 and view.classes:
        draw_regions(axes, view)
    elif inputs == 2:
        draw_surface(axes, view)
    else:
        plane = Plane.of(view.samples.x, view.model.features)
        found = patterns(view)
        if found is None or plane.tells_apart(view.judged.x):
            draw_projection(axes, view, plane)
        else:
            draw_patterns(axes, view, found)


def draw_regions(axes: Axes, view: View) -> None:
    """Draw each point of the plane in the colour of its class, paler the less certain; and the samples."""
    many = len(view.classes or ()) > MAX_COLORED_CLASSES
    grid = Grid.around(view.samples.x, side=COARSE_REGION_CELLS if many else REGION_CELLS)
    shares = grid.image(view.probabilities(view.model.answer(grid.points)))
    axes.imshow(
        blended(shares), origin="lower", extent=grid.extent, aspect=grid.aspect, interpolation="bilinear"
    )
    left, right, bottom, top = grid.extent
    across, up = np.linspace(left, right, grid.side), np.linspace(bottom, top, grid.side)
    for number in () if many else range(1, shares.shape[-1]):
        # The decision boundary: where a class becomes more probable than any other.
        ahead = shares[..., number] - np.delete(shares, number, axis=-1).max(axis=-1)
        if ahead.min() < 0 < ahead.max():
            axes.contour(across, up, ahead, [0], colors=style.INK, linewidths=1)
    axes.set(xlabel=view.model.features[0], ylabel=view.model.features[1])
    x, true = view.judged.x, view.judged.y[:, 0]
    draw_classes(axes, x, true, view.classes or (), f"true {view.model.targets[0]}")
    mark_wrong(axes, view, x, view.classified(view.model.answer(x)) != true)


def blended(shares: NDArray[Any]) -> NDArray[Any]:
    """Mix the colours of classes by their probabilities, ``(…, classes)`` to ``(…, 3)``, and lighten them."""
    known = np.array([to_rgb(color) for color in style.colors(shares.shape[-1])])
    return PALE + (1 - PALE) * shares @ known


def mark_wrong(axes: Axes, view: View, points: NDArray[Any], wrong: NDArray[Any], what: str = "") -> None:
    """Draw a ring around each misclassified sample, and write how many there are above the axes."""
    axes.scatter(
        points[wrong, 0], points[wrong, 1], s=4 * size(len(points)), facecolors="none", edgecolors=style.INK,
        linewidths=1.2,
    )  # fmt: skip
    count = int(wrong.sum())
    verdict = f"○ {count:,} answered wrong" if count else "all answered right"
    above(axes, f"{what}{view.called};  {verdict}")


def draw_outputs(axes: Axes, view: View) -> None:
    """Draw the outputs over the one input as lines, and the samples."""
    x = view.samples.x[:, 0]
    room = 0.08 * (np.ptp(x) or 1)
    along = np.linspace(x.min() - room, x.max() + room, CURVE_POINTS)
    outputs, judged, classes = view.model.answer(along[:, np.newaxis]), view.judged, view.classes
    targets = view.probabilities(view.model.encoded(judged)) if classes else judged.y
    curves = view.probabilities(outputs) if classes else outputs
    names = (classes or view.model.targets)[:MAX_COLORED_CLASSES]
    ends = []
    for number, name in enumerate(names):
        color = style.COLORS[number]
        points = np.column_stack([judged.x[:, 0], targets[:, number]])
        draw_points(axes, points, number, f"{name}, samples", size(len(points)) / 2, style.MARKERS[number])
        line = color if len(names) > 1 else style.COLORS[6]
        axes.plot(along, curves[:, number], color=line, linewidth=2.5, label=name)
        ends.append(style.EndLabel(name, float(curves[-1, number]), color))
    axes.set_ylim(*limits(curves[:, : len(names)], targets[:, : len(names)], room=0.05))
    axes.set_xlabel(view.model.features[0])
    axes.set_ylabel(f"probability of {view.model.targets[0]}" if classes else " and ".join(names))
    if classes:
        true = judged.y[:, 0].astype(int)
        at = np.column_stack([judged.x[:, 0], np.ones(len(true))])
        mark_wrong(axes, view, at, view.classified(view.model.answer(judged.x)) != true)
    else:
        above(axes, f"line: the network;  points: {view.called}")
    if len(names) > 1:
        style.label_ends(axes, ends)


def draw_surface(axes: Axes, view: View) -> None:
    """Draw the first output over the plane as colours and contours; samples in the colour of their target."""
    grid = Grid.around(view.samples.x)
    heights = grid.image(view.model.answer(grid.points)[:, 0])
    points, targets = view.judged.x, view.judged.y[:, 0]
    low, high = limits(heights, targets)
    look: Any = {"cmap": "viridis", "vmin": low, "vmax": high}
    shown = axes.imshow(
        heights, origin="lower", extent=grid.extent, aspect=grid.aspect, interpolation="bilinear", **look
    )
    left, right, bottom, top = grid.extent
    across, up = np.linspace(left, right, grid.side), np.linspace(bottom, top, grid.side)
    levels = MaxNLocator(8, steps=style.TICK_STEPS).tick_values(low, high)
    levels = levels[(levels > heights.min()) & (levels < heights.max())]
    if len(levels):
        lines = axes.contour(across, up, heights, levels, colors="white", linewidths=0.6)
        axes.clabel(lines, fmt=style.decimals, fontsize=style.FONT_SIZE - 2)
    axes.scatter(
        points[:, 0],
        points[:, 1],
        c=targets,
        s=size(len(targets)),
        linewidths=0.6,
        edgecolors="white",
        **look,
    )
    axes.set(xlabel=view.model.features[0], ylabel=view.model.features[1])
    above(axes, f"plane: the network;  points: {view.called}")
    color_bar(axes, shown, first_of(view.model.targets))


def first_of(targets: Sequence[str]) -> str:
    """Name the target that is drawn, and how many there are."""
    return targets[0] if len(targets) == 1 else f"{targets[0]} (the first of {len(targets)} targets)"


def draw_projection(axes: Axes, view: View, plane: Plane) -> None:
    """Draw the samples in the plane of their principal components, coloured by prediction; ring mistakes."""
    points, outputs = plane.points(view.judged.x), view.model.answer(view.judged.x)
    axes.set(xlabel=plane.names[0], ylabel=plane.names[1])
    axes.set_aspect(Grid.around(points).aspect)
    what = "projection of "
    if view.classes is None:
        low, high = limits(outputs[:, 0], view.judged.y[:, 0])
        shown = axes.scatter(
            points[:, 0], points[:, 1], c=outputs[:, 0], cmap="viridis", vmin=low, vmax=high,
            s=size(len(points)),
        )  # fmt: skip
        above(axes, what + view.called)
        color_bar(axes, shown, f"predicted {first_of(view.model.targets)}")
        return
    answered = view.classified(outputs)
    draw_classes(axes, points, answered, view.classes, f"answered {view.model.targets[0]}")
    mark_wrong(axes, view, points, answered != view.judged.y[:, 0], what)
