"""Times until an event, where some samples ended without one: the estimate of Kaplan and Meier."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Floats
from nn.statistics.intervals import LEVEL, Estimate, Interval, normal_quantile
from nn.statistics.shares import least_share_where_all

NEAR_HALF = 1e-12
"""A product of shares that is this close to a half is a half."""


@dataclass(frozen=True, eq=False)
class KaplanMeier:
    """S(t) = Π (1 − d/n) over the times up to t with an event, d of them, among n that came so far.

    times ``(k,)``: the distinct times of events, ascending
    events, at_risk ``(k,)``: d and n at these times
    samples: how many there are in all
    end: the last time that was observed, with or without an event

    Kaplan & Meier (1958), "Nonparametric estimation from incomplete observations". Where all samples without
    an event were observed up to the same limit, S is the share without an event so far.

    >>> curve = KaplanMeier.of([3, 5, 5, 9, 9], [True, True, True, False, False])
    >>> curve.survival, curve.median
    (array([0.8, 0.4]), 5.0)
    """

    times: Floats
    events: Floats
    at_risk: Floats
    samples: int
    end: float

    @classmethod
    def of(cls, times: ArrayLike, events: ArrayLike) -> "KaplanMeier":
        """From the time of each sample's event or end, and whether it was an event, both ``(n,)``."""
        ended, happened = np.asarray(times, dtype=np.float64), np.asarray(events, dtype=bool)
        if ended.ndim != 1 or ended.shape != happened.shape or not len(ended):
            raise ValueError(f"expected (n,) times and events, got {ended.shape} and {happened.shape}")
        if not np.all(np.isfinite(ended)):
            raise ValueError("expected finite times: without an event, the time up to which it was observed")
        found, counts = np.unique(ended[happened], return_counts=True)
        at_risk = len(ended) - np.searchsorted(np.sort(ended), found)
        end = float(np.max(ended))
        return cls(found, counts.astype(np.float64), at_risk.astype(np.float64), len(ended), end)

    @property
    def survival(self) -> Floats:
        """S at ``times``."""
        return np.asarray(np.cumprod(1 - self.events / self.at_risk), dtype=np.float64)

    def band(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """The lower and the upper limit of S at ``times``, by its log-log transform: S^exp(±zσ).

        σ² = Σ d/(n(n − d)) / (ln S)², Greenwood's variance carried over to ln(−ln S). Kalbfleisch &
        Prentice (1980), section 1.3. Where all n that came so far have an event, S is 0 and σ is not
        defined: there the upper limit is the one before, times the exact limit of a share of which 0 of n
        were seen, 1 − (α/2)^(1/n) with α = 1 − level.
        """
        if not len(self.times):
            return self.times, self.times
        left = self.at_risk - self.events
        with np.errstate(divide="ignore", invalid="ignore"):
            sigma = np.sqrt(np.cumsum(self.events / (self.at_risk * left))) / np.abs(np.log(self.survival))
            power = np.exp(normal_quantile(level) * sigma)
            low, high = self.survival**power, self.survival ** (1 / power)
        if left[-1] == 0:
            before = high[-2] if len(high) > 1 else 1.0
            low[-1], high[-1] = 0, before * (1 - least_share_where_all(self.at_risk[-1], level))
        return low, high

    @property
    def median(self) -> float:
        """The first time at which S ≤ ½; inf where it is not reached."""
        return self.first_at_most_half(self.survival)

    def median_interval(self, level: float = LEVEL) -> Interval:
        """The times at which the lower and the upper limit of the band reach ½; inf where not.

        Brookmeyer & Crowley (1982), "A confidence interval for the median survival time", with the log-log
        transform. Of fewer than seven samples there may be no upper limit though all had an event.
        """
        low, high = self.band(level)
        return Interval(self.first_at_most_half(low), self.first_at_most_half(high))

    def first_at_most_half(self, curve: Floats) -> float:
        """The first time at which a curve is ½ or less; inf where there is none."""
        reached = np.flatnonzero(curve <= 0.5 + NEAR_HALF)
        return float(self.times[reached[0]]) if len(reached) else math.inf

    def restricted_mean(self, limit: float, *, level: float = LEVEL) -> Estimate:
        """∫ S(t) dt from 0 to the limit: the mean M of min(T, limit), with its interval.

        Its variance is Σ A² d/(n(n − d)) over the times of events before the limit, where A is the area under
        S from there to the limit; a time at which S becomes 0 adds nothing. Irwin (1949), "The standard error
        of an estimate of expectation of life"; Klein & Moeschberger (2003), "Survival analysis", section 4.5.
        Where nothing was censored before the limit, it is the variance of min(T, limit) divided by n.

        The interval is normal for ln(M/(limit − M)), which keeps it between 0 and the limit and allows for
        few events. Without any, it goes down to (α/2)^(1/n) times the limit: at least that share has none, by
        the exact limit. The limit must not lie beyond what was observed.
        """
        if limit > self.end and not (len(self.times) and self.at_risk[-1] == self.events[-1]):
            raise ValueError(f"expected a limit up to {self.end:g}, the last time observed, got {limit:g}")
        before = self.times < limit
        if not np.any(before):
            return Estimate(limit, Interval(limit * least_share_where_all(self.samples, level), limit))
        times, left = self.times[before], (self.at_risk - self.events)[before]
        survival = self.survival[before]
        steps = np.diff(np.append(times, limit))
        area = np.cumsum((survival * steps)[::-1])[::-1]
        value = float(times[0] + np.sum(survival * steps))
        terms = self.events[before] / (self.at_risk[before] * np.maximum(left, 1))
        error = math.sqrt(np.sum(np.where(left > 0, area * area * terms, 0)))
        if error == 0:
            return Estimate(value, Interval(value, value))
        reach = math.exp(normal_quantile(level) * error * limit / (value * (limit - value)))
        odds = value / (limit - value)
        low, high = odds / reach, odds * reach
        return Estimate(value, Interval(limit * low / (1 + low), limit * high / (1 + high)))
