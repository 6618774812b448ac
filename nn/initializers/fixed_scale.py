"""Weights whose scale does not depend on the layer."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Gt, doc

from nn.arrays import Array
from nn.initializers.base import IndependentInitializer, Initializer


@dataclass(frozen=True)
class Zeros(Initializer):
    """W = 0. Hidden units that start equal stay equal, so this suits single layers only.

    >>> Zeros().draw(np.random.default_rng(0), inputs=1, units=2)
    array([[0., 0.]])
    """

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        return np.zeros((inputs, units))


@dataclass(frozen=True)
class Uniform(IndependentInitializer):
    """W ~ U(−scale, scale); with ``biases`` b ~ U(−scale, scale).

    >>> Uniform(scale=0.5).draw(np.random.default_rng(0), inputs=1, units=2).round(3)
    array([[ 0.137, -0.23 ]])
    >>> from nn import Dense
    >>> layer = Dense(2, initializer=Uniform(scale=1, biases=True), inputs=1, seed=0)
    >>> bool((layer.bias != 0).all())
    True
    """

    scale: Annotated[float, Gt(0), doc("The largest size of a weight.")] = 0.5

    def sample(self, rng: np.random.Generator, inputs: int, units: int, shape: tuple[int, ...]) -> Array:
        return rng.uniform(-self.scale, self.scale, shape)


@dataclass(frozen=True)
class Normal(IndependentInitializer):
    """W ~ N(0, scale²); with ``biases`` b ~ N(0, scale²).

    >>> Normal(scale=0.5).draw(np.random.default_rng(0), inputs=1, units=2).round(3)
    array([[ 0.063, -0.066]])
    """

    scale: Annotated[float, Gt(0), doc("The standard deviation of the weights.")] = 0.5

    def sample(self, rng: np.random.Generator, inputs: int, units: int, shape: tuple[int, ...]) -> Array:
        return rng.normal(0, self.scale, shape)
