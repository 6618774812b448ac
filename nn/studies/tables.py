"""The tables of a study as text, Markdown, LaTeX or CSV: each under its ruler."""

import csv
import io
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nn.display import counted
from nn.markup import Passage, latex, markdown, terminal_text
from nn.statistics.intervals import Estimate
from nn.studies.sheets import sheets_of
from nn.studies.summary import GoalSummary, Summary, VariantSummary
from nn.studies.variants import setting_cell

ENDING_WORDS = {"stop_at": "at the goal", "epochs": "at the limit", "early_stopping": "without progress"}
OF_THE_GOAL = """\
Solved: Wilson's interval. Median epochs: Kaplan-Meier with the log-log band. Mean epochs: unsolved runs count
at the limit. Restarted: the expected epochs until a run is solved, if each is given up after that many; the
bootstrap's interval."""
OF_VALUES = """\
Interquartile mean: without the best and the worst quarter of the runs; the bootstrap's interval."""
OF_FOLDS = """\
Means over folds: interval and t test with the variance corrected for the rows that folds share (Nadeau and
Bengio 2003)."""
OF_SPREADS = "SD: standard deviation. Quantiles: of the runs in which one kind of randomness varies."
OF_DIVERGED = "A run that diverged has the worst value of all."
OF_SHARES = "Differences of shares: Newcombe's method 10; McNemar's exact test."
OF_SHIFTS = """\
Other differences: the shift of Hodges and Lehmann; Wilcoxon's signed-rank test; pairs that are equal are left
aside."""
OF_HOLM = "p (Holm) is adjusted for the number of variants in a table."


def study_text(summary: Summary) -> str:
    """The tables for a terminal, the ruler first."""
    return terminal_text([str(summary.ruler), ending_words(summary), *sheets_of(summary), methods(summary)])


def study_markdown(summary: Summary) -> str:
    """The tables as GitHub's Markdown has them, each above its ruler."""
    return markdown(under_rulers(summary))


def study_latex(summary: Summary) -> str:
    """The tables as LaTeX has them without any package, each above its ruler."""
    return latex(under_rulers(summary))


def under_rulers(summary: Summary) -> Iterator[Passage]:
    """Each table with its ruler, so that none stands without it wherever it is pasted."""
    for sheet in sheets_of(summary):
        yield sheet
        yield str(summary.ruler)
    yield ending_words(summary)
    yield methods(summary)


def ending_words(summary: Summary) -> str:
    """How many runs ended for which reason, in a sentence."""
    counts = Counter[str]()
    for variant in summary.variants:
        counts.update(variant.stopped)
    told = [f"{n:,} {ENDING_WORDS.get(word, word.replace('_', ' '))}" for word, n in counts.most_common()]
    return f"{counted(counts.total(), 'run')} ended: {', '.join(told)}."


def methods(summary: Summary) -> str:
    """Where intervals and p-values come from, as far as there are any."""
    spreads = any(variant.source for variant in summary.variants)
    diverged = any("diverged" in variant.stopped for variant in summary.variants)
    level = f"Intervals are of {100 * summary.level:.0f} %."
    sentences = {
        level: summary.criterion or not spreads,
        OF_THE_GOAL: summary.criterion,
        OF_SPREADS: spreads,
        OF_FOLDS: summary.folds and not spreads,
        OF_VALUES: not summary.folds and not spreads,
        OF_DIVERGED: diverged,
        OF_SHARES: summary.comparisons and summary.criterion,
        OF_SHIFTS: summary.comparisons and (summary.criterion or not summary.folds),
        OF_HOLM: summary.comparisons,
    }
    return " ".join(sentence for sentence, holds in sentences.items() if holds)


def study_csv(summary: Summary) -> str:
    """A line for each estimate, with all that varies and the conditions it was measured under."""
    keys = list(summary.variants[0].settings)
    names = {"Runs": "study"}  # runs are those of a line
    conditions = {names.get(name, name.lower()): text for name, text in summary.ruler.conditions.items()}
    found = ["runs", "measure", "statistic", "value", "low", "high", "p", "p_holm"]
    text = io.StringIO()
    writer = csv.DictWriter(text, ["variant", *keys, "varied", *found, *conditions], lineterminator="\n")
    writer.writeheader()
    by_number = {variant.variant: variant for variant in summary.variants}
    for variant in summary.variants:
        for line in [*goal_lines(variant.goal), *metric_lines(variant)]:
            writer.writerow(cells_of(variant) | line | conditions)
    for one in summary.comparisons:
        for name, effect in one.effects.items():
            line = estimate_line(name, f"difference from variant {one.baseline}", effect.difference)
            line |= {"runs": one.pairs, "p": effect.p, "p_holm": effect.adjusted}
            writer.writerow(cells_of(by_number[one.variant]) | line | conditions)
    return text.getvalue().rstrip("\n")


def cells_of(variant: VariantSummary) -> dict[str, Any]:
    """The cells that say which variant a line is of."""
    settings = {key: setting_cell(value) for key, value in variant.settings.items()}
    return {"variant": variant.variant, **settings, "varied": variant.source, "runs": variant.runs}


def goal_lines(goal: GoalSummary | None) -> Iterator[dict[str, Any]]:
    """The lines of how often and how soon the goal is reached; none without a goal."""
    if goal:
        yield estimate_line("solved", "share", goal.share)
        yield estimate_line("epochs", "median", goal.median)
        yield estimate_line("epochs", "restricted mean", goal.restricted_mean)
        yield estimate_line("epochs", "with restarts", goal.restarts.expected)
        yield value_line("epochs", "restart after", goal.restarts.limit)
        yield value_line("epochs", "restarted at the limit", goal.restarts.whole)


def metric_lines(variant: VariantSummary) -> Iterator[dict[str, Any]]:
    """The lines of the final values."""
    for name, found in variant.metrics.items():
        yield estimate_line(name, "median", found.median)
        yield estimate_line(name, "interquartile mean", found.interquartile_mean)
        yield estimate_line(name, "mean", found.mean)
        yield value_line(name, "standard deviation", found.deviation)
        for q, value in found.quantiles.items():
            yield value_line(name, f"quantile {q:g}", value)


def estimate_line(measure: str, statistic: str, estimate: Estimate) -> dict[str, Any]:
    """The cells of an estimate; a bound that there is not is empty."""
    value, bounds = estimate
    low, high = (bound if math.isfinite(bound) else None for bound in bounds)
    return value_line(measure, statistic, value) | {"low": low, "high": high}


def value_line(measure: str, statistic: str, value: float) -> dict[str, Any]:
    """The cells of a value; ``inf`` where it is not reached or diverged."""
    return {"measure": measure, "statistic": statistic, "value": None if math.isnan(value) else value}


STUDY_WRITERS: Mapping[str, Callable[[Summary], str]] = {
    "text": study_text,
    "csv": study_csv,
    "markdown": study_markdown,
    "latex": study_latex,
}
