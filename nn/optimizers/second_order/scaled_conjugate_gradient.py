"""Scaled conjugate gradient: conjugate directions, with steps as long as the curvature along them says."""

import math
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from annotated_types import Gt, doc

from nn.arrays import Array
from nn.optimizers.second_order.base import Evaluate, Iterate, SecondOrder
from nn.optimizers.second_order.status import Status

GOOD_RATIO, POOR_RATIO = 0.75, 0.25
"""Møller's bounds: λ falls where Δ is at least the one, and grows where it is below the other."""
LEAST_RATIO = -8.0
"""Δ counts as no less, nor does a loss that is not finite: δ grows up to tenfold from trial to trial."""
TRIALS = 30
MIN_SCALE = 1e-20


@dataclass(frozen=True)
class SCGState(Iterate):
    """An iterate with the value and the gradient ``(n,)`` there, and where the next step goes."""

    value: float
    gradient: Array
    direction: Array
    """p, ``(n,)``."""
    scale: float
    """λ."""
    steps: int
    """The number of steps since the direction was that of steepest descent."""


@dataclass(frozen=True)
class ScaledConjugateGradient(SecondOrder):
    """θ ← θ + α p, with α = pᵀr / δ, δ = pᵀHp + λ‖p‖², r = −∇E: conjugate directions without a line search.

    The curvature pᵀHp is pᵀ(∇E(θ + εp) − ∇E(θ)) / ε with ε = σ / ‖p‖, for σ = ``sigma``. λ, at first
    ``lambda_`` (``lambda`` in a configuration), makes up for negative curvature: where δ ≤ 0, it
    becomes 2(λ − δ / ‖p‖²). Δ, by how much E falls relative to the fall αpᵀr / 2 of the quadratic model,
    judges the model: λ falls to a quarter from Δ = ¾ on, and grows by δ(1 − Δ) / ‖p‖² below ¼. The
    direction is r at first and again after every n steps; else r + βp follows p, with
    β = rᵀ(r − r₀) / pᵀr₀ for the r₀ before the step (Polak & Ribière). Møller (1993), "A scaled conjugate
    gradient algorithm for fast supervised learning". The defaults, of MATLAB's trainscg, are
    within his bounds σ ≤ 10⁻⁴ and λ ≤ 10⁻⁶.

    Four departures: trials along one p make a single iteration, at whose end E has fallen (the paper
    also takes a step with Δ = 0); Δ counts as at least −8, so that no trial is shorter than a tenth of the
    last; p starts anew where it does not descend or no step along it lowers E; where none along r does,
    the method ends (``no_progress``).

    >>> def square(parameters):
    ...     return float(parameters @ parameters), 2 * parameters
    >>> *_, (parameters, status) = ScaledConjugateGradient().minimize(square, np.array([3.0, -4.0]))
    >>> bool(np.all(np.abs(parameters) < 1e-7)), status.ended
    (True, 'minimum_gradient')
    """

    sigma: Annotated[float, Gt(0), doc("The distance over which the curvature along a step is measured.")] = (
        5e-5
    )
    lambda_: Annotated[float, Gt(0), doc("The scale that is added to the curvature of the first step.")] = (
        5e-7
    )

    def begin(self, evaluate: Evaluate, start: Array) -> SCGState:
        value, gradient = evaluate(start)
        status = Status(float(np.linalg.norm(gradient)))
        return SCGState(start, status, value, gradient, -gradient, self.lambda_, 0)

    def iterate(self, evaluate: Evaluate, place: SCGState) -> SCGState:
        norm = math.sqrt(place.gradient @ place.gradient)
        if not norm > self.min_gradient:
            return replace(place, status=Status(norm, ended="minimum_gradient"))
        found = self.step(evaluate, place)
        if found is None and place.steps:
            found = self.step(
                evaluate, replace(place, direction=-place.gradient, scale=self.lambda_, steps=0)
            )
        if found is None:
            return replace(place, status=Status(norm, ended="no_progress"))
        return replace(found, status=Status(norm))

    def step(self, evaluate: Evaluate, place: SCGState) -> SCGState | None:
        """Return the iterate after a step along p that lowers the value; None where there is none."""
        theta, p, scale = place.parameters, place.direction, place.scale
        square, slope = float(p @ p), float(-p @ place.gradient)
        if not (slope > 0 and square > 0):
            return None
        epsilon = self.sigma / math.sqrt(square)
        curvature = float(p @ (evaluate(theta + epsilon * p)[1] - place.gradient)) / epsilon
        for _ in range(TRIALS):
            delta = curvature + scale * square
            if delta <= 0:
                scale = 2 * (scale - delta / square)
                delta = curvature + scale * square
            alpha = slope / delta
            modelled = alpha * slope / 2
            if not modelled > 0:
                return None
            trial = theta + alpha * p
            value, gradient = evaluate(trial)
            ratio = (place.value - value) / modelled
            ratio = ratio if ratio > LEAST_RATIO else LEAST_RATIO  # also of NaN
            if ratio < POOR_RATIO:
                scale += delta * (1 - ratio) / square
            elif ratio >= GOOD_RATIO:
                scale = max(scale / 4, MIN_SCALE)
            if ratio > 0:
                follow, steps = self.direction(place, gradient, slope)
                return SCGState(trial, place.status, value, gradient, follow, scale, steps)
        return None

    def direction(self, place: SCGState, gradient: Array, slope: float) -> tuple[Array, int]:
        """Return the direction after a step along p that ended with this gradient, and the steps since r."""
        steps = place.steps + 1
        if steps < len(gradient):
            beta = float(gradient @ (gradient - place.gradient)) / slope
            follow = beta * place.direction - gradient
            if follow @ gradient < 0:
                return follow, steps
        return -gradient, 0
