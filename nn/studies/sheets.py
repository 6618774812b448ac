"""The tables of a study: how often and how soon it is solved, its final values, the effects of variants."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nn.display import counted
from nn.markup import Sheet
from nn.metrics.numbers import UNDECIDED
from nn.statistics.intervals import Estimate
from nn.studies.summary import Distribution, GoalSummary, Summary, VariantSummary
from nn.studies.variants import setting_value
from nn.studies.wording import (
    SHARE_PREFIXES,
    bounds_text,
    epoch_text,
    estimate_text,
    metric_words,
    p_text,
    share_text,
    signed,
    writer_of,
)

TABLE_METRICS = 3
"""The most metrics side by side; a CSV file has all."""
SHOWN_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def sheets_of(summary: Summary) -> Iterator[Sheet]:
    """The tables of a study, the most important first."""
    variants, metrics = summary.variants, shown_metrics(summary)
    if len(variants) == 1:
        if goal := variants[0].goal:
            yield goal_sheet(summary, goal)
        yield quantile_sheet(variants[0])
        yield middle_sheet(summary, variants[0])
        return
    if summary.criterion:
        yield from goal_sheets(summary)
    if any(variant.source for variant in variants):
        yield from (spread_sheet(summary, metric) for metric in metrics)
    else:
        yield final_sheet(summary, metrics)
    if summary.comparisons:
        compared = ["solved", "epochs"] if summary.criterion else metrics
        sheets = (effect_sheet(summary, name) for name in compared)
        yield from (sheet for sheet in sheets if sheet.rows)


def shown_metrics(summary: Summary) -> list[str]:
    """The loss and what was measured on rows held out, of many the test share; without these all metrics."""
    names = [*summary.variants[0].metrics]
    held_out = [name for name in names if name.startswith(tuple(SHARE_PREFIXES))]
    if not held_out:
        return names[:TABLE_METRICS]
    tests = [name for name in held_out if name.startswith("test_")]
    chosen = held_out if len(held_out) < TABLE_METRICS else tests or held_out
    return ["loss", *chosen][:TABLE_METRICS]


def goal_sheet(summary: Summary, goal: GoalSummary) -> Sheet:
    """How often and how soon the only variant reaches the goal, a line for each estimate."""
    estimates = {"median epochs": goal.median, "mean epochs, the limit where unsolved": goal.restricted_mean}
    restarts = goal.restarts
    if math.isfinite(restarts.limit):
        estimates[f"epochs until solved, restarted after {restarts.limit:,.0f}"] = restarts.expected
    share = f"{goal.solved:,} = {share_text(goal.share.value)}"
    rows = [("solved", share, bounds_text(goal.share, share_text))]
    rows += [(name, epoch_text(one.value), bounds_text(one, epoch_text)) for name, one in estimates.items()]
    rows.append(("epochs until solved, restarted at the limit", epoch_text(restarts.whole), UNDECIDED))
    title = f"{goal_words(summary)}: {run_words(summary)}"
    return Sheet(title, ("", "estimate", interval_words(summary)), rows)


def goal_sheets(summary: Summary) -> Iterator[Sheet]:
    """How often and how soon each variant reaches the goal, and what that costs, a line for each."""
    header, runs = label_header(summary), run_words(summary)
    reached, costs = [], []
    for variant in summary.variants:
        if goal := variant.goal:
            label, restarts = label_of(variant), goal.restarts
            share, median = estimate_text(goal.share, share_text), estimate_text(goal.median, epoch_text)
            mean = estimate_text(goal.restricted_mean, epoch_text)
            reached.append((label, share, median))
            expected, after = estimate_text(restarts.expected, epoch_text), epoch_text(restarts.limit)
            costs.append((label, mean, expected, after))
    yield Sheet(f"{goal_words(summary)}: {runs}", (header, "solved", "median epochs"), reached)
    title = f"Mean epochs until {summary.criterion}, up to the limit and with restarts: {runs}"
    yield Sheet(title, (header, "mean", "restarted", "after"), costs)


def quantile_sheet(variant: VariantSummary) -> Sheet:
    """How the final values of the only variant are distributed, a line for each metric."""
    rows = []
    for name, found in variant.metrics.items():
        rows.append((metric_words(name), *quantile_cells(name, found)))
    return Sheet(f"Final values, quantiles of {counted(variant.runs, 'run')}", ("", *quantile_words()), rows)


def quantile_cells(name: str, found: Distribution) -> list[str]:
    """The quantiles that are shown."""
    write = writer_of(name)
    return [write(found.quantiles[q]) for q in SHOWN_QUANTILES]


def quantile_words() -> list[str]:
    """What they are called."""
    return [f"{100 * q:.0f} %" for q in SHOWN_QUANTILES]


def middle_sheet(summary: Summary, variant: VariantSummary) -> Sheet:
    """Interquartile means, or means over folds, with intervals and standard deviations, by metric."""
    rows = []
    for name, found in variant.metrics.items():
        write, middle = writer_of(name), middle_of(summary, found)
        cells = write(middle.value), bounds_text(middle, write), write(found.deviation)
        rows.append((metric_words(name), *cells))
    words = middle_words(summary)
    title = f"Final values, {words} and standard deviation of {run_words(summary)}"
    return Sheet(title, ("", words, interval_words(summary), "SD"), rows)


def middle_of(summary: Summary, found: Distribution) -> Estimate:
    """The mean that is shown: over folds with the corrected interval, else the interquartile one."""
    return found.mean if summary.folds else found.interquartile_mean


def middle_words(summary: Summary) -> str:
    """Which mean is shown."""
    return "mean" if summary.folds else "interquartile mean"


def final_sheet(summary: Summary, metrics: Sequence[str]) -> Sheet:
    """The final values of each variant, a line for each."""
    rows = []
    for variant in summary.variants:
        found = [(name, variant.metrics.get(name)) for name in metrics]
        cells = [
            estimate_text(middle_of(summary, one), writer_of(name)) if one else UNDECIDED
            for name, one in found
        ]
        rows.append((label_of(variant), *cells))
    title = f"Final values, {middle_words(summary)} of {run_words(summary)}"
    return Sheet(title, (label_header(summary), *map(metric_words, metrics)), rows)


def spread_sheet(summary: Summary, name: str) -> Sheet:
    """How much each kind of randomness moves a metric, a line for each."""
    rows = []
    for variant in (one for one in summary.variants if name in one.metrics):
        found = variant.metrics[name]
        cells = writer_of(name)(found.deviation), *quantile_cells(name, found)
        rows.append((label_of(variant), f"{variant.runs:,}", *cells))
    title = f"Final {metric_words(name)} by what varies, all else as configured"
    return Sheet(title, (label_header(summary), "runs", "SD", *quantile_words()), rows)


def effect_sheet(summary: Summary, name: str) -> Sheet:
    """What variants differ by from the one that they are compared with: effects, intervals, p-values."""
    variants = {variant.variant: variant for variant in summary.variants}
    write, rows = signed(writer_of(name)), []
    for one in summary.comparisons:
        if effect := one.effects.get(name):
            told = write(effect.difference.value), bounds_text(effect.difference, write)
            rows.append((label_of(variants[one.variant]), *told, p_text(effect.p), p_text(effect.adjusted)))
    baselines = dict.fromkeys(one.baseline for one in summary.comparisons)
    against = " or ".join(label_of(variants[number], named=True) for number in baselines)
    pairs = counted(max(one.pairs for one in summary.comparisons), "pair")
    title = f"{effect_words(summary, name)}: difference from {against}, {pairs} with the same seed"
    return Sheet(title, (label_header(summary), "difference", interval_words(summary), "p", "p (Holm)"), rows)


def effect_words(summary: Summary, name: str) -> str:
    """What differs, with the unit of the difference."""
    if name == "epochs":
        return f"Epochs until {summary.criterion}"
    words = f"Share with {summary.criterion}" if name == "solved" else metric_words(name).capitalize()
    return f"{words}, percentage points" if writer_of(name)(0).endswith(" %") else words


def goal_words(summary: Summary) -> str:
    """The goal and the time that runs have for it."""
    return f"Goal {summary.criterion}, limit {summary.ruler.conditions['Limit']}"


def interval_words(summary: Summary) -> str:
    """``95 % interval``."""
    return f"{100 * summary.level:.0f} % interval"


def run_words(summary: Summary) -> str:
    """``50 runs each``, or from how many to how many."""
    runs = [variant.runs for variant in summary.variants]
    few, many = min(runs), max(runs)
    words = counted(many, "run") if few == many else f"{few:,} to {counted(many, 'run')}"
    return words if len(runs) == 1 else f"{words} each"


def label_header(summary: Summary) -> str:
    """The names of the varied keys, as short as tells them apart; ``varied`` for kinds of randomness."""
    first = summary.variants[0]
    return ", ".join([*short_names(first.settings), *(["varied"] if first.source else [])])


def short_names(settings: Mapping[str, Any]) -> list[str]:
    """The last parts of keys, or the whole keys where two have the same."""
    last = [key.rsplit(".", 1)[-1] for key in settings]
    return [name if last.count(name) == 1 else key for key, name in zip(settings, last, strict=True)]


def label_of(variant: VariantSummary, *, named: bool = False) -> str:
    """The values of the varied keys of a variant; with their names: ``learning_rate 0.5, units 2``."""
    values = [setting_value(value) for value in variant.settings.values()]
    if named:
        values = [f"{name} {one}" for name, one in zip(short_names(variant.settings), values, strict=True)]
    return ", ".join([*values, *([variant.source] if variant.source else [])])
