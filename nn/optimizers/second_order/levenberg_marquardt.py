"""Levenberg-Marquardt: Gauss-Newton steps on sums of squares, damped until they descend."""

import math
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Gt, Lt, doc

from nn.arrays import Array
from nn.initializers.base import Initializer
from nn.initializers.nguyen_widrow import NguyenWidrow
from nn.optimizers.second_order.base import Iterate, SecondOrder
from nn.optimizers.second_order.least_squares import Linearization, Problem
from nn.optimizers.second_order.status import Status

MIN_DAMPING = 1e-20


@dataclass(frozen=True)
class LMState(Iterate):
    """An iterate with the loss there, μ for the next step, and the weight of ‖θ‖² relative to Σr²."""

    loss: float
    damping: float
    decay: float


@dataclass(frozen=True)
class LevenbergMarquardt(SecondOrder):
    """θ ← θ − (JᵀJ + μI)⁻¹ Jᵀr, with the residuals r = y − t and their Jacobian J, for mean squared errors.

    A step that lowers the loss is taken, and μ falls by the factor ``decrease``; else μ grows by
    ``increase`` and the step is tried anew. The method ends (``maximum_damping``) where no μ up to
    ``max_damping`` helps. JᵀJ and Jᵀr are sums over samples and outputs, as in Hagan & Menhaj
    (1994), "Training feedforward networks with the Marquardt algorithm", who raise μ by 10; raising
    it by less than it falls takes fewer iterations along narrow valleys (Transtrum & Sethna, 2012:
    "delayed gratification"). The gradient that ``min_gradient`` bounds is that of the mean,
    2 Jᵀr / count. Levenberg (1944), Marquardt (1963).
    In a configuration dense layers start as Nguyen & Widrow say, unless they say otherwise.

    >>> from nn.optimizers.second_order.least_squares import LeastSquares
    >>> def rosenbrock(p):
    ...     return np.array([10 * (p[1] - p[0] ** 2), 1 - p[0]]), np.array([[-20 * p[0], 10], [-1, 0]])
    >>> *_, (parameters, status) = LevenbergMarquardt().minimize(LeastSquares(rosenbrock, 2), [-1.2, 1])
    >>> bool(np.all(np.abs(parameters - 1) < 1e-6)), status.ended
    (True, 'minimum_gradient')
    """

    default_initializer: ClassVar[Initializer | None] = NguyenWidrow()
    least_squares: ClassVar[bool] = True

    damping: Annotated[
        float, Gt(0), doc("How far the first step is from Gauss-Newton towards the gradient.")
    ] = 1e-3
    increase: Annotated[float, Gt(1), doc("The factor of the damping where a step fails.")] = 3.0
    decrease: Annotated[float, Gt(0), Lt(1), doc("The factor of the damping where a step succeeds.")] = 0.1
    max_damping: Annotated[float, Gt(0), doc("Training ends where the damping exceeds this.")] = 1e10

    def begin(self, problem: Problem, start: Array) -> LMState:
        theta = np.asarray(start, float)
        return LMState(theta, Status(damping=self.damping), problem.loss(theta), self.damping, 0.0)

    def iterate(self, problem: Problem, place: LMState) -> LMState:
        theta, damping = place.parameters, place.damping
        linear = problem.linearize(theta)
        effective, decay = self.weigh(linear, problem.count, place.loss, theta, place.decay)
        gradient = linear.gradient + decay * theta if decay else linear.gradient
        norm = 2 / problem.count * math.sqrt(gradient @ gradient)
        if norm <= self.min_gradient:
            return replace(place, status=Status(norm, damping, effective, "minimum_gradient"))

        def energy(loss: float, theta: Array) -> float:
            return float(loss + decay / problem.count * (theta @ theta)) if decay else loss

        while damping <= self.max_damping:
            trial = descended(linear, theta, damping, decay)
            if trial is not None:
                loss = problem.loss(trial)
                if energy(loss, trial) < energy(place.loss, theta):
                    damping = max(self.decrease * damping, MIN_DAMPING)
                    return LMState(trial, Status(norm, damping, effective), loss, damping, decay)
            damping *= self.increase
        return replace(place, status=Status(norm, damping, effective, "maximum_damping"))

    def weigh(
        self, linear: Linearization, count: int, loss: float, theta: Array, decay: float
    ) -> tuple[float | None, float]:
        """Return the number of effective parameters and the weight of ‖θ‖² relative to Σr²: none here."""
        return None, 0.0


def descended(linear: Linearization, theta: Array, damping: float, decay: float) -> Array | None:
    """Return the parameters after a step; None where the equations are singular."""
    try:
        return theta + linear.step(theta, damping, decay)
    except np.linalg.LinAlgError:
        return None
