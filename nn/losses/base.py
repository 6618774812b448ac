"""Loss: the mean, or the sum, over a batch of the loss of each output."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import doc

from nn.arrays import Array
from nn.layers.base import Layer
from nn.validation import Checked

SUM_FACTORS = {"sum": 1.0, "half_sum": 0.5}
"""What reductions multiply the sum by."""
REDUCTION_SYMBOLS = {"mean": "", "sum": "Σ", "half_sum": "½ Σ"}


@dataclass(eq=False)
class Loss(Checked):
    """A differentiable distance between outputs y and targets t, both ``(*stack, batch, outputs)``.

    Subclasses define the loss of each output, ``compare``, and its derivative, ``differentiate``.

    By its ``reduction`` L is the mean over samples and outputs, or their sum, as in PyTorch: over all
    samples and all outputs of the batch. (Keras takes the mean over outputs and sums over samples.) With a
    sum the gradient, and with it the step of gradient descent, grows with the batch; penalties of layers
    are added to it as they are. What is reported of an epoch or a share is then the sum over its samples:
    that of twice the samples is twice as large.
    """

    reduction: Annotated[
        Literal["mean", "sum"],
        doc("Whether it is the mean over samples and outputs of a batch, or the sum."),
    ] = field(default="mean", kw_only=True)

    link: ClassVar[type[Layer] | None] = None
    """The last layer that this loss includes: it then takes the input of that layer (logits)."""
    threshold: ClassVar[float] = 0.5
    """With one output for two classes, values above this mean the second one."""

    @property
    def symbol(self) -> str:
        """``Σ`` or ``½ Σ`` where it is a sum; empty for a mean."""
        return REDUCTION_SYMBOLS[self.reduction]

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
        """L = mean w·l, or Σ w·l, over the batch: the loss of each network in the stack, ``(*stack,)``.

        ``weights (*stack, batch, 1)`` are sample weights, 1 unless given. The sum is divided by the
        number of samples, not by that of the weights.
        """
        losses = self.compare(y, t)
        samples, outputs = losses.shape[-2:]
        if weights is not None:
            losses = weights * losses
        if self.reduction == "mean":
            self.share = (1 if weights is None else weights) / (samples * outputs)
            return np.mean(losses, axis=(-2, -1))
        factor = SUM_FACTORS[self.reduction]
        self.share = factor if weights is None else factor * weights
        total = np.sum(losses, axis=(-2, -1))
        return total if factor == 1 else factor * total

    def backward(self) -> Array:
        """∂L/∂y of the last ``forward``, ``(*stack, batch, outputs)``."""
        # Each l contributes to L with the factor ∂L/∂l: w / number, or a multiple of w.
        return self.differentiate(self.share)

    def compare(self, y: Array, t: Array) -> Array:
        """The loss l of each output, ``(*stack, batch, outputs)``, or of each sample, in one column."""
        raise NotImplementedError

    def differentiate(self, dl: Array | float) -> Array:
        """∂L/∂y = dl·∂l/∂y at the last outputs, for dl = ∂L/∂l: a number, or ``(*stack, batch, 1)``."""
        raise NotImplementedError
