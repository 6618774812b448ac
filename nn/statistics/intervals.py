"""What an estimate is: a value with the interval that holds the truth in 95 of 100 samples."""

from statistics import NormalDist
from typing import NamedTuple

LEVEL = 0.95
"""The confidence level of every interval, unless another is asked for."""


class Interval(NamedTuple):
    """The lower and the upper limit of a confidence interval; ±inf where there is none."""

    low: float
    high: float


class Estimate(NamedTuple):
    """A value and its confidence interval."""

    value: float
    interval: Interval


def normal_quantile(level: float) -> float:
    """z with P(|Z| ≤ z) = level of a standard normal Z: 1.96 for 95 %."""
    return NormalDist().inv_cdf((1 + level) / 2)
