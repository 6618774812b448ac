"""When training ends before its last epoch: a goal reached, no progress, or a diverged loss."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Gt, Le

from nn.arrays import Array
from nn.checks import Checked
from nn.engine.samples import ANYTHING, Goal
from nn.objective import Measures

Monitor = Literal["loss", "accuracy", "val_loss", "val_accuracy"]


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


class Best:
    """The best parameters so far; each network of a stack has its own."""

    def __init__(self, monitor: Monitor, parameters: Array, early_stopping: EarlyStopping | None):
        self.monitor, self.parameters, self.early_stopping = monitor, parameters.copy(), early_stopping
        self.min_delta = early_stopping.min_delta if early_stopping else 0.0
        self.value = np.full(parameters.shape[:-1], np.inf)
        self.epoch = 0

    def see(self, epoch: int, trained: Measures, held_out: Measures | None, parameters: Array) -> None:
        """Keep the parameters of this epoch where they improve on the best."""
        measures = held_out if held_out and self.monitor.startswith("val_") else trained
        if self.monitor.endswith("accuracy"):
            assert measures.accuracy is not None, "train() refuses to monitor what is not measured"
            value = -np.asarray(measures.accuracy)
        else:
            value = np.asarray(measures.loss)
        improved = np.asarray(value < self.value - self.min_delta)
        self.value[improved] = value[improved]
        self.parameters[improved] = parameters[improved]
        if improved.any():
            self.epoch = epoch

    def stale(self, epoch: int) -> bool:
        """Whether patience is over."""
        return self.early_stopping is not None and epoch - self.epoch >= self.early_stopping.patience

    def restore(self, parameters: Array) -> None:
        """Fill ``parameters`` with the best, where any have been seen."""
        seen = np.isfinite(self.value)
        parameters[seen] = self.parameters[seen]


class DivergedError(ArithmeticError):
    """The loss became infinite or not a number.

    >>> DivergedError(epoch=3, loss=np.array(np.inf), learning_rate=10.0).epoch
    3
    """

    def __init__(self, epoch: int, loss: Array, learning_rate: float | None):
        self.epoch = epoch
        rate = "" if learning_rate is None else f"a learning rate below {learning_rate:g}, "
        super().__init__(
            f"the loss became {'NaN' if np.isnan(loss).all() else 'infinite'} at epoch {epoch}; "
            f"try {rate}smaller initial weights or scaled inputs"
        )
