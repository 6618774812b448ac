"""Metrics of classes: what rows, answers and right answers of each class say.

Each is ``(*stack,)``, or ``(*stack, classes)`` by class. Two classes are classes as any; that of labels is
those of which each holds or does not.
"""

from typing import NamedTuple

import numpy as np

from nn.arrays import Array
from nn.metrics.sums import ratio, totals


class ClassTotals(NamedTuple):
    """The weight of the rows of each class, of the rows answered as it, and of the rows that are both.

    The sums and the diagonal of the confusion matrix, each ``(*stack, classes)``.
    """

    rows: Array
    answered: Array
    right: Array

    @classmethod
    def of(cls, t: Array, answers: Array, classes: int, weights: Array | None = None) -> "ClassTotals":
        """From the classes of rows and answers by number, both ``(rows,)``; weights ``(*stack, rows)``."""
        right = np.where(answers == t, t, classes)  # what is wrong is counted apart, and left out
        return cls(
            totals(t, classes, weights),
            totals(answers, classes, weights),
            totals(right, classes + 1, weights)[..., :-1],
        )


def confusion_matrix(t: Array, answers: Array, classes: int) -> Array:
    """Cᵢⱼ, how many rows of class i were answered as j; both ``(rows,)``, by number.

    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    array([[1, 1],
           [0, 1]])
    """
    return np.bincount(t * classes + answers, minlength=classes**2).reshape(classes, classes)


def accuracy_score(found: ClassTotals) -> Array:
    """The share of rows whose class is right."""
    return np.sum(found.right, axis=-1) / np.sum(found.rows, axis=-1)


def balanced_accuracy_score(found: ClassTotals) -> Array:
    """The mean recall of the classes that have rows."""
    return np.sum(recall_scores(found), axis=-1) / np.sum(found.rows > 0, axis=-1)


def precision_scores(found: ClassTotals) -> Array:
    """How many of the answers are right, by class; 0 of a class that is never answered."""
    return ratio(found.right, found.answered)


def recall_scores(found: ClassTotals) -> Array:
    """How many of the rows are found, by class; 0 of a class without rows."""
    return ratio(found.right, found.rows)


def f1_scores(found: ClassTotals) -> Array:
    """2 right / (rows + answered) by class: the harmonic mean of precision and recall.

    >>> f1_scores(ClassTotals.of(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), 2))
    array([0.66666667, 0.8       ])
    """
    return ratio(2 * found.right, found.rows + found.answered)


def macro_average(scores: Array, found: ClassTotals) -> Array:
    """The mean of scores by class over the classes that have rows or answers."""
    there = found.rows + found.answered > 0
    return np.sum(scores * there, axis=-1) / np.sum(there, axis=-1)
