"""Draws lines through long columns: smoothed, thinned without losing extremes, with marks at gaps."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from nn.arrays import Reals
from nn.display import LOG_FROM
from nn.plots import style

HUGE = 1e100  # larger numbers count as infinite, as Matplotlib's margins would overflow
GAP = "not finite"
PICTURE_BUCKETS = 1000  # about the number of pixel columns of a picture


class Look(NamedTuple):
    """The look of a line, in colour and in grey."""

    color: str
    dashes: str | tuple[int, tuple[float, float]] = "-"
    width: float = 2.0
    opacity: float = 1.0


def drawable(values: Reals) -> Reals:
    """Replace values that are not finite, or huge, by NaN."""
    return np.where(np.abs(values) < HUGE, values, np.nan)


def thin(x: Reals, y: Reals, buckets: int = PICTURE_BUCKETS) -> NDArray[np.intp]:
    """Select the rows to draw, ascending: of each bucket along x the first, last, lowest, highest and NaN.

    ``x`` and ``y`` are ``(rows,)``, x not decreasing. The line covers the same pixels as that through all
    rows, and a spike of one row stays (Jugel, Jerzak, Hackenbroich & Markl, 2014, "M4: a
    visualization-oriented time series data aggregation"; the first NaN of each bucket is our addition, for
    gaps).
    """
    rows = len(x)
    if rows <= 5 * buckets or not x[-1] > x[0]:
        return np.arange(rows)
    bucket = np.minimum((x - x[0]) * (buckets / (x[-1] - x[0])), buckets - 1).astype(np.intp)
    first = np.diff(bucket, prepend=-1) > 0
    starts = np.flatnonzero(first)
    number = np.cumsum(first) - 1
    kept = [starts, np.append(starts[1:], rows) - 1]
    wanted = [np.isnan(y), *(y == edge.reduceat(y, starts)[number] for edge in (np.fmin, np.fmax))]
    for rows_wanted in map(np.flatnonzero, wanted):
        kept.append(rows_wanted[np.diff(number[rows_wanted], prepend=-1) > 0])
    return np.unique(np.concatenate(kept))


def moving_mean(values: Reals, window: int, *, is_log: bool = False) -> Reals:
    """Return the moving average over ``window`` rows, of the finite ones among them.

    On a log axis it is the geometric mean. NaN stays NaN: gaps are not filled.
    """
    if is_log:
        return np.exp(moving_mean(np.log(values), window))
    there = np.isfinite(values)
    rows = min(window, 2 * len(values) - 1)
    ones = np.ones(rows)
    sums, counts = (np.convolve(part, ones) for part in (np.where(there, values, 0), there))
    middle = slice(rows // 2, rows // 2 + len(values))
    return np.where(there, sums[middle] / np.maximum(counts[middle], 1), np.nan)


def draw_height_lines(axes: Axes) -> None:
    """Style the axes, with faint horizontal grid lines."""
    style.dress_axes(axes)
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.8)


def draw_line(axes: Axes, x: Reals, values: Reals, look: Look, label: str) -> Line2D:
    """Draw a line through the finite values, and dots for single values between gaps."""
    y = drawable(values)
    kept = thin(x, y)
    x, y = x[kept], y[kept]
    shown = np.pad(~np.isnan(y), 1)
    (line,) = axes.plot(
        x, y, color=look.color, linestyle=look.dashes, linewidth=look.width, alpha=look.opacity,
        marker="o", markevery=shown[1:-1] & ~shown[:-2] & ~shown[2:], markersize=5, label=label,
    )  # fmt: skip
    return line


def mark_gaps(axes: Axes, x: Reals, values: Reals, color: str) -> bool:
    """Mark the beginning of each gap with a cross on the upper edge; return whether there is any."""
    missing = np.isnan(drawable(values))
    begins = x[missing & ~np.pad(missing, (1, 0))[:-1]]
    begins = begins[thin(begins, np.zeros_like(begins))]
    if len(begins):
        axes.plot(
            begins, np.ones_like(begins), "x", color=color, transform=axes.get_xaxis_transform(),
            clip_on=False, markersize=7, markeredgewidth=2, zorder=6, label=GAP,
        )  # fmt: skip
    return bool(len(begins))


def scale_x(axes: Axes, low: float, high: float, quantity: str) -> None:
    """Set up the x axis of ``epoch`` or ``seconds``, from the first to the last."""
    margin = 0.01 * (high - low) or (1.0 if quantity == "epoch" else 0.5 * abs(high) or 1.0)
    axes.set_xlim(low - margin, high + margin)
    whole = quantity == "epoch"
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=style.TICK_STEPS, integer=whole, min_n_ticks=1))
    axes.xaxis.set_major_formatter(FuncFormatter(style.thousands if whole else style.decimals))
    axes.set_xlabel("epoch" if whole else "training time (s)")


def earns_log(numbers: Reals) -> bool:
    """Whether all values are positive and their range is wide enough for a log axis."""
    low, high = numbers.min(initial=np.inf), numbers.max(initial=-np.inf)
    return bool(low > 1 / HUGE and high / LOG_FROM > low)


def scale_y(axes: Axes, drawn: Reals, name: str) -> None:
    """Set up the y axis; on a log scale, which the label then says, if the range is wide enough."""
    is_log = earns_log(drawn)
    if is_log:
        style.log_ticks(axes, drawn.min(), drawn.max())
    else:
        style.linear_ticks(axes)
    axes.set_ylabel(f"{name} (log scale)" if is_log else name)
    if not len(drawn):
        axes.text(
            0.5, 0.5, f"no finite {name}", transform=axes.transAxes, ha="center", color=style.FAINT,
            fontsize=style.FONT_SIZE,
        )  # fmt: skip


def scale_y_in_percent(axes: Axes, drawn: Reals, ticks: int = 3) -> None:
    """Set up the y axis of an accuracy."""
    low, high = (drawn.min(), drawn.max()) if len(drawn) else (0, 1)
    margin = 0.08 * (high - low) or 0.05
    axes.set_ylim(low - margin, high + margin)
    axes.yaxis.set_major_locator(MaxNLocator(ticks, steps=style.TICK_STEPS))
    axes.yaxis.set_major_formatter(FuncFormatter(style.percent))
    axes.set_ylabel("accuracy")
