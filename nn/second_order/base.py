"""What second-order methods share: an iteration as a step of a generator."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from annotated_types import Ge

from nn.arrays import Array
from nn.method import Method
from nn.standing import Standing

Evaluate: TypeAlias = Callable[[Array], tuple[float, Array]]
"""A function's value and gradient ``(n,)`` at parameters ``(n,)``."""
Iterations: TypeAlias = Iterator[tuple[Array, Standing]]
"""The parameters a method starts from, then those after each iteration; the last ones say why they are.

Each time, the parameters are those that the method evaluated last, or that it already gave.
"""


@dataclass(frozen=True)
class SecondOrder(Method):
    """Finds its own length of step; ends where the gradient's norm is at most ``min_gradient``."""

    min_gradient: Annotated[float, Ge(0)] = 1e-7

    def minimize(self, function: Any, start: Array) -> Iterations:
        """The iterations from these parameters ``(n,)`` to a minimum of a function."""
        raise NotImplementedError
