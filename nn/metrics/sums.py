"""Sums over rows that count with weights: the one thing that every metric and every resample needs.

Weights are ``(*stack, rows)``: how much each row counts, in any number of weightings at once. A resample
of the bootstrap is such a weighting, by how often each row was drawn; a row of weight 0 is not there.
"""

import numpy as np

from nn.arrays import Array

MAX_MATRIX_CODES = 20
"""Up to this number of codes, weights are summed fastest as a matrix product."""


def weighted_mean(values: Array, weights: Array | None = None) -> Array:
    """Σ w v / Σ w over rows: values ``(rows, …)`` and weights ``(*stack, rows)`` give ``(*stack, …)``."""
    if weights is None:
        return np.mean(values, axis=0)
    total = np.sum(weights, axis=-1)
    return (weights @ values) / np.expand_dims(total, tuple(range(total.ndim, total.ndim + values.ndim - 1)))


def totals(codes: Array, number: int, weights: Array | None = None) -> Array:
    """The weight of the rows of each code, ``(*stack, number)``; codes ``(rows,)`` are 0 … number − 1."""
    if weights is None:
        return np.bincount(codes, minlength=number).astype(np.float64)
    if number <= MAX_MATRIX_CODES:
        return weights @ np.eye(number)[codes]
    one_each = weights.reshape(-1, len(codes))
    shifted = codes + number * np.arange(len(one_each))[:, None]
    found = np.bincount(shifted.ravel(), one_each.ravel(), number * len(one_each))
    return found.reshape(*weights.shape[:-1], number)


def ratio(part: Array, whole: Array) -> Array:
    """part / whole, and 0 where the whole is 0, as scikit-learn's ``zero_division=0``."""
    return np.divide(part, whole, out=np.zeros(np.shape(whole)), where=whole != 0)
