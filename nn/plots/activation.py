"""Draws an activation and its derivative, and shades where it saturates."""

import inspect

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from nn.arrays import Array
from nn.endpoints.units import SATURATED_SLOPE
from nn.layers import ACTIVATIONS
from nn.plots import style
from nn.plots.columns import ColumnLayout

BLUE, ORANGE = style.COLORS[0], style.COLORS[6]
REACH = 8.0
POINTS = np.linspace(-REACH, REACH, 1601)


def draw_activation(name: str) -> Figure:
    """Draw an activation and, below it, its derivative as ``backward`` computes it, from −8 to 8.

    The shaded parts have less than 7 % of the steepest slope, as saturated units have. Softmax is drawn as a
    function of the first of two units, with the other at 0.
    """
    x = POINTS
    y, slope = activation_curves(name, x)
    flat = np.abs(slope) < SATURATED_SLOPE * np.abs(slope).max()
    figure = style.figure(6.4, 5.2, name)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[1.6, 1])
    for axes in (above, below):
        style.dress_axes(axes)
        axes.fill_between(
            x, 0, 1, where=flat.tolist(), transform=axes.get_xaxis_transform(), color="#ededed", linewidth=0
        )
    draw_tangent(above, name, x, y)
    for axes, values, color in ((above, y, BLUE), (below, slope, ORANGE)):
        draw_function(axes, x, values, color)
    below.fill_between(x, slope, color=ORANGE, alpha=0.14, linewidth=0)
    for axes, text, color in zip((above, below), formula(name), (BLUE, ORANGE), strict=True):
        write_formula(axes, text, color)
    if flat.any():
        say_flat(figure)
    below.set_xlim(-REACH, REACH)
    below.xaxis.set_major_locator(MaxNLocator(8, steps=style.TICK_STEPS))
    below.xaxis.set_major_formatter(FuncFormatter(style.decimals))
    below.set_xlabel("x, what goes into the unit")
    figure.set_layout_engine(ColumnLayout())
    return figure


def formula(name: str) -> tuple[str, str]:
    """Return the formulas of y and y′ that an activation declares, else the first line of its docstring."""
    kind = ACTIVATIONS[name]
    first = inspect.cleandoc(kind.__doc__ or "").partition("\n")[0]
    return getattr(kind, "formula", None) or (first or f"y = {name}(x)", "y′, by its backward")


def activation_curves(name: str, x: Array) -> tuple[Array, Array]:
    """Evaluate an activation and its derivative, each ``(points,)``, by its own forward and backward.

    Raises ValueError for an activation whose options have no defaults.
    """
    try:
        layer = ACTIVATIONS[name]()
    except TypeError as error:
        raise ValueError(f"{name}: expected an activation whose options have defaults: {error}") from None
    units = np.column_stack([x, np.zeros_like(x)])  # softmax needs a second unit
    towards = np.column_stack([np.ones_like(x), np.zeros_like(x)])
    y = layer.forward(units)
    return y[:, 0], layer.backward(towards)[:, 0]


def draw_function(axes: Axes, x: Array, values: Array, color: str) -> None:
    """Draw a curve, broken at its jumps, and fit the axis to it."""
    jumps = np.abs(np.diff(values, append=values[-1])) > 0.05 * np.ptp(values)
    axes.plot(x, np.where(jumps, np.nan, values), color=color, linewidth=2.2)
    room = 0.06 * (np.ptp(values) or 1.0)
    axes.set_ylim(min(values.min(), 0.0) - room, values.max() + room)
    style.linear_ticks(axes)


def draw_tangent(axes: Axes, name: str, x: Array, y: Array) -> None:
    """Draw the tangent at 0 of a bounded activation, its slope, and both asymptotes."""
    if not np.all(np.isfinite(ACTIVATIONS[name].bounds)):
        return
    middle, slope = (float(of[0]) for of in activation_curves(name, np.zeros(1)))
    line = middle + slope * x
    inside = (line >= y.min()) & (line <= y.max())
    for end in (y.min(), y.max()):
        axes.axhline(round(float(end)), color=style.FAINT, linewidth=0.8, linestyle=":")
    axes.plot(x[inside], line[inside], color=style.FAINT, linewidth=1.2, linestyle="--", label="tangent")
    low = line[inside][0]
    axes.annotate(
        f"tangent at 0, slope {style.powers(slope)}", (x[inside][0], low), (10, 2),
        textcoords="offset points", color=style.FAINT, fontsize=style.FONT_SIZE,
    )  # fmt: skip


def write_formula(axes: Axes, text: str, color: str) -> None:
    """Write a formula above the axes."""
    axes.annotate(
        text, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", color=color,
        fontsize=style.FONT_SIZE, annotation_clip=False, parse_math=False,
    )  # fmt: skip


def say_flat(figure: Figure) -> None:
    """Explain the shading, on the line of the title."""
    text = f"shaded: flat, with less than {SATURATED_SLOPE:.0%} of the steepest slope".replace("%", " %")
    figure.text(0.985, 0.98, text, ha="right", va="top", color=style.FAINT, fontsize=style.FONT_SIZE)
