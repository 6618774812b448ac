"""Writes estimates and their intervals in words."""

import math
import textwrap
from collections.abc import Sequence

from nn.plots import style
from nn.plots.study.arms import Arm
from nn.statistics.intervals import Estimate, Interval

LONG = 36
"""Longer criteria do not fit beside an axis."""
REMARK_WIDTH = 46


def share_between(share: Estimate) -> str:
    """A share with its interval: ``80.2 % (77.6–82.6 %)``."""
    value, low, high = (style.percent(round(part, 3)) for part in (share.value, *share.interval))
    return f"{value} ({low.removesuffix(' %')}–{high})"


def share_label(criterion: str | None) -> str:
    """What a share is of; a long criterion stands in a remark instead."""
    return f"share with {criterion}" if criterion and is_short(criterion) else "share solved"


def is_short(criterion: str) -> bool:
    """Whether a criterion fits beside an axis, and is one."""
    return len(criterion) <= LONG and ";" not in criterion


def criterion_remark(criterion: str) -> list[str]:
    """The criterion, unless the label has it."""
    return textwrap.wrap(f"solved: {criterion}", REMARK_WIDTH) if not is_short(criterion) else []


def epochs_between(interval: Interval) -> str:
    """The interval of a number of epochs: ``297–330``, or ``297 to not reached``."""
    low, high = interval
    if not math.isfinite(high):
        return f"{low:,.0f} to not reached" if math.isfinite(low) else "not reached"
    return f"{low:,.0f}–{high:,.0f}"


def count_words(count: int, runs: int) -> str:
    """``12 of 1,000``."""
    return f"{style.thousands(count)} of {style.thousands(runs)}"


def metric_of_share(metric: str) -> str:
    """``validation loss`` for ``val_loss``, ``training loss`` for ``loss``."""
    share, found, name = metric.partition("_")
    shares = {"val": "validation", "test": "test"}
    return f"{shares[share]} {name}" if found and share in shares else f"training {metric}"


def score_words(arm: Arm) -> str:
    """The score of a variant: its median, or its mean over folds."""
    return f"{'mean' if arm.has_folds else 'median'} final {metric_of_share(arm.score)}"


def limit_words(arms: Sequence[Arm]) -> str:
    """By when something is not reached."""
    limits = {arm.limit for arm in arms}
    return f"not by epoch {max(limits):,}" if len(limits) == 1 else "not by the last epoch"


def runs_each(arms: Sequence[Arm]) -> str:
    """How many runs each variant has."""
    runs = {arm.numbers.runs for arm in arms}
    return f"{min(runs):,} runs each" if len(runs) == 1 else f"{min(runs):,} to {max(runs):,} runs"
