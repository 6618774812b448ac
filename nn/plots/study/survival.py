"""Draws how many members have reached the goal, over the epochs."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from nn.arrays import Floats
from nn.display import LOG_FROM
from nn.plots import style
from nn.plots.lines import draw_height_lines
from nn.plots.remarks import above
from nn.plots.study.arms import Arm, label_arms
from nn.plots.study.words import criterion_remark, epochs_between, share_between, share_label


def draw_survival(axes: Axes, arms: Sequence[Arm]) -> None:
    """Draw 1 − S over the epochs, S by Kaplan and Meier, with the 95 % band of each variant."""
    draw_height_lines(axes)
    arms = [arm for arm in arms if arm.numbers.goal]
    criterion, limit = arms[0].criterion or "", max(arm.limit for arm in arms)
    first = min([limit, *(float(arm.curve.times[0]) for arm in arms if len(arm.curve.times))])
    start = scale_epochs(axes, first if first < limit else 1, limit)
    for arm in arms:
        draw_steps(axes, arm, start, faint=len(arms) > 1)
    axes.set_ylim(-0.015, 1.015)
    axes.yaxis.set_major_formatter(FuncFormatter(style.percent))
    axes.set_ylabel(share_label(criterion))
    if len(arms) == 1:
        mark_median(axes, arms[0], start)
        above(axes, "\n".join([*criterion_remark(criterion), *survival_words(arms[0], limit)]))
    else:
        above(axes, "\n".join([*criterion_remark(criterion), "bands: 95 %"]))
        label_arms(axes, arms, [arm.share.value for arm in arms])


def draw_steps(axes: Axes, arm: Arm, start: float, *, faint: bool) -> None:
    """Draw the curve of one variant, from nothing to its share at the limit, and its band."""
    curve, end = arm.curve, [arm.limit]
    low, high = curve.band()
    x = np.concatenate([[start], curve.times, end])
    band = up_to_the_end(1 - high), up_to_the_end(1 - low)
    opacity = 0.12 if faint else 0.25
    axes.fill_between(x, *band, step="post", color=arm.color, alpha=opacity, linewidth=0, label="band")
    if not len(curve.times):
        look: Any = {"linewidth": 4, "alpha": 0.4, "clip_on": False}
        axes.plot([*end, *end], arm.share.interval, color=arm.color, label="interval", **look)
    label = arm.name or "solved"
    axes.step(x, up_to_the_end(1 - curve.survival), where="post", color=arm.color, linewidth=2, label=label)


def up_to_the_end(values: Floats) -> Floats:
    """Values at the times of events with 0 before the first, and the last kept up to the limit."""
    return np.concatenate([[0.0], values, values[-1:] if len(values) else [0.0]])


def scale_epochs(axes: Axes, first: float, limit: float) -> float:
    """Set up the axis of epochs, logarithmic where its range is wide; returns where it starts."""
    is_log = limit >= LOG_FROM * first / 2
    start = max(first / 1.5, 1) if is_log else 0.0
    if is_log:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if limit / start < 100 else (1,)))
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(style.thousands))
    axes.set_xlim(start, limit)
    axes.set_xlabel("epoch (log scale)" if is_log else "epoch")
    return start


def mark_median(axes: Axes, arm: Arm, start: float) -> None:
    """Draw guides to the median, if it is reached."""
    median = arm.median_epoch.value
    if math.isfinite(median):
        x, y = [start, median, median], [0.5, 0.5, -0.015]
        axes.plot(x, y, color=style.FAINT, linewidth=1, linestyle=":", label="median")


def survival_words(arm: Arm, limit: int) -> list[str]:
    """The share solved and the median, each with its interval."""
    goal = arm.numbers.goal
    assert goal, "asked of studies with a goal"
    share = f"{goal.solved:,} of {arm.numbers.runs:,} by epoch {limit:,}: {share_between(goal.share)}"
    median, interval = arm.median_epoch
    if not math.isfinite(median):
        return [share, f"median: not reached within {limit:,} epochs"]
    return [share, f"median: epoch {median:,.0f} ({epochs_between(interval)})"]
