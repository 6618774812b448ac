"""A study in numbers: what each variant does, and by how much variants differ, each with its interval."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn.arrays import Array, Floats
from nn.statistics.intervals import LEVEL, Estimate, Interval
from nn.statistics.means import mean_interval
from nn.statistics.order import interquartile_mean, median_interval, quantiles
from nn.statistics.ranks import holm, wilcoxon
from nn.statistics.restarts import Restarts, restarts
from nn.statistics.shares import crossed, mcnemar, paired_difference, wilson
from nn.statistics.survival import KaplanMeier
from nn.studies.ruler import Ruler
from nn.studies.study import Study

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
SMALLER_IS_BETTER = ("loss", "rmse", "mae", "error", "brier")
"""Words in the names of metrics of which less is better."""
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
    def of(cls, values: Array, *, smaller_is_better: bool, overlap: float = 0.0) -> "Distribution":
        """From the value of each run, ``(runs,)``; ``overlap`` as in ``mean_interval``."""
        sign = 1 if smaller_is_better else -1
        x = worst_where_unknown(values, smaller_is_better)
        # The largest is the worst: seen from there, inf is where a run that diverged belongs.
        found = quantiles(sign * x, [q if sign > 0 else 1 - q for q in QUANTILES])
        with np.errstate(invalid="ignore"):
            deviation = float(np.std(x, ddof=1)) if len(x) > 1 else math.nan
        return cls(
            {q: sign * value for q, value in zip(QUANTILES, found, strict=True)},
            turned(median_interval(sign * x), sign),
            turned(interquartile_mean(sign * x), sign),
            mean_interval(x, overlap=overlap),
            deviation,
            int(np.sum(~np.isfinite(x))),
        )


@dataclass(frozen=True)
class VariantSummary:
    """What the runs of one variant did; ``goal`` is None where the configuration has no ``stop_at``."""

    variant: int
    settings: Mapping[str, Any]
    runs: int
    stopped: Mapping[str, int]
    """How many ended for which reason."""
    goal: GoalSummary | None
    metrics: Mapping[str, Distribution]


@dataclass(frozen=True)
class Effect:
    """By how much a variant differs from the first one, with the same seeds."""

    difference: Estimate
    """Of shares solved by Newcombe's method 10; of epochs (the limit where unsolved) and metrics the median
    of the differences of pairs, with the interval between two of them; of restricted means Student's."""
    p: float | None
    """McNemar's exact test of shares solved; Wilcoxon's signed-rank test of epochs and metrics."""
    adjusted: float | None
    """By Holm's method, over the variants that are compared."""


@dataclass(frozen=True)
class Comparison:
    """A variant against the baseline, over the seeds that both were trained with."""

    variant: int
    pairs: int
    effects: Mapping[str, Effect]


@dataclass(frozen=True)
class Summary:
    """A study in numbers.

    baseline: the variant that the others are compared with: the configuration as it stands where it is one of
    them, else the first; None where there is a single one
    """

    ruler: Ruler
    criterion: str | None
    limit: int
    variants: tuple[VariantSummary, ...]
    baseline: int | None
    comparisons: tuple[Comparison, ...]
    level: float = LEVEL

    def as_json(self) -> dict[str, Any]:
        """As JSON can hold it: null for what is not reached, not finite or not known."""
        plain: dict[str, Any] = as_plain(self)
        return plain


def summarize(study: Study) -> Summary:
    """What the runs of a study did, variant by variant, and by how much these differ."""
    plan, members = study.plan, study.members
    parts = [members[members["variant"] == variant.number] for variant in plan.variants]
    names = [*metric_names(members, plan.vary)]
    baseline = baseline_of(study) if len(parts) > 1 else None
    return Summary(
        Ruler.of([variant.config for variant in plan.variants], plan.seeds, study.engine),
        study.criterion,
        study.limit,
        tuple(
            VariantSummary(
                variant.number,
                dict(variant.settings),
                len(part),
                counts(part["stopped"]),
                GoalSummary.of(part["solved"], part["epochs"], study.limit) if study.criterion else None,
                {
                    name: Distribution.of(part[name], smaller_is_better=smaller_is_better(name))
                    for name in names
                },
            )
            for variant, part in zip(plan.variants, parts, strict=True)
        ),
        baseline,
        () if baseline is None else tuple(comparisons(parts, baseline, names, bool(study.criterion))),
    )


def metric_names(members: Array, vary: Mapping[str, Any]) -> Iterator[str]:
    """The fields of members that are metrics."""
    for name in members.dtype.names or ():
        if name not in NO_METRICS and name not in vary:
            yield name


def smaller_is_better(metric: str) -> bool:
    """Whether less of a metric is better: of losses and errors."""
    return any(word in metric for word in SMALLER_IS_BETTER)


def worst_where_unknown(values: Array, smaller_is_better: bool) -> Floats:
    """The values, with the worst there is in place of what is not finite."""
    x = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(x), x, np.inf if smaller_is_better else -np.inf)


def turned(estimate: Estimate, sign: int) -> Estimate:
    """An estimate of the negative of something, turned back."""
    value, (low, high) = estimate
    return estimate if sign > 0 else Estimate(-value, Interval(-high, -low))


def counts(words: Array) -> dict[str, int]:
    """How often each word occurs, the most frequent first."""
    found, times = np.unique(words, return_counts=True)
    order = np.argsort(-times, kind="stable")
    return {str(found[k]): int(times[k]) for k in order}


def baseline_of(study: Study) -> int:
    """The variant that is the configuration as it stands, else the first."""
    same = (one.number for one in study.plan.variants if one.config == study.plan.config)
    return next(same, 0)


def comparisons(
    parts: Sequence[Array], baseline: int, metrics: Sequence[str], has_goal: bool
) -> Iterator[Comparison]:
    """Each variant against the baseline; p-values of one kind are adjusted for the number of variants."""
    found = {
        number: effects_of(*paired(part, parts[baseline]), metrics, has_goal)
        for number, part in enumerate(parts)
        if number != baseline
    }
    adjusted = {
        name: iter(holm([p for effects in found.values() if (p := effects[name][1]) is not None]))
        for name in next(iter(found.values()))
    }
    for number, effects in found.items():
        told = {
            name: Effect(difference, p, None if p is None else next(adjusted[name]))
            for name, (difference, p) in effects.items()
        }
        yield Comparison(number, len(paired(parts[number], parts[baseline])[0]), told)


def paired(a: Array, b: Array) -> tuple[Array, Array]:
    """The members of both with the same seeds, in the same order."""
    _, in_a, in_b = np.intersect1d(a["seed"], b["seed"], return_indices=True)
    return a[in_a], b[in_b]


def effects_of(
    a: Array, b: Array, metrics: Sequence[str], has_goal: bool
) -> dict[str, tuple[Estimate, float | None]]:
    """The differences a − b of pairs and their p-values, before they are adjusted."""
    found: dict[str, tuple[Estimate, float | None]] = {}
    if has_goal:
        cells, later = crossed(a["solved"], b["solved"]), a["epochs"] - b["epochs"]
        found["solved"] = paired_difference(*cells), mcnemar(*cells[1:3])
        found["epochs"] = median_interval(later), wilcoxon(a["epochs"], b["epochs"])
        found["restricted_mean"] = mean_interval(later), None
    for name in metrics:
        x, y = (worst_where_unknown(part[name], smaller_is_better(name)) for part in (a, b))
        found[name] = median_interval(differences(x, y)), wilcoxon(x, y)
    return found


def differences(a: Floats, b: Floats) -> Floats:
    """a − b, which is 0 where neither is finite: the two are as bad."""
    with np.errstate(invalid="ignore"):
        return np.where(a == b, 0, a - b)


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
