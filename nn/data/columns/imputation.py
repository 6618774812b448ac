"""Imputation of missing numbers: the weighted mean or median of the training share."""

import numpy as np

from nn.arrays import Floats

TIE = 1e-12
"""Weights are added up to about this part of their sum."""


def imputed_mean(x: Floats, weights: Floats | None = None) -> float:
    """Σ w·x / Σ w of finite numbers x: (rows,), w: (rows,) at least 0; without weights, all 1."""
    size = np.max(np.abs(x))  # so that no sum overflows
    if size == 0:
        return 0.0
    return float(np.average(x / size, weights=weights) * size)


def imputed_median(x: Floats, weights: Floats | None = None) -> float:
    """Return the number with half of the weight on either side; of two such numbers, their mean.

    A whole weight w counts as w equal rows; without weights it is NumPy's median.
    """
    if weights is None:
        return float(np.median(x / 2) * 2)  # of halves, as the sum of two numbers may be infinite
    x, weights = x[weights > 0], weights[weights > 0]
    order = np.argsort(x, kind="stable")
    below = np.cumsum(weights[order])
    half, tie = below[-1] / 2, TIE * below[-1]
    low, high = (x[order[np.searchsorted(below, limit)]] for limit in (half - tie, half + tie))
    return float(low / 2 + high / 2) if low != high else float(low)
