"""Draws the samples of a data set as points."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from nn.arrays import Reals
from nn.plots import style
from nn.plots.plane import Grid, Plane

MAX_PLAIN_CLASSES = 5  # more classes are hard to tell apart by shape and colour alone
MAX_COLORED_CLASSES = len(style.COLORS)


def scatter(
    x: NDArray[Any], y: NDArray[Any], inputs: Sequence[str], targets: Sequence[str],
    classes: Sequence[str] | None, title: str,
) -> Figure:  # fmt: skip
    """Draw a scatter plot of a data set: points at their inputs, with the target as colour or height.

    ``x`` is (rows, inputs) and ``y`` (rows, targets), or (rows, 1) with class numbers where there are
    ``classes``. One input is drawn along the axis, two in the plane, more in the plane of their first two
    principal components. Raises ValueError if there are no rows.
    """
    if not len(x):
        raise ValueError(f"{title}: expected rows to draw, got none")
    figure = style.figure(6.4, 4.4, title)
    axes = figure.subplots()
    style.dress_axes(axes)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=style.TICK_STEPS))
    axes.xaxis.set_major_formatter(FuncFormatter(style.decimals))
    style.linear_ticks(axes)
    if x.shape[1] == 1:
        axes.set_xlabel(inputs[0])
        draw_over_one_input(axes, x[:, 0], y, targets, classes)
    else:
        plane = Plane.of(x, inputs)
        points = plane.points(x)
        axes.set(xlabel=plane.names[0], ylabel=plane.names[1], aspect=Grid.around(points).aspect)
        if classes:
            draw_classes(axes, points, y[:, 0], classes, targets[0])
        else:
            draw_numbers(figure, axes, points, y[:, 0], targets)
    return figure


def draw_over_one_input(
    axes: Axes, x: Reals, y: NDArray[Any], targets: Sequence[str], classes: Sequence[str] | None
) -> None:
    """Draw the samples over their one input: a row of points for each class, or a cloud for each target."""
    names = classes or targets
    for number, name in enumerate(names):
        of_class = y[:, 0] == number if classes else slice(None)
        points = np.column_stack([x, y[:, 0 if classes else number]])[of_class]
        draw_points(axes, points, number, name, size(len(x)), style.MARKERS[number % len(style.MARKERS)])
    if classes:
        axes.set_yticks(range(len(classes)), classes)
        axes.set_ylim(-0.5, len(classes) - 0.5)
    if classes or len(targets) == 1:
        axes.set_ylabel(targets[0])
    else:
        ends = zip(targets, y[np.argmax(x)], itertools.cycle(style.COLORS), strict=False)
        style.label_ends(axes, [style.EndLabel(name, float(end), color) for name, end, color in ends])


def draw_numbers(figure: Figure, axes: Axes, points: Reals, y: NDArray[Any], targets: Sequence[str]) -> None:
    """Draw points coloured by their target, dark to light, with a colour bar."""
    drawn = axes.scatter(
        points[:, 0], points[:, 1], c=y, cmap="viridis", s=size(len(y)), linewidths=0.3, edgecolors=style.INK
    )
    bar = figure.colorbar(drawn, ax=axes, aspect=30, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=style.FONT_SIZE, labelcolor=style.INK, color=style.FAINT)
    bar.ax.yaxis.set_major_formatter(FuncFormatter(style.decimals))
    more = f" (the first of {len(targets)} targets)" if len(targets) > 1 else ""
    bar.set_label(targets[0] + more, fontsize=style.FONT_SIZE, color=style.INK, parse_math=False)


def draw_classes(
    axes: Axes, points: Reals, numbers: NDArray[Any], classes: Sequence[str], title: str
) -> None:
    """Draw points with a colour and a shape for each class, with a legend beside the axes.

    If there are many classes whose names are one letter or digit, the names are drawn instead. Classes
    beyond the number of colours look alike.
    """
    as_names = MAX_PLAIN_CLASSES < len(classes) <= MAX_COLORED_CLASSES and all(
        len(name) == 1 for name in classes
    )
    area = 36.0 if as_names else size(len(points))
    for number, name in enumerate(classes[:MAX_COLORED_CLASSES]):
        shape = letter(name) if as_names else style.MARKERS[number]
        draw_points(axes, points[numbers == number], number, name, area, shape)
    if len(classes) > MAX_COLORED_CLASSES:
        draw_points(
            axes,
            points[numbers >= MAX_COLORED_CLASSES],
            7,
            f"{len(classes) - MAX_COLORED_CLASSES:,} more",
            area,
            "o",
        )
    legend = axes.legend(
        handles=[] if as_names else None, title=title, alignment="left", title_fontsize=style.FONT_SIZE,
        fontsize=style.FONT_SIZE, loc="upper left", bbox_to_anchor=(1, 1.02), frameon=False,
        labelcolor=style.INK, handletextpad=0.1, markerscale=1.4 if len(points) > 200 else 1,
    )  # fmt: skip
    for text in (legend.get_title(), *legend.get_texts()):
        text.set_parse_math(False)


def letter(name: str) -> Path:
    """Return the outline of a letter or digit, centred at the origin."""
    outline = TextPath((0, 0), name)
    return Path(outline.vertices - np.mean(outline.get_extents(), axis=0), outline.codes)


def draw_points(axes: Axes, points: Reals, number: int, name: str, area: float, shape: str | Path) -> None:
    """Draw the points of class or target ``number``."""
    color = style.COLORS[number % len(style.COLORS)]
    axes.scatter(
        points[:, 0], points[:, 1], s=area, label=name, color=color, marker=shape,
        linewidths=0.4, edgecolors="white" if isinstance(shape, str) else "none",
    )  # fmt: skip


def size(rows: int) -> float:
    """Return the area of a marker in square points, smaller the more markers there are."""
    return float(np.clip(8000 / rows, 18, 80))
