"""L-BFGS: a quasi-Newton method with the curvature along the last steps."""

import math
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from annotated_types import Ge, doc

from nn.arrays import Array
from nn.optimizers.second_order.base import Evaluate, Iterate, SecondOrder
from nn.optimizers.second_order.line_search import Point, strong_wolfe
from nn.optimizers.second_order.status import Status

MACHINE_EPSILON = float(np.finfo(float).eps)


@dataclass(frozen=True)
class LBFGSState(Iterate):
    """An iterate with the value and the gradient ``(n,)`` there, and the curvature along the last steps."""

    value: float
    gradient: Array
    s: Array
    """The last steps, ``(steps, n)``."""
    y: Array
    """The change of the gradient over each step, ``(steps, n)``."""


@dataclass(frozen=True)
class LBFGS(SecondOrder):
    """θ ← θ − α H g: H is the inverse Hessian as the last ``memory`` steps show it, α of a line search.

    Liu & Nocedal (1989); Nocedal & Wright (2006), "Numerical optimization", algorithms 7.4 and 7.5,
    with the strong Wolfe conditions (c₁ = 10⁻⁴, c₂ = 0.9). Where no step along H g lowers the loss
    H is forgotten, and where none along the gradient does, the method ends: ``no_progress``.

    >>> def square(parameters):
    ...     return float(parameters @ parameters), 2 * parameters
    >>> *_, (parameters, status) = LBFGS().minimize(square, np.array([3.0, -4.0]))
    >>> bool(np.all(np.abs(parameters) < 1e-7)), status.ended
    (True, 'minimum_gradient')
    """

    memory: Annotated[int, Ge(1), doc("How many steps the curvature is remembered from.")] = 10

    def begin(self, evaluate: Evaluate, start: Array) -> LBFGSState:
        value, gradient = evaluate(start)
        none = np.empty((0, start.size))
        return LBFGSState(start, Status(float(np.linalg.norm(gradient))), value, gradient, none, none)

    def iterate(self, evaluate: Evaluate, place: LBFGSState) -> LBFGSState:
        theta, gradient, s, y = place.parameters, place.gradient, place.s, place.y
        norm = math.sqrt(gradient @ gradient)
        if not norm > self.min_gradient:
            return replace(place, status=Status(norm, ended="minimum_gradient"))
        here = Point(0.0, place.value, 0.0, theta, gradient)
        found = search(evaluate, here, -quasi_newton(gradient, s, y), len(s) > 0)
        if found is None and len(s):
            s, y = s[:0], y[:0]
            found = search(evaluate, here, -gradient, False)
        if found is None:
            return replace(place, status=Status(norm, ended="no_progress"))
        step, change = found.parameters - theta, found.gradient - gradient
        if step @ change > MACHINE_EPSILON * (change @ change):
            s, y = with_last(s, step, self.memory), with_last(y, change, self.memory)
        return LBFGSState(found.parameters, Status(norm), found.value, found.gradient, s, y)


def search(evaluate: Evaluate, here: Point, direction: Array, scaled: bool) -> Point | None:
    """Return the point that a line search finds, trying the whole direction first where it is ``scaled``."""

    def along(step: float) -> Point:
        theta = here.parameters + step * direction
        value, gradient = evaluate(theta)
        return Point(step, value, float(gradient @ direction), theta, gradient)

    slope = float(here.gradient @ direction)
    if not slope < 0:
        return None
    first = 1.0 if scaled else min(1.0, 1 / float(np.linalg.norm(direction)))
    return strong_wolfe(along, here._replace(slope=slope), first)


def with_last(rows: Array, row: Array, most: int) -> Array:
    """Return rows with another one, without the first where they are more than ``most``."""
    return np.concatenate([rows, row[np.newaxis]])[-most:]


def quasi_newton(gradient: Array, steps: Array, changes: Array) -> Array:
    """Return H g by algorithm 7.4, whose two loops go over products of the vectors instead of the vectors."""
    sy = steps @ changes.T
    if not len(sy) or not sy.diagonal().all():
        return gradient
    m, products, alpha = len(sy), sy.tolist(), (steps @ gradient).tolist()
    for i in reversed(range(m)):  # αᵢ = sᵢᵀ(g − Σⱼ αⱼ yⱼ) / sᵢᵀyᵢ over j > i
        for j in range(i + 1, m):
            alpha[i] -= alpha[j] * products[i][j]
        alpha[i] /= products[i][i]
    q = gradient - np.array(alpha) @ changes
    q = sy[-1, -1] / (changes[-1] @ changes[-1]) * q  # their equation 7.20: the curvature along the last step
    rest, yq = alpha, (changes @ q).tolist()
    for i in range(m):  # αᵢ − βᵢ, with βᵢ = yᵢᵀ(q + Σⱼ (αⱼ − βⱼ) sⱼ) / sᵢᵀyᵢ over j < i
        for j in range(i):
            yq[i] += rest[j] * products[j][i]
        rest[i] -= yq[i] / products[i][i]
    return q + np.array(rest) @ steps
