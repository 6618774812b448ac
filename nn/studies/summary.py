"""A study in numbers: what each variant does, and by how much variants differ, each with its interval."""

import math
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.statistics.intervals import LEVEL, Estimate, Interval
from nn.statistics.means import mean_interval
from nn.statistics.order import interquartile_mean, median_interval, quantiles
from nn.statistics.restarts import Restarts, restarts
from nn.statistics.shares import wilson
from nn.statistics.survival import KaplanMeier
from nn.studies.effects import Comparison, comparisons, fold_means, smaller_is_better, worst_where_unknown
from nn.studies.plan import Plan
from nn.studies.ruler import Ruler
from nn.studies.study import Study
from nn.studies.variants import OF_A_MEMBER, Variant, seed_key

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
NO_METRICS = {"variant", "seed", "solved", "epochs", "stopped", "group", "fold", "repeat"}
"""Fields of members that are no metrics; varied keys are neither."""


@dataclass(frozen=True)
class GoalSummary:
    """How often and how soon runs reach the goal; one that diverged or stopped early took the whole limit."""

    solved: int
    share: Estimate
    """Wilson's interval."""
    median: Estimate
    """Epochs, by Kaplan and Meier with the log-log band; inf: not reached."""
    restricted_mean: Estimate
    """Mean of the epochs, the limit where unsolved."""
    restarts: Restarts

    @classmethod
    def of(cls, solved: Array, epochs: Array, limit: float) -> "GoalSummary":
        """From what each run did, ``(runs,)``."""
        times = np.where(solved, epochs, limit).astype(np.float64)
        curve, count = KaplanMeier.of(times, solved), int(np.sum(solved))
        share = Estimate(count / len(times), wilson(count, len(times)))
        median = Estimate(curve.median, curve.median_interval())
        return cls(count, share, median, curve.restricted_mean(limit), restarts(times, solved))


@dataclass(frozen=True)
class Distribution:
    """The values of a metric over runs. A run whose value is not finite counts as the worst of all."""

    quantiles: dict[float, float]
    median: Estimate
    """The interval between two of the values, by the binomial distribution."""
    interquartile_mean: Estimate
    """The interval by the bootstrap."""
    mean: Estimate
    """Student's interval; of the folds of a cross-validation by the corrected variance."""
    deviation: float
    """The standard deviation over n − 1."""
    not_finite: int

    @classmethod
    def of(cls, values: Array, *, smaller: bool, mean: Estimate) -> "Distribution":
        """From the value of each run, ``(runs,)``; ``smaller``: less is better."""
        sign = 1 if smaller else -1
        # Seen with the worst as the largest, inf is where a run that diverged belongs.
        x = sign * worst_where_unknown(values, smaller)
        found = quantiles(x, [q if smaller else 1 - q for q in QUANTILES])
        with np.errstate(invalid="ignore"):
            deviation = float(np.std(x, ddof=1)) if len(x) > 1 else math.nan
        return cls(
            {q: sign * value for q, value in zip(QUANTILES, found, strict=True)},
            turned(median_interval(x), sign),
            turned(interquartile_mean(x), sign),
            mean,
            deviation,
            int(np.sum(~np.isfinite(x))),
        )


@dataclass(frozen=True)
class VariantSummary:
    """What the runs of one variant did; ``goal`` is None where the configuration has no ``stop_at``."""

    variant: int
    label: str
    settings: Mapping[str, Any]
    source: str
    """The kind of randomness that its seeds vary; empty for weights, order and noise together."""
    runs: int
    stopped: Mapping[str, int]
    """How many ended for which reason."""
    goal: GoalSummary | None
    metrics: Mapping[str, Distribution]


@dataclass(frozen=True)
class Summary:
    """A study in numbers.

    criterion: what solved means; None where the configuration has no ``stop_at``
    level: of all intervals
    """

    ruler: Ruler
    criterion: str | None
    folds: int | None
    variants: tuple[VariantSummary, ...]
    comparisons: tuple[Comparison, ...]
    level: float = LEVEL

    def as_json(self) -> dict[str, Any]:
        """As JSON can hold it: null for what is not reached, not finite or not known."""
        plain: dict[str, Any] = as_plain(self)
        return plain


def summarize(study: Study) -> Summary:
    """What the runs of a study did, variant by variant, and by how much these differ."""
    plan, members = study.plan, study.members
    parts = {one.number: members[members["variant"] == one.number] for one in plan.variants}
    names = [*metric_names(members, plan.keys)]
    trained = [one for one in plan.variants if len(parts[one.number])]
    return Summary(
        Ruler.of(plan, study.engine),
        study.criterion,
        plan.folds,
        tuple(variant_summary(one, parts[one.number], names, plan) for one in trained),
        tuple(comparisons(plan, parts, names)),
    )


def variant_summary(variant: Variant, members: Array, names: Sequence[str], plan: Plan) -> VariantSummary:
    """What the runs of one variant did."""
    metrics, diverged = {}, np.all(members["stopped"] == "diverged")
    for name in (one for one in names if diverged or not np.all(np.isnan(members[one]))):
        smaller = smaller_is_better(name)
        x = worst_where_unknown(members[name], smaller)
        value, (low, high) = mean_interval(fold_means(members, x) if plan.folds else x, overlap=plan.overlap)
        # No loss is below 0, and no accuracy or R² above 1.
        mean = Estimate(value, Interval(max(low, 0), high) if smaller else Interval(low, min(high, 1)))
        metrics[name] = Distribution.of(x, smaller=smaller, mean=mean)
    return VariantSummary(
        variant.number,
        variant.label,
        dict(variant.settings),
        "" if variant.follows == OF_A_MEMBER else seed_key(variant.follows),
        len(members),
        counts(members["stopped"]),
        GoalSummary.of(members["solved"], members["epochs"], variant.limit) if variant.goal else None,
        metrics,
    )


def metric_names(members: Array, keys: Container[str]) -> Iterator[str]:
    """The fields of members that are metrics."""
    for name in members.dtype.names or ():
        if name not in NO_METRICS and name not in keys:
            yield name


def turned(estimate: Estimate, sign: int) -> Estimate:
    """An estimate of the negative of something, turned back."""
    value, (low, high) = estimate
    return estimate if sign > 0 else Estimate(-value, Interval(-high, -low))


def counts(words: Array) -> dict[str, int]:
    """How often each word occurs, the most frequent first."""
    found, times = np.unique(words, return_counts=True)
    order = np.argsort(-times, kind="stable")
    return {str(found[k]): int(times[k]) for k in order}


def as_plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, Ruler):
        return dict(value.conditions)
    if hasattr(value, "__dataclass_fields__"):
        return {name: as_plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if hasattr(value, "_asdict"):
        return {name: as_plain(one) for name, one in value._asdict().items()}
    if isinstance(value, Mapping):
        return {str(key): as_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
