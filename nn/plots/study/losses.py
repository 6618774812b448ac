"""Draws the losses of many members over the epochs: quantiles, or each where there are few."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from nn.arrays import Floats
from nn.plots import style
from nn.plots.lines import HUGE, Look, draw_height_lines, draw_line, drawable, earns_log, scale_y
from nn.plots.remarks import above
from nn.plots.study.arms import Arm, label_arms
from nn.plots.study.survival import scale_epochs
from nn.plots.study.words import count_words
from nn.statistics.order import quantiles

FAN = (0.05, 0.25, 0.5, 0.75, 0.95)
FAN_FROM = 20
"""From so many members on, the 5 and 95 % quantiles are more than the lowest and highest member."""
RISE = 100
"""A loss that has risen by this factor is on its way to infinity."""
GREY_LINE = Look("#9a9a9a", "-", 0.8, 0.7)


def loss_quantiles(arm: Arm) -> Floats:
    """The quantiles of the losses at each epoch, ``(5, E)``; a diverged member counts as the largest."""
    return np.array([quantiles(np.where(np.isnan(at), np.inf, at), FAN) for at in arm.losses.T]).T


def draw_fan(axes: Axes, arm: Arm, epochs: Floats, goal: float | None) -> None:
    """Draw the median and two bands; of few members each, and their median."""
    draw_height_lines(axes)
    found = loss_quantiles(arm)
    is_fan = len(arm.losses) >= FAN_FROM
    rows = found if is_fan else arm.losses
    set_scale(axes, [arm], rows, goal)
    if is_fan:
        ceiling = axes.get_ylim()[1]
        for low, high, opacity in ((0, 4, 0.16), (1, 3, 0.3)):
            draw_band(axes, epochs, found[low], found[high], ceiling, arm.color, opacity)
    else:
        for row in arm.losses:
            look = GREY_LINE if len(arm.losses) > 1 else Look(arm.color)
            draw_line(axes, epochs, drawable(row), look, "run")
    if len(arm.losses) > 1:
        draw_line(axes, epochs, drawable(found[2]), Look(arm.color, "-", 2.2), "median")
    scale_epochs(axes, float(epochs[0]), float(epochs[-1]))
    if goal:
        mark_goal(axes, goal)
    above(axes, "\n".join(fan_words(arm, is_fan=is_fan)))


def mark_goal(axes: Axes, goal: float) -> None:
    """Draw the loss to reach."""
    axes.axhline(goal, color=style.FAINT, linewidth=1, linestyle=":", label="goal")
    axes.annotate(
        "goal", (0, goal), (4, 3), xycoords=("axes fraction", "data"), textcoords="offset points",
        color=style.FAINT, fontsize=style.FONT_SIZE - 1,
    )  # fmt: skip


def fan_words(arm: Arm, *, is_fan: bool) -> list[str]:
    """What the lines are, how a member counts that has ended, and how many diverged."""
    lines = "median, 25–75 %, 5–95 % of" if is_fan else "median and each of"
    words = [f"{lines} {arm.numbers.runs:,} runs"]
    if arm.diverged:
        words.append(f"{count_words(arm.diverged, arm.numbers.runs)} diverged, and count as the largest")
    elif np.any(arm.members["stopped"] != "epochs"):
        words.append("ended runs keep their last loss")
    return words if arm.numbers.runs > 1 else ["one run"]


def draw_medians(axes: Axes, arms: Sequence[Arm], epochs: Floats) -> None:
    """Draw the median loss of each variant, with its quartiles."""
    draw_height_lines(axes)
    found = [loss_quantiles(arm) for arm in arms]
    set_scale(axes, arms, np.concatenate([one[1:4] for one in found]))
    for arm, one in zip(arms, found, strict=True):
        draw_band(axes, epochs, one[1], one[3], axes.get_ylim()[1], arm.color, 0.15)
        draw_line(axes, epochs, drawable(one[2]), Look(arm.color), arm.name)
    scale_epochs(axes, float(epochs[0]), float(epochs[-1]))
    label_arms(axes, arms, [float(one[2, -1]) for one in found])
    above(axes, "median, 25–75 %")


def loss_label(arms: Sequence[Arm]) -> str:
    """What the losses of variants are called."""
    symbols = {arm.symbol for arm in arms}
    if len(symbols) > 1:
        return "training loss, of different kinds"
    return f"training loss ({arms[0].symbol})" if arms[0].symbol else "training loss"


def set_scale(axes: Axes, arms: Sequence[Arm], rows: Floats, goal: float | None = None) -> None:
    """Set the scale and the limits of losses ``(lines, E)``, from the lowest to the highest finite one.

    What rises beyond RISE times the highest of the first epoch leaves the axes: all else would be a flat
    line.
    """
    begun = rows[:, 0][np.isfinite(rows[:, 0])]
    numbers = np.append(rows, goal or np.nan)
    finite = numbers[np.abs(numbers) < min(HUGE, RISE * begun.max(initial=0.0))]
    scale_y(axes, finite, loss_label(arms))
    if not len(finite):
        return
    low, high = float(finite.min()), float(finite.max())
    if earns_log(finite):
        axes.set_ylim(low / 1.15, high * 1.15)
    else:
        room = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
        axes.set_ylim(max(low - room, 0.0) if low >= 0 else low - room, high + room)


def draw_band(
    axes: Axes, x: Floats, low: Floats, high: Floats, ceiling: float, color: str, opacity: float
) -> None:
    """Fill between two quantiles, up to the upper edge where members have diverged."""
    look: Any = {"color": color, "alpha": opacity, "linewidth": 0, "label": "quantiles"}
    axes.fill_between(x, low, np.minimum(high, ceiling), where=np.isfinite(low).tolist(), **look)
