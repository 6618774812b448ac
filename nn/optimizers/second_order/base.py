"""The base class of second-order methods, whose iterations lead from one iterate to the next."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, TypeAlias

from annotated_types import Ge, doc

from nn.arrays import Array
from nn.optimizers.base import Optimizer
from nn.optimizers.second_order.status import Status

Evaluate: TypeAlias = Callable[[Array], tuple[float, Array]]
"""A function's value and gradient ``(n,)`` at parameters ``(n,)``."""


@dataclass(frozen=True)
class Iterate:
    """Parameters ``(n,)``, the status of the method there, and all else that its next iteration needs."""

    parameters: Array
    status: Status


@dataclass(frozen=True)
class SecondOrder(Optimizer):
    """Finds its own length of step; ends where the gradient's norm is at most ``min_gradient``."""

    full_batch: ClassVar[bool] = True
    iterates: ClassVar[bool] = True

    min_gradient: Annotated[float, Ge(0), doc("Training ends where the gradient is no longer than this.")] = (
        1e-7
    )

    def begin(self, function: Any, start: Array) -> Iterate:
        """Return the first iterate, at parameters ``(n,)``."""
        raise NotImplementedError

    def iterate(self, function: Any, place: Any) -> Iterate:
        """Return the next iterate, or the same one with the reason why there is none.

        Its parameters are those that the method evaluated last, or those of ``place``.
        """
        raise NotImplementedError

    def minimize(self, function: Any, start: Array) -> Iterator[tuple[Array, Status]]:
        """Yield parameters and status at the start and after each iteration; the last says why it ends."""
        place = self.begin(function, start)
        yield place.parameters, place.status
        while not place.status.ended:
            place = self.iterate(function, place)
            yield place.parameters, place.status
