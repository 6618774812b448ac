"""Rectifiers: 0 or nearly so for inputs far below 0, the identity (or a multiple of it) far above."""

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Gt, Lt, doc

from nn.arrays import Array
from nn.initializers.base import Initializer
from nn.initializers.variance_scaling import GlorotUniform, HeNormal, LeCunNormal
from nn.layers.activations.sigmoids import sigmoid
from nn.layers.base import Activation


def softplus_tail(x: Array) -> Array:
    """log(1 + e^x) − max(x, 0) = log(1 + e^−|x|): exact where log(1 + e^x) is rounded to x or 0."""
    return np.log1p(np.exp(np.minimum(x, -x)))


def elu(x: Array, alpha: float) -> Array:
    """x above 0, α(e^x − 1) below, as the sum of both parts: each is 0 where the other is not."""
    return np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0))


@dataclass(eq=False)
class ReLU(Activation):
    """max(x, 0). At x = 0 the derivative is taken as 0.

    >>> layer = ReLU()
    >>> layer.forward(np.array([[-1.0, 0.0, 2.0]])), layer.backward(np.ones((1, 3)))
    (array([[0., 0., 2.]]), array([[0., 0., 1.]]))
    """

    formula = ("y = max(x, 0)", "y′ = 1 for x > 0, else 0")
    bounds = (0, math.inf)
    elementwise = True
    default_initializer: ClassVar[Initializer | None] = HeNormal()

    def forward(self, x: Array) -> Array:
        self.output = np.maximum(x, 0)
        return self.output

    def backward(self, dy: Array) -> Array:
        return dy * (self.output > 0)


@dataclass(eq=False)
class LeakyReLU(Activation):
    """max(x, slope·x): below 0 a unit keeps a small slope, so that it can go on learning.

    Maas, Hannun & Ng (2013), "Rectifier nonlinearities improve neural network acoustic models",
    with their slope, 0.01 (PyTorch's too; Keras 3 has 0.3). At x = 0 the derivative is taken as the
    slope. Weights start as before ReLU; for a large slope He et al. (2015), equation 15, divide the
    variance by 1 + slope².

    >>> layer = LeakyReLU(slope=0.25)
    >>> layer.forward(np.array([[-1.0, 0.0, 2.0]])), layer.backward(np.ones((1, 3)))
    (array([[-0.25,  0.  ,  2.  ]]), array([[0.25, 0.25, 1.  ]]))
    """

    formula = ("y = max(x, 0.01 x)", "y′ = 1 for x > 0, else 0.01")
    elementwise = True
    default_initializer: ClassVar[Initializer | None] = HeNormal()

    slope: Annotated[float, Gt(0), Lt(1), doc("The slope below 0.")] = 0.01

    def forward(self, x: Array) -> Array:
        self.output = np.maximum(x, self.slope * x)
        return self.output

    def backward(self, dy: Array) -> Array:
        # y has the sign of x, so it says which of the two slopes applies.
        return np.where(self.output > 0, dy, self.slope * dy)


@dataclass(eq=False)
class ELU(Activation):
    """x above 0 and α(e^x − 1) below: smooth where α = 1, and never less than −α.

    Clevert, Unterthiner & Hochreiter (2016), "Fast and accurate deep network learning by exponential
    linear units", section 3. At x = 0 the derivative is taken as α.

    >>> layer = ELU()
    >>> layer.forward(np.array([[-np.log(2), 0.0, 2.0]])), layer.backward(np.ones((1, 3)))
    (array([[-0.5,  0. ,  2. ]]), array([[0.5, 1. , 1. ]]))
    """

    formula = ("y = x for x > 0, else eˣ − 1", "y′ = 1 for x > 0, else y + 1")
    elementwise = True
    default_initializer: ClassVar[Initializer | None] = HeNormal()

    alpha: Annotated[float, Gt(0), doc("Minus the value that is approached below 0.")] = 1.0

    def forward(self, x: Array) -> Array:
        self.output = elu(x, self.alpha)
        return self.output

    def backward(self, dy: Array) -> Array:
        # Below 0, y′ = α e^x = α(e^x − 1) + α = y + α.
        return dy * np.where(self.output > 0, 1, self.output + self.alpha)


@dataclass(eq=False)
class SELU(Activation):
    """λ·elu(x; α), with the λ and α that preserve mean 0 and variance 1 of signals.

    Klambauer, Unterthiner, Mayr & Hochreiter (2017), "Self-normalizing neural networks", equation
    2. It takes weights of variance 1/inputs (LeCun), which they start with.

    >>> layer = SELU()
    >>> layer.forward(np.array([[-1.0, 0.0, 2.0]])).round(4), layer.backward(np.ones((1, 3))).round(4)
    (array([[-1.1113,  0.    ,  2.1014]]), array([[0.6468, 1.7581, 1.0507]]))
    """

    formula = ("y = λ x for x > 0, else λ α (eˣ − 1)", "y′ = λ for x > 0, else y + λ α")
    elementwise = True
    default_initializer: ClassVar[Initializer | None] = LeCunNormal()
    ALPHA: ClassVar[float] = 1.6732632423543772
    SCALE: ClassVar[float] = 1.0507009873554805

    def forward(self, x: Array) -> Array:
        self.output = self.SCALE * elu(x, self.ALPHA)
        return self.output

    def backward(self, dy: Array) -> Array:
        # Above 0, y′ = λ; below, y′ = λα e^x = λα(e^x − 1) + λα = y + λα.
        return dy * np.where(self.output > 0, self.SCALE, self.output + self.SCALE * self.ALPHA)


@dataclass(eq=False)
class Softplus(Activation):
    """log(1 + e^x): a smooth ReLU, whose derivative is the sigmoid.

    Dugas, Bengio, Bélisle, Nadeau & Garcia (2001), "Incorporating second-order functional knowledge
    for better option pricing". At 0 its slope is ½, so weights start as before a sigmoid.

    >>> layer = Softplus()
    >>> layer.forward(np.array([[0.0, 1000.0, -1000.0]])).round(4), layer.backward(np.ones((1, 3)))
    (array([[6.931e-01, 1.000e+03, 0.000e+00]]), array([[0.5, 1. , 0. ]]))
    """

    formula = ("y = log(1 + eˣ)", "y′ = σ(x)")
    bounds = (0, math.inf)
    elementwise = True
    default_initializer: ClassVar[Initializer | None] = GlorotUniform()

    def forward(self, x: Array) -> Array:
        self.output = np.maximum(x, 0) + softplus_tail(x)
        return self.output

    def backward(self, dy: Array) -> Array:
        # e^y = 1 + e^x, so y′ = e^x/(1 + e^x) = 1 − e^−y.
        return dy * -np.expm1(-self.output)


@dataclass(eq=False)
class SiLU(Activation):
    """x σ(x): a ReLU whose gate, 1 or 0, is a sigmoid; also called swish.

    Elfwing, Uchibe & Doya (2018), "Sigmoid-weighted linear units for neural network function
    approximation in reinforcement learning". Its least value is −0.278, at x = −1.278.

    >>> layer = SiLU()
    >>> layer.forward(np.array([[0.0, 1.0, -1.0]])).round(4), layer.backward(np.ones((1, 3))).round(4)
    (array([[ 0.    ,  0.7311, -0.2689]]), array([[0.5   , 0.9277, 0.0723]]))
    """

    formula = ("y = x σ(x)", "y′ = σ(x) + y (1 − σ(x))")
    elementwise = True
    default_initializer: ClassVar[Initializer | None] = HeNormal()

    def forward(self, x: Array) -> Array:
        self.input, self.gate = x, sigmoid(x)
        return x * self.gate

    def backward(self, dy: Array) -> Array:
        # With g = σ(x), (x g)′ = g + x g′ = g + x g(1 − g).
        return dy * self.gate * (1 + self.input * (1 - self.gate))


@dataclass(eq=False)
class GELU(Activation):
    """½ x (1 + tanh u) with u = √(2/π) (x + 0.044715 x³): close to x Φ(x), Φ the normal distribution.

    Hendrycks & Gimpel (2016), "Gaussian error linear units", section 2: the tanh form, which differs
    from x Φ(x) by less than 0.0005. As ½(1 + tanh u) = σ(2u), it is a gate like SiLU's, and exact in
    its left tail. Beyond ±FAR the gate is 0 or 1 to the last bit, so that x³ need not be a number there.

    >>> layer = GELU()
    >>> layer.forward(np.array([[0.0, 1.0, -1.0]])).round(4), layer.backward(np.ones((1, 3))).round(4)
    (array([[ 0.    ,  0.8412, -0.1588]]), array([[ 0.5  ,  1.083, -0.083]]))
    """

    formula = (
        "y = ½ x (1 + tanh u),  u = √(2/π) (x + 0.0447 x³)",
        "y′ = ½ (1 + tanh u) + x (½ tanh u)′",
    )
    elementwise = True
    default_initializer: ClassVar[Initializer | None] = HeNormal()
    STEEPNESS: ClassVar[float] = math.sqrt(8 / math.pi)
    CUBIC: ClassVar[float] = 0.044715
    FAR: ClassVar[float] = 30.0

    def forward(self, x: Array) -> Array:
        self.near = np.minimum(np.maximum(x, -self.FAR), self.FAR)
        self.gate = sigmoid(self.STEEPNESS * self.near * (1 + self.CUBIC * self.near * self.near))
        return x * self.gate

    def backward(self, dy: Array) -> Array:
        # With g = σ(2u), (x g)′ = g + x g(1 − g)(2u)′ and (2u)′ = √(8/π) (1 + 3·0.044715 x²).
        x, g = self.near, self.gate
        slope = self.STEEPNESS * (1 + 3 * self.CUBIC * x * x)
        return dy * g * (1 + x * (1 - g) * slope)
