"""Losses for targets that are classes: cross-entropies of probabilities, and the hinge loss of scores."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Ge, Lt, doc

from nn.arrays import Array
from nn.layers.activations.rectifiers import softplus_tail
from nn.layers.activations.sigmoids import Sigmoid, sigmoid
from nn.layers.activations.softmax import Softmax, softmax
from nn.layers.base import Layer
from nn.losses.base import Loss


@dataclass(eq=False)
class BinaryCrossEntropy(Loss):
    """L = −mean [t log σ(z) + (1 − t) log(1 − σ(z))], over samples and outputs.

    A function of the logits z, the inputs of the network's final sigmoid. There it is
    log(1 + e^z) − t z, finite for every z, with the gradient σ(z) − t. For targets 0 and 1 the loss has
    full relative precision in both tails; the gradient is exact to the rounding of 1, so that for t = 1 it
    is 0 from z = 37 on (17 in float32). ``label_smoothing`` s moves targets towards ½: t(1 − s) + s/2, as
    in Keras.

    >>> loss = BinaryCrossEntropy()
    >>> loss.forward(np.array([[-1000.0]]), np.array([[1.0]])), loss.backward()
    (np.float64(1000.0), array([[-1.]]))
    """

    type_name = "binary_crossentropy"
    link: ClassVar[type[Layer] | None] = Sigmoid

    label_smoothing: Annotated[
        float, Ge(0), Lt(1), doc("Label smoothing: the weight of ½ in the targets.")
    ] = 0.0

    def classifies(self, outputs: int) -> bool:
        return outputs == 1

    def check_targets(self, t: Array) -> None:
        if np.any((t < 0) | (t > 1)):
            worst = t[(t < 0) | (t > 1)][0]
            raise ValueError(f"BinaryCrossEntropy: targets must lie in [0, 1], got {worst:g}")

    def compare(self, y: Array, t: Array) -> Array:
        self.logits, self.targets = y, smooth(t, self.label_smoothing, 2)
        # log(1 + e^z) = max(z, 0) + log(1 + e^−|z|) does not overflow.
        return np.maximum(y, 0) - self.targets * y + softplus_tail(y)

    def differentiate(self, dl: Array | float) -> Array:
        return dl * (sigmoid(self.logits) - self.targets)


@dataclass(eq=False)
class CategoricalCrossEntropy(Loss):
    """L = −mean Σᵢ tᵢ log softmax(z)ᵢ, the mean over samples; each row of t sums to 1.

    A function of the logits z, the inputs of the network's final softmax, with the gradient
    softmax(z) − t. Both are exact to the rounding of 1: where the right class leads by more than 37 (17 in
    float32) they are 0. ``label_smoothing`` s moves targets towards 1/K, K the number of outputs:
    t(1 − s) + s/K. Szegedy, Vanhoucke, Ioffe, Shlens & Wojna (2016), "Rethinking the inception
    architecture for computer vision", section 7.

    >>> loss = CategoricalCrossEntropy()
    >>> loss.forward(np.array([[0.0, 1000.0]]), np.array([[1.0, 0.0]])), loss.backward()
    (np.float64(1000.0), array([[-1.,  1.]]))
    """

    type_name = "categorical_crossentropy"
    link: ClassVar[type[Layer] | None] = Softmax

    label_smoothing: Annotated[
        float, Ge(0), Lt(1), doc("Label smoothing: the weight of the uniform distribution in the targets.")
    ] = 0.0

    def classifies(self, outputs: int) -> bool:
        return True

    def check_targets(self, t: Array) -> None:
        if np.any((t < 0) | (t > 1)) or not np.allclose(np.sum(t, axis=-1), 1):
            raise ValueError(
                "CategoricalCrossEntropy: targets must be probabilities, each row of them in [0, 1] "
                "and of sum 1 (one-hot classes, for example)"
            )

    def compare(self, y: Array, t: Array) -> Array:
        self.logits, self.targets = y, smooth(t, self.label_smoothing, t.shape[-1])
        shifted = y - np.max(y, axis=-1, keepdims=True)
        log_softmax = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
        return -np.sum(self.targets * log_softmax, axis=-1, keepdims=True)

    def differentiate(self, dl: Array | float) -> Array:
        return dl * (softmax(self.logits) - self.targets)


@dataclass(eq=False)
class Hinge(Loss):
    """L = mean max(0, 1 − s·y) with s = 2t − 1, over samples and outputs: targets are 0 or 1, s is ∓1.

    Outputs are scores of either sign, not probabilities, and the class boundary of one output is 0.
    Several outputs are one-versus-rest classifiers (t is one-hot), as in Keras; the largest is the class.
    At s·y = 1 the derivative is taken as 0. Cortes & Vapnik (1995), "Support-vector networks", section 3.

    >>> loss = Hinge()
    >>> loss.forward(np.array([[0.25], [-3.0]]), np.array([[1.0], [0.0]])), loss.backward()
    (np.float64(0.375), array([[-0.5],
           [ 0. ]]))
    """

    threshold: ClassVar[float] = 0.0

    def classifies(self, outputs: int) -> bool:
        return outputs == 1

    def check_last(self, layer: Layer) -> None:
        if layer.bounds[0] >= 0:
            name = type(layer).__name__
            raise ValueError(
                f"Hinge needs outputs of both signs, as from Linear or Tanh as the last layer, got {name}"
            )

    def check_targets(self, t: Array) -> None:
        if np.any((t != 0) & (t != 1)):
            worst = t[(t != 0) & (t != 1)][0]
            raise ValueError(f"Hinge: targets must be 0 or 1 (they stand for −1 and 1), got {worst:g}")

    def compare(self, y: Array, t: Array) -> Array:
        self.sign = 2 * t - 1
        self.losses = np.maximum(0, 1 - self.sign * y)
        return self.losses

    def differentiate(self, dl: Array | float) -> Array:
        return dl * np.where(self.losses > 0, -self.sign, 0)


def smooth(t: Array, share: float, outcomes: int) -> Array:
    """Label smoothing: a share of each target is spread evenly over all outcomes."""
    return t * (1 - share) + share / outcomes if share else t
