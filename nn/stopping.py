"""What training does about its progress: ends at a goal, without progress or diverged, or slows down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, Gt, Le

from nn.arrays import Array
from nn.checks import Checked
from nn.engine.samples import ANYTHING, Goal
from nn.objective import Measures
from nn.schedules import Monitor, ReduceOnPlateau
from nn.state import State


@dataclass(frozen=True)
class StopAt(Checked):
    """A goal: training stops after the first epoch that meets all that is given here.

    ``loss`` at most this, ``accuracy`` at least this, every output within ``tolerance`` of its
    target. Judged on what the epoch reports: the batches as they were before each update.

    >>> StopAt(loss=0.01)
    StopAt(loss=0.01, accuracy=None, tolerance=None)
    """

    loss: Annotated[float | None, Gt(0)] = None
    accuracy: Annotated[float | None, Gt(0), Le(1)] = None
    tolerance: Annotated[float | None, Gt(0)] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.loss is self.accuracy is self.tolerance is None:
            raise ValueError("StopAt: expected a loss, an accuracy or a tolerance, got none")

    @property
    def goal(self) -> Goal:
        """The bounds on loss, accuracy and largest error; what is not asked for is always met."""
        given = (self.loss, self.accuracy, self.tolerance)
        return Goal(
            *(bound if value is None else value for value, bound in zip(given, ANYTHING, strict=True))
        )


@dataclass(frozen=True)
class EarlyStopping(Checked):
    """Stop when ``monitor`` has not improved by more than ``min_delta`` for ``patience`` epochs.

    The network then goes back to its best weights. The monitor is the validation loss unless
    given, or the training loss where nothing is held out. Prechelt (1998), "Early stopping, but
    when?".

    >>> EarlyStopping(patience=50, min_delta=1e-4)
    EarlyStopping(patience=50, monitor=None, min_delta=0.0001)
    """

    patience: Annotated[int, Ge(1)]
    monitor: Monitor | None = None
    min_delta: Annotated[float, Ge(0)] = 0.0


def judged(monitor: Monitor, trained: Measures, held_out: Measures | None) -> Array:
    """The value of the monitor, ``(*stack,)``, the smaller the better: accuracies count negative."""
    measures = held_out if held_out and monitor.startswith("val_") else trained
    if monitor.endswith("accuracy"):
        assert measures.accuracy is not None, "train() refuses to monitor what is not measured"
        return -np.asarray(measures.accuracy)
    return np.asarray(measures.loss)


class Best:
    """The best parameters so far; each network of a stack has its own."""

    def __init__(self, monitor: Monitor, parameters: Array, early_stopping: EarlyStopping | None):
        self.monitor, self.parameters, self.early_stopping = monitor, parameters.copy(), early_stopping
        self.min_delta = early_stopping.min_delta if early_stopping else 0.0
        self.value = np.full(parameters.shape[:-1], np.inf)
        self.epoch = 0

    def see(self, epoch: int, trained: Measures, held_out: Measures | None, parameters: Array) -> None:
        """Keep the parameters of this epoch where they improve on the best."""
        value = judged(self.monitor, trained, held_out)
        improved = np.asarray(value < self.value - self.min_delta)
        self.value[improved] = value[improved]
        self.parameters[improved] = parameters[improved]
        if improved.any():
            self.epoch = epoch

    def stale(self, epoch: int) -> bool:
        """Whether patience is over."""
        return self.early_stopping is not None and epoch - self.epoch >= self.early_stopping.patience

    def state(self) -> Mapping[str, Any]:
        """The best parameters, their value and their epoch."""
        return {"parameters": self.parameters, "value": self.value, "epoch": self.epoch}

    def restore(self, state: State) -> None:
        """Go on from such a best."""
        self.parameters, self.value, self.epoch = state["parameters"], state["value"], int(state["epoch"])

    def fill(self, parameters: Array) -> None:
        """Fill ``parameters`` with the best, where any have been seen."""
        seen = np.isfinite(self.value)
        parameters[seen] = self.parameters[seen]


class Plateau:
    """Reduces the ``scale`` ``(*stack, 1)`` of the learning rate of each network that makes no progress."""

    def __init__(self, schedule: ReduceOnPlateau, monitor: Monitor, scale: Array):
        self.schedule, self.monitor, self.scale = schedule, monitor, scale
        self.value = np.full(scale.shape[:-1], np.inf)
        self.since = np.zeros(scale.shape[:-1], int)
        """The epoch of the best value, or of the last reduction."""

    def see(self, epoch: int, trained: Measures, held_out: Measures | None) -> None:
        """Take the measures of this epoch in; the steps to come have the rate that follows."""
        schedule, value = self.schedule, judged(self.monitor, trained, held_out)
        improved = value < self.value - schedule.min_delta
        self.value = np.where(improved, value, self.value)
        self.since = np.where(improved, epoch, self.since)
        over = epoch - self.since >= schedule.patience
        self.since = np.where(over, epoch, self.since)
        reduced = np.maximum(schedule.factor * self.scale, schedule.min_rate / schedule.start)
        self.scale[...] = np.where(over[..., np.newaxis], reduced, self.scale)

    def state(self) -> Mapping[str, Any]:
        """What progress is measured from; the scale is the step's."""
        return {"value": self.value, "since": self.since}

    def restore(self, state: State) -> None:
        """Wait on from there."""
        self.value, self.since = state["value"], state["since"]


class DivergedError(ArithmeticError):
    """The loss became infinite or not a number.

    >>> DivergedError(epoch=3, loss=np.array(np.inf), learning_rate=10.0).epoch
    3
    """

    def __init__(self, epoch: int, loss: Array, learning_rate: Array | float | None):
        self.epoch = epoch
        rate = "" if learning_rate is None else f"a learning rate below {np.max(learning_rate):g}, "
        super().__init__(
            f"the loss became {'NaN' if np.isnan(loss).all() else 'infinite'} at epoch {epoch}; "
            f"try {rate}smaller initial weights or scaled inputs"
        )
