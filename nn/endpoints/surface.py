"""LossSurface: the loss of a network on all its training rows, as a function of its parameters."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array, Floats
from nn.endpoints.symmetry import single
from nn.gradcheck.arithmetic import ROUNDING_DRAWS, ROUNDOFF, Arithmetic, rounding, unchanged
from nn.gradcheck.differentiation import COMPLEX_STEP, complex_step
from nn.gradcheck.gradients import LossProblem, quiet
from nn.gradcheck.samples import all_samples
from nn.losses.base import Loss
from nn.network import Sequential

NUMBERS_IN_MEMORY = 1 << 20
"""About so many outputs of units are computed at once for a Hessian."""
ROUNDING_NUMBERS = 1 << 20
"""Rounding is measured by so many outputs of units in all, over at least two draws."""


class LossSurface:
    """L(θ) of parameters θ ``(n,)``: on all rows, with sample weights and the layers' penalties, no noise.

    All is computed in float64, whatever the network's type, which is left as it is. Decoupled weight decay
    belongs to an optimiser, and is no part of a loss.

    >>> from nn import Dense, MeanSquaredError
    >>> line = Sequential([Dense(1)], inputs=1)
    >>> surface = LossSurface(line, MeanSquaredError(), [[1.0], [2.0]], [[0.0], [0.0]])
    >>> surface.loss(np.array([2.0, 1.0])), surface.gradient(np.array([2.0, 1.0]))
    (17.0, array([13.,  8.]))
    >>> surface.hessian(np.array([2.0, 1.0]))
    array([[5., 3.],
           [3., 2.]])
    """

    def __init__(
        self,
        network: Sequential,
        loss: Loss,
        x: ArrayLike,
        t: ArrayLike,
        sample_weight: ArrayLike | None = None,
        class_weight: Mapping[int, float] | None = None,
    ):
        self.network = single(network, np.zeros(network.size))
        self.samples = all_samples(self.network, loss, x, t, sample_weight, class_weight)
        self.problem = LossProblem.of(self.network, loss, self.samples)
        self.size, self.rows = network.size, len(self.samples.x)
        self.numbers = self.rows * max(max(shape) for shape in network.shapes.values())
        """About how many outputs the units of the widest layer have, over all rows."""

    def losses(self, points: Array) -> Floats:
        """Return the loss at a point ``(n,)``, ``()``, or at each of several."""
        with quiet():
            return self.problem.value(points, unchanged)

    def loss(self, point: Array) -> float:
        """Return the loss at a point ``(n,)``."""
        return float(self.losses(point))

    def gradient(self, point: Array) -> Floats:
        """Return ∂L/∂θ, ``(n,)``."""
        return self.evaluate(point)[1]

    def evaluate(self, point: Array) -> tuple[float, Floats]:
        """Return the loss and its gradient ``(n,)``."""
        with quiet():
            value = float(self.problem.value(point, unchanged))
            self.problem.objective.backward()
        return value, self.problem.network.gradients

    def hessian(self, point: Array) -> Floats:
        """Return ∂²L/∂θ², ``(n, n)``: exact to rounding where the gradient is analytic, by the complex step.

        At a kink it is on the side that gradients take: the slope of a rectifier at 0 is that below.
        """
        with quiet():
            return self._hessian(point, unchanged)

    def _hessian(self, point: Array, arithmetic: Arithmetic) -> Floats:
        at_once = max(1, NUMBERS_IN_MEMORY // self.numbers)
        gradients = partial(self.problem.gradients, arithmetic=arithmetic)
        blocks = np.split(np.arange(self.size), range(at_once, self.size, at_once))
        return np.concatenate([complex_step(gradients, point, block, -COMPLEX_STEP) for block in blocks])

    def loss_rounding(self, point: Array) -> float:
        """Return how far rounding may move the loss at a point; at least its last bit."""
        with quiet():
            draws = max(2, min(ROUNDING_DRAWS, ROUNDING_NUMBERS // self.numbers))
            found = float(rounding(lambda arithmetic: self.problem.value(point, arithmetic), draws))
        return max(found, ROUNDOFF * abs(self.loss(point)))

    def hessian_rounding(self, point: Array) -> float:
        """Return a bound of the norm of what rounding adds to the Hessian."""
        with quiet():
            found = rounding(partial(self._hessian, point), draws=2)
        return float(np.linalg.norm(found))
