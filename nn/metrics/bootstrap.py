"""Intervals of metrics by the bootstrap: how far a metric moves when rows are drawn again.

Rows are drawn with replacement, as many as there are; the 2.5 % and the 97.5 % quantile of a metric over
such resamples bound its 95 % percentile interval. Efron (1979), "Bootstrap methods: another look at the
jackknife"; DiCiccio & Efron (1996), "Bootstrap confidence intervals", section 3. It says what other rows
from the same source would change; the network stays as it is. scripts/measure_coverage.py measures how
often such intervals hold the truth.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from nn.arrays import Array

LEVEL = 0.95
RESAMPLES = (200, 1000)
"""The minimum and the maximum number of resamples."""
MAX_DRAWS = 2_000_000
"""The number of row draws in all, where that gives a number of resamples between these two."""
MAX_RESAMPLED_ROWS = MAX_DRAWS // RESAMPLES[0]
"""Above this number of rows, a random subset of this size is resampled."""
RESAMPLED_NUMBERS = 1 << 16
"""The number of values processed at once: 512 KiB, which stay in the cache."""
SAME = 1e-12
"""Numbers closer than this, relative to their size, differ by rounding alone."""
MIN_INTERVAL_ROWS = 20
"""The minimum number of rows: of fewer, an interval is far too narrow (it covers 83 to 90 %, not 95 %)."""

Interval = tuple[float, float]


def number_of_resamples(rows: int) -> int:
    """Return the number of resamples for a number of rows: fewer for very many rows, where fewer suffice."""
    fewest, most = RESAMPLES
    return min(max(MAX_DRAWS // rows, fewest), most)


def resampled(rows: int, resamples: int, block: int, seed: int = 0) -> Iterator[Array]:
    """How often each row was drawn in each resample, ``(block, rows)`` at a time; the same for a seed."""
    rng = np.random.default_rng(seed)
    for start in range(0, resamples, block):
        count = min(block, resamples - start)
        drawn = rng.integers(rows, size=(count, rows))
        drawn += rows * np.arange(count)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=count * rows)
        yield counts.reshape(count, rows).astype(np.float64)


def percentile_intervals(
    measure: Callable[[Array], Mapping[str, Array]], rows: int, *, seed: int = 0
) -> dict[str, Interval]:
    """The interval of each metric that ``measure`` finds with weights ``(resamples, rows)``.

    Resamples in which a metric is not decided (one class alone, say) are left aside; there is no interval
    where they are half or more, where all agree, which says nothing of other rows, or of fewer than
    ``MIN_INTERVAL_ROWS`` rows.
    """
    if rows < MIN_INTERVAL_ROWS:
        return {}
    resamples = number_of_resamples(rows)
    found = [
        measure(counts) for counts in resampled(rows, resamples, max(1, RESAMPLED_NUMBERS // rows), seed)
    ]
    intervals = {}
    for name in found[0]:
        values = np.concatenate([part[name] for part in found])
        values = values[np.isfinite(values)]
        if 2 * len(values) <= resamples:
            continue
        low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        if high - low > SAME * np.abs(high):
            intervals[name] = (float(low), float(high))
    return intervals


def all_or_none(share: float, rows: int) -> Interval:
    """The interval of a share of rows that is 0 or 1, of which every resample says the same.

    The exact one: of n rows that are all right, the share is below (½ · 5 %)^(1/n) in no more than 2.5 %
    of cases. Clopper & Pearson (1934), "The use of confidence or fiducial limits illustrated in the case
    of the binomial".

    >>> all_or_none(1.0, 20)
    (0.8315665290169147, 1.0)
    """
    bound = ((1 - LEVEL) / 2) ** (1 / rows)
    return (bound, 1.0) if share == 1 else (0.0, 1 - bound)
