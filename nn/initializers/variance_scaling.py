"""Weights whose variance is set by the sizes of the layer, to keep that of signals from layer to layer."""

import math
from dataclasses import dataclass

import numpy as np

from nn.arrays import Array
from nn.initializers.base import IndependentInitializer


@dataclass(frozen=True)
class VarianceScaling(IndependentInitializer):
    """Weights of mean 0 and a variance set by the sizes of the layer; with ``biases`` these as well."""

    def variance(self, inputs: int, units: int) -> float:
        """The variance of each weight."""
        raise NotImplementedError


@dataclass(frozen=True)
class ScaledUniform(VarianceScaling):
    """W ~ U(−a, a) with a = √(3·variance)."""

    def sample(self, rng: np.random.Generator, inputs: int, units: int, shape: tuple[int, ...]) -> Array:
        limit = math.sqrt(3 * self.variance(inputs, units))
        return rng.uniform(-limit, limit, shape)


@dataclass(frozen=True)
class ScaledNormal(VarianceScaling):
    """W ~ N(0, variance)."""

    def sample(self, rng: np.random.Generator, inputs: int, units: int, shape: tuple[int, ...]) -> Array:
        return rng.normal(0, math.sqrt(self.variance(inputs, units)), shape)


@dataclass(frozen=True)
class Glorot(VarianceScaling):
    """Variance 2 / (inputs + units): keeps variances forward and backward while activations are near-linear.

    Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward neural
    networks", equations 12 and 16.
    """

    def variance(self, inputs: int, units: int) -> float:
        return 2 / (inputs + units)


@dataclass(frozen=True)
class He(VarianceScaling):
    """Variance 2 / inputs: keeps variances forward if half of the units are off, as with ReLU.

    He, Zhang, Ren & Sun (2015), "Delving deep into rectifiers", equation 10.
    """

    def variance(self, inputs: int, units: int) -> float:
        return 2 / inputs


@dataclass(frozen=True)
class LeCun(VarianceScaling):
    """Variance 1 / inputs: keeps variances forward.

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

    type_name = "lecun_uniform"


@dataclass(frozen=True)
class LeCunNormal(LeCun, ScaledNormal):
    """LeCun's variance, normal.

    >>> LeCunNormal().draw(np.random.default_rng(0), inputs=1, units=2).round(3)
    array([[ 0.126, -0.132]])
    """

    type_name = "lecun_normal"
