"""What it costs to start over: the limit at which to give a run up and begin with another seed."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array, Floats
from nn.statistics.bootstrap import bootstrap_interval, narrowed, thinned
from nn.statistics.intervals import LEVEL, Estimate, Interval


class Restarts(NamedTuple):
    """The limit at which giving up costs least until a run succeeds.

    limit: give up after this time; inf where no run succeeded
    expected: the time until a success, over all the starts that it takes, with its interval
    whole: the same where each run may take its whole time
    """

    limit: float
    expected: Estimate
    whole: float


def restarts(times: ArrayLike, solved: ArrayLike, *, level: float = LEVEL, seed: int = 0) -> Restarts:
    """The c that minimises E(c) = Σ min(T, c) / #(solved within c), over the times of successes.

    ``times (n,)`` until the success, or up to the limit where there was none. E(c) is the expected time
    until a success when runs are given up after c, one after the other: Luby, Sinclair & Zuckerman (1993),
    "Optimal speedup of Las Vegas algorithms", section 2, with the observed distribution in place of a known
    one.

    The interval is one of E at this c, by the bootstrap. The smallest of many costs flatters itself;
    therefore one run more, which did not succeed, is among those that are drawn from.

    >>> restarts([10, 20, 1000, 1000], [True, True, False, False]).limit
    20.0
    """
    ended, succeeded = np.asarray(times, dtype=np.float64), np.asarray(solved, dtype=bool)
    if ended.ndim != 1 or ended.shape != succeeded.shape or not len(ended):
        raise ValueError(f"expected (n,) times and successes, got {ended.shape} and {succeeded.shape}")
    if not np.any(succeeded):
        return Restarts(math.inf, Estimate(math.inf, Interval(math.inf, math.inf)), math.inf)
    limits, costs = costs_until_success(ended, succeeded)
    best = int(np.argmin(costs))
    limit = float(limits[best])
    order = np.argsort(ended, kind="stable")[thinned(len(ended))]
    spent = np.append(np.minimum(ended, limit)[order], limit)
    within = np.append((succeeded & (ended <= limit))[order], False)

    def cost(counts: Array) -> Array:
        successes = counts @ within
        with np.errstate(divide="ignore", invalid="ignore"):  # 0/0 where all take no time
            return np.where(successes > 0, (counts @ spent) / successes, np.inf)

    value = float(costs[best])
    interval = bootstrap_interval(cost, len(spent), level=level, seed=seed)
    interval = narrowed(interval, value, len(order), len(ended))
    whole = float(np.sum(ended) / np.sum(succeeded))
    return Restarts(limit, Estimate(value, interval), whole)


def costs_until_success(times: Floats, succeeded: Array) -> tuple[Floats, Floats]:
    """The distinct times of successes c, ascending, and E(c) of each."""
    ordered = np.sort(times)
    limits, counts = np.unique(times[succeeded], return_counts=True)
    ended = np.searchsorted(ordered, limits, side="right")
    before = np.append(0.0, np.cumsum(ordered))[ended]
    return limits, (before + (len(times) - ended) * limits) / np.cumsum(counts)
