"""Quantiles, the interval of a median, the interquartile mean: +inf counts as the largest value of all.

A run that diverged has no final loss that could be averaged, and leaving it out would flatter the rest. As
+inf it counts in every quantile; the interquartile mean is finite while fewer than a quarter diverged.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array, Floats
from nn.statistics.bootstrap import bootstrap_interval, narrowed, thinned
from nn.statistics.intervals import LEVEL, Estimate, Interval
from nn.statistics.shares import fair_coin


def ascending(values: ArrayLike) -> Floats:
    """The values ``(n,)`` sorted; a NaN is refused, for it has no place among them."""
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1 or not len(numbers):
        raise ValueError(f"expected (n,) values, at least one, got shape {numbers.shape}")
    if np.any(np.isnan(numbers)):
        raise ValueError("expected numbers, got NaN; write inf for a run that diverged")
    return np.sort(numbers)


def quantiles(values: ArrayLike, shares: Sequence[float]) -> list[float]:
    """The value below which each share of the values lies, linear between neighbours.

    Definition 7 of Hyndman & Fan (1996), "Sample quantiles in statistical packages", NumPy's default;
    between a finite value and inf it is inf.

    >>> quantiles([1, 2, 4, np.inf], [0.5, 0.75])
    [3.0, inf]
    """
    ordered = ascending(values)
    found = []
    for share in shares:
        place = (len(ordered) - 1) * share
        low = int(place)
        start, end = float(ordered[low]), float(ordered[min(low + 1, len(ordered) - 1)])
        found.append(start if place == low or start == end else start + (place - low) * (end - start))
    return found


def median_interval(values: ArrayLike, *, level: float = LEVEL) -> Estimate:
    """The median, with the exact interval between two of the values: those at ranks j and n + 1 − j.

    j is the largest rank with P(X < j) ≤ (1 − level)/2, X being the heads of n throws of a fair coin. It
    holds the median at least as often as it says, of any distribution; of fewer than 6 values there is no
    interval at 95 %. Thompson (1936); Conover (1999), "Practical nonparametric statistics", section 3.2.
    """
    ordered = ascending(values)
    rank = int(np.sum(fair_coin(len(ordered)) <= (1 - level) / 2))
    bounds = (ordered[rank - 1], ordered[-rank]) if rank else (-np.inf, np.inf)
    return Estimate(quantiles(ordered, [0.5])[0], Interval(float(bounds[0]), float(bounds[1])))


def trimmed_means(ordered: Floats, counts: Array) -> Array:
    """The mean of the middle half of each resample: ``counts (…, n)`` of the sorted values ``(n,)``.

    ⌊n/4⌋ values are cut off at each end.
    """
    n = len(ordered)
    cut = n // 4
    upto = np.cumsum(counts, axis=-1)
    kept = np.clip(np.minimum(upto, n - cut) - np.maximum(upto - counts, cut), 0, None)
    finite = np.isfinite(ordered)
    means = kept @ np.where(finite, ordered, 0) / (n - 2 * cut)
    return np.where(np.any(kept[..., ~finite] > 0, axis=-1), np.inf, means)


def interquartile_mean(values: ArrayLike, *, level: float = LEVEL, seed: int = 0) -> Estimate:
    """The mean of the middle half of the values, with its bootstrap interval.

    ⌊n/4⌋ values are cut off at each end, as in SciPy's ``trim_mean``: less moved by single runs than the
    mean, and by more of them than the median. Agarwal et al. (2021), "Deep reinforcement learning at the
    edge of the statistical precipice", section 4.3.
    """
    ordered = ascending(values)
    value = float(trimmed_means(ordered, np.ones(len(ordered))))
    part = ordered[thinned(len(ordered))]
    interval = bootstrap_interval(
        lambda counts: trimmed_means(part, counts), len(part), level=level, seed=seed
    )
    return Estimate(value, narrowed(interval, value, len(part), len(ordered)))
