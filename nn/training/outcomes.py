"""Which networks train, and how each of the others has ended; a single network is a stack of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from nn.arrays import Array
from nn.optimizers.second_order.status import Ending
from nn.training.state import TrainingState

REASONS = ("", "stop_at", "early_stopping", "epochs", "diverged", *get_args(Ending))
"""Why a network has ended; the empty word while it trains."""
TRAINS, STOP_AT = 0, 1


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
    reason: Array
    """The number of its reason among the ``REASONS``."""
    largest_error: Array
    """max |y − t|, without overshoot if that is ignored, where ``stop_at`` has a tolerance, else NaN: where
    the goal is reached, of just its weights; else as its last epoch measured it."""

    @property
    def stopped(self) -> Array:
        """``stop_at``, ``early_stopping``, ``epochs``, ``diverged`` or what a method says of itself.

        The empty word while it trains.
        """
        return np.asarray(np.array(REASONS)[self.reason])


class Members:
    """The networks of a stack by their places, in arrays ``(networks,)``; a single network is a stack of one.

    Those that train are all at the same epoch. Each ends for itself: what it has then stays as it is.
    """

    def __init__(self, networks: int, measured: int = 1):
        self.now = 0
        """The number of epochs before those that run."""
        self.reason = np.zeros(networks, np.int8)
        """Why it has ended, as its number among the ``REASONS``."""
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
        return self.reason == TRAINS

    def ended(self, reason: str) -> Array:
        """Which networks have ended for this reason, ``(networks,)``."""
        return self.reason == REASONS.index(reason)

    def end(
        self, places: Array, reason: str, epoch: int, last: int, error: Array | float | None = None
    ) -> None:
        """End networks that train, with the k of their weights θₖ and their last epoch."""
        self.reason[places] = REASONS.index(reason)
        self.epoch[places], self.last[places] = epoch, last
        self.error[places] = np.nan if error is None else error

    def reached(self, epoch: int) -> Array:
        """The k of the weights θₖ of each network after so many epochs, ``(networks,)``."""
        return np.where(self.training, epoch, self.epoch)

    def outcomes(self, stack: tuple[int, ...], epoch: int) -> Outcomes:
        """How each network stands after so many epochs."""
        error = self.error.copy()
        if len(self.measures) > 2:
            error = np.where(np.isnan(error), self.measures[2], error)
        parts = self.reached(epoch), self.reason.copy(), error
        return Outcomes(*(part.reshape(stack) for part in parts))

    @property
    def stopped(self) -> str | None:
        """Why the last network ended, of those that have not diverged; None while any trains."""
        if self.training.any():
            return None
        return REASONS[self.reason[np.argmax(np.where(self.ended("diverged"), -1, self.last))]]

    def state(self) -> Mapping[str, Any]:
        """Return who has ended, and how."""
        return {name: getattr(self, name) for name in ("reason", "epoch", "last", "measures", "error")}

    def restore(self, state: TrainingState) -> None:
        """Continue from such a state; networks whose epochs were over go on."""
        for name, array in state.items():
            setattr(self, name, array)
        on = self.ended("epochs")
        self.reason[on], self.last[on] = TRAINS, np.iinfo(np.int64).max
