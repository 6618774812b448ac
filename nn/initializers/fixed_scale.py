"""Weights whose scale does not depend on the layer."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Gt, doc

from nn.arrays import Array
from nn.initializers.base import Initializer


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
