"""Assessments as tables of text cells, which are then laid out for a terminal or written as markup."""

from collections.abc import Iterator, Mapping

import numpy as np

from nn.display import counted
from nn.markup import Sheet
from nn.metrics.assessment import Assessment
from nn.metrics.numbers import TITLES, UNDECIDED, interval_text, metric_number, metric_title
from nn.statistics.bootstrap import number_of_resamples

MAX_MATRIX_CLASSES = 6
MAX_MATRIX_WIDTH = 60
"""The maximum numbers of classes, and of characters in all their names, for which the confusion is shown as a
matrix; otherwise its most frequent mistakes are listed."""
MAX_LISTED_MISTAKES = 10
MAX_PARTS = 30
"""The maximum numbers of mistakes, and of classes, targets or labels, in a table; JSON and CSV have all."""
PART_WORDS = {"classification": "class", "labels": "label", "regression": "target"}
SOURCES = {
    "classification": ", the most frequent class in training",
    "labels": " in training",
    "regression": "",
}
"""How the baseline's answer follows from the training share, unless its description says so."""
AVERAGED = ("r2", "rmse", "mae")
"""Metrics that are means over several targets."""


def sheets(share: str, assessment: Assessment) -> list[Sheet]:
    """The tables of an assessment of a share: its metrics, those by class, the confusion."""
    found = [metrics_sheet(share, assessment)]
    if len(assessment.parts) > 1 and assessment.by_part:
        found.append(parts_sheet(share, assessment))
    if assessment.confusion is not None:
        characters = sum(map(len, assessment.parts))
        few = len(assessment.parts) <= MAX_MATRIX_CLASSES and characters <= MAX_MATRIX_WIDTH
        found.append((confusion_sheet if few else mistakes_sheet)(share, assessment))
    return [sheet for sheet in found if sheet.rows]


def method(assessments: Mapping[str, Assessment]) -> str:
    """What the baseline is, and where intervals come from, in a sentence each."""
    told = {f"Baseline: {one.always}{SOURCES[one.task]}." for one in assessments.values() if one.always}
    resamples = {number_of_resamples(one.rows) for one in assessments.values() if has_intervals(one)}
    if resamples:
        counts = " and ".join(f"{count:,}" for count in sorted(resamples))
        told.add(f"Intervals: percentiles of {counts} bootstrap resamples of the rows.")
    return " ".join(sorted(told))


def has_intervals(assessment: Assessment) -> bool:
    """Whether any metric has an interval."""
    return any(found.low is not None for found in assessment.metrics.values())


def metrics_sheet(share: str, assessment: Assessment) -> Sheet:
    """A line for each metric: its value and interval, that of other answers, its baseline, if any."""
    others = assessment.others
    header, rows = ("", "value", "95 % interval", *others, "baseline"), []
    several = assessment.task == "regression" and len(assessment.parts) > 1
    for name, (value, low, high, baseline) in assessment.metrics.items():
        title = assessment.loss_name if name == "loss" else metric_title(name)
        title += " (mean of targets)" if several and name in AVERAGED else ""
        rows.append(
            (
                title,
                metric_number(name, value),
                interval_text(name, low, high),
                *(metric_number(name, found.get(name)) for found in others.values()),
                metric_number(name, baseline),
            )
        )
    kept = [c for c in range(len(header)) if c < 2 or any(row[c] != UNDECIDED for row in rows)]
    title = f"{share}: {counted(assessment.rows, 'row')}"
    return Sheet(title, tuple(header[c] for c in kept), [tuple(row[c] for c in kept) for row in rows])


def parts_sheet(share: str, assessment: Assessment) -> Sheet:
    """A line for each class, target or label; of very many those with the lowest F1 or R²."""
    part, by_part = PART_WORDS[assessment.task], assessment.by_part
    order, title = list(range(len(assessment.parts))), f"{share}, by {part}"
    if len(order) > MAX_PARTS:
        name = "r2" if "r2" in by_part else "f1"
        worth = [np.inf if value is None else value for value in by_part[name]]
        order = [int(number) for number in np.argsort(worth, kind="stable")[:MAX_PARTS]]
        title += f": the {MAX_PARTS} of {len(assessment.parts):,} with the lowest {TITLES[name]}"
    rows = [
        (assessment.parts[k], *(metric_number(name, column[k]) for name, column in by_part.items()))
        for k in order
    ]
    return Sheet(title, (part, *(TITLES[name] for name in by_part)), rows)


def confusion_sheet(share: str, assessment: Assessment) -> Sheet:
    """A row for each class, a column for each answer: how many, and which share of the row."""
    assert assessment.confusion is not None
    rows = []
    for name, counts in zip(assessment.parts, assessment.confusion, strict=True):
        whole = sum(counts)
        rows.append((name, *(f"{n:,} ({rate(n, whole)})" if n else "0" for n in counts)))
    return Sheet(
        f"{share}, confusion matrix: a row for each class, a column for each answer",
        ("", *assessment.parts),
        rows,
    )


def mistakes_sheet(share: str, assessment: Assessment) -> Sheet:
    """The most frequent mistakes: class, answer, how many rows, which share of those of the class."""
    assert assessment.confusion is not None
    wrong = sorted(mistakes(assessment), key=lambda found: -found[2])[:MAX_LISTED_MISTAKES]
    rows = [
        (assessment.parts[i], assessment.parts[j], f"{n:,}", rate(n, sum(assessment.confusion[i])))
        for i, j, n in wrong
    ]
    return Sheet(f"{share}, most frequent mistakes", ("class", "answer", "rows", "of the class"), rows)


def mistakes(assessment: Assessment) -> Iterator[tuple[int, int, int]]:
    """Class, answer and number of rows of each kind of mistake that was made."""
    for i, counts in enumerate(assessment.confusion or ()):
        yield from ((i, j, n) for j, n in enumerate(counts) if n and i != j)


def rate(count: int, whole: int) -> str:
    """A share in whole per cent."""
    return f"{100 * count / whole:.0f} %"


def short(share: str, assessment: Assessment) -> str:
    """The main metric with its interval and baseline, of a regression as RMSE, in a sentence or two."""
    main = assessment.main
    value, low, high, _ = assessment.metrics[main]
    told = f"{share}: {metric_title(main)} {metric_number(main, value)}"
    if low is not None:
        told += f" (95 % interval {interval_text(main, low, high)})"
    compared = "rmse" if main == "r2" else main
    value, *_, baseline = assessment.metrics[compared]
    if compared != main:
        told += f", {metric_title(compared)} {metric_number(compared, value)}"
    if baseline is not None and not assessment.remark:
        told += f"; {assessment.always}: {metric_number(compared, baseline)}"
    return f"{told}. {assessment.remark}".rstrip()
