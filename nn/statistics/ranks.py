"""Tests by ranks, and what many tests at once ask for."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Floats
from nn.statistics.intervals import LEVEL, Estimate, Interval, normal_quantile

MAX_EXACT_PAIRS = 50
"""Up to this number of pairs without ties, the distribution of the rank sum is counted out, as SciPy does."""

MAX_HALVINGS = 64
"""2⁻⁶⁴ of a span is below what double precision tells apart beside its ends."""


def average_ranks(values: Floats) -> tuple[Floats, Floats]:
    """The ranks of values ``(n,)`` from 1, equal ones with their mean rank; how many there are of each."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[place], counts.astype(np.float64)


def wilcoxon(a: ArrayLike, b: ArrayLike) -> float:
    """The two-sided p-value of the signed-rank test that a − b ``(n,)`` is symmetric about 0.

    W is the sum of the ranks of |a − b| over the pairs where a > b. Pairs that are equal, both inf too, are
    left aside first (Wilcoxon's own rule, SciPy's ``zero_method="wilcox"``). Up to 50 pairs without ties,
    the p-value is exact; otherwise W is taken as normal with mean n(n+1)/4 and variance (n(n+1)(2n+1) −
    Σ(t³−t)/2)/24, t being the number of pairs at each tied rank, without correction for continuity.
    Wilcoxon (1945), "Individual comparisons by ranking methods". 1 where all pairs are equal.
    """
    difference = unequal(a, b)
    n = len(difference)
    if n == 0:
        return 1.0
    ranks, ties = average_ranks(np.abs(difference))
    total = float(np.sum(ranks[difference > 0]))
    if n <= MAX_EXACT_PAIRS and len(ties) == n:
        nearer = min(round(total), n * (n + 1) // 2 - round(total))
        return min(1.0, 2 * float(signed_rank_cdf(n)[nearer]))
    variance = (n * (n + 1) * (2 * n + 1) - np.sum(ties**3 - ties) / 2) / 24
    return math.erfc(abs(total - n * (n + 1) / 4) / math.sqrt(2 * variance))


def hodges_lehmann(a: ArrayLike, b: ArrayLike, *, level: float = LEVEL) -> Estimate:
    """By how much a is above b: the median of the means of all pairs of differences, with its interval.

    The differences are those that ``wilcoxon`` ranks, each is paired with all others and itself, and the
    interval is that of the shifts which its test does not reject: from the k-th smallest to the k-th
    largest of the n(n+1)/2 means, where k is the largest number with P(W < k) ≤ (1 − level)/2, beyond 50
    differences n(n+1)/4 − z √(n(n+1)(2n+1)/24), rounded. Hodges & Lehmann (1963), "Estimates of location
    based on rank tests"; Hollander & Wolfe (1999), "Nonparametric statistical methods", sections 3.2 and
    3.3. Ties make it a little wider than need be; of fewer than 6 differences, and of none, there is no
    interval at 95 %.
    """
    difference = np.sort(unequal(a, b))
    n = len(difference)
    if n == 0:
        return Estimate(0.0, Interval(-math.inf, math.inf))
    means = n * (n + 1) // 2
    if n <= MAX_EXACT_PAIRS:
        k = int(np.sum(signed_rank_cdf(n) <= (1 - level) / 2))
    else:
        k = round(n * (n + 1) / 4 - normal_quantile(level) * math.sqrt(n * (n + 1) * (2 * n + 1) / 24))
    # Without an interval, its ends are those of all means, which are not used.
    ranks = [(means + 1) // 2, means // 2 + 1, max(k, 1), means + 1 - max(k, 1)]
    left, right, low, high = map(float, pair_means(difference, ranks))
    value = left if left == right else (left + right) / 2
    return Estimate(value, Interval(low, high) if k else Interval(-math.inf, math.inf))


def pair_means(ordered: Floats, ranks: Sequence[int]) -> Floats:
    """The k-th smallest, for each of the ranks k from 1, of the means of all pairs of sorted values ``(n,)``.

    Each value is paired with itself too. They are found by halving, as the means up to a number are quickly
    counted; all n²/2 of them are never there. Infinite values are so far out that any mean with one of them
    is; of one below and one above it is 0.
    """
    finite = ordered[np.isfinite(ordered)]
    size = float(np.max(np.abs(finite), initial=1.0))
    x = np.clip(ordered, -8 * size, 8 * size)
    low, high = np.full((len(ranks), 1), x[0]), np.full((len(ranks), 1), x[-1])
    for _ in range(MAX_HALVINGS):
        middle = low + (high - low) / 2
        ordered_pairs = np.sum(np.searchsorted(x, 2 * middle - x, side="right"), axis=1, keepdims=True)
        upto = (ordered_pairs + np.searchsorted(x, middle, side="right")) // 2
        enough = upto >= np.array(ranks)[:, None]
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    # The mean of a pair that is nearest: where both of its values lie is known to the last bit.
    above = np.searchsorted(x, 2 * high - x)
    partners = np.clip(np.concatenate([above - 1, above], axis=1), 0, len(x) - 1)
    means = (np.tile(x, 2) + x[partners]) / 2
    nearest = np.argmin(np.abs(means - high), axis=1, keepdims=True)
    found = np.take_along_axis(means, nearest, axis=1).ravel()
    return np.where(np.abs(found) > 2 * size, np.copysign(np.inf, found), found)


def unequal(a: ArrayLike, b: ArrayLike) -> Floats:
    """a − b of the pairs that are not equal."""
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"expected pairs, two times (n,), got {first.shape} and {second.shape}")
    if np.any(np.isnan(first) | np.isnan(second)):
        raise ValueError("expected numbers, got NaN; write inf for a run that diverged")
    differ = first != second
    return first[differ] - second[differ]


def signed_rank_cdf(n: int) -> Floats:
    """P(W ≤ w) for w = 0 … n(n+1)/2, where each of the ranks 1 to n counts or not.

    The number of subsets of each sum is built up one rank at a time, up to 50 ranks below 2⁵⁰ and exact.
    """
    subsets = np.zeros(n * (n + 1) // 2 + 1)
    subsets[0] = 1
    for rank in range(1, n + 1):
        subsets[rank:] += subsets[:-rank].copy()
    return np.asarray(np.cumsum(subsets) / 2.0**n, dtype=np.float64)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values of several tests, adjusted so that one of them misleads in at most 5 of 100 families.

    Of m tests, the k-th smallest becomes the largest of (m + 1 − j) p_j over j ≤ k, at most 1. Holm (1979),
    "A simple sequentially rejective multiple test procedure".

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return [float(value) for value in adjusted]
