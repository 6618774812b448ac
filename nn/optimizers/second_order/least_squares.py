"""Least squares: residuals, their linear model, and its steps."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from nn.arrays import Array


class Linearization(ABC):
    """r(θ + δ) ≈ r + J δ, for residuals r ``(count,)`` and their Jacobian J ``(count, n)``."""

    gradient: Array
    """Jᵀr, half the gradient of Σr²: ``(n,)``."""
    product: Array
    """JᵀJ or J Jᵀ, whichever is smaller; they have the same eigenvalues but for zeros."""

    @abstractmethod
    def step(self, theta: Array, damping: float, decay: float = 0.0) -> Array:
        """Return δ that minimises ‖r + Jδ‖² + decay ‖θ + δ‖² + damping ‖δ‖²; LinAlgError if not unique."""

    def damped(self, damping: float) -> Array:
        """Return the product with ``damping`` added to its diagonal."""
        matrix = self.product.copy()
        matrix.reshape(-1, copy=False)[:: len(matrix) + 1] += damping
        return matrix


class Tall(Linearization):
    """At least as many residuals as parameters: the normal equations, of JᵀJ and Jᵀr."""

    def __init__(self, product: Array, gradient: Array):
        self.product, self.gradient = product, gradient

    @classmethod
    def summed(cls, parts: Iterable[tuple[Array, Array]]) -> Self:
        """Sum them over chunks of residuals with their Jacobian."""
        product, gradient = np.array(0.0), np.array(0.0)
        for residuals, jacobian in parts:
            product = product + jacobian.T @ jacobian
            gradient = gradient + jacobian.T @ residuals
        return cls(product, gradient)

    def step(self, theta: Array, damping: float, decay: float = 0.0) -> Array:
        # 0 = Jᵀ(r + Jδ) + decay (θ + δ) + damping δ.
        gradient = self.gradient + decay * theta if decay else self.gradient
        return -np.linalg.solve(self.damped(damping + decay), gradient)


class Wide(Linearization):
    """Fewer residuals than parameters: the same step from a system of the residuals' size."""

    def __init__(self, residuals: Array, jacobian: Array):
        self.residuals, self.jacobian = residuals.astype(float), jacobian.astype(float)
        self.product, self.gradient = self.jacobian @ self.jacobian.T, self.jacobian.T @ self.residuals

    def step(self, theta: Array, damping: float, decay: float = 0.0) -> Array:
        # With c = damping + decay: (JᵀJ + cI)⁻¹Jᵀ = Jᵀ(JJᵀ + cI)⁻¹, so that with ε = decay/c
        # δ = −Jᵀ(JJᵀ + cI)⁻¹(r − ε Jθ) − ε θ.
        share = decay / (damping + decay) if decay else 0.0
        rest = self.residuals - share * (self.jacobian @ theta)
        return -self.jacobian.T @ np.linalg.solve(self.damped(damping + decay), rest) - share * theta


class Problem(Protocol):
    """The mean of squared residuals as a function of parameters ``(n,)``."""

    count: int
    """The number of residuals."""

    def loss(self, parameters: Array) -> float:
        """Return Σr² / count."""

    def linearize(self, parameters: Array) -> Linearization:
        """Return the linear model of the residuals about these parameters."""


@dataclass
class LeastSquares:
    """The problem of a function that gives residuals ``(count,)`` and Jacobian ``(count, n)``.

    >>> line = LeastSquares(lambda p: (np.array([p[0] - 1, 2 * p[1]]), np.diag([1.0, 2.0])), count=2)
    >>> line.loss(np.array([3.0, 1.0]))
    4.0
    """

    evaluate: Callable[[Array], tuple[Array, Array]]
    count: int

    def loss(self, parameters: Array) -> float:
        residuals, _ = self.evaluate(parameters)
        return float(residuals @ residuals) / self.count

    def linearize(self, parameters: Array) -> Linearization:
        residuals, jacobian = self.evaluate(parameters)
        if self.count < parameters.size:
            return Wide(residuals, jacobian)
        return Tall.summed([(residuals, jacobian)])
