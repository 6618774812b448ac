"""Sigmoids: S-shaped functions that saturate at a bound on either side."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nn.arrays import Array
from nn.initializers.base import Initializer
from nn.initializers.variance_scaling import GlorotUniform
from nn.layers.base import Activation


def sigmoid(x: Array) -> Array:
    """σ(x) = 1 / (1 + e^−x) = e^x / (e^x + 1), each form used where it is exact.

    With e = e^−|x| neither form overflows, and both tails keep full relative precision.
    """
    e = np.exp(np.minimum(x, -x))
    return np.where(x >= 0, 1, e) / (1 + e)


@dataclass(eq=False)
class Sigmoid(Activation):
    """σ(x) = 1 / (1 + e^−x), in (0, 1).

    The derivative σ′ = σ(1 − σ) needs the output alone: ``forward`` caches σ and ``backward``
    costs two products. Its relative error in the upper tail is that of 1 − σ, up to u/(1 − σ) with the
    rounding u of the type: from x = 37 on (17 in float32), where σ rounds to 1, it is 0. A cross-entropy
    takes the input of the last sigmoid instead.

    >>> layer = Sigmoid()
    >>> layer.forward(np.array([[0.0, 800.0, -800.0]]))
    array([[0.5, 1. , 0. ]])
    >>> layer.backward(np.ones((1, 3)))
    array([[0.25, 0.  , 0.  ]])
    """

    formula = ("σ(x) = 1 / (1 + e⁻ˣ)", "σ′(x) = σ(x) (1 − σ(x))")
    bounds = (0, 1)
    elementwise = True
    reflection = 1
    default_initializer: ClassVar[Initializer | None] = GlorotUniform()

    def forward(self, x: Array) -> Array:
        self.output = sigmoid(x)
        return self.output

    def backward(self, dy: Array) -> Array:
        # σ = 1/(1 + e^−x), so σ′ = e^−x/(1 + e^−x)² = σ · (1 − σ).
        return dy * self.output * (1 - self.output)


@dataclass(eq=False)
class HardSigmoid(Activation):
    """min(max(x + 3, 0), 6) / 6: a sigmoid of three straight lines, with the slope 1/6 in (−3, 3).

    The form of Howard et al. (2019), "Searching for MobileNetV3", section 5.2, as in PyTorch and
    Keras 3. Others have other slopes: Courbariaux, Bengio & David (2015) take ½, Keras 2 took 0.2.
    At ±3 the derivative is taken as 0.

    >>> layer = HardSigmoid()
    >>> layer.forward(np.array([[-4.0, 0.0, 1.5, 3.0]])), layer.backward(np.full((1, 4), 6.0))
    (array([[0.  , 0.5 , 0.75, 1.  ]]), array([[0., 1., 1., 0.]]))
    """

    formula = ("y = min(max(x + 3, 0), 6) / 6", "y′ = ⅙ for |x| < 3, else 0")
    bounds = (0, 1)
    elementwise = True
    reflection = 1
    default_initializer: ClassVar[Initializer | None] = GlorotUniform()

    def forward(self, x: Array) -> Array:
        self.output = np.minimum(np.maximum(x + 3, 0), 6) / 6
        return self.output

    def backward(self, dy: Array) -> Array:
        # y′ = 1/6 where 0 < y < 1, which is where y(1 − y) > 0.
        return dy * (self.output * (1 - self.output) > 0) / 6


@dataclass(eq=False)
class Tanh(Activation):
    """tanh x = 2σ(2x) − 1, in (−1, 1).

    >>> layer = Tanh()
    >>> layer.forward(np.array([[0.0]])), layer.backward(np.ones((1, 1)))
    (array([[0.]]), array([[1.]]))
    """

    formula = ("y = tanh x", "y′ = 1 − y²")
    bounds = (-1, 1)
    elementwise = True
    reflection = 0
    default_initializer: ClassVar[Initializer | None] = GlorotUniform()

    def forward(self, x: Array) -> Array:
        self.output = np.tanh(x)
        return self.output

    def backward(self, dy: Array) -> Array:
        # tanh = sinh/cosh, so tanh′ = (cosh² − sinh²)/cosh² = 1 − tanh².
        return dy * (1 - self.output * self.output)


@dataclass(eq=False)
class Softsign(Activation):
    """x / (1 + |x|), in (−1, 1): like tanh, but it saturates slowly, with 1/|x|.

    Bergstra, Desjardins, Lamblin & Bengio (2009), "Quadratic polynomials learn better image
    features".

    >>> layer = Softsign()
    >>> layer.forward(np.array([[0.0, 3.0, -1.0]])), layer.backward(np.ones((1, 3)))
    (array([[ 0.  ,  0.75, -0.5 ]]), array([[1.    , 0.0625, 0.25  ]]))
    """

    formula = ("y = x / (1 + |x|)", "y′ = 1 / (1 + |x|)²")
    bounds = (-1, 1)
    elementwise = True
    reflection = 0
    default_initializer: ClassVar[Initializer | None] = GlorotUniform()

    def forward(self, x: Array) -> Array:
        self.divisor = 1 + np.maximum(x, -x)
        return x / self.divisor

    def backward(self, dy: Array) -> Array:
        # For x ≥ 0, (x/(1 + x))′ = 1/(1 + x)²; y is odd, so y′ is even: y′ = 1/(1 + |x|)².
        return dy / self.divisor / self.divisor
