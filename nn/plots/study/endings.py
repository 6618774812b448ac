"""Draws where the runs ended that did not reach the goal: the groups of their end points."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from nn.display import counted
from nn.plots import style
from nn.plots.remarks import above
from nn.plots.study.arms import Arm
from nn.plots.study.rows import ChartRow, dress_rows, write_beside

MAX_GROUPS = 6
"""Of more groups, the largest are drawn, and the others as one."""
Groups = Sequence[Mapping[str, Any]]
"""Groups of end points, the largest first, as ``study.json`` has them."""
FEW_ANSWERS = 4
"""So many answers of a network tell groups of the same loss apart."""
ROOM_FOR_ANSWERS = 1.95
"""The length of the axis, of the longest bar, where answers stand beside it."""


def draw_groups(axes: Axes, arm: Arm, groups: Groups) -> None:
    """Draw the share of each group in all runs, with its loss, its verdict and its representative."""
    shown, others = groups[:MAX_GROUPS], groups[MAX_GROUPS:]
    rows = [ChartRow(group_name(group), style.INK) for group in shown]
    counts = [int(group["count"]) for group in shown]
    remarks = [", ".join(filter(None, [f"seed {group['seed']}", answers_told(group)])) for group in shown]
    if others:
        rows.append(ChartRow(counted(len(others), "smaller group"), style.INK))
        counts.append(sum(int(group["count"]) for group in others))
        remarks.append("")
    dress_rows(axes, rows, named=True)
    runs = arm.numbers.runs
    axes.barh(range(len(rows)), [count / runs for count in counts], height=0.62, color=arm.color)
    axes.set_xlim(0, (ROOM_FOR_ANSWERS if "answers" in remarks[0] else 1.35) * max(counts) / runs)
    for place, (count, remark) in enumerate(zip(counts, remarks, strict=True)):
        text = f"{count:,} ({style.percent(round(count / runs, 3))})"
        write_beside(axes, ", ".join(filter(None, [text, remark])), (count / runs, place), "data", aside=6)
    ticks = np.asarray(MaxNLocator(5, steps=style.TICK_STEPS).tick_values(0, max(counts) / runs))
    axes.set_xticks(ticks[(ticks >= 0) & (ticks <= 1)])
    axes.xaxis.set_major_formatter(FuncFormatter(style.percent))
    axes.set_xlabel("share of all runs")
    missed = counted(sum(counts), "run")
    above(axes, f"{missed} missed the goal: groups of equal end points, each with a seed that ends there")


def answers_told(group: Mapping[str, Any]) -> str:
    """What the representative answers to all rows, where these are few: ``answers 0.01 0.98 0.50 0.50``."""
    answers = [y for row in group.get("answers") or [] for y in row]
    if not answers or len(answers) > FEW_ANSWERS or group["rows"] > len(group["answers"]):
        return ""
    return "answers " + " ".join("–" if y is None else f"{y:.2f}" for y in answers)


def group_name(group: Mapping[str, Any]) -> str:
    """The loss and the verdict of a group."""
    loss = "no finite loss" if group["loss"] is None else f"loss {style.powers(group['loss'])}"
    return f"{loss}, {group['verdict']['kind']}"
