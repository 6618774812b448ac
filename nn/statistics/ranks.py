"""Tests by ranks, and what many tests at once ask for."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Floats

MAX_EXACT_PAIRS = 50
"""Up to this number of pairs without ties, the distribution of the rank sum is counted out, as SciPy does."""


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
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"expected pairs, two times (n,), got {first.shape} and {second.shape}")
    if np.any(np.isnan(first) | np.isnan(second)):
        raise ValueError("expected numbers, got NaN; write inf for a run that diverged")
    differ = first != second
    difference = first[differ] - second[differ]
    n = len(difference)
    if n == 0:
        return 1.0
    ranks, ties = average_ranks(np.abs(difference))
    total = float(np.sum(ranks[difference > 0]))
    if n <= MAX_EXACT_PAIRS and len(ties) == n:
        return exact_signed_rank(round(total), n)
    variance = (n * (n + 1) * (2 * n + 1) - np.sum(ties**3 - ties) / 2) / 24
    return math.erfc(abs(total - n * (n + 1) / 4) / math.sqrt(2 * variance))


def exact_signed_rank(total: int, n: int) -> float:
    """min(1, 2 P(W ≤ w)), where each of the ranks 1 to n counts or not, w being the sum or its mirror image.

    The number of subsets of each sum is built up one rank at a time, below 2⁵⁰ in all and therefore exact.
    """
    largest = n * (n + 1) // 2
    subsets = np.zeros(largest + 1)
    subsets[0] = 1
    for rank in range(1, n + 1):
        subsets[rank:] += subsets[:-rank].copy()
    nearer = min(total, largest - total)
    return min(1.0, 2 * float(np.sum(subsets[: nearer + 1])) / 2.0**n)


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
