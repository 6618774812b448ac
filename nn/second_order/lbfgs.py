"""L-BFGS: Newton's method with the curvature seen along the last steps."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import numpy as np
from annotated_types import Ge

from nn.arrays import Array
from nn.second_order.base import Evaluate, Iterations, SecondOrder
from nn.second_order.line_search import Point, strong_wolfe
from nn.standing import Standing


class Pair(NamedTuple):
    """A step s and the change y of the gradient along it."""

    s: Array
    y: Array


@dataclass(frozen=True)
class LBFGS(SecondOrder):
    """θ ← θ − α H g: H is the inverse Hessian as the last ``memory`` steps show it, α of a line search.

    Liu & Nocedal (1989); Nocedal & Wright (2006), "Numerical optimization", algorithms 7.4 and 7.5,
    with the strong Wolfe conditions (c₁ = 10⁻⁴, c₂ = 0.9). Where no step along H g lowers the loss
    H is forgotten, and where none along the gradient does, the method ends: ``no_progress``.

    >>> def square(parameters):
    ...     return float(parameters @ parameters), 2 * parameters
    >>> *_, (parameters, standing) = LBFGS().minimize(square, np.array([3.0, -4.0]))
    >>> bool(np.all(np.abs(parameters) < 1e-7)), standing.ended
    (True, 'minimum_gradient')
    """

    memory: Annotated[int, Ge(1)] = 10

    def minimize(self, evaluate: Evaluate, start: Array) -> Iterations:
        """The iterations from these parameters to a minimum of a function, ``(n,)`` each."""
        theta = start
        value, gradient = evaluate(theta)
        pairs: deque[Pair] = deque(maxlen=self.memory)
        norm = float(np.linalg.norm(gradient))
        yield theta, Standing(norm)
        while norm > self.min_gradient:
            here = Point(0.0, value, 0.0, theta, gradient)
            found = search(evaluate, here, -quasi_newton(gradient, pairs), bool(pairs))
            if found is None and pairs:
                pairs.clear()
                found = search(evaluate, here, -gradient, False)
            if found is None:
                yield theta, Standing(norm, ended="no_progress")
                return
            pair = Pair(found.parameters - theta, found.gradient - gradient)
            if pair.s @ pair.y > np.finfo(float).eps * (pair.y @ pair.y):
                pairs.append(pair)
            theta, value, gradient = found.parameters, found.value, found.gradient
            yield theta, Standing(norm)
            norm = float(np.linalg.norm(gradient))
        yield theta, Standing(norm, ended="minimum_gradient")


def search(evaluate: Evaluate, here: Point, direction: Array, scaled: bool) -> Point | None:
    """The point that a line search finds; it tries the whole direction first where that is ``scaled``."""

    def along(step: float) -> Point:
        theta = here.parameters + step * direction
        value, gradient = evaluate(theta)
        return Point(step, value, float(gradient @ direction), theta, gradient)

    slope = float(here.gradient @ direction)
    if not slope < 0:
        return None
    first = 1.0 if scaled else min(1.0, 1 / float(np.linalg.norm(direction)))
    return strong_wolfe(along, here._replace(slope=slope), first)


def quasi_newton(gradient: Array, pairs: Iterable[Pair]) -> Array:
    """H g, by the two loops of algorithm 7.4."""
    q, passed = gradient, []
    for s, y in reversed(list(pairs)):
        alpha = (s @ q) / (s @ y)
        q = q - alpha * y
        passed.append((alpha, s, y))
    if passed:
        _, s, y = passed[0]
        q = (s @ y) / (y @ y) * q  # their equation 7.20: the curvature along the last step
    for alpha, s, y in reversed(passed):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return q
