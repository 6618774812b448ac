"""Intervals of metrics by the bootstrap: how far a metric moves when rows are drawn again.

The 2.5 % and the 97.5 % quantile of a metric over resamples of the rows bound its 95 % interval. It says
what other rows from the same source would change; the network stays as it is. scripts/measure_coverage.py
measures how often such intervals hold the truth.
"""

from collections.abc import Callable, Mapping

import numpy as np

from nn.arrays import Array
from nn.statistics.bootstrap import MAX_RESAMPLED, number_of_resamples, resamples
from nn.statistics.intervals import LEVEL, Interval
from nn.statistics.shares import least_share_where_all

MAX_RESAMPLED_ROWS = MAX_RESAMPLED
"""Above this number of rows, a random subset of this size is resampled."""
SAME = 1e-12
"""Numbers closer than this, relative to their size, differ by rounding alone."""
MIN_INTERVAL_ROWS = 20
"""The minimum number of rows: of fewer, an interval is far too narrow (it covers 83 to 90 %, not 95 %)."""


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
    found = [measure(counts) for counts in resamples(rows, seed)]
    intervals = {}
    for name in found[0]:
        values = np.concatenate([part[name] for part in found])
        values = values[np.isfinite(values)]
        if 2 * len(values) <= number_of_resamples(rows):
            continue
        low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        if high - low > SAME * np.abs(high):
            intervals[name] = Interval(float(low), float(high))
    return intervals


def all_or_none(share: float, rows: int) -> Interval:
    """The exact interval of a share of rows that is 0 or 1, of which every resample says the same.

    >>> all_or_none(1.0, 20)
    Interval(low=0.8315665290169147, high=1.0)
    """
    bound = least_share_where_all(rows, LEVEL)
    return Interval(bound, 1.0) if share == 1 else Interval(0.0, 1 - bound)
