"""Epochs of samples: their order, their batches, and what is measured on the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

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
        """Whether training ends with these measures, ``(3, *stack)``: goal reached, or no finite loss."""
        loss, accuracy, error = measures
        if not np.isfinite(loss).any():
            return True
        if self is NO_GOAL:
            return False
        reached = (loss <= self.loss) & (accuracy >= self.accuracy) & (error <= self.largest_error)
        return bool(reached.all())


NO_GOAL = Goal(-np.inf, np.inf, -np.inf)
ANYTHING = Goal(np.inf, -np.inf, np.inf)


@dataclass(frozen=True, eq=False)
class Samples:
    """The samples to train on, in batches of ``size`` and a shorter last one.

    ``x: (samples, inputs)`` and ``t: (samples, outputs)`` are shared by all networks of a stack.
    ``draw`` gives the order of an epoch as row numbers ``(*stack, samples)``; without it the one
    batch is all samples.
    """

    x: Array
    t: Array
    size: int
    stack: tuple[int, ...] = ()
    draw: Callable[[], Array] | None = None
    goal: Goal = NO_GOAL

    @property
    def batches(self) -> list[tuple[int, int]]:
        """The first and the last place of each batch in the order."""
        return [(start, min(start + self.size, len(self.x))) for start in range(0, len(self.x), self.size)]

    def run(self, step: Callable[[Array | None], Mapping[str, Array]], epochs: int) -> Array:
        """Call ``step`` with the rows of each batch, for so many epochs or until training ends.

        Returns the measures of each epoch ``(epochs, 3, *stack)``.
        """
        measures = np.zeros((epochs, len(MEASURES), *self.stack))
        shares = [(start, stop, (stop - start) / len(self.x)) for start, stop in self.batches]
        for epoch, total in enumerate(measures):
            order = self.draw() if self.draw else None
            for start, stop, share in shares:
                measured = step(None if order is None else order[..., start:stop])
                for number, name in enumerate(MEASURES):
                    if name == "largest_error" and name in measured:
                        total[number] = np.maximum(total[number], measured[name])
                    elif name in measured:
                        total[number] += share * measured[name]
            if self.goal.ends(total):
                return measures[: epoch + 1]
        return measures
