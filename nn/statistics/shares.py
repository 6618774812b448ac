"""Shares of successes: of one sample, and of two whose members are paired.

Of n pairs (a seed trained in two ways), ``both`` succeeded in both ways, ``only_a`` in the first way alone,
``only_b`` in the second alone, ``neither`` in none.
"""

import math

import numpy as np

from nn.arrays import Array, Floats
from nn.statistics.intervals import LEVEL, Estimate, Interval, normal_quantile


def wilson(successes: float, n: float, *, level: float = LEVEL) -> Interval:
    """(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n), with p = successes/n.

    Wilson (1927), "Probable inference, the law of succession, and statistical inference". It stays within
    [0, 1], and is an interval where none or all of n succeeded too.

    >>> wilson(8, 10)
    Interval(low=0.49016247153664183, high=0.9433178485456247)
    """
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"expected 0 to n successes of n ≥ 1, got {successes} of {n}")
    z, p = normal_quantile(level), successes / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # Rounding must not say that what happened in none, or in all, is not quite so.
    return Interval(middle - half if successes > 0 else 0.0, middle + half if successes < n else 1.0)


def least_share_where_all(n: float, level: float) -> float:
    """(α/2)^(1/n), α = 1 − level: the lower limit of a share where all of n succeeded.

    The exact one: of a smaller share, all of n succeed in no more than α/2 of cases. Clopper & Pearson
    (1934), "The use of confidence or fiducial limits illustrated in the case of the binomial".

    >>> least_share_where_all(20, 0.95)
    0.8315665290169147
    """
    return float(((1 - level) / 2) ** (1 / n))


def crossed(a: Array, b: Array) -> tuple[int, int, int, int]:
    """both, only_a, only_b and neither: the numbers of pairs by whether they succeeded, ``(n,)`` each."""
    first, second = np.asarray(a, dtype=bool), np.asarray(b, dtype=bool)
    counts = (first & second, first & ~second, ~first & second, ~first & ~second)
    both, only_a, only_b, neither = (int(np.count_nonzero(pairs)) for pairs in counts)
    return both, only_a, only_b, neither


def paired_difference(both: int, only_a: int, only_b: int, neither: int, *, level: float = LEVEL) -> Estimate:
    """The share of successes in the first way minus that in the second, (only_a − only_b)/n.

    With Wilson's limits (l, u) of the two shares p and q, the interval is from p − q − √((p−l₁)² −
    2φ(p−l₁)(u₂−q) + (u₂−q)²) to the same with the limits exchanged. φ is the correlation of the pairs,
    both·neither − only_a·only_b over the root of the product of the four margins; where that difference is
    positive it is lessened by n/2, at most to 0, and φ is 0 where a margin is 0. Newcombe (1998), "Improved
    confidence intervals for the difference between binomial proportions based on paired data", method 10.
    """
    n = both + only_a + only_b + neither
    in_a, in_b = both + only_a, both + only_b
    low_a, high_a = wilson(in_a, n, level=level)
    low_b, high_b = wilson(in_b, n, level=level)
    p, q = in_a / n, in_b / n
    product = both * neither - only_a * only_b
    margins = in_a * (n - in_a) * in_b * (n - in_b)
    phi = (product if product < 0 else max(product - n / 2, 0)) / math.sqrt(margins) if margins else 0.0

    def reach(one: float, other: float) -> float:
        return math.sqrt(max(one * one - 2 * phi * one * other + other * other, 0))

    value = (only_a - only_b) / n
    low, high = value - reach(p - low_a, high_b - q), value + reach(high_a - p, q - low_b)
    return Estimate(value, Interval(max(low, -1.0), min(high, 1.0)))


def fair_coin(n: int) -> Floats:
    """P(X ≤ k) for k = 0 … ⌊n/2⌋, where X counts the heads of n throws of a fair coin.

    The probabilities are products of ratios outwards from the middle, P(k − 1)/P(k) = k/(n − k + 1),
    divided by their sum: no factorial overflows.
    """
    k = np.arange(n // 2, 0, -1.0)
    weights = np.append(np.cumprod(k / (n - k + 1))[::-1], 1.0)
    total = 2 * np.sum(weights) - (0 if n % 2 else 1)
    return np.cumsum(weights) / total


def mcnemar(only_a: int, only_b: int) -> float:
    """The exact two-sided p-value that both ways succeed equally often: min(1, 2 P(X ≤ min(only_a, only_b))).

    X counts the heads of only_a + only_b throws of a fair coin. McNemar (1947), "Note on the sampling error
    of the difference between correlated proportions or percentages", by the exact binomial test. It errs
    less often than it says; 1 where no pair differs.
    """
    return min(1.0, 2 * float(fair_coin(only_a + only_b)[min(only_a, only_b)]))
