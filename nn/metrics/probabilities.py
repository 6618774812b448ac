"""Metrics of scores and probabilities: ROC AUC, log loss, Brier score.

Of each row there is the class by number, ``(rows,)``, and a score for each class, ``(rows, classes)``.
"""

from collections.abc import Iterable

import numpy as np

from nn.arrays import Array

SUM_TO_ONE = 1e-5
"""So far may the sum of a row of probabilities be from 1: what rounding does in float32."""


def class_scores(y: Array, threshold: float = 0.5) -> Array:
    """A score for each class, ``(rows, classes)``: the larger, the likelier; the largest is the answer.

    One output, ``(rows, 1)``, stands for two classes, the second one above the threshold: its probability
    p gives 1 − p and p, a score s around 0 gives −s and s.
    """
    return y if y.shape[-1] > 1 else np.concatenate([2 * threshold - y, y], axis=-1)


def are_probabilities(scores: Array) -> bool:
    """Whether every row lies in [0, 1] and sums to 1."""
    inside = np.all((scores >= 0) & (scores <= 1))
    return bool(inside and np.all(np.abs(np.sum(scores, axis=-1) - 1) <= SUM_TO_ONE))


class Ranking:
    """Scores of one class ``(rows,)``, in order; what is sorted once serves all weightings.

    >>> Ranking(np.array([0.1, 0.4, 0.35, 0.8])).roc_auc(np.array([False, False, True, True]))
    np.float64(0.75)
    """

    def __init__(self, scores: Array):
        self.order = np.argsort(scores, kind="stable")
        ordered = scores[self.order]
        self.starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        """Where each distinct score begins."""

    def roc_auc(self, positive: Array, weights: Array | None = None) -> Array:
        """The area under the ROC curve: how often a positive row has a higher score than another one.

        Ties count half; NaN where all rows are positive, or none. Hanley & McNeil (1982), "The meaning and
        use of the area under a receiver operating characteristic (ROC) curve", section III.
        """
        w = np.ones(len(self.order)) if weights is None else weights[..., self.order]
        own = w * positive[self.order]
        others = w - own
        if len(self.starts) < len(self.order):
            own, others = (np.add.reduceat(one, self.starts, axis=-1) for one in (own, others))
        below = np.cumsum(others, axis=-1) - others / 2
        won, pairs = np.sum(own * below, axis=-1), np.sum(own, axis=-1) * np.sum(others, axis=-1)
        return np.divide(won, pairs, out=np.full(np.shape(pairs), np.nan), where=pairs > 0)[()]


def roc_auc_score(t: Array, rankings: Iterable[Ranking], classes: int, weights: Array | None = None) -> Array:
    """The ROC AUC of the second of two classes; of more, the mean of each against the rest.

    ``rankings``: of the second class, or of each. NaN where a class has no rows.
    """
    own = enumerate(rankings, 1 if classes == 2 else 0)
    return np.mean([ranking.roc_auc(t == k, weights) for k, ranking in own], axis=0)


def log_losses(t: Array, probabilities: Array) -> Array:
    """−log p of each row's own class, ``(rows,)``; p is at least the machine's ε and at most 1 − ε.

    >>> log_losses(np.array([1]), np.array([[0.5, 0.5]]))
    array([0.69314718])
    """
    epsilon = np.finfo(np.float64).eps
    own = np.take_along_axis(probabilities, t[:, None], axis=-1)[:, 0]
    return -np.log(np.clip(own, epsilon, 1 - epsilon))


def brier_scores(t: Array, probabilities: Array) -> Array:
    """Σₖ (pₖ − tₖ)² of each row, ``(rows,)``, t one-hot; of two classes half of it, (p − t)².

    Brier (1950), "Verification of forecasts expressed in terms of probability".

    >>> brier_scores(np.array([1]), np.array([[0.25, 0.75]]))
    array([0.0625])
    """
    difference = probabilities.copy()
    difference[np.arange(len(t)), t] -= 1
    squares = np.einsum("ij,ij->i", difference, difference)
    return squares / 2 if probabilities.shape[-1] == 2 else squares
