"""Loss: the mean over a batch of the loss of each output."""

from typing import ClassVar

import numpy as np

from nn.arrays import Array
from nn.layers.base import Layer
from nn.validation import Checked


class Loss(Checked):
    """A differentiable distance between outputs y and targets t, both ``(*stack, batch, outputs)``.

    Subclasses define the loss of each output, ``compare``, and its derivative, ``differentiate``.
    """

    link: ClassVar[type[Layer] | None] = None
    """The last layer that this loss includes: it then takes the input of that layer (logits)."""
    threshold: ClassVar[float] = 0.5
    """With one output for two classes, values above this mean the second one."""

    def classifies(self, outputs: int) -> bool:
        """Whether this number of outputs is taken for classes."""
        return False

    def check_last(self, layer: Layer) -> None:
        """Raise ValueError if the loss is not defined for the outputs of this last layer."""
        if self.link is not None and type(layer) is not self.link:
            names = type(self).__name__, self.link.__name__, type(layer).__name__
            raise ValueError("{} needs {} as the last layer, got {}".format(*names))

    def check_targets(self, t: Array) -> None:
        """Raise ValueError if the loss is not defined for these targets."""

    def forward(self, y: Array, t: Array, weights: Array | None = None) -> Array:
        """L = mean w·l over the batch: the loss of each network in the stack, ``(*stack,)``.

        ``weights (*stack, batch, 1)`` are sample weights, 1 unless given. The sum is divided by the
        number of samples, not by that of the weights.
        """
        losses = self.compare(y, t)
        samples, outputs = losses.shape[-2:]
        self.share = 1 / (samples * outputs) if weights is None else weights / (samples * outputs)
        return np.mean(losses if weights is None else weights * losses, axis=(-2, -1))

    def backward(self) -> Array:
        """∂L/∂y of the last ``forward``, ``(*stack, batch, outputs)``."""
        # Each l contributes to L with the factor ∂L/∂l = w / number.
        return self.differentiate(self.share)

    def compare(self, y: Array, t: Array) -> Array:
        """The loss l of each output, ``(*stack, batch, outputs)``, or of each sample, in one column."""
        raise NotImplementedError

    def differentiate(self, dl: Array | float) -> Array:
        """∂L/∂y = dl·∂l/∂y at the last outputs, for dl = ∂L/∂l: a number, or ``(*stack, batch, 1)``."""
        raise NotImplementedError
