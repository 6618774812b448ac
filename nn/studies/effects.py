"""By how much the variants of a study differ: over the seeds that both were trained with, effects first."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nn.arrays import Array, Floats
from nn.statistics.intervals import Estimate
from nn.statistics.means import mean_interval, student_test
from nn.statistics.ranks import hodges_lehmann, holm, wilcoxon
from nn.statistics.shares import crossed, mcnemar, paired_difference
from nn.studies.plan import Plan

SMALLER_IS_BETTER = ("loss", "rmse", "mae", "error", "brier")
"""Words in the names of metrics of which less is better."""


class Difference(NamedTuple):
    """An effect with its interval, and the p-value of a test that there is none."""

    effect: Estimate
    p: float | None = None


@dataclass(frozen=True)
class Effect:
    """By how much a variant differs from the one that it is compared with."""

    difference: Estimate
    """Of shares solved by Newcombe's method 10; of epochs (the limit where unsolved) and metrics the shift of
    Hodges and Lehmann; of restricted means Student's. Between folds, of metrics the mean difference with the
    corrected interval of Nadeau and Bengio."""
    p: float | None
    """McNemar's exact test of shares solved; Wilcoxon's signed-rank test of epochs and metrics; between folds
    the corrected t test."""
    adjusted: float | None
    """By Holm's method, over the variants that are compared."""


@dataclass(frozen=True)
class Comparison:
    """A variant against the baseline: the configuration as it stands where it is a variant, else the first.

    pairs: how many runs both have with the same seed (and fold)
    """

    variant: int
    baseline: int
    pairs: int
    effects: Mapping[str, Effect]


def comparisons(plan: Plan, parts: Mapping[int, Array], metrics: Sequence[str]) -> Iterator[Comparison]:
    """Each variant against its baseline; where kinds of randomness are varied, within each kind.

    ``parts`` are the members of each variant. The p-values of one measure are adjusted for their number.
    """
    for follows in dict.fromkeys(variant.follows for variant in plan.variants):
        group = [one for one in plan.variants if one.follows == follows and len(parts[one.number])]
        if len(group) < 2:
            continue
        baseline = next((one for one in group if one.config == plan.config), group[0]).number
        found, pairs = {}, {}
        for number in (one.number for one in group if one.number != baseline):
            a, b = paired(parts[number], parts[baseline])
            pairs[number] = len(a)
            if len(a):
                found[number] = dict(differences(a, b, metrics, plan))
        for number, effects in adjusted_effects(found).items():
            yield Comparison(number, baseline, pairs[number], effects)


def adjusted_effects(found: Mapping[int, Mapping[str, Difference]]) -> dict[int, dict[str, Effect]]:
    """Effects by variant, the p-values of each name adjusted over the variants."""
    made: dict[int, dict[str, Effect]] = {number: {} for number in found}
    for name in dict.fromkeys(name for own in found.values() for name in own):
        having = [number for number, own in found.items() if name in own]
        tested = [number for number in having if found[number][name].p is not None]
        p_values = holm([p for number in tested if (p := found[number][name].p) is not None])
        adjusted = dict(zip(tested, p_values, strict=True))
        for number in having:
            effect, p = found[number][name]
            made[number][name] = Effect(effect, p, adjusted.get(number))
    return made


def paired(a: Array, b: Array) -> tuple[Array, Array]:
    """The members of both with the same seeds and folds, in the same order."""
    names = [name for name in ("repeat", "fold", "seed") if name in (a.dtype.names or ())]
    first, second = (list(zip(*(part[name].tolist() for name in names), strict=True)) for part in (a, b))
    places = {key: place for place, key in enumerate(second)}
    common = [(place, places[key]) for place, key in enumerate(first) if key in places]
    in_a, in_b = np.array(common, dtype=np.intp).reshape(-1, 2).T
    return a[in_a], b[in_b]


def differences(a: Array, b: Array, metrics: Sequence[str], plan: Plan) -> Iterator[tuple[str, Difference]]:
    """The differences a − b of pairs of members, by the name of what differs."""
    one, other = (plan.variants[part["variant"][0]] for part in (a, b))
    if one.goal and other.goal:
        cells = crossed(a["solved"], b["solved"])
        yield "solved", Difference(paired_difference(*cells), mcnemar(*cells[1:3]))
    if one.goal and other.goal and one.limit == other.limit:  # epochs up to other limits do not compare
        times = a["epochs"].astype(float), b["epochs"].astype(float)
        yield "epochs", Difference(hodges_lehmann(*times), wilcoxon(*times))
        yield "restricted_mean", Difference(mean_interval(times[0] - times[1]))
    for name in metrics:
        x, y = (worst_where_unknown(part[name], smaller_is_better(name)) for part in (a, b))
        if plan.folds is None:
            yield name, Difference(hodges_lehmann(x, y), wilcoxon(x, y))
        else:
            means, shared = fold_means(a, minus(x, y)), plan.overlap
            p = student_test(means, overlap=shared)
            yield name, Difference(mean_interval(means, overlap=shared), p)


def minus(a: Floats, b: Floats) -> Floats:
    """a − b, which is 0 where neither is finite: the two are as bad."""
    with np.errstate(invalid="ignore"):
        return np.where(a == b, 0, a - b)


def fold_means(members: Array, values: Floats) -> Floats:
    """The mean of the values of each fold of each repeat: its seeds share their rows, and count as one."""
    _, place = np.unique(np.stack([members["repeat"], members["fold"]]), axis=1, return_inverse=True)
    with np.errstate(invalid="ignore"):
        return np.bincount(place.ravel(), values) / np.bincount(place.ravel())


def smaller_is_better(metric: str) -> bool:
    """Whether less of a metric is better: of losses and errors."""
    return any(word in metric for word in SMALLER_IS_BETTER)


def worst_where_unknown(values: Array, smaller: bool) -> Floats:
    """The values, with the worst there is in place of what is not finite; ``smaller``: less is better."""
    x = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(x), x, math.inf if smaller else -math.inf)
