"""The variants of a study as they are drawn: each with its runs, its numbers, its name and its colour."""

import math
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from nn.arrays import Array, Floats
from nn.plots import style
from nn.runs.differences import flatten, setting_text, short_keys, value_text
from nn.statistics.intervals import Estimate, Interval
from nn.statistics.survival import KaplanMeier
from nn.studies.effects import Effect
from nn.studies.study import Study
from nn.studies.summary import Summary, VariantSummary
from nn.studies.variants import OF_A_MEMBER, Variant, seed_key

FEW = 6
"""So many variants are told apart by their colours, in one chart."""
NAME_WIDTH, NAME_LINES = 30, 2
"""Longer names of variants are broken into lines, and shortened at their end."""
NO_DIFFERENCE = Estimate(0.0, Interval(0.0, 0.0))
UNKNOWN_ESTIMATE = Estimate(math.nan, Interval(-math.inf, math.inf))
END_LABEL = 16
"""Longer names do not stand at the ends of lines; their colours do."""


@dataclass(frozen=True, eq=False)
class Arm:
    """One variant, with what is drawn of it."""

    name: str
    """By what it differs from the others; empty where it is the only one."""
    color: str
    members: Array
    losses: Floats
    """``(members, E)``, NaN where a run has diverged."""
    numbers: VariantSummary
    effects: Mapping[str, Effect]
    """Against the baseline; empty for the baseline itself, and where no run has a seed of the baseline's."""
    is_baseline: bool
    criterion: str | None
    limit: int
    symbol: str
    """``Σ`` or ``½ Σ`` where its loss is a sum."""

    @cached_property
    def curve(self) -> KaplanMeier:
        """The share that has not reached the goal, over the epochs."""
        solved = self.members["solved"]
        return KaplanMeier.of(np.where(solved, self.members["epochs"], self.limit), solved)

    @property
    def diverged(self) -> int:
        """How many runs diverged."""
        return int(np.sum(self.members["stopped"] == "diverged"))

    @property
    def share(self) -> Estimate:
        """The share solved."""
        return self.numbers.goal.share if self.numbers.goal else UNKNOWN_ESTIMATE

    @property
    def median_epoch(self) -> Estimate:
        """The epoch by which half of the runs have solved it; inf where that is not reached."""
        return self.numbers.goal.median if self.numbers.goal else UNKNOWN_ESTIMATE

    def effect(self, name: str) -> Estimate:
        """By how much it differs from the baseline, which differs by nothing from itself."""
        if name in self.effects:
            return self.effects[name].difference
        return NO_DIFFERENCE if self.is_baseline else UNKNOWN_ESTIMATE

    @property
    def score(self) -> str:
        """The metric by which variants are compared without a goal: that of validation, if there is one."""
        return "val_loss" if "val_loss" in self.numbers.metrics else "loss"

    @property
    def score_middle(self) -> Estimate:
        """The median of the score; of folds the mean, whose interval allows for the rows that they share."""
        found = self.numbers.metrics[self.score]
        return found.mean if self.has_folds else found.median

    @property
    def has_folds(self) -> bool:
        """Whether its runs are those of a cross-validation."""
        return "fold" in (self.members.dtype.names or ())


def arms_of(study: Study, summary: Summary) -> list[Arm]:
    """All variants of a study that have runs, in their order."""
    effects = {one.variant: one.effects for one in summary.comparisons}
    baselines = {one.baseline for one in summary.comparisons}
    variants = [study.plan.variants[one.variant] for one in summary.variants]
    found = []
    for numbers, variant, name, color in zip(
        summary.variants, variants, arm_names(variants), arm_colors(len(variants)), strict=True
    ):
        # Members are in the order of variants: their rows are views, however many there are.
        own = slice(*np.searchsorted(study.members["variant"], [variant.number, variant.number + 1]))
        more = effects.get(variant.number, {}), variant.number in baselines
        goal = summary.criterion, variant.limit
        symbol = variant.config.loss.make().symbol
        found.append(Arm(name, color, study.members[own], study.losses[own], numbers, *more, *goal, symbol))
    return found


def arm_colors(number: int) -> list[str]:
    """A colour each while they can be told apart, else one for all."""
    return list(style.COLORS[:number]) if number <= FEW else [style.COLORS[0]] * number


def arm_names(variants: Sequence[Variant]) -> list[str]:
    """The names of variants by all options that differ; words and a single option by their values alone.

    What the lines of a name cannot hold is left out; a name that is then no longer unique gets a number.
    """
    flat = [dict(flatten(variant.settings)) for variant in variants]
    keys = dict.fromkeys(key for one in flat for key in one)
    varied = [key for key in keys if any(one.get(key) != flat[0].get(key) for one in flat)]
    short = short_keys(varied)
    names = []
    for variant, one in zip(variants, flat, strict=True):
        told = {short[key]: one[key] for key in varied if key in one}
        alone = len(short) == 1
        parts = [
            value_text(value) if alone or isinstance(value, str) else setting_text(key, value)
            for key, value in told.items()
        ]
        if variant.follows != OF_A_MEMBER:
            parts.append(seed_key(variant.follows).removeprefix("seed."))
        names.append(broken(", ".join(parts) or variant.label))
    counts = Counter(names)
    return [name if counts[name] == 1 else broken(f"{place + 1}: {name}") for place, name in enumerate(names)]


def value_names(values: Sequence[Any]) -> list[str]:
    """The values of a key: numbers to three digits where these tell them apart, of a mapping its options."""
    rounded = [style.powers(value) if isinstance(value, float) else value_name(value) for value in values]
    return rounded if len(set(rounded)) == len(rounded) else [value_name(value) for value in values]


def value_name(value: Any) -> str:
    """A value as in a configuration; of a mapping its type and its options: ``sgd, momentum=0.9``."""
    flat = dict(flatten(value)) if isinstance(value, Mapping | list) else {"": value}
    return ", ".join(
        value_text(one) if key in ("", "type") else setting_text(key, one) for key, one in flat.items()
    )


def broken(text: str) -> str:
    """A text in lines, which ends in … where it is longer than these."""
    return "\n".join(textwrap.wrap(text, NAME_WIDTH, max_lines=NAME_LINES, placeholder="…"))


def label_arms(axes: Axes, arms: Sequence[Arm], heights: Sequence[float]) -> None:
    """Name the arms at the ends of their lines, where all their names are short."""
    if all(len(arm.name) <= END_LABEL for arm in arms):
        drawn = zip(arms, heights, strict=True)
        style.label_ends(axes, [style.EndLabel(arm.name, y, arm.color) for arm, y in drawn if np.isfinite(y)])
