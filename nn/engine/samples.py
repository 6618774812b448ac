"""Epochs of samples: their order, their batches, and what is measured on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from nn.arrays import Array

MEASURES = ("loss", "accuracy", "largest_error")
"""What a step measures. Of the batches of an epoch, the first two are means, the third is the largest."""


class Goal(NamedTuple):
    """Training ends after the first epoch whose measures are all at least as good as these."""

    loss: float
    accuracy: float
    largest_error: float

    def ends(self, measures: Array) -> bool:
        """Whether training ends with these measures: goal reached, or no finite loss."""
        if not np.isfinite(measures[0]).any():
            return True
        if self is NO_GOAL:
            return False
        given: list[Any] = [*measures, *ANYTHING[len(measures) :]]
        loss, accuracy, error = given
        return bool(np.all((loss <= self.loss) & (accuracy >= self.accuracy) & (error <= self.largest_error)))


NO_GOAL = Goal(-np.inf, np.inf, -np.inf)
ANYTHING = Goal(np.inf, -np.inf, np.inf)


@dataclass(eq=False)
class Samples:
    """The samples to train on, in batches of ``size`` and a shorter last one.

    ``x: (samples, inputs)`` and ``t: (samples, outputs)`` are shared by all networks of a stack;
    the order is drawn for each by its own of ``generators``, which are None where samples come as
    they are. ``members (*stack,)`` are the places of the networks that train now.
    """

    x: Array
    t: Array
    size: int
    generators: Sequence[np.random.Generator] | None
    members: Array
    measured: int = 1
    """How many of MEASURES are taken, from the first."""
    goal: Goal = NO_GOAL

    @property
    def batches(self) -> list[tuple[int, int]]:
        """The first and the last place of each batch in the order."""
        return [(start, min(start + self.size, len(self.x))) for start in range(0, len(self.x), self.size)]

    @property
    def whole(self) -> bool:
        """Whether the one batch is all samples, so that their order does not matter."""
        return self.size == len(self.x)

    def order(self) -> Array:
        """The rows of the next epoch for each network, ``(*stack, samples)``."""
        members = self.members.ravel().tolist()
        if self.generators is None:
            rows = dict.fromkeys(members, np.arange(len(self.x)))
        else:
            rows = {
                member: self.generators[member].permutation(len(self.x)) for member in dict.fromkeys(members)
            }
        return np.reshape([rows[member] for member in members], (*self.members.shape, len(self.x)))

    def run(self, step: Callable[[Array | None], Sequence[Array]], epochs: int) -> Array:
        """Call ``step`` with the rows of each batch, for so many epochs or until training ends.

        Returns the measures of each epoch ``(epochs, measured, *stack)``.
        """
        measures = np.zeros((epochs, self.measured, *self.members.shape))
        shares = [(start, stop, (stop - start) / len(self.x)) for start, stop in self.batches]
        for epoch, total in enumerate(measures):
            if self.whole:
                for number, value in enumerate(step(None)):
                    total[number] = value
            else:
                order = self.order()
                for start, stop, share in shares:
                    for number, value in enumerate(step(order[..., start:stop])):
                        total[number] = (
                            np.maximum(total[number], value) if number == 2 else total[number] + share * value
                        )
            if self.goal is not NO_GOAL and self.goal.ends(total):
                return measures[: epoch + 1]
            if epoch % 64 == 63 and self.goal.ends(total):
                break
        finite = np.isfinite(measures[: epoch + 1, 0].reshape(epoch + 1, -1)).any(axis=1)
        return measures[: epoch + 1 if finite.all() else int(np.argmin(finite)) + 1]
