"""Draws what a network answers over its inputs: regions of classes, fitted curves, surfaces, projections."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from nn.plots import style
from nn.plots.dataset import draw_points, size
from nn.plots.plane import Grid, Plane
from nn.plots.view import View
from nn.runs.reading import Run

PALE = 0.6
"""How much white is in the colour of a region, so that its points stand out."""
MOST = 10
"""Of more classes than there are colours, a region is shown by the certainty of the answer."""
SIDE, COARSE = 200, 80
"""The cells of a picture of regions, across and up; fewer where there are many classes."""
FINE = 400
"""So many points make a curve."""


def answers(run: Run) -> Figure:
    """What the network answers over its inputs, with the samples that it was trained on."""
    view = View.of(run)
    figure = style.figure(6.4, 4.6, run.name)
    axes = figure.subplots()
    draw_answers(axes, view)
    return figure


def draw_answers(axes: Axes, view: View) -> None:
    """Regions, a curve or a surface, whichever shows this network."""
    style.dress(axes)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=style.STEPS))
    axes.xaxis.set_major_formatter(FuncFormatter(style.decimals))
    style.linear_ticks(axes)
    inputs = view.samples.x.shape[1]
    if inputs == 1:
        draw_curve(axes, view)
    elif inputs == 2 and view.classes:
        draw_regions(axes, view)
    elif inputs == 2:
        draw_surface(axes, view)
    else:
        draw_projection(axes, view)


def draw_regions(axes: Axes, view: View) -> None:
    """Each point of the plane in the colour of its class, paler where it is less certain; the samples."""
    plane = Plane.of(view.samples.x, view.model.inputs)
    many = len(view.classes or ()) > MOST
    grid = Grid.around(view.samples.x, side=COARSE if many else SIDE)
    shares = grid.image(view.shares(view.model.forward(plane.inputs(grid.points))))
    axes.imshow(blended(shares), origin="lower", extent=grid.extent, aspect="auto", interpolation="bilinear")
    left, right, bottom, top = grid.extent
    across, up = np.linspace(left, right, grid.side), np.linspace(bottom, top, grid.side)
    for number in () if many else range(1, shares.shape[-1]):
        # A class begins where it becomes more certain than any other.
        ahead = shares[..., number] - np.delete(shares, number, axis=-1).max(axis=-1)
        if ahead.min() < 0 < ahead.max():
            axes.contour(across, up, ahead, [0], colors=style.INK, linewidths=1)
    axes.set(xlabel=plane.names[0], ylabel=plane.names[1])
    draw_samples(axes, view, view.samples.x)


def blended(shares: NDArray[Any]) -> NDArray[Any]:
    """The colours of classes mixed by their shares, (…, classes) to (…, 3), and paled."""
    known = np.array([to_rgb(color) for color in style.colors(shares.shape[-1])])
    return PALE + (1 - PALE) * shares @ known


def draw_samples(axes: Axes, view: View, points: NDArray[Any]) -> None:
    """The samples in the colours and shapes of their classes, which are named beside the axes."""
    classes, numbers = view.classes or (), view.samples.y[:, 0]
    for number, name in enumerate(classes[:MOST]):
        shape = style.MARKERS[number % len(style.MARKERS)]
        draw_points(axes, points[numbers == number], number, name, size(len(points)), shape)
    if len(classes) > MOST:
        rest = points[numbers >= MOST]
        draw_points(axes, rest, 7, f"{len(classes) - MOST:,} more", size(len(points)), "o")
    legend = axes.legend(
        title=view.model.targets[0], alignment="left", title_fontsize=style.FONT_SIZE,
        fontsize=style.FONT_SIZE, loc="upper left", bbox_to_anchor=(1, 1.02), frameon=False,
        labelcolor=style.INK, handletextpad=0.1,
    )  # fmt: skip
    for text in (legend.get_title(), *legend.get_texts()):
        text.set_parse_math(False)


def draw_curve(axes: Axes, view: View) -> None:
    """The outputs along the one input as lines, and the samples."""
    x = view.samples.x[:, 0]
    room = 0.08 * (np.ptp(x) or 1)
    along = np.linspace(x.min() - room, x.max() + room, FINE)
    outputs = view.model.forward(along[:, np.newaxis])
    classes = view.classes
    targets = view.shares(view.samples.encoded(outputs.shape[1])) if classes else view.samples.y
    curves = view.shares(outputs) if classes else outputs
    names = (classes or view.model.targets)[:MOST]
    ends = []
    for number, name in enumerate(names):
        color = style.COLORS[number]
        points = np.column_stack([x, targets[:, number]])
        draw_points(axes, points, number, f"{name}, samples", size(len(x)) / 2, style.MARKERS[number])
        line = color if len(names) > 1 else style.COLORS[6]
        axes.plot(along, curves[:, number], color=line, linewidth=2.5, label=name)
        ends.append(style.Label(name, float(curves[-1, number]), color))
    axes.set_xlabel(view.model.inputs[0])
    axes.set_ylabel(f"probability of {view.model.targets[0]}" if classes else " and ".join(names))
    if len(names) > 1:
        style.label_ends(axes, ends)
    else:
        above(axes, "line: the network;  points: the samples it was trained on")


def draw_surface(axes: Axes, view: View) -> None:
    """The first output over the plane in colours and lines of height; each sample in that of its target."""
    grid = Grid.around(view.samples.x)
    heights = grid.image(view.model.forward(grid.points)[:, 0])
    targets = view.samples.y[:, 0]
    scale = {"vmin": min(heights.min(), targets.min()), "vmax": max(heights.max(), targets.max())}
    shown = axes.imshow(
        heights,
        cmap="viridis",
        origin="lower",
        extent=grid.extent,
        aspect="auto",
        interpolation="bilinear",
        **scale,
    )
    left, right, bottom, top = grid.extent
    across, up = np.linspace(left, right, grid.side), np.linspace(bottom, top, grid.side)
    lines = axes.contour(across, up, heights, 8, colors="white", linewidths=0.6)
    axes.clabel(lines, fmt=style.decimals, fontsize=style.FONT_SIZE - 2)
    axes.scatter(
        view.samples.x[:, 0],
        view.samples.x[:, 1],
        c=targets,
        cmap="viridis",
        s=size(len(targets)),
        linewidths=0.6,
        edgecolors="white",
        **scale,
    )
    axes.set(xlabel=view.model.inputs[0], ylabel=view.model.inputs[1])
    color_bar(axes, shown, view.model.targets[0])


def draw_projection(axes: Axes, view: View) -> None:
    """The samples in the plane of their widest spread, coloured by the answer; wrong ones are ringed."""
    plane = Plane.of(view.samples.x, view.model.inputs)
    points = plane.points(view.samples.x)
    outputs = view.model.forward(view.samples.x)
    axes.set(xlabel=plane.names[0], ylabel=plane.names[1])
    if view.classes is None:
        shown = axes.scatter(points[:, 0], points[:, 1], c=outputs[:, 0], cmap="viridis", s=size(len(points)))
        color_bar(axes, shown, f"predicted {view.model.targets[0]}")
        return
    draw_samples(axes, view, points)
    wrong = view.classified(outputs) != view.samples.y[:, 0]
    axes.scatter(
        points[wrong, 0],
        points[wrong, 1],
        s=4 * size(len(points)),
        facecolors="none",
        edgecolors=style.INK,
        linewidths=1.2,
    )
    note = f"projection of {points.shape[0]:,} samples with {view.samples.x.shape[1]} inputs"
    count = int(wrong.sum())
    above(axes, f"{note};  ○ {count:,} classified wrong" if count else f"{note}; none classified wrong")


def above(axes: Axes, text: str) -> None:
    """A remark above the axes."""
    axes.annotate(
        text, (0, 1), (0, 6), xycoords="axes fraction", textcoords="offset points", color=style.FAINT,
        fontsize=style.FONT_SIZE - 1, annotation_clip=False, parse_math=False,
    )  # fmt: skip


def color_bar(axes: Axes, shown: Any, label: str) -> None:
    """The scale of colours, beside the axes."""
    figure = axes.get_figure(root=True)
    assert figure is not None, "axes are in one"
    bar = figure.colorbar(shown, ax=axes, aspect=30, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=style.FONT_SIZE, labelcolor=style.INK, color=style.FAINT)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(style.decimals))
    bar.set_label(label, fontsize=style.FONT_SIZE, color=style.INK, parse_math=False)
