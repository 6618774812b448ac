"""Chooses the charts of a study by what varies in it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from nn.plots.study.arms import FEW, Arm, arms_of
from nn.plots.study.comparison import (
    best_of,
    draw_effects,
    draw_median_epochs,
    draw_scores,
    draw_shares_solved,
)
from nn.plots.study.distributions import draw_folds, draw_metric, draw_spread, draw_times
from nn.plots.study.endings import MAX_GROUPS, Groups, draw_groups
from nn.plots.study.heat import draw_epoch_map, draw_score_map, draw_share_map
from nn.plots.study.keys import (
    draw_effects_over,
    draw_epochs_over,
    draw_scores_over,
    draw_shares_over,
    is_numeric,
)
from nn.plots.study.losses import draw_fan, draw_medians
from nn.plots.study.rows import LINE_HEIGHT, ROW_HEIGHT
from nn.plots.study.survival import draw_survival
from nn.runs.differences import short_keys
from nn.studies.study import Study
from nn.studies.summary import Summary
from nn.studies.variants import is_seed

CHART_HEIGHT = 3.9
SPREAD_HEIGHT, CELL_HEIGHT = 0.7, 0.42
BELOW_ROWS = 1.1
"""The height of what stands above and below rows."""


Chart = Callable[[Axes], None]


class Band(NamedTuple):
    """Charts side by side, and their height in inches; those of a panel share rows, named at the first."""

    height: float
    panels: Sequence[Sequence[Chart]]

    @property
    def charts(self) -> list[Chart]:
        """The charts of all panels."""
        return [chart for panel in self.panels for chart in panel]


def layout_of(study: Study, summary: Summary, groups: Groups = ()) -> list[Band]:
    """The charts, from top to bottom."""
    arms, vary = arms_of(study, summary), study.plan.vary
    if len(arms) == 1:
        return [one_variant(study, arms[0]), *([endings(arms[0], groups)] if groups else [])]
    if any(is_seed(key) for key in vary):
        return [randomness(arms)]
    if len(vary) == 2 and len(arms) > FEW:
        return [heat_maps(study, arms)]
    courses = [course(study, arms)] if len(arms) <= FEW else []
    if len(vary) == 1 and is_numeric(*vary.values()):
        return [*courses, over_key(study, arms)]
    return [*courses, compared(arms)]


def one_variant(study: Study, arm: Arm) -> Band:
    """How often and how soon the goal is reached, or what runs ended with; and the losses."""
    goal = study.plan.variants[arm.numbers.variant].goal
    fan = partial(draw_fan, arm=arm, epochs=study.epochs, goal=goal.loss if goal else None)
    if arm.criterion and not arm.has_folds:
        return Band(CHART_HEIGHT, [[partial(draw_survival, arms=[arm])], [fan]])
    draw, prefix = (draw_folds, "val_") if arm.has_folds else (draw_metric, "")
    metrics = [name for name in (f"{prefix}loss", f"{prefix}accuracy") if name in arm.numbers.metrics]
    ends = [partial(draw, arm=arm, metric=name, named=name == metrics[0]) for name in metrics]
    return Band(CHART_HEIGHT, [[fan], ends])


def endings(arm: Arm, groups: Groups) -> Band:
    """Where the runs ended that missed the goal."""
    height = BELOW_ROWS + ROW_HEIGHT * min(len(groups), MAX_GROUPS + 1)
    return Band(height, [[partial(draw_groups, arm=arm, groups=groups)]])


def course(study: Study, arms: Sequence[Arm]) -> Band:
    """The variants over the epochs."""
    medians = partial(draw_medians, arms=arms, epochs=study.epochs)
    survival = [[partial(draw_survival, arms=arms)]] if arms[0].criterion else []
    return Band(CHART_HEIGHT, [*survival, [medians]])


def randomness(arms: Sequence[Arm]) -> Band:
    """How far runs differ where one kind of randomness varies and the others stay."""
    height = BELOW_ROWS + SPREAD_HEIGHT * max(len(arms), 2)
    score = arms[0].score
    if arms[0].criterion:
        losses = partial(draw_spread, arms=arms, metric=score, named=False)
        first = partial(draw_shares_solved, arms=arms)
        return Band(height, [[first, partial(draw_times, arms=arms), losses]])
    metrics = [name for name in (score, score.replace("loss", "accuracy")) if name in arms[0].numbers.metrics]
    charts = [partial(draw_spread, arms=arms, metric=name, named=name == score) for name in metrics]
    return Band(height, [charts])


def compared(arms: Sequence[Arm]) -> Band:
    """A row for each variant: its share solved and its median epoch, or its score; and the effect."""
    shown = best_of(arms)
    first = draw_shares_solved if shown[0].criterion else draw_scores
    more = [draw_median_epochs, draw_effects] if shown[0].criterion else [draw_effects]
    lines = max(arm.name.count("\n") for arm in shown)
    height = BELOW_ROWS + (ROW_HEIGHT + lines * LINE_HEIGHT) * max(len(shown), 2)
    charts = [partial(first, arms=shown, left_out=len(arms) - len(shown))]
    return Band(height, [[*charts, *(partial(draw, arms=shown) for draw in more)]])


def over_key(study: Study, arms: Sequence[Arm]) -> Band:
    """The same over the values of one numeric key."""
    (key,) = study.plan.vary
    values = np.array([arm.numbers.settings[key] for arm in arms], np.float64)
    levels = [draw_shares_over, draw_epochs_over] if arms[0].criterion else [draw_scores_over]
    name = short_keys([key])[key]
    draws = (*levels, draw_effects_over)
    return Band(CHART_HEIGHT, [[partial(draw, key=name, values=values, arms=arms)] for draw in draws])


def heat_maps(study: Study, arms: Sequence[Arm]) -> Band:
    """The share solved and the median epoch, or the score, over two keys."""
    height = 1.7 + CELL_HEIGHT * max(min(map(len, study.plan.vary.values())), 3)
    maps = [draw_share_map, draw_epoch_map] if arms[0].criterion else [draw_score_map]
    return Band(height, [[partial(draw, vary=study.plan.vary, arms=arms)] for draw in maps])
