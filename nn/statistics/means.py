"""Means with intervals by Student's t: of independent values, and of the folds of a cross-validation."""

import math

import numpy as np
from numpy.typing import ArrayLike

from nn.statistics.intervals import LEVEL, Estimate, Interval

HALVINGS = 60
"""Bisections of an angle: 2⁻⁶⁰ of a right one is below what double precision tells apart."""


def student_quantile(level: float, freedom: int) -> float:
    """t with P(|T| ≤ t) = level, of Student's distribution with a number of degrees of freedom.

    >>> round(student_quantile(0.95, 10), 4)
    2.2281
    """
    low, high = 0.0, math.pi / 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if student_share(middle, freedom) < level else (low, middle)
    return math.sqrt(freedom) * math.tan(low)


def student_share(angle: float, freedom: int) -> float:
    """P(|T| ≤ √ν tan θ), a finite sum in sin θ and cos θ. Abramowitz & Stegun (1964), 26.7.3 and 26.7.4.

    ν even: sin θ (1 + ½ cos²θ + (1·3)/(2·4) cos⁴θ + … up to cos^(ν−2) θ);
    ν odd: (2/π)(θ + sin θ (cos θ + ⅔ cos³θ + (2·4)/(3·5) cos⁵θ + … up to cos^(ν−2) θ)).
    """
    squared = math.cos(angle) ** 2
    if freedom % 2 == 0:
        k = np.arange(1, freedom // 2)
        return math.sin(angle) * (1 + float(np.sum(np.cumprod((2 * k - 1) / (2 * k) * squared))))
    if freedom == 1:
        return 2 * angle / math.pi
    k = np.arange(1, (freedom - 1) // 2)
    terms = 1 + float(np.sum(np.cumprod(2 * k / (2 * k + 1) * squared)))
    return 2 / math.pi * (angle + math.sin(angle) * math.cos(angle) * terms)


def mean_interval(values: ArrayLike, *, overlap: float = 0.0, level: float = LEVEL) -> Estimate:
    """The mean x̄ ± t √((1/n + overlap) s²), with t of n − 1 degrees of freedom and s² over n − 1.

    Without overlap it is Student's interval for independent values. Of a cross-validation, whose trainings
    share most of their rows, n values of folds × repeats are not independent; with ``overlap``, the number
    of rows of a test share divided by that of its training share (1/(folds − 1)), the variance is the
    corrected one of Nadeau & Bengio (2003), "Inference for the generalization error", section 4. A value
    that is not finite makes the mean so, and leaves it without an interval; so does a single value.

    >>> mean_interval([1.0, 2.0, 3.0, 4.0]).value
    2.5
    """
    value, error, freedom = mean_and_error(values, overlap)
    if not (freedom and math.isfinite(value)):
        return Estimate(value, Interval(-math.inf, math.inf))
    reach = student_quantile(level, freedom) * error
    return Estimate(value, Interval(value - reach, value + reach))


def student_test(values: ArrayLike, *, overlap: float = 0.0) -> float | None:
    """The two-sided p-value that the mean is 0: P(|T| ≥ |x̄|/error), the error as in ``mean_interval``.

    1 where all values are 0; None for a single value, and where the mean is not finite.
    """
    value, error, freedom = mean_and_error(values, overlap)
    if not (freedom and math.isfinite(value)):
        return None
    if value == 0:
        return 1.0
    return max(0.0, 1 - student_share(math.atan2(abs(value), error * math.sqrt(freedom)), freedom))


def mean_and_error(values: ArrayLike, overlap: float) -> tuple[float, float, int]:
    """x̄, √((1/n + overlap) s²) and n − 1."""
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or not len(x):
        raise ValueError(f"expected (n,) values, at least one, got shape {x.shape}")
    freedom = len(x) - 1
    with np.errstate(invalid="ignore", over="ignore"):
        variance = float(np.var(x, ddof=1)) if freedom else math.nan
        return float(np.mean(x)), math.sqrt((1 / len(x) + overlap) * variance), freedom
