"""Charts with a row for each variant: points and intervals over one scale, names at the left."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from nn.arrays import Floats
from nn.plots import style
from nn.plots.lines import drawable, earns_log
from nn.plots.loss import ring
from nn.plots.scales import limits
from nn.statistics.intervals import Estimate
from nn.statistics.order import quantiles

GOLDEN = (math.sqrt(5) - 1) / 2
"""Multiples of it, less their whole parts, fill 0 to 1 evenly: neighbouring points do not overlap."""
POINTS_DRAWN = 1000
"""Of more points, so many are drawn, evenly spaced in rank."""
QUARTILES_FROM = 5
ROW_HEIGHT, LINE_HEIGHT = 0.34, 0.1
"""Inches, of a row with a name in one line; of each further line."""


class ChartRow(NamedTuple):
    """One row: an estimate with its interval, or the values themselves."""

    name: str
    color: str
    estimate: Estimate | None = None
    values: Floats = np.empty(0)
    """Each a point; of a run that has none inf, or -inf where more is better."""
    remark: str = ""
    """Written in place of an estimate, or of values that are not finite."""


def has_lines(rows: Sequence[ChartRow]) -> bool:
    """Whether a name takes more than one line."""
    return any("\n" in row.name for row in rows)


def dress_rows(axes: Axes, rows: Sequence[ChartRow], *, named: bool) -> None:
    """Set up the vertical axis: the first row at the top, names in their colours in the first column."""
    style.dress_axes(axes)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color="#e4e4e4", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_ylim(len(rows) - 0.35, -0.5)  # with room for quartiles under the last row
    axes.set_yticks(range(len(rows)), [row.name if named else "" for row in rows])
    axes.tick_params(axis="y", length=0, labelsize=style.FONT_SIZE - (1 if has_lines(rows) else 0))
    for text, row in zip(axes.get_yticklabels(), rows, strict=True):
        text.set(color=row.color if len({row.color for row in rows}) > 1 else style.INK, parse_math=False)


def draw_intervals(axes: Axes, rows: Sequence[ChartRow], end: float = math.inf, lowered: float = 0.0) -> None:
    """Draw estimates as dots on their intervals; what reaches beyond ``end`` becomes an arrow there.

    They stand ``lowered`` by a part of a row. Without an estimate there is a ring at 0, with the remark.
    """
    for place, row in enumerate(rows):
        if row.estimate is not None:
            draw_interval(axes, place + lowered, row, row.estimate, end)
        elif row.remark:
            ring(axes, 0, place, row.color, size=6.5)
            write_beside(axes, row.remark, (0, place), across="data", aside=8)


def draw_interval(axes: Axes, place: float, row: ChartRow, estimate: Estimate, end: float) -> None:
    """Draw one estimate; without a finite value the row's remark."""
    value, (low, high) = estimate
    if axes.get_xscale() == "log" and -math.inf < low <= 0:
        low = axes.get_xlim()[0]  # it reaches beyond the left edge
    look: Any = {"color": row.color, "solid_capstyle": "butt"}
    if math.isfinite(low):
        axes.plot([low, min(high, end)], [place, place], linewidth=2, label="interval", **look)
    if math.isfinite(low) and high > end:
        axes.plot(end, place, ">", markersize=6, clip_on=False, label="beyond", **look)
    if math.isfinite(value):
        axes.plot(value, place, "o", markersize=7, markeredgecolor="white", label="estimate", **look)
    elif row.remark:
        write_beside(axes, row.remark, (1, place), aside=-8, up="bottom" if math.isfinite(low) else "center")


def write_beside(
    axes: Axes,
    text: str,
    at: tuple[float, float],
    across: str = "axes fraction",
    aside: float = 0,
    up: str = "center",
) -> None:
    """Write at a height of the data, to the right of a place, or to the left with a negative distance."""
    axes.annotate(
        text, at, (aside, 0), xycoords=(across, "data"), textcoords="offset points", va=up,
        ha="left" if aside > 0 else "right", color=style.FAINT, fontsize=style.FONT_SIZE - 1,
        annotation_clip=False, parse_math=False,
    )  # fmt: skip


def draw_runs_as_points(axes: Axes, rows: Sequence[ChartRow], *, quartiles: bool = True) -> None:
    """Draw each value as a point, and under them the quartiles and the median; the axis is scaled before.

    The row's remark counts those that are not finite.
    """
    for place, row in enumerate(rows):
        ordered = drawable(np.sort(row.values))
        shown = ordered[np.isfinite(ordered)]
        count = min(len(shown), POINTS_DRAWN)
        kept = shown[np.linspace(0, len(shown) - 1, count).astype(int)] if count else shown
        heights = place + 0.62 * ((0.5 + np.arange(count) * GOLDEN) % 1 - 0.5)
        axes.scatter(
            kept, heights, s=float(np.clip(1500 / max(count, 1), 6, 26)), color=row.color, linewidths=0,
            alpha=0.75 if count < 50 else 0.4, label="points", clip_on=False,
        )  # fmt: skip
        if quartiles and len(ordered) >= QUARTILES_FROM:
            draw_quartiles(axes, place + 0.4, row.values)
        if len(shown) < len(ordered) and row.remark:
            write_beside(axes, row.remark, (1, place))


def draw_quartiles(axes: Axes, place: float, values: Floats) -> None:
    """Draw a line between the quartiles, to the edge where one is not finite, and the median."""
    sign = -1.0 if np.any(values == -np.inf) else 1.0  # the worst, inf, is to be the largest
    low, middle, high = sorted(sign * value for value in quantiles(sign * values, (0.25, 0.5, 0.75)))
    left, right = axes.get_xlim()
    look: Any = {"color": style.INK, "solid_capstyle": "butt"}
    if low < math.inf and high > -math.inf:
        bounds = [max(low, left), min(high, right)]
        axes.plot(bounds, [place, place], linewidth=1.2, label="quartiles", **look)
    if math.isfinite(middle):
        axes.plot(middle, place, "|", markersize=9, markeredgewidth=2, label="median", **look)


def scale_shares(axes: Axes, label: str) -> None:
    """Set up an axis of shares, from none to all."""
    axes.set_xlim(-0.02, 1.02)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(style.percent))
    axes.set_xlabel(label)


def scale_differences(axes: Axes, label: str, *, percent: bool) -> None:
    """Set up an axis of differences, with a line at none."""
    axes.axvline(0, color=style.FAINT, linewidth=1, zorder=1)
    low, high = axes.get_xlim()
    reach = max(abs(low), abs(high))
    axes.set_xlim(-reach, reach)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=style.TICK_STEPS))
    if not any(line.get_label() == "estimate" for line in axes.get_lines()):
        axes.set_xticks([0])
    axes.xaxis.set_major_formatter(FuncFormatter(in_points if percent else style.powers))
    axes.set_xlabel(label)


def in_points(value: float, _: object = None) -> str:
    """Format a difference of shares in percentage points: ``+20``."""
    return f"{100 * value:+.4g}".replace("-", "−") if value else "0"


def scale_numbers(
    axes: Axes, numbers: Floats, label: str, *, percent: bool = False, whole: bool = False
) -> None:
    """Set up an axis of numbers, logarithmic where they earn it."""
    finite = numbers[np.isfinite(drawable(numbers))]
    write = style.thousands if whole else style.percent if percent else style.powers
    if is_log := not percent and earns_log(finite):
        axes.set_xscale("log")
        low, high = float(finite.min()), float(finite.max())
        axes.set_xlim(low / 1.2, high * 1.2)
        subs = (1, 2, 5) if high / low < 8 else (1, 3) if high / low < 50 else (1,)
        axes.xaxis.set_major_locator(LogLocator(subs=subs, numticks=5))
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_xlim(limits(finite, room=0.04))
        axes.xaxis.set_major_locator(MaxNLocator(4, steps=style.TICK_STEPS, integer=whole))
    if not len(finite):
        axes.set_xticks([])
    axes.xaxis.set_major_formatter(FuncFormatter(write))
    axes.set_xlabel(f"{label} (log scale)" if is_log else label)
