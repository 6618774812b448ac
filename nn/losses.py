"""Losses: how far outputs are from their targets, and the gradient that starts backpropagation.

A loss is a mean over the batch, so that its size does not depend on the batch size.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Ge, Gt, Lt, doc

from nn.arrays import Array
from nn.catalog import public_kinds
from nn.layers.activations import Sigmoid, Softmax, sigmoid, softmax, softplus_tail
from nn.layers.base import Layer
from nn.validation import Checked


class Loss(Checked):
    """A differentiable distance between outputs y and targets t, both ``(*stack, batch, outputs)``.

    Subclasses say what one sample costs: ``compare`` and, by the chain rule, ``differentiate``.
    """

    link: ClassVar[type[Layer] | None] = None
    """The last layer that this loss contains: it then takes the input of that layer (logits)."""
    threshold: ClassVar[float] = 0.5
    """Where one output stands for two classes, the second one lies above this."""

    def classifies(self, outputs: int) -> bool:
        """Whether so many outputs stand for classes, one for each sample."""
        return False

    def check_last(self, layer: Layer) -> None:
        """Raise ValueError where the loss makes no sense of what this last layer of a network gives."""
        if self.link is not None and type(layer) is not self.link:
            names = type(self).__name__, self.link.__name__, type(layer).__name__
            raise ValueError("{} needs {} as the last layer, got {}".format(*names))

    def check_targets(self, t: Array) -> None:
        """Raise ValueError where the loss makes no sense for these targets."""

    def forward(self, y: Array, t: Array, weights: Array | None = None) -> Array:
        """L = mean w·l over the batch: the loss of each network in the stack, ``(*stack,)``.

        ``weights (*stack, batch, 1)`` say how much each sample counts, all alike unless given. They
        are divided by the number of samples, not by their sum.
        """
        losses = self.compare(y, t)
        samples, outputs = losses.shape[-2:]
        self.share = 1 / (samples * outputs) if weights is None else weights / (samples * outputs)
        return np.mean(losses if weights is None else weights * losses, axis=(-2, -1))

    def backward(self) -> Array:
        """The gradient of the last ``forward`` in its outputs, ``(*stack, batch, outputs)``."""
        # Each l enters L with the factor ∂L/∂l = w / number.
        return self.differentiate(self.share)

    def compare(self, y: Array, t: Array) -> Array:
        """The loss l of each output, ``(*stack, batch, outputs)``, or of each sample, with one column."""
        raise NotImplementedError

    def differentiate(self, dl: Array | float) -> Array:
        """∂L/∂y = dl·∂l/∂y at the last outputs, for dl = ∂L/∂l: a number, or ``(*stack, batch, 1)``."""
        raise NotImplementedError


@dataclass(eq=False)
class MeanSquaredError(Loss):
    """L = mean (y − t)², over samples and outputs, without ½.

    >>> loss = MeanSquaredError()
    >>> loss.forward(np.array([[3.0]]), np.array([[1.0]])), loss.backward()
    (np.float64(4.0), array([[4.]]))
    """

    type_name = "mse"

    def compare(self, y: Array, t: Array) -> Array:
        self.difference = y - t
        return self.difference * self.difference

    def differentiate(self, dl: Array | float) -> Array:
        return 2 * dl * self.difference


@dataclass(eq=False)
class MeanAbsoluteError(Loss):
    """L = mean |y − t|, over samples and outputs. At y = t the derivative is taken as 0.

    >>> loss = MeanAbsoluteError()
    >>> loss.forward(np.array([[3.0]]), np.array([[1.0]])), loss.backward()
    (np.float64(2.0), array([[1.]]))
    """

    type_name = "mae"

    def compare(self, y: Array, t: Array) -> Array:
        self.difference = y - t
        return np.maximum(self.difference, -self.difference)

    def differentiate(self, dl: Array | float) -> Array:
        return dl * np.sign(self.difference)


@dataclass(eq=False)
class Huber(Loss):
    """L = mean of ½d² where |d| ≤ δ and of δ(|d| − ½δ) beyond, with d = y − t, over samples and outputs.

    Huber (1964), "Robust estimation of a location parameter", section 1: a square near 0 that goes on
    as its tangents. With c = d limited to ±δ both parts are c(d − ½c), and the derivative is c.

    >>> loss = Huber(delta=1.0)
    >>> loss.forward(np.array([[3.0, 1.5]]), np.array([[1.0, 1.0]])), loss.backward()
    (np.float64(0.8125), array([[0.5 , 0.25]]))
    """

    delta: Annotated[
        float, Gt(0), doc("Errors up to this size are squared, larger ones count as they are.")
    ] = 1.0

    def compare(self, y: Array, t: Array) -> Array:
        difference = y - t
        self.limited = np.minimum(np.maximum(difference, -self.delta), self.delta)
        return self.limited * (difference - self.limited / 2)

    def differentiate(self, dl: Array | float) -> Array:
        return dl * self.limited


@dataclass(eq=False)
class LogCosh(Loss):
    """L = mean log cosh(y − t), over samples and outputs: ½d² near 0, and |d| − log 2 far out.

    >>> loss = LogCosh()
    >>> loss.forward(np.array([[1000.0]]), np.array([[0.0]])), loss.backward()
    (np.float64(999.3068528194401), array([[1.]]))
    """

    def compare(self, y: Array, t: Array) -> Array:
        d = y - t
        self.slope = np.tanh(d)
        # cosh² = 1/(1 − tanh²), exact near 0; and e^|d|/cosh = 1 + tanh|d|, exact far out.
        square = self.slope * self.slope
        near = -0.5 * np.log1p(-np.minimum(square, 0.5))
        far = np.maximum(d, -d) - np.log1p(np.maximum(self.slope, -self.slope))
        return np.where(square < 0.5, near, far)

    def differentiate(self, dl: Array | float) -> Array:
        # (log cosh)′ = sinh/cosh = tanh.
        return dl * self.slope


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

    label_smoothing: Annotated[float, Ge(0), Lt(1), doc("How far targets move towards ½.")] = 0.0

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

    label_smoothing: Annotated[float, Ge(0), Lt(1), doc("How far targets move towards equal shares.")] = 0.0

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

    Outputs are signed scores, not probabilities: the last layer has some of both signs, and the
    class boundary of one output is 0. Of several outputs each is held against all others (t is
    one-hot), as in Keras; the largest is the class. At s·y = 1 the derivative is taken as 0.
    Cortes & Vapnik (1995), "Support-vector networks", section 3.

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
    """Targets of which a share is spread evenly over all outcomes."""
    return t * (1 - share) + share / outcomes if share else t


LOSSES = public_kinds(Loss, "nn.losses")
