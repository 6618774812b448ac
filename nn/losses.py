"""Losses: how far outputs are from their targets, and the gradient that starts backpropagation.

A loss is a mean over the batch, so that its size does not depend on the batch size.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nn.activations import Sigmoid, Softmax, sigmoid, softmax
from nn.arrays import Array
from nn.checks import Checked
from nn.layers import Layer


class Loss(Checked):
    """A differentiable distance between outputs and targets, both ``(*stack, batch, outputs)``."""

    link: ClassVar[type[Layer] | None] = None
    """The last layer that this loss contains: it then takes the input of that layer (logits)."""
    analytic: ClassVar[bool] = True
    """Whether the complex step can check it: no kink, and a formula that holds for complex numbers."""

    def check_targets(self, t: Array) -> None:
        """Raise ValueError where the loss makes no sense for these targets."""

    def forward(self, y: Array, t: Array) -> Array:
        """The loss of each network in the stack, ``(*stack,)``."""
        raise NotImplementedError

    def backward(self) -> Array:
        """The gradient of the last ``forward`` in its outputs, ``(*stack, batch, outputs)``."""
        raise NotImplementedError


@dataclass(eq=False)
class MeanSquaredError(Loss):
    """L = mean (y − t)², over samples and outputs, without ½.

    >>> loss = MeanSquaredError()
    >>> loss.forward(np.array([[3.0]]), np.array([[1.0]])), loss.backward()
    (np.float64(4.0), array([[4.]]))
    """

    def forward(self, y: Array, t: Array) -> Array:
        self.difference = y - t
        return np.mean(self.difference * self.difference, axis=(-2, -1))

    def backward(self) -> Array:
        samples, outputs = self.difference.shape[-2:]
        return 2 / (samples * outputs) * self.difference


@dataclass(eq=False)
class BinaryCrossEntropy(Loss):
    """L = −mean [t log σ(z) + (1 − t) log(1 − σ(z))], over samples and outputs.

    A function of the logits z, the inputs of the network's final sigmoid. There it is
    log(1 + e^z) − t z, finite for every z, with the gradient σ(z) − t.

    >>> loss = BinaryCrossEntropy()
    >>> loss.forward(np.array([[-1000.0]]), np.array([[1.0]])), loss.backward()
    (np.float64(1000.0), array([[-1.]]))
    """

    link: ClassVar[type[Layer] | None] = Sigmoid

    def check_targets(self, t: Array) -> None:
        if np.any((t < 0) | (t > 1)):
            worst = t[(t < 0) | (t > 1)][0]
            raise ValueError(f"BinaryCrossEntropy: targets must lie in [0, 1], got {worst:g}")

    def forward(self, y: Array, t: Array) -> Array:
        self.logits, self.targets = y, t
        # log(1 + e^z) = max(z, 0) + log(1 + e^−|z|) does not overflow.
        tail = np.log1p(np.exp(np.minimum(y, -y)))
        return np.mean(np.maximum(y, 0) - t * y + tail, axis=(-2, -1))

    def backward(self) -> Array:
        samples, outputs = self.logits.shape[-2:]
        return 1 / (samples * outputs) * (sigmoid(self.logits) - self.targets)


@dataclass(eq=False)
class CategoricalCrossEntropy(Loss):
    """L = −mean Σᵢ tᵢ log softmax(z)ᵢ, the mean over samples; each row of t sums to 1.

    A function of the logits z, the inputs of the network's final softmax, with the gradient
    softmax(z) − t.

    >>> loss = CategoricalCrossEntropy()
    >>> loss.forward(np.array([[0.0, 1000.0]]), np.array([[1.0, 0.0]])), loss.backward()
    (np.float64(1000.0), array([[-1.,  1.]]))
    """

    link: ClassVar[type[Layer] | None] = Softmax

    def check_targets(self, t: Array) -> None:
        if np.any((t < 0) | (t > 1)) or not np.allclose(np.sum(t, axis=-1), 1):
            raise ValueError(
                "CategoricalCrossEntropy: targets must be probabilities, each row of them in [0, 1] "
                "and of sum 1 (one-hot classes, for example)"
            )

    def forward(self, y: Array, t: Array) -> Array:
        self.logits, self.targets = y, t
        shifted = y - np.max(y, axis=-1, keepdims=True)
        log_softmax = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
        return np.mean(-np.sum(t * log_softmax, axis=-1), axis=-1)

    def backward(self) -> Array:
        return 1 / self.logits.shape[-2] * (softmax(self.logits) - self.targets)


LOSSES: dict[str, type[Loss]] = {
    "mse": MeanSquaredError,
    "binary_crossentropy": BinaryCrossEntropy,
    "categorical_crossentropy": CategoricalCrossEntropy,
}
