"""How a weight matrix starts.

Every initialiser draws ``weight: (inputs, units)`` for one network; biases start at zero, but for
Nguyen and Widrow's. The scaled ones keep the variance of signals level from layer to layer, forward,
backward or both.
"""

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Gt, doc

from nn.arrays import Array
from nn.validation import Checked


@dataclass(frozen=True)
class Initializer(Checked):
    """Draws the start of a weight matrix."""

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        """A matrix of shape ``(inputs, units)``."""
        raise NotImplementedError

    def draw_bias(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        """A vector of shape ``(units,)``, drawn after the weights."""
        return np.zeros(units)


@dataclass(frozen=True)
class Zeros(Initializer):
    """W = 0. Hidden units that start equal stay equal, so this suits single layers only.

    >>> Zeros().draw(np.random.default_rng(0), inputs=1, units=2)
    array([[0., 0.]])
    """

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        return np.zeros((inputs, units))


@dataclass(frozen=True)
class Uniform(Initializer):
    """W ~ U(−scale, scale).

    >>> Uniform(scale=0.5).draw(np.random.default_rng(0), inputs=1, units=2).round(3)
    array([[ 0.137, -0.23 ]])
    """

    scale: Annotated[float, Gt(0), doc("The largest size of a weight.")] = 0.5

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        return rng.uniform(-self.scale, self.scale, (inputs, units))


@dataclass(frozen=True)
class Normal(Initializer):
    """W ~ N(0, scale²).

    >>> Normal(scale=0.5).draw(np.random.default_rng(0), inputs=1, units=2).round(3)
    array([[ 0.063, -0.066]])
    """

    scale: Annotated[float, Gt(0), doc("The standard deviation of the weights.")] = 0.5

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        return rng.normal(0, self.scale, (inputs, units))


@dataclass(frozen=True)
class VarianceScaling(Initializer):
    """Weights of mean 0 and a variance set by the sizes of the layer."""

    def variance(self, inputs: int, units: int) -> float:
        """The variance of each weight."""
        raise NotImplementedError


@dataclass(frozen=True)
class ScaledUniform(VarianceScaling):
    """W ~ U(−a, a) with a = √(3·variance)."""

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        limit = math.sqrt(3 * self.variance(inputs, units))
        return rng.uniform(-limit, limit, (inputs, units))


@dataclass(frozen=True)
class ScaledNormal(VarianceScaling):
    """W ~ N(0, variance)."""

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        return rng.normal(0, math.sqrt(self.variance(inputs, units)), (inputs, units))


@dataclass(frozen=True)
class Glorot(VarianceScaling):
    """Variance 2 / (inputs + units): level forward and backward while activations are near-linear.

    Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward neural
    networks", equations 12 and 16.
    """

    def variance(self, inputs: int, units: int) -> float:
        return 2 / (inputs + units)


@dataclass(frozen=True)
class He(VarianceScaling):
    """Variance 2 / inputs: level forward when half of the units are off, as behind ReLU.

    He, Zhang, Ren & Sun (2015), "Delving deep into rectifiers", equation 10.
    """

    def variance(self, inputs: int, units: int) -> float:
        return 2 / inputs


@dataclass(frozen=True)
class LeCun(VarianceScaling):
    """Variance 1 / inputs: level forward.

    LeCun, Bottou, Orr & Müller (1998), "Efficient BackProp", equation 16.
    """

    def variance(self, inputs: int, units: int) -> float:
        return 1 / inputs


@dataclass(frozen=True)
class GlorotUniform(Glorot, ScaledUniform):
    """Glorot's variance, uniform: W ~ U(−√(6/(inputs + units)), √(6/(inputs + units))).

    >>> GlorotUniform().draw(np.random.default_rng(0), inputs=1, units=2).round(3)
    array([[ 0.387, -0.651]])
    """


@dataclass(frozen=True)
class GlorotNormal(Glorot, ScaledNormal):
    """Glorot's variance, normal.

    >>> GlorotNormal().draw(np.random.default_rng(0), inputs=1, units=2).round(3)
    array([[ 0.103, -0.108]])
    """


@dataclass(frozen=True)
class HeUniform(He, ScaledUniform):
    """He's variance, uniform.

    >>> HeUniform().draw(np.random.default_rng(0), inputs=1, units=2).round(3)
    array([[ 0.671, -1.128]])
    """


@dataclass(frozen=True)
class HeNormal(He, ScaledNormal):
    """He's variance, normal.

    >>> HeNormal().draw(np.random.default_rng(0), inputs=1, units=2).round(3)
    array([[ 0.178, -0.187]])
    """


@dataclass(frozen=True)
class LeCunUniform(LeCun, ScaledUniform):
    """LeCun's variance, uniform.

    >>> LeCunUniform().draw(np.random.default_rng(0), inputs=1, units=2).round(3)
    array([[ 0.474, -0.797]])
    """


@dataclass(frozen=True)
class LeCunNormal(LeCun, ScaledNormal):
    """LeCun's variance, normal.

    >>> LeCunNormal().draw(np.random.default_rng(0), inputs=1, units=2).round(3)
    array([[ 0.126, -0.132]])
    """


@dataclass(frozen=True)
class Orthogonal(Initializer):
    """W = gain·Q with orthonormal rows or columns, whichever are fewer: lengths change by the gain alone.

    Saxe, McClelland & Ganguli (2014), "Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks". Q of a normal matrix = Q R, each column with the sign of R's
    diagonal, so that all such matrices are equally likely: Mezzadri (2007), "How to generate random
    matrices from the classical compact groups".

    >>> weight = Orthogonal().draw(np.random.default_rng(0), inputs=3, units=2)
    >>> (weight.T @ weight).round(15) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """

    gain: Annotated[float, Gt(0), doc("The factor of the orthogonal matrix.")] = 1.0

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        q, r = np.linalg.qr(rng.normal(size=(max(inputs, units), min(inputs, units))))
        q = self.gain * q * np.where(np.diagonal(r) < 0, -1, 1)
        return q if inputs >= units else q.T


@dataclass(frozen=True)
class NguyenWidrow(Initializer):
    """Each unit's weights point anywhere with the length β = 0.7·units^(1/inputs), its bias ~ U(−β, β).

    For inputs in [−1, 1] before tanh: a unit is steep where |x·w + b| < 1, a slab of the input space,
    and length and bias spread these slabs over all of it, slightly overlapping. Other inputs are to
    be scaled first (``scale: [-1, 1]`` in a configuration). Weights are first uniform in (−1, 1), then
    rescaled. Nguyen & Widrow (1990), "Improving the learning speed of 2-layer neural networks by
    choosing initial values of the adaptive weights"; biases are random as there, not evenly
    spaced as in some programs.

    >>> weight = NguyenWidrow().draw(np.random.default_rng(0), inputs=2, units=4)
    >>> np.sqrt(np.sum(weight**2, axis=0)).round(15)
    array([1.4, 1.4, 1.4, 1.4])
    """

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        weight = rng.uniform(-1, 1, (inputs, units))
        return self.length(inputs, units) / np.sqrt(np.sum(weight * weight, axis=0)) * weight

    def draw_bias(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        length = self.length(inputs, units)
        return rng.uniform(-length, length, units)

    def length(self, inputs: int, units: int) -> float:
        """β, the length of each unit's weights: each input's range is cut into units^(1/inputs) parts."""
        return 0.7 * units ** (1 / inputs)


INITIALIZERS: dict[str, type[Initializer]] = {
    "zeros": Zeros,
    "uniform": Uniform,
    "normal": Normal,
    "glorot_uniform": GlorotUniform,
    "glorot_normal": GlorotNormal,
    "he_uniform": HeUniform,
    "he_normal": HeNormal,
    "lecun_uniform": LeCunUniform,
    "lecun_normal": LeCunNormal,
    "orthogonal": Orthogonal,
    "nguyen_widrow": NguyenWidrow,
}
