"""Initializer: draws the weights that training begins with."""

from dataclasses import dataclass

import numpy as np

from nn.arrays import Array
from nn.validation import Checked


@dataclass(frozen=True)
class Initializer(Checked):
    """Draws an initial weight matrix."""

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        """A matrix of shape ``(inputs, units)``."""
        raise NotImplementedError

    def draw_bias(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        """A vector of shape ``(units,)``, drawn after the weights."""
        return np.zeros(units)
