"""Activations: the nonlinear layers, each applied to every unit (softmax: to every row).

None has parameters. Most derivatives are functions of the output, so the output is the cache.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nn.arrays import Array
from nn.initializers import HeNormal, Initializer
from nn.layers import Layer


def sigmoid(x: Array) -> Array:
    """σ(x) = 1 / (1 + e^−x) = e^x / (e^x + 1), each form used where it is exact.

    With e = e^−|x| neither form overflows, and both tails keep full relative precision.
    """
    e = np.exp(np.minimum(x, -x))
    return np.where(x >= 0, 1, e) / (1 + e)


def softmax(x: Array) -> Array:
    """e^xᵢ / Σⱼ e^xⱼ along the last axis, shifted by the largest so that nothing overflows."""
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


@dataclass(eq=False)
class Linear(Layer):
    """y = x: for outputs that may be any number.

    >>> Linear().forward(np.array([[-1.0, 2.0]]))
    array([[-1.,  2.]])
    """

    def forward(self, x: Array) -> Array:
        return x

    def backward(self, dy: Array) -> Array:
        return dy


@dataclass(eq=False)
class Sigmoid(Layer):
    """σ(x) = 1 / (1 + e^−x), in (0, 1).

    The derivative σ′ = σ(1 − σ) needs the output alone: ``forward`` caches σ and ``backward``
    costs two products.

    >>> layer = Sigmoid()
    >>> layer.forward(np.array([[0.0, 800.0, -800.0]]))
    array([[0.5, 1. , 0. ]])
    >>> layer.backward(np.ones((1, 3)))
    array([[0.25, 0.  , 0.  ]])
    """

    def forward(self, x: Array) -> Array:
        self.output = sigmoid(x)
        return self.output

    def backward(self, dy: Array) -> Array:
        # σ = 1/(1 + e^−x), so σ′ = e^−x/(1 + e^−x)² = σ · (1 − σ).
        return dy * self.output * (1 - self.output)


@dataclass(eq=False)
class Tanh(Layer):
    """tanh x = 2σ(2x) − 1, in (−1, 1).

    >>> layer = Tanh()
    >>> layer.forward(np.array([[0.0]])), layer.backward(np.ones((1, 1)))
    (array([[0.]]), array([[1.]]))
    """

    def forward(self, x: Array) -> Array:
        self.output = np.tanh(x)
        return self.output

    def backward(self, dy: Array) -> Array:
        # tanh = sinh/cosh, so tanh′ = (cosh² − sinh²)/cosh² = 1 − tanh².
        return dy * (1 - self.output * self.output)


@dataclass(eq=False)
class ReLU(Layer):
    """max(x, 0). At x = 0 the derivative is taken as 0.

    >>> layer = ReLU()
    >>> layer.forward(np.array([[-1.0, 0.0, 2.0]])), layer.backward(np.ones((1, 3)))
    (array([[0., 0., 2.]]), array([[0., 0., 1.]]))
    """

    suits: ClassVar[Initializer] = HeNormal()
    analytic: ClassVar[bool] = False

    def forward(self, x: Array) -> Array:
        self.output = np.maximum(x, 0)
        return self.output

    def backward(self, dy: Array) -> Array:
        return dy * (self.output > 0)


@dataclass(eq=False)
class Softmax(Layer):
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ: one probability for each of two or more classes.

    >>> Softmax().forward(np.array([[0.0, np.log(3)]]))
    array([[0.25, 0.75]])
    """

    def build(self, inputs: int, following: Layer | None = None) -> int:
        if inputs < 2:
            raise ValueError(
                f"Softmax: expected at least 2 units, got {inputs}; one alone would always be 1, use Sigmoid"
            )
        return inputs

    def forward(self, x: Array) -> Array:
        self.output = softmax(x)
        return self.output

    def backward(self, dy: Array) -> Array:
        # ∂yⱼ/∂xᵢ = yⱼ (1[i = j] − yᵢ), so dxᵢ = yᵢ (dyᵢ − Σⱼ dyⱼ yⱼ).
        return self.output * (dy - np.sum(dy * self.output, axis=-1, keepdims=True))


ACTIVATIONS: dict[str, type[Layer]] = {
    "linear": Linear,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "softmax": Softmax,
}
