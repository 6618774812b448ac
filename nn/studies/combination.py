"""Combines the answers of several networks: the mean or a vote, how far they differ, the loss of the mean."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from nn.arrays import Array
from nn.layers.activations.sigmoids import Sigmoid
from nn.layers.activations.softmax import Softmax
from nn.losses.base import Loss
from nn.training.objective import predicted_class


class Combined(NamedTuple):
    """What members answer together, to each of a number of rows."""

    y: Array
    """``(rows, outputs)``: the mean of their outputs; of a vote, the share of votes for each class."""
    spread: Array
    """``(rows, targets)``: the standard deviation of their answers, √(Σ(yₘ − ȳ)²/(M − 1)), NaN of one member;
    of classes, the share of the members whose class is the answer."""
    answer: Array
    """``(rows, targets)``: y, or the number of the class."""


def combined_answers(y: Array, classes: int | None, threshold: float, *, vote: bool = False) -> Combined:
    """Combine the outputs of members, ``(members, rows, outputs)``; without ``classes`` they are numbers.

    >>> combined_answers(np.array([[[0.9]], [[0.4]], [[0.4]]]), 2, 0.5)
    Combined(y=array([[0.56666667]]), spread=array([[0.33333333]]), answer=array([[1]]))
    >>> combined_answers(np.array([[[0.9]], [[0.4]], [[0.4]]]), 2, 0.5, vote=True)
    Combined(y=array([[0.66666667, 0.33333333]]), spread=array([[0.66666667]]), answer=array([[0]]))
    """
    mean = np.mean(y, axis=0)
    if classes is None:
        spread = np.std(y, axis=0, ddof=1) if len(y) > 1 else np.full_like(mean, np.nan)
        return Combined(mean, spread, mean)
    chosen = predicted_class(y, threshold)
    if vote:
        mean = np.stack([np.mean(chosen == k, axis=0) for k in range(classes)], axis=-1)
        answer = np.argmax(mean, axis=-1)
    else:
        answer = predicted_class(mean, threshold)
    return Combined(mean, np.mean(chosen == answer, axis=0)[:, np.newaxis], answer[:, np.newaxis])


def joined(parts: Sequence[Combined]) -> Combined:
    """The answers to the rows of all parts, one after the other."""
    return Combined(*map(np.concatenate, zip(*parts, strict=True)))


def loss_of_mean(loss: Loss, z: Array, t: Array) -> Any:
    """The loss of the mean answer, given what the loss takes of each member: ``z (members, rows, outputs)``.

    The mean of probabilities is that of σ(z) or softmax(z). Its logits are computed as logarithms of means of
    exponentials, so that the loss is exact where all members are sure, as that of each member is.

    >>> from nn import BinaryCrossEntropy
    >>> float(loss_of_mean(BinaryCrossEntropy(), np.array([[[-1000.0]], [[1000.0]]]), np.array([[1.0]])))
    0.6931471805599453
    """
    z = z.astype(np.float64)
    if loss.link is Sigmoid:
        # log σ(z) = −log(1 + e^−z), and 1 − σ(z) = σ(−z).
        mean = log_mean_exp(-np.logaddexp(0, -z)) - log_mean_exp(-np.logaddexp(0, z))
    elif loss.link is Softmax:
        mean = log_mean_exp(z - np.logaddexp.reduce(z, axis=-1, keepdims=True))
    else:
        assert loss.link is None, "there are three"
        mean = np.mean(z, axis=0)
    return loss.forward(mean, t)


def log_mean_exp(a: Array) -> Array:
    """log of the mean of e^a over the first axis, which is the members'."""
    found: Array = np.logaddexp.reduce(a, axis=0) - np.log(len(a))
    return found
