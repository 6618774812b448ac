"""Draws variants against each other: a row for each."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from nn.plots.remarks import above
from nn.plots.study.arms import Arm
from nn.plots.study.distributions import lost, member_values, with_bounds
from nn.plots.study.rows import (
    ChartRow,
    draw_intervals,
    draw_runs_as_points,
    dress_rows,
    scale_differences,
    scale_numbers,
    scale_shares,
)
from nn.plots.study.words import limit_words, metric_of_share, runs_each, share_label

MAX_ROWS = 30
"""Of more variants, the best ones are drawn."""


def best_of(arms: Sequence[Arm]) -> Sequence[Arm]:
    """All variants, or of many those with the best scores."""
    if len(arms) <= MAX_ROWS:
        return arms

    def rank(arm: Arm) -> tuple[float, float]:
        return (-arm.share.value, arm.median_epoch.value) if arm.criterion else (arm.score_middle.value, 0.0)

    return sorted(arms, key=rank)[:MAX_ROWS]


def rows_remark(arms: Sequence[Arm], lines: str, left_out: int) -> str:
    """How many variants are left out, how many runs each has, and what the lines are."""
    told = f"the best {len(arms)} of {len(arms) + left_out} variants\n" if left_out else ""
    return f"{told}{runs_each(arms)}; {lines}"


def draw_shares_solved(axes: Axes, arms: Sequence[Arm], left_out: int = 0) -> None:
    """Draw the share solved of each variant, with Wilson's interval."""
    rows = [ChartRow(arm.name, arm.color, arm.share) for arm in arms]
    dress_rows(axes, rows, named=True)
    scale_shares(axes, share_label(arms[0].criterion))
    draw_intervals(axes, rows)
    above(axes, rows_remark(arms, "lines: 95 %", left_out))


def draw_scores(axes: Axes, arms: Sequence[Arm], left_out: int = 0) -> None:
    """Draw the score of each run of each variant; of folds with the interval of the mean."""
    metric, folds = arms[0].score, arms[0].has_folds
    rows = [
        ChartRow(
            arm.name,
            arm.color,
            arm.numbers.metrics[metric].mean if folds else None,
            member_values(arm, metric),
            lost(arm),
        )
        for arm in arms
    ]
    dress_rows(axes, rows, named=True)
    numbers = [with_bounds(row.values, row.estimate) if row.estimate else row.values for row in rows]
    scale_numbers(axes, np.concatenate(numbers), f"final {metric_of_share(metric)}")
    draw_runs_as_points(axes, rows, quartiles=not folds)
    if folds:
        draw_intervals(axes, rows, lowered=0.4)
    above(axes, rows_remark(arms, "mean, 95 %" if folds else "median, 25–75 %", left_out))


def draw_median_epochs(axes: Axes, arms: Sequence[Arm]) -> None:
    """Draw the median epoch of each variant, an arrow where its interval has no end within the limit."""
    limit = max(arm.limit for arm in arms)
    rows = [
        ChartRow(
            arm.name, arm.color, arm.median_epoch, remark="not reached" if arm.numbers.goal else "no goal"
        )
        for arm in arms
    ]
    dress_rows(axes, rows, named=False)
    numbers = [bound for arm in arms for bound in (arm.median_epoch.value, *arm.median_epoch.interval)]
    finite = [number for number in numbers if math.isfinite(number)]
    scale_numbers(axes, np.array([*finite, limit], np.float64), "median epoch", whole=True)
    draw_intervals(axes, rows, end=limit)
    above(axes, f"▶ {limit_words(arms)}")


def draw_effects(axes: Axes, arms: Sequence[Arm]) -> None:
    """Draw by how much each variant differs from the baseline, over the seeds that both have."""
    solved = bool(arms[0].criterion)
    name = "solved" if solved else arms[0].score
    rows = [
        ChartRow(arm.name, arm.color, remark="baseline")
        if arm.is_baseline
        else ChartRow(arm.name, arm.color, arm.effect(name), remark="" if solved else "diverged")
        for arm in arms
    ]
    dress_rows(axes, rows, named=False)
    draw_intervals(axes, rows)
    label = "difference in share (points)" if solved else f"difference in {metric_of_share(name)}"
    scale_differences(axes, label, percent=solved)
    above(axes, f"paired by {'fold' if arms[0].has_folds else 'seed'}; lines: 95 %")
