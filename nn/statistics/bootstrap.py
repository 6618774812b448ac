"""The bootstrap: how far a statistic moves when samples are drawn again.

Samples are drawn with replacement, as many as there are; quantiles of a statistic over such resamples bound
its percentile interval. Efron (1979), "Bootstrap methods: another look at the jackknife"; DiCiccio & Efron
(1996), "Bootstrap confidence intervals", section 3.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from nn.arrays import Array
from nn.statistics.intervals import LEVEL, Interval

RESAMPLES = (200, 1000)
"""The minimum and the maximum number of resamples."""
MAX_DRAWS = 2_000_000
"""The number of draws in all, where that gives a number of resamples between these two."""
MAX_RESAMPLED = MAX_DRAWS // RESAMPLES[0]
"""Of more samples than this, so many are drawn from."""
MIN_SAMPLES = 6
"""Fewer samples have no interval: it would hold the truth in 76 to 92 of 100, not in 95."""
RESAMPLED_NUMBERS = 1 << 16
"""The number of values processed at once: 512 KiB, which stay in the cache."""


def number_of_resamples(samples: int) -> int:
    """Return the number of resamples for a number of samples: fewer for very many, where fewer suffice."""
    fewest, most = RESAMPLES
    return min(max(MAX_DRAWS // samples, fewest), most)


def resampled(samples: int, resamples: int, block: int, seed: int = 0) -> Iterator[Array]:
    """How often each sample was drawn in each resample, ``(block, samples)`` at a time, from a seed."""
    rng = np.random.default_rng(seed)
    for start in range(0, resamples, block):
        count = min(block, resamples - start)
        drawn = rng.integers(samples, size=(count, samples))
        drawn += samples * np.arange(count)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=count * samples)
        yield counts.reshape(count, samples).astype(np.float64)


def resamples(samples: int, seed: int = 0) -> Iterator[Array]:
    """As many resamples as a number of samples needs, a block that stays in the cache at a time."""
    return resampled(samples, number_of_resamples(samples), max(1, RESAMPLED_NUMBERS // samples), seed)


def bootstrap_interval(
    statistic: Callable[[Array], Array], samples: int, *, level: float = LEVEL, seed: int = 0
) -> Interval:
    """The percentile interval of a statistic ``(resamples,)`` of ``counts (resamples, samples)``.

    A statistic that is inf for a resample counts as the largest of all. Of fewer than ``MIN_SAMPLES`` there
    is no interval: from −inf to inf.
    """
    if samples < MIN_SAMPLES:
        return Interval(-math.inf, math.inf)
    found = np.concatenate([statistic(counts) for counts in resamples(samples, seed)])
    # The nearest value from outside: nothing is interpolated towards inf.
    low = np.quantile(found, (1 - level) / 2, method="lower")
    high = np.quantile(found, (1 + level) / 2, method="higher")
    return Interval(float(low), float(high))


def thinned(samples: int) -> Array:
    """The places of at most ``MAX_RESAMPLED`` of so many samples, evenly spaced in their order."""
    return np.linspace(0, samples - 1, min(samples, MAX_RESAMPLED)).round().astype(np.intp)


def narrowed(interval: Interval, value: float, kept: int, samples: int) -> Interval:
    """The interval of all samples from that of those that were kept: widths shrink as the root of the number.

    Bickel, Götze & van Zwet (1997), "Resampling fewer than n observations: gains, losses, and remedies for
    losses".
    """
    if kept == samples:
        return interval
    low, high = (value + math.sqrt(kept / samples) * (end - value) for end in interval)
    return Interval(low, high)
