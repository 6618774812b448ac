"""The baseline: what one answers without looking at the inputs, the mean of the training targets.

With an output for each class, targets are one-hot, and their mean is how frequent each class is in
training: the largest answers, and the frequencies are its probabilities.
"""

import numpy as np

from nn.arrays import Array


def mean_answer(t: Array) -> Array:
    """The mean of training targets ``(rows, targets)``, ``(targets,)``.

    >>> mean_answer(np.array([[1.0, 10.0], [2.0, 30.0]]))
    array([ 1.5, 20. ])
    """
    return np.asarray(np.mean(t, axis=0, dtype=np.float64))


def class_frequencies(t: Array, classes: int) -> Array:
    """How frequent each class is in training, ``(classes,)``, from classes by number, ``(rows,)``.

    >>> class_frequencies(np.array([0, 0, 1, 0]), 2)
    array([0.75, 0.25])
    """
    return np.bincount(t, minlength=classes) / len(t)


def constant_answers(answer: Array, rows: int) -> Array:
    """Repeat one answer for each of a number of rows, ``(rows, outputs)``."""
    return np.broadcast_to(answer, (rows, len(answer)))
