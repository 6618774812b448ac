"""Which networks train, and how each of the others has ended; a single network is a stack of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.training.state import TrainingState


@dataclass(frozen=True, eq=False)
class Outcomes:
    """How each network of a stack stands or has ended, arrays ``(*stack,)``.

    >>> from nn import SGD, Dense, MeanSquaredError, Sequential, StopAt, fit
    >>> lines = Sequential([Dense(1)], inputs=1, seed=range(3))
    >>> history = fit(lines, MeanSquaredError(), SGD([0.5, 0.001, 9.0]), [[0], [1]], [[1], [3]],
    ...               epochs=250, stop_at=StopAt(loss=0.01))
    >>> history.last.outcomes.stopped.tolist()
    ['stop_at', 'epochs', 'diverged']
    """

    epoch: Array
    """The k of the weights θₖ that it has reached: of a goal, those that met it."""
    stopped: Array
    """``stop_at``, ``early_stopping``, ``epochs``, ``diverged`` or what a method says of itself; the empty
    word while it trains."""
    largest_error: Array
    """max |y − t|, without overshoot if that is ignored, where ``stop_at`` has a tolerance, else NaN: where
    the goal is reached, of just its weights; else as its last epoch measured it."""


class Members:
    """The networks of a stack by their places, in arrays ``(networks,)``; a single network is a stack of one.

    Those that train are all at the same epoch. Each ends for itself: what it has then stays as it is.
    """

    def __init__(self, networks: int, measured: int = 1):
        self.now = 0
        """The number of epochs before those that run."""
        self.reason = np.full(networks, "", "U32")
        """Why it has ended; the empty word while it trains."""
        self.epoch = np.zeros(networks, np.int64)
        """The k of the weights θₖ at the end."""
        self.last = np.full(networks, np.iinfo(np.int64).max)
        """The last epoch that was measured."""
        self.measures = np.full((measured, networks), np.nan)
        """The measures of the last epoch."""
        self.error = np.full(networks, np.nan)
        """The largest error of the weights at the end, where those were measured."""

    @property
    def training(self) -> Array:
        """Which networks train, ``(networks,)``."""
        return self.reason == ""

    def ended(self, reason: str) -> Array:
        """Which networks have ended for this reason, ``(networks,)``."""
        return self.reason == reason

    def end(
        self, places: Array, reason: str, epoch: int, last: Array | int, error: Array | None = None
    ) -> None:
        """End networks that train, with the k of their weights θₖ and their last epoch."""
        self.reason[places] = reason
        self.epoch[places], self.last[places] = epoch, last
        if error is not None:
            self.error[places] = error

    def hold(self, measures: Array) -> None:
        """Fill ``measures (epochs, measured, networks)`` in place: after its end those of a network stay."""
        first = min(max(int(self.last.min()) - self.now, 0), len(measures))
        before = measures[first - 1] if first else self.measures
        for epoch, row in enumerate(measures[first:], start=self.now + first + 1):
            np.copyto(row, before, where=self.last < epoch)
            before = row
        self.measures = measures[-1].copy()

    def outcomes(self, stack: tuple[int, ...], epoch: int) -> Outcomes:
        """How each network stands after so many epochs."""
        reached = np.where(self.training, epoch, self.epoch)
        errors = self.measures[2] if len(self.measures) > 2 else self.error
        parts = reached, self.reason.copy(), np.where(np.isnan(self.error), errors, self.error)
        return Outcomes(*(part.reshape(stack) for part in parts))

    @property
    def stopped(self) -> str | None:
        """Why the last network ended, of those that have not diverged; None while any trains."""
        if self.training.any():
            return None
        return str(self.reason[np.argmax(np.where(self.ended("diverged"), -1, self.last))])

    def state(self) -> Mapping[str, Any]:
        """Return who has ended, and how."""
        return {name: getattr(self, name) for name in ("reason", "epoch", "last", "measures", "error")}

    def restore(self, state: TrainingState) -> None:
        """Continue from such a state; networks whose epochs were over go on."""
        for name, array in state.items():
            setattr(self, name, array)
        on = self.ended("epochs")
        self.reason[on], self.last[on] = "", np.iinfo(np.int64).max
