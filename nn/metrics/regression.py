"""Metrics of numbers: R², RMSE, MAE and the largest error, in the unit of the targets.

Targets t and answers y are ``(rows, targets)``, weights ``(*stack, rows)``; results ``(*stack, targets)``.
"""

import numpy as np

from nn.arrays import Array
from nn.metrics.sums import weighted_mean

ROUNDING_ERROR = 1e-13
"""A variance this small, against the mean square that it is the rest of, is a rounding error."""


def r2_score(t: Array, y: Array, weights: Array | None = None) -> Array:
    """R² = 1 − Σ w (t − y)² / Σ w (t − t̄)², t̄ the weighted mean.

    Where all targets are equal: 1 where every answer is right, else 0; NaN for fewer than two rows. As
    scikit-learn's ``r2_score``.

    >>> r2_score(np.array([[1.0], [2.0], [6.0]]), np.array([[1.0], [3.0], [6.0]]))
    array([0.92857143])
    """
    residual = weighted_mean((t - y) ** 2, weights)
    # mean (t − t̄)² = mean s² − (mean s)² for any s = t − c; c is such that equal targets give s = 0, and
    # that little is lost in the difference.
    s = t - t[:1]
    s = s - weighted_mean(s, None if weights is None else np.sum(weights.reshape(-1, len(t)), axis=0))
    square = weighted_mean(s * s, weights)
    variance = square - weighted_mean(s, weights) ** 2
    varies = variance > ROUNDING_ERROR * square
    score = 1 - np.divide(residual, variance, out=np.ones_like(variance), where=varies)
    score = np.where(~varies & (residual == 0), 1.0, score)
    return score if len(t) > 1 else np.full_like(score, np.nan)


def root_mean_squared_error(t: Array, y: Array, weights: Array | None = None) -> Array:
    """RMSE = √(Σ w (t − y)² / Σ w).

    >>> root_mean_squared_error(np.array([[1.0], [2.0]]), np.array([[4.0], [6.0]]))
    array([3.53553391])
    """
    return np.sqrt(weighted_mean((t - y) ** 2, weights))


def mean_absolute_error(t: Array, y: Array, weights: Array | None = None) -> Array:
    """MAE = Σ w |t − y| / Σ w.

    >>> mean_absolute_error(np.array([[1.0], [2.0]]), np.array([[4.0], [6.0]]))
    array([3.5])
    """
    return weighted_mean(np.abs(t - y), weights)


def max_error(t: Array, y: Array) -> Array:
    """max |t − y| over the rows, ``(targets,)``.

    >>> max_error(np.array([[1.0], [2.0]]), np.array([[4.0], [6.0]]))
    array([4.])
    """
    return np.max(np.abs(t - y), axis=0)
