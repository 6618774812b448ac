"""Assessments: each metric of a model's answers, with its interval, its baseline and a remark."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

from nn.arrays import Array
from nn.metrics.baseline import constant_answers
from nn.metrics.bootstrap import (
    MAX_RESAMPLED_ROWS,
    MIN_INTERVAL_ROWS,
    all_or_none,
    percentile_intervals,
)
from nn.metrics.numbers import metric_number, significant
from nn.metrics.scores import ClassificationScores, LabelScores, RegressionScores, Scores
from nn.statistics.intervals import Interval

Assessed = Literal["classification", "labels", "regression"]
SCORES: Mapping[Assessed, Callable[[Array, Array], Scores]] = {
    "classification": ClassificationScores,
    "labels": LabelScores,
    "regression": RegressionScores,
}


class MetricValue(NamedTuple):
    """A metric, the bounds of its 95 % interval, and what the baseline reaches; None: not decided."""

    value: float | None
    low: float | None = None
    high: float | None = None
    baseline: float | None = None


@dataclass(frozen=True)
class Assessment:
    """How good the answers to a number of rows are.

    task: regression, classification, or labels (several targets that are each 0 or 1)
    parts: the names of the classes, targets or labels
    metrics: each metric by name
    by_part: metrics of each class, target or label
    confusion: of classes, how many rows of each (outer) were answered as which
    main: the metric by which the answers are better than the baseline, or not
    always: what the baseline answers, in words; empty where it is not known
    scaled_loss: whether the loss is one of scaled targets; all other metrics are in the target's own unit
    loss_name: what the loss is called, with its unit and how it is summed
    others: the same metrics of other answers to these rows, by what they are called
    """

    task: Assessed
    rows: int
    parts: tuple[str, ...]
    metrics: dict[str, MetricValue]
    by_part: dict[str, tuple[float | None, ...]]
    confusion: tuple[tuple[int, ...], ...] | None
    main: str
    always: str
    scaled_loss: bool = False
    loss_name: str = "loss"
    others: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)

    @property
    def remark(self) -> str:
        """A sentence where the answers are not better than the baseline; else empty.

        They are better where the interval of the main metric (accuracy, exact match, R²) lies above the
        baseline; without an interval, where the metric does.
        """
        value, low, _, baseline = self.metrics[self.main]
        if value is None or baseline is None:
            return ""
        reached = f"{'R² ' if self.main == 'r2' else ''}{metric_number(self.main, baseline)}"
        if value <= baseline:
            return f"No better than {self.always} ({reached})."
        if low is not None and low <= baseline:
            return f"Not clearly better than {self.always} ({reached}), which lies within the interval."
        return ""


@np.errstate(all="ignore")  # answers that have run away give metrics that say so
def assess(
    task: Assessed,
    t: Array,
    y: Array,
    parts: Sequence[str],
    *,
    baseline: Array | None = None,
    loss: float | None = None,
    scaled_loss: bool = False,
    loss_name: str = "loss",
    intervals: bool = True,
    seed: int = 0,
) -> Assessment:
    """The assessment of answers y to rows whose targets are t.

    classification: t ``(rows,)`` classes by number, y ``(rows, classes)`` scores; labels and regression:
    both ``(rows, parts)``. ``baseline (parts,)`` is the ``mean_answer`` of the training share. ``loss`` comes
    first among the metrics, ``scaled_loss`` says whether it is one of scaled targets, and ``loss_name`` what
    it is called. Intervals are for rows
    that were held out: on those that it was trained on, a network is better than on others. Of answers that
    are not finite nothing is decided.

    >>> t, y = np.array([[1.0], [2.0], [6.0]]), np.array([[1.0], [3.0], [6.0]])
    >>> assess("regression", t, y, ["price"], baseline=np.array([2.0])).metrics["mae"]
    MetricValue(value=0.3333333333333333, low=None, high=None, baseline=1.6666666666666667)
    """
    y = y.astype(np.float64)
    finite = bool(np.all(np.isfinite(y)))
    scores = SCORES[task](t, y if finite else np.zeros_like(y))
    values: dict[str, Any] = scores.measure() if finite else dict.fromkeys(scores.measure())
    bounds = metric_intervals(task, scores, t, y, values, seed) if intervals and finite else {}
    expected = {} if baseline is None else SCORES[task](t, constant_answers(baseline, len(t))).measure()
    metrics = {} if loss is None else {"loss": MetricValue(finite_or_none(loss))}
    for name, value in values.items():
        low, high = bounds.get(name, (None, None))
        metrics[name] = MetricValue(finite_or_none(value), low, high, finite_or_none(expected.get(name)))
    confusion = None
    if finite and isinstance(scores, ClassificationScores):
        confusion = tuple(map(tuple, scores.confusion.tolist()))
    by_part = {
        name: tuple(map(int if name == "rows" else finite_or_none, column))
        for name, column in (scores.by_part() if finite else {}).items()
    }
    words = "" if baseline is None else baseline_words(task, baseline, parts)
    return Assessment(
        task, len(t), tuple(parts), metrics, by_part, confusion, scores.main, words, scaled_loss, loss_name
    )


def metric_intervals(
    task: Assessed, scores: Scores, t: Array, y: Array, values: Mapping[str, Array], seed: int
) -> dict[str, Interval]:
    """Return the intervals of metrics with these values."""
    rows = len(t)
    if rows > MAX_RESAMPLED_ROWS:
        found = subset_intervals(task, t, y, values, seed)
    else:
        found = percentile_intervals(scores.measure, rows, seed=seed)
    for name in scores.shares:
        if name not in found and values[name] in (0, 1) and rows >= MIN_INTERVAL_ROWS:
            found[name] = all_or_none(float(values[name]), rows)
    return found


def subset_intervals(
    task: Assessed, t: Array, y: Array, values: Mapping[str, Array], seed: int
) -> dict[str, Interval]:
    """Return intervals for very many rows, by resampling a subset: widths shrink as the root of the number.

    Bickel, Götze & van Zwet (1997), "Resampling fewer than n observations: gains, losses, and remedies for
    losses".
    """
    chosen = np.random.default_rng(seed).choice(len(t), MAX_RESAMPLED_ROWS, replace=False)
    part = SCORES[task](t[chosen], y[chosen])
    centers, shrunk, found = part.measure(), np.sqrt(MAX_RESAMPLED_ROWS / len(t)), {}
    for name, bounds in percentile_intervals(part.measure, MAX_RESAMPLED_ROWS, seed=seed).items():
        low, high = (float(values[name] + shrunk * (bound - centers[name])) for bound in bounds)
        found[name] = Interval(low, high)
    return found


def baseline_words(task: Assessed, baseline: Array, parts: Sequence[str]) -> str:
    """What the baseline answers."""
    if task == "classification":
        return f"always answering '{parts[int(np.argmax(baseline))]}'"
    if task == "labels":
        return "always answering each label's more frequent value"
    if len(parts) > 1:
        return "always answering the training means"
    return f"always answering {significant(float(baseline[0]))}, the training mean"


def finite_or_none(value: Any) -> float | None:
    """A number as Python's own, None where there is none."""
    return None if value is None or not np.isfinite(value) else float(value)
