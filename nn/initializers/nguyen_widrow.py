"""NguyenWidrow: weights and biases that spread the units over the input space."""

from dataclasses import dataclass

import numpy as np

from nn.arrays import Array
from nn.initializers.base import Initializer


@dataclass(frozen=True)
class NguyenWidrow(Initializer):
    """Weights of random direction and length β = 0.7·units^(1/inputs) for each unit, biases ~ U(−β, β).

    For inputs in [−1, 1] before tanh: a unit is steep where |x·w + b| < 1, a slab of the input space;
    length and bias spread these slabs, slightly overlapping, over all of it. Scale other inputs first
    (``scale: [-1, 1]`` in a configuration). Weights are first uniform in (−1, 1), then rescaled. Nguyen &
    Widrow (1990), "Improving the learning speed of 2-layer neural networks by choosing initial values of
    the adaptive weights"; biases are random as there, not evenly spaced as in some programs.

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
        """β, the length of a unit's weights: the range of each input is cut into units^(1/inputs) parts."""
        return 0.7 * units ** (1 / inputs)
