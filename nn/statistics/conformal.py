"""Conformal prediction: how far answers are from targets, judged by rows that nothing was fitted to."""

import math

import numpy as np

from nn.arrays import Array, Floats


def conformal_rank(rows: int, level: float) -> int:
    """⌈(n + 1) level⌉: among so many of n errors a new one lies with at least this probability."""
    return math.ceil(round((rows + 1) * level, 9))  # 10 · 0.9 is 9, whatever rounding makes of it


def conformal_margins(errors: Array, level: float) -> Floats:
    """q with P(|t − y| ≤ q) ≥ level for a new row, by target: the ⌈(n + 1) level⌉-th smallest error.

    errors: ``(rows, targets)``, |t − y| of rows that the answers y were not fitted to; NaN counts as ∞

    It needs no more than that the new row could change places with any of these (exchangeability). The
    probability is over these rows too: with n of them, the share of new rows that one q covers has the Beta
    distribution of (k, n + 1 − k), k being the rank. ∞ where the rank is beyond n: level/(1 − level) rows
    are enough. Split conformal prediction: Vovk, Gammerman & Shafer (2005), "Algorithmic learning in a random
    world"; Lei, G'Sell, Rinaldo, Tibshirani & Wasserman (2018), "Distribution-free predictive inference for
    regression", algorithm 2.

    >>> conformal_margins(np.arange(1.0, 10.0)[:, np.newaxis], 0.9)
    array([9.])
    """
    rank = conformal_rank(len(errors), level)
    if rank > len(errors):
        return np.full(errors.shape[1], np.inf)
    return np.sort(np.where(np.isnan(errors), np.inf, errors), axis=0)[rank - 1]


def rows_needed(level: float) -> int:
    """The fewest rows that give finite margins.

    >>> rows_needed(0.9), rows_needed(0.95)
    (9, 19)
    """
    return math.ceil(round(level / (1 - level), 9))
