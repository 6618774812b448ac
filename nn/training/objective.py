"""The objective: a network and its loss as one function, with metrics."""

import copy
from typing import NamedTuple

import numpy as np

from nn.arrays import Array
from nn.layers.base import backward, forward
from nn.losses.base import Loss
from nn.network import ROWS_AT_ONCE, Sequential


def predicted_class(y: Array, threshold: float = 0.5) -> Array:
    """Return the number of the class that outputs ``(*stack, batch, outputs)`` predict, ``(*stack, batch)``.

    One output stands for two classes: up to the threshold and above. Of several, the largest is the class.
    """
    return np.argmax(y, axis=-1) if y.shape[-1] > 1 else np.where(y[..., 0] > threshold, 1, 0)


def accuracy(y: Array, t: Array, threshold: float = 0.5, target_threshold: float = 0.5) -> Array:
    """Return the share of samples classified correctly, ``(*stack,)``, by the thresholds of one output."""
    return np.mean(predicted_class(y, threshold) == predicted_class(t, target_threshold), axis=-1)


class Thresholds(NamedTuple):
    """Where the two classes of one output part, and those of its targets."""

    outputs: float
    targets: float

    @classmethod
    def of(cls, loss: Loss, threshold: float | None) -> "Thresholds":
        """One that was given for both, or else that of the loss, and ½ of targets."""
        return cls(loss.threshold, 0.5) if threshold is None else cls(threshold, threshold)


def largest_error(y: Array, t: Array) -> Array:
    """max |y − t| over samples and outputs, ``(*stack,)``."""
    return np.max(np.abs(y - t), axis=(-2, -1))


def largest_shortfall(y: Array, t: Array, threshold: float = 0.5) -> Array:
    """How far outputs fall short of their targets at most, ``(*stack,)``; those beyond them do not.

    Targets above the threshold are high, and fallen short of from below; the others are low.

    >>> largest_shortfall(np.array([[0.05], [0.7]]), np.array([[0.1], [0.9]])).round(9)
    np.float64(0.2)
    """
    shortfall = np.where(t > threshold, t - y, y - t)
    return np.maximum(np.max(shortfall, axis=(-2, -1)), 0)


class Metrics(NamedTuple):
    """Metrics of outputs, each ``(*stack,)``; None where it was not requested."""

    loss: Array
    accuracy: Array | None = None
    largest_error: Array | None = None

    @property
    def given(self) -> Array:
        """The metrics that were requested, ``(measured, *stack)``."""
        return np.array([value for value in self if value is not None])


class Objective:
    """L(parameters; x, t): the loss of a network's outputs for inputs x and targets t, and its penalties.

    The penalties of layers (``l1``, ``l2``) are part of every loss that is reported, that of a
    validation set too, as in Keras. Sample weights w ``(*stack or (), batch, 1)`` weigh the loss, never
    the accuracy. The loss is a copy: what it remembers from ``forward`` to ``backward`` is this objective's.
    ``threshold`` is where the classes of one output and its targets part, if not as the loss has it.
    ``samples`` is the number of all samples that it is trained on; by default batches are no part of more.
    """

    def __init__(
        self,
        network: Sequential,
        loss: Loss,
        *,
        classification: bool,
        tolerance: bool = False,
        overshoot: bool = True,
        threshold: float | None = None,
        samples: int | None = None,
    ):
        self.network, self.loss, self.samples = network, copy.deepcopy(loss), samples
        self.thresholds = Thresholds.of(loss, threshold)
        self.classification, self.tolerance, self.overshoot = classification, tolerance, overshoot
        self.before, self.within = network.split(self.loss)

    def forward(
        self,
        x: Array,
        t: Array,
        w: Array | None = None,
        noise: Array | None = None,
        *,
        samples: int | None = None,
    ) -> Metrics:
        """Compute the metrics of a batch, ``x: (*stack, batch, inputs)`` and ``t: (*stack, batch, outputs)``.

        With ``noise (*stack, batch, network.noise)`` they are those of the network as it trains. A loss that
        is a sum is scaled up from the batch to so many ``samples``, if given, so that the mean over
        batches, each by its share of these samples, is their sum, with penalties counted once.
        """
        self.network.bind_noise(noise)
        z = forward(self.before, x)
        loss = self.loss.forward(z, t, w)
        if samples not in (None, x.shape[-2]) and self.loss.reduction != "mean":
            loss = loss * (samples / x.shape[-2])
        loss = sum(self.network.penalties(), start=loss)
        if not (self.classification or self.tolerance):
            return Metrics(loss)
        y = forward(self.within, z)
        right = accuracy(y, t, *self.thresholds)
        return Metrics(loss, right, self.error(y, t) if self.tolerance else None)

    def error(self, y: Array, t: Array) -> Array:
        """The largest error of outputs; what lies beyond a target counts unless ``overshoot`` is false."""
        return largest_error(y, t) if self.overshoot else largest_shortfall(y, t, self.thresholds.targets)

    def evaluate(self, x: Array, t: Array) -> Metrics:
        """Return the metrics of samples as ``forward`` does, but of many block by block to save memory."""
        return self.forward(x, t) if len(x) <= ROWS_AT_ONCE else self.measure(x, t)

    @np.errstate(all="ignore")  # diverged weights show in the loss
    def measure(self, x: Array, t: Array, w: Array | None = None) -> Metrics:
        """Return the metrics of any number of samples, without noise, block by block to save memory."""
        blocks = [slice(start, start + ROWS_AT_ONCE) for start in range(0, len(x), ROWS_AT_ONCE)]
        parts = [
            self.forward(x[rows], t[rows], None if w is None else w[rows], samples=len(x)) for rows in blocks
        ]
        shares = [len(x[rows]) / len(x) for rows in blocks]
        losses, accuracies, errors = zip(*parts, strict=True)
        return Metrics(
            np.average(losses, axis=0, weights=shares),
            None if accuracies[0] is None else np.average(accuracies, axis=0, weights=shares),
            None if errors[0] is None else np.max(errors, axis=0),
        )

    def backward(self) -> None:
        """Fill the network's gradients for the last ``forward``."""
        backward(self.before, self.loss.backward())
        self.network.penalize()
