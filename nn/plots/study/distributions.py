"""Draws what the runs of a study ended with: a point for each run."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from nn.arrays import Floats
from nn.plots import style
from nn.plots.remarks import above
from nn.plots.study.arms import Arm
from nn.plots.study.rows import (
    QUARTILES_FROM,
    ChartRow,
    draw_intervals,
    draw_runs_as_points,
    dress_rows,
    scale_numbers,
)
from nn.plots.study.words import metric_of_share
from nn.statistics.intervals import Estimate
from nn.studies.effects import smaller_is_better, worst_where_unknown

MAX_REPEATS = 15
"""Rows of repeats; all of them count in the mean."""
QUARTILE_REMARK = "line: 25–75 %, mark: median"
SHARE_COLORS = {"training": 0, "validation": 1, "test": 2}
"""The colour of each share of the data, by its place in the style."""


def member_values(arm: Arm, metric: str) -> Floats:
    """A metric of each run; where it is not finite, the worst there is."""
    return worst_where_unknown(arm.members[metric], smaller_is_better(metric))


def with_bounds(values: Floats, mean: Estimate) -> Floats:
    """Values and the bounds of their mean's interval, for the axis to hold: below 0 only where values are."""
    bounds = np.array(mean.interval)
    return np.append(values, bounds[np.isfinite(bounds) & ((bounds > 0) | (np.min(values) <= 0))])


def lost(arm: Arm) -> str:
    """How many runs diverged."""
    return f"{arm.diverged:,} diverged" if arm.diverged else ""


def draw_metric(axes: Axes, arm: Arm, metric: str, *, named: bool) -> None:
    """Draw a metric on each share of the data."""
    rows = []
    for name in arm.numbers.metrics:
        if name == metric or name.endswith(f"_{metric}"):
            share = metric_of_share(name).removesuffix(f" {metric}")
            color = style.COLORS[SHARE_COLORS.get(share, 0)]
            rows.append(ChartRow(share, color, values=member_values(arm, name), remark=lost(arm)))
    draw_rows(axes, rows, f"final {metric}", metric, named=named)


def draw_spread(axes: Axes, arms: Sequence[Arm], metric: str, *, named: bool) -> None:
    """Draw a metric of each variant."""
    rows = [
        ChartRow(arm.name, arm.color, values=member_values(arm, metric), remark=lost(arm)) for arm in arms
    ]
    draw_rows(axes, rows, f"final {metric_of_share(metric)}", metric, named=named)


def draw_times(axes: Axes, arms: Sequence[Arm]) -> None:
    """Draw the epoch at which each run reached the goal, of each variant."""
    rows = []
    for arm in arms:
        unsolved = int(np.sum(~arm.members["solved"]))
        epochs = np.where(arm.members["solved"], arm.members["epochs"], np.inf)
        rows.append(
            ChartRow(arm.name, arm.color, values=epochs, remark=f"{unsolved:,} unsolved" if unsolved else "")
        )
    draw_rows(axes, rows, "epoch of the goal", "epochs", named=False)


def draw_rows(axes: Axes, rows: Sequence[ChartRow], label: str, metric: str, *, named: bool) -> None:
    """Draw the points of rows, with their quartiles."""
    dress_rows(axes, rows, named=named)
    numbers = np.concatenate([row.values for row in rows])
    scale_numbers(axes, numbers, label, percent=metric.endswith("accuracy"), whole=metric == "epochs")
    draw_runs_as_points(axes, rows)
    above(axes, QUARTILE_REMARK if max(len(row.values) for row in rows) >= QUARTILES_FROM else "")


def draw_folds(axes: Axes, arm: Arm, metric: str, *, named: bool) -> None:
    """Draw a metric of each fold, a row for each repeat, and the mean of all with its interval."""
    values, repeats = member_values(arm, metric), arm.members["repeat"]
    drawn = np.unique(repeats)[:MAX_REPEATS].tolist()
    rows = [ChartRow(f"repeat {repeat + 1}", arm.color, values=values[repeats == repeat]) for repeat in drawn]
    rows.append(ChartRow("mean of all", style.INK, arm.numbers.metrics[metric].mean))
    dress_rows(axes, rows, named=named)
    numbers = with_bounds(values, arm.numbers.metrics[metric].mean)
    scale_numbers(axes, numbers, f"{metric_of_share(metric)} of a fold", percent=metric.endswith("accuracy"))
    draw_runs_as_points(axes, rows[:-1], quartiles=False)
    draw_intervals(axes, rows)
    above(axes, "points: folds; line: 95 %")
