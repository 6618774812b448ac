"""Draws estimates with their intervals over the values of one numeric key."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from nn.arrays import Floats
from nn.plots import style
from nn.plots.lines import draw_height_lines
from nn.plots.loss import ring
from nn.plots.remarks import above
from nn.plots.study.arms import Arm
from nn.plots.study.rows import in_points
from nn.plots.study.words import limit_words, metric_of_share, runs_each, score_words, share_label
from nn.statistics.intervals import Estimate

LABELLED_VALUES = 6
"""So many values are all labelled, and of more some."""
LOG_RANGE = 10
"""Whole numbers such as 2, 4, 8 stay on a linear scale."""


def is_numeric(values: Sequence[Any]) -> bool:
    """Whether values are numbers, at least three, to be drawn along an axis."""
    return len(values) > 2 and all(
        isinstance(one, int | float) and not isinstance(one, bool) for one in values
    )


def is_log_spaced(values: Floats) -> bool:
    """Whether positive values are spaced more evenly on a logarithmic scale than on a linear one."""
    ordered = np.sort(values)
    if ordered[0] <= 0 or ordered[-1] < LOG_RANGE * ordered[0]:
        return False
    linear, logarithmic = (np.diff(scaled) for scaled in (ordered, np.log(ordered)))
    return bool(np.std(logarithmic) / np.mean(logarithmic) < np.std(linear) / np.mean(linear) - 1e-9)


def draw_shares_over(axes: Axes, key: str, values: Floats, arms: Sequence[Arm]) -> None:
    """Draw the share solved over the key, with Wilson's interval."""
    draw_over_key(axes, key, values, [arm.share for arm in arms])
    axes.set_ylim(-0.02, 1.02)
    axes.yaxis.set_major_formatter(FuncFormatter(style.percent))
    axes.set_ylabel(share_label(arms[0].criterion))
    above(axes, f"{runs_each(arms)}; lines: 95 %")


def draw_epochs_over(axes: Axes, key: str, values: Floats, arms: Sequence[Arm]) -> None:
    """Draw the median epoch over the key."""
    limit = max(arm.limit for arm in arms)
    draw_over_key(axes, key, values, [arm.median_epoch for arm in arms], end=limit)
    numbers = [bound for arm in arms for bound in (arm.median_epoch.value, *arm.median_epoch.interval, limit)]
    low = min(numbers)
    style.log_ticks(axes, low, limit)
    axes.set_ylim(low / 1.3, limit * 1.15)
    axes.yaxis.set_major_formatter(FuncFormatter(style.thousands))
    axes.set_ylabel("median epoch (log scale)")
    above(axes, f"▲ {limit_words(arms)}")


def draw_scores_over(axes: Axes, key: str, values: Floats, arms: Sequence[Arm]) -> None:
    """Draw the median of the score over the key."""
    draw_over_key(axes, key, values, [arm.score_middle for arm in arms])
    style.linear_ticks(axes)
    axes.set_ylabel(score_words(arms[0]))
    above(axes, f"{runs_each(arms)}; lines: 95 %")


def draw_effects_over(axes: Axes, key: str, values: Floats, arms: Sequence[Arm]) -> None:
    """Draw by how much variants differ from the baseline over the key."""
    solved = bool(arms[0].criterion)
    name = "solved" if solved else arms[0].score
    draw_over_key(axes, key, values, [arm.effect(name) for arm in arms])
    for at, arm in zip(values.tolist(), arms, strict=True):
        if arm.is_baseline:
            ring(axes, at, 0, style.COLORS[0], size=6.5)
    axes.axhline(0, color=style.FAINT, linewidth=1, zorder=1)
    if solved:
        axes.yaxis.set_major_formatter(FuncFormatter(in_points))
    axes.set_ylabel("difference in share (points)" if solved else f"difference in {metric_of_share(name)}")
    above(axes, "to the baseline (ring), paired")


def draw_over_key(
    axes: Axes, key: str, values: Floats, estimates: Sequence[Estimate], end: float = math.inf
) -> None:
    """Draw estimates as dots with their intervals, joined by a faint line.

    What reaches beyond ``end`` becomes an arrow there.
    """
    draw_height_lines(axes)
    color = style.COLORS[0]
    order = np.argsort(values)
    x = values[order]
    found = [estimates[place] for place in order]
    y = np.array([one.value for one in found])
    axes.plot(
        x, np.where(np.isfinite(y), y, np.nan), color=color, linewidth=1.2, alpha=0.5, label="estimates"
    )
    for place, at in enumerate(x):
        value, (low, high) = found[place]
        if math.isfinite(low):
            bounds = [low, min(high, end)]
            axes.plot([at, at], bounds, color=color, linewidth=2, solid_capstyle="butt", label="interval")
        if math.isfinite(end) and high > end:
            axes.plot(at, end, "^", color=color, markersize=6, clip_on=False, label="beyond")
        if math.isfinite(value):
            axes.plot(at, value, "o", color=color, markersize=7, markeredgecolor="white", label="estimate")
    scale_key(axes, key, x)


def scale_key(axes: Axes, key: str, x: Floats) -> None:
    """Set up the axis of the key, with ticks at its values."""
    is_log = is_log_spaced(x)
    if is_log:
        axes.set_xscale("log")
        room = (x[-1] / x[0]) ** 0.06
        axes.set_xlim(x[0] / room, x[-1] * room)
    else:
        room = 0.06 * (x[-1] - x[0])
        axes.set_xlim(x[0] - room, x[-1] + room)
    step = math.ceil(len(x) / LABELLED_VALUES)
    axes.xaxis.set_major_locator(FixedLocator(x[::step].tolist()))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    whole = np.all(x == np.round(x)) and np.max(np.abs(x)) < 1e6
    axes.xaxis.set_major_formatter(FuncFormatter(style.thousands if whole else style.powers))
    axes.set_xlabel(f"{key} (log scale)" if is_log else key)
