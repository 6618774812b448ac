"""follow_flow(): where the gradient flow leads from a point; falling_line(): down along straight lines."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from nn.arrays import Array, Floats
from nn.endpoints.surface import LossSurface
from nn.optimizers.second_order.lbfgs import LBFGS

WITHIN = np.arange(1, 9)[:, np.newaxis] / 8
"""A step is taken if the loss falls on all of these parts of it, one after another."""
SUFFICIENT, GOOD = 0.25, 0.75
"""Shares of the decrease that the quadratic model promises: of a step that is taken, of one that may grow."""
LONGER, SHORTER = 10.0, 4.0
STATIONARY = 100
"""A point is stationary if no step from it promises to lower the loss by so many times its rounding."""
MAX_ATTEMPTS, ATTEMPTS_A_STEP = 40, 4
"""The number of lengths that are tried for one step, and in the mean of all."""
DECADES = 4.0
"""A limit is judged over at least so many powers of ten of the loss above it."""
UNENDING = 0.55
"""Of the ways to a limit in two equal ratios of the loss, the later is shorter by this if the end is near.

About a minimum of order 2 the loss above it is d² of the distance d, so that of two decades each the second
way is a tenth of the first; it is 0.32 of order 4 and 0.46 of order 6. Where the loss falls like e^−d
the ways are equal, where it falls like a power of 1/d the second is longer.
"""

DescentEnding = Literal["stationary", "no step falls", "steps"]


@dataclass(frozen=True, eq=False)
class Descent:
    """A way downhill: points ``(steps + 1, n)``, their losses, each below the one before, and why it ends.

    ``rounding`` is how far rounding may move a loss, ``promise`` how much a step from the last point would
    lower it by the quadratic model there, NaN where there is none.
    """

    points: Floats
    losses: Floats
    ended: DescentEnding
    rounding: float
    promise: float = np.nan

    @property
    def fall(self) -> float:
        """By how much the loss falls."""
        return float(self.losses[0] - self.losses[-1])

    @property
    def lengths(self) -> Floats:
        """The norm of the parameters at each point."""
        return np.linalg.norm(self.points, axis=-1)

    @property
    def runs_off(self) -> bool:
        """Whether the loss falls to a limit that no end of the way is near to, as the weights grow."""
        above = self.losses[:-1] - self.losses[-1]
        low, high = max(100 * self.rounding, 10 * self.promise), above[0] if len(above) else 0.0
        if self.ended != "stationary" or high < 10**DECADES * low:
            return False
        levels = np.log([high, np.sqrt(high * low), low])
        places = np.interp(-levels, -np.log(above), np.arange(len(above)))
        first, middle, last = (self._between(place) for place in places)
        ways = np.linalg.norm(middle - first), np.linalg.norm(last - middle)
        growing = np.linalg.norm(last) > np.linalg.norm(middle) > np.linalg.norm(first)
        return bool(growing and ways[1] > UNENDING * ways[0])

    def _between(self, place: float) -> Floats:
        """The point at a place between two of them, on a straight line."""
        before = int(place)
        after = min(before + 1, len(self.points) - 1)
        return self.points[before] + (place - before) * (self.points[after] - self.points[before])


def follow_flow(surface: LossSurface, start: Array, steps: int, enough: float = 0.0) -> Descent:
    """Follow θ′ = −∇L by linearly implicit steps, (H + μI) δ = −∇L, whose μ shrinks as it gets smoother.

    Pseudo-transient continuation: Kelley & Keyes (1998), "Convergence analysis of pseudo-transient
    continuation". A time of 1/μ passes in a step: with a large μ it is one of gradient descent, with a small
    one it is Newton's, which crosses a long plateau at once. μ stays above twice the size of a negative
    eigenvalue, so that a step is along −∇L there too. It ends where no step promises to lower the loss by
    more than rounding, or where none does; and where the loss is less than ``enough`` of what it was.
    """
    theta, rounding = np.array(start, float), surface.loss_rounding(start)
    points, losses, mu = [theta], [surface.loss(theta)], np.inf
    ended: DescentEnding = "steps"
    promise, attempts = np.nan, 0
    while len(losses) <= steps and attempts < ATTEMPTS_A_STEP * steps:
        step = ImplicitStep(surface, theta, losses[-1], rounding)
        if not np.all(np.isfinite(step.values)):
            ended = "no step falls"
            break
        found = step.taken(min(mu, step.first))
        attempts += step.attempts
        if found is None:
            _, promise = step.model(step.least)
            ended = "stationary" if promise < STATIONARY * rounding else "no step falls"
            break
        theta, value, mu = found
        points.append(theta)
        losses.append(value)
        if value < enough * losses[0]:
            break
    return Descent(np.array(points), np.array(losses), ended, rounding, promise)


def decomposed(hessian: Array) -> tuple[Floats, Floats]:
    """Return the eigenvalues of the symmetric part and their vectors; not finite where they cannot be had."""
    try:
        values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    except np.linalg.LinAlgError:
        return np.full(len(hessian), np.nan), np.eye(len(hessian))
    return values, vectors


class ImplicitStep:
    """A step from a point, tried with several μ."""

    def __init__(self, surface: LossSurface, point: Array, loss: float, rounding: float):
        self.surface, self.point, self.loss, self.rounding = surface, point, loss, rounding
        gradient = surface.gradient(point)
        self.values, self.vectors = decomposed(surface.hessian(point))
        self.slopes, self.attempts = self.vectors.T @ gradient, 0
        largest = float(np.max(np.abs(self.values)))
        self.first = max(largest, float(np.linalg.norm(gradient) / (1 + np.linalg.norm(point))))
        """The largest μ that is worth while: of steps as gradient descent takes them."""
        rounded = len(point) * np.finfo(float).eps * largest
        self.least = max(-2 * float(self.values[0]), rounded, np.finfo(float).tiny)
        """The least μ: below, negative curvature or the rounding of the eigenvalues would rule."""

    def taken(self, mu: float) -> tuple[Floats, float, float] | None:
        """Return the next point, its loss and the next μ; None where no step lowers the loss."""
        failed = False
        while self.attempts < MAX_ATTEMPTS:
            self.attempts += 1
            mu = max(mu, self.least)
            move, promise = self.model(mu)
            if promise >= self.rounding:
                losses = self.surface.losses(self.point + WITHIN * move)
                gained = (self.loss - losses[-1]) / promise
                if gained >= SUFFICIENT and np.all(np.diff(losses, prepend=self.loss) < 0):
                    return self.point + move, float(losses[-1]), mu / (LONGER if gained >= GOOD else 1)
                mu, failed = mu * SHORTER, True
            elif mu <= self.least or failed:
                return None
            else:
                mu /= LONGER
        return None

    def model(self, mu: float) -> tuple[Floats, float]:
        """Return the step δ for a μ, and by how much the quadratic model falls: −∇L·δ − ½ δᵀHδ."""
        along = -self.slopes / (self.values + mu)
        return self.vectors @ along, float(-self.slopes @ along - along @ (self.values * along) / 2)


def descend(surface: LossSurface, start: Array, evaluations: int, enough: float = 0.0) -> Descent:
    """Go downhill by L-BFGS, without a Hessian, for about this number of evaluations, or till ``enough``."""
    begin, rounding = np.array(start, float), surface.loss_rounding(start)
    values = [surface.loss(begin)]

    def evaluate(point: Array) -> tuple[float, Array]:
        value, gradient = surface.evaluate(point)
        values.append(value)
        return value, gradient

    last, value = begin, values[0]
    ended: DescentEnding = "steps"
    for theta, status in LBFGS(min_gradient=0).minimize(evaluate, begin):
        if status.ended:  # at the same point, after trials that did not lower the loss
            ended = "no step falls"
            break
        last, value = theta, values[-1]
        if len(values) > evaluations or value < enough * values[0]:
            break
    return Descent(np.array([begin, last]), np.array([values[0], value]), ended, rounding)


def falling_line(surface: LossSurface, point: Array, direction: Array, rounding: float) -> Floats:
    """Return the losses at a point and ever farther along a direction, as long as each is clearly lower.

    Steps double from the first one that lowers the loss by more than rounding; only the loss at the point
    itself if none does, or if the loss rises first.
    """
    lengths = (1 + float(np.linalg.norm(point))) * 2.0 ** np.arange(-40, 8)
    losses = surface.losses(point + lengths[:, np.newaxis] * direction)
    start = surface.loss(point)
    clear = np.flatnonzero(np.abs(losses - start) > 4 * rounding)
    if not clear.size:
        return np.array([start])
    line = np.concatenate([[start], losses[clear[0] :]])
    rises = np.flatnonzero(~(np.diff(line) < -rounding))
    return line[: rises[0] + 1] if rises.size else line
