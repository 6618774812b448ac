"""What ends a training: goals, early stopping with the best weights, divergence; reduced learning rates."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Gt, Le, doc

from nn.arrays import Array
from nn.schedules.plateau import Monitor, ReduceOnPlateau
from nn.training.batches import ANYTHING, Goal
from nn.training.objective import Metrics
from nn.training.state import TrainingState
from nn.validation import Checked, IncompatibleError


@dataclass(frozen=True)
class StopAt(Checked):
    """A goal: training stops with the first weights that meet all that is given here.

    ``loss`` at most this, ``accuracy`` at least this, every output within ``tolerance`` of its
    target, or with ``overshoot="ignored"`` beyond it (of classes: below the lower target, above the higher);
    of all training samples, without noise. An epoch that reports as much is a candidate, as its
    batches were measured before their updates: with whole batches the weights before it have met the
    goal, and training goes back to them; else those after it are measured, and training goes on where
    they miss the goal. Each network of a stack stops for itself.

    >>> StopAt(loss=0.01)
    StopAt(loss=0.01, accuracy=None, tolerance=None, overshoot=None)

    The criterion 40-20-40 of Fahlman (1988), "An empirical study of learning speed in back-propagation
    networks", takes an output of up to 0.4 for 0 and one of at least 0.6 for 1: of targets 0 and 1 it is
    ``StopAt(tolerance=0.4)``; of targets 0.1 and 0.9 ``StopAt(tolerance=0.3, overshoot="ignored")``.
    """

    loss: Annotated[float | None, Gt(0), doc("The loss to reach, or less.")] = None
    accuracy: Annotated[
        float | None, Gt(0), Le(1), doc("The accuracy to reach, or more: 1 is all samples.")
    ] = None
    tolerance: Annotated[float | None, Gt(0), doc("How near to its target every output is to be.")] = None
    overshoot: Annotated[
        Literal["ignored"] | None,
        doc("Ignored: of classes an answer beyond its target is right too. Left out, it counts as an error."),
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.overshoot and self.tolerance is None:
            raise IncompatibleError(
                "overshoot", "StopAt.overshoot needs a tolerance, which it widens; got none"
            )
        if self.loss is self.accuracy is self.tolerance is None:
            raise ValueError("StopAt needs a loss, an accuracy or a tolerance, as in loss: 0.01")

    @property
    def goal(self) -> Goal:
        """Return the bounds on loss, accuracy and largest error; those that are not given are always met."""
        given = (self.loss, self.accuracy, self.tolerance)
        return Goal(
            *(bound if value is None else value for value, bound in zip(given, ANYTHING, strict=True))
        )

    @property
    def text(self) -> str:
        """The goal in words.

        >>> StopAt(loss=0.01, accuracy=1).text
        'loss ≤ 0.01 and accuracy ≥ 100 %'
        """
        parts = []
        if self.loss is not None:
            parts.append(f"loss ≤ {self.loss:g}")
        if self.accuracy is not None:
            parts.append(f"accuracy ≥ {100 * self.accuracy:g} %")
        if self.tolerance is not None:
            beyond = " or beyond it" if self.overshoot else ""
            parts.append(f"every output within {self.tolerance:g} of its target{beyond}")
        return " and ".join(parts)

    def scaled(self, scale: float) -> "StopAt":
        """Return the goal for targets that were divided by ``scale``; the loss is in that unit already."""
        return self if self.tolerance is None else replace(self, tolerance=self.tolerance / scale)


@dataclass(frozen=True)
class EarlyStopping(Checked):
    """Stop when ``monitor`` has not improved by more than ``min_delta`` for ``patience`` epochs.

    The network then goes back to its best weights; each one of a stack stops for itself. The monitor is
    the validation loss unless given, or the training loss where nothing is held out. An epoch's own loss
    and accuracy were measured before its updates: of whole batches they tell of the weights before the
    epoch; of other batches an epoch that improves is a candidate, whose weights are measured on all
    training samples before they are kept. Prechelt (1998), "Early stopping, but when?".

    >>> EarlyStopping(patience=50, min_delta=1e-4)
    EarlyStopping(patience=50, monitor=None, min_delta=0.0001)
    """

    patience: Annotated[int, Ge(1), doc("Epochs without progress after which training ends.")]
    monitor: Annotated[
        Monitor | None,
        doc("What progress is judged by; left out, val_loss where there is one, else the loss."),
    ] = None
    min_delta: Annotated[float, Ge(0), doc("How much less the measure must be to count as progress.")] = 0.0


def judged(monitor: Monitor, measures: Metrics) -> Array:
    """Return the value of the monitor, ``(*stack,)``, smaller being better: accuracies are negated."""
    if monitor.endswith("accuracy"):
        assert measures.accuracy is not None, "train() refuses to monitor what is not measured"
        return -np.asarray(measures.accuracy)
    return np.asarray(measures.loss)


class Best:
    """The best parameters θₖ so far, with their epoch k; each network of a stack has its own."""

    def __init__(self, monitor: Monitor, parameters: Array, early_stopping: EarlyStopping | None):
        self.monitor, self.parameters, self.early_stopping = monitor, parameters.copy(), early_stopping
        self.min_delta = early_stopping.min_delta if early_stopping else 0.0
        self.value = np.full(parameters.shape[:-1], np.inf)
        """The best that the monitor has shown: patience is measured from it."""
        self.measured = self.value.copy()
        """What was measured on the parameters that are kept."""
        self.since = np.zeros(self.value.shape, np.int64)
        """The epoch of the best value."""
        self.epoch = self.since.copy()
        """The k of the parameters that are kept."""

    @property
    def kept_epoch(self) -> Any:
        """The k of the parameters θₖ that are kept; None before there are any with a finite loss.

        Of a stack an array ``(*stack,)``, with −1 for None.
        """
        kept = np.where(np.isfinite(self.measured), self.epoch, -1)
        return kept if kept.ndim else None if kept < 0 else int(kept)

    def improves(self, epoch: int, measures: Metrics, where: Array | bool = True) -> Array:
        """Update from the monitor at this epoch; returns which of the networks improve, ``(*stack,)``."""
        value = judged(self.monitor, measures)
        improved = np.asarray(where & (value < self.value - self.min_delta))
        self.value, self.since = np.where(improved, value, self.value), np.where(improved, epoch, self.since)
        return improved

    def keep(self, epoch: Array | int, measures: Metrics, parameters: Array, where: Array) -> None:
        """Keep the parameters θₖ of epoch k, with the metrics measured on them, ``where`` they are better."""
        value = judged(self.monitor, measures)
        better = np.asarray(where & (value < self.measured))
        if better.any():
            # New arrays, as a copy of this object still has the old ones.
            self.measured = np.where(better, value, self.measured)
            self.parameters = np.where(better[..., np.newaxis], parameters, self.parameters)
            self.epoch = np.where(better, epoch, self.epoch)

    def stale(self, epoch: int) -> Array:
        """Which networks have had no improvement for ``patience`` epochs, ``(*stack,)``."""
        return epoch - self.since >= (self.early_stopping.patience if self.early_stopping else np.inf)

    def state(self) -> Mapping[str, Any]:
        """Return the best parameters, their epoch and the value that improvements are measured from."""
        names = "parameters", "value", "measured", "since", "epoch"
        return {name: getattr(self, name) for name in names}

    def restore(self, state: TrainingState) -> None:
        """Continue from such a state."""
        for name, array in state.items():
            setattr(self, name, array)

    def fill(self, parameters: Array) -> None:
        """Fill ``parameters`` with the best, where any have been kept."""
        kept = np.isfinite(self.measured)
        parameters[kept] = self.parameters[kept]


class Plateau:
    """Reduces the ``scale`` ``(*stack, 1)`` of the learning rate where the monitor has stalled."""

    def __init__(self, schedule: ReduceOnPlateau, monitor: Monitor, scale: Array):
        self.schedule, self.monitor, self.scale = schedule, monitor, scale
        self.value = np.full(scale.shape[:-1], np.inf)
        self.since = np.zeros(scale.shape[:-1], int)
        """The epoch of the best value, or of the last reduction."""

    def see(self, epoch: int, measures: Metrics) -> None:
        """Update from the monitor at this epoch; a new rate holds from the next step on."""
        schedule, value = self.schedule, judged(self.monitor, measures)
        improved = value < self.value - schedule.min_delta
        self.value = np.where(improved, value, self.value)
        self.since = np.where(improved, epoch, self.since)
        over = epoch - self.since >= schedule.patience
        self.since = np.where(over, epoch, self.since)
        reduced = np.maximum(schedule.factor * self.scale, schedule.min_rate / schedule.start)
        self.scale[...] = np.where(over[..., np.newaxis], reduced, self.scale)

    def state(self) -> Mapping[str, Any]:
        """Return what progress is measured from; the scale is part of the step's state."""
        return {"value": self.value, "since": self.since}

    def restore(self, state: TrainingState) -> None:
        """Continue from such a state."""
        self.value, self.since = state["value"], state["since"]


class DivergedError(ArithmeticError):
    """The loss became infinite or not a number, or the squares that a method keeps did.

    ``event`` is what happened, without the advice of the message.

    >>> DivergedError(epoch=3, loss=np.array(np.inf), learning_rate=10.0).epoch
    3
    """

    def __init__(self, epoch: int, loss: Array, learning_rate: Array | float | None):
        self.epoch = epoch
        if np.isfinite(loss).any():
            self.event = (
                f"the squares of the gradients became infinite by epoch {epoch}, so that no step moves the "
                "weights any more"
            )
            advice = "scaled inputs and targets, dtype float64 or clip_value"
        else:
            self.event = f"the loss became {'NaN' if np.isnan(loss).all() else 'infinite'} at epoch {epoch}"
            rate = "" if learning_rate is None else f"a learning rate below {np.max(learning_rate):g}, "
            advice = f"{rate}smaller initial weights or scaled inputs"
        super().__init__(f"{self.event}; try {advice}")


class EngineError(ArithmeticError):
    """What an engine computes is no longer what the formulas do: one of them counts, draws or remembers.

    >>> from nn import SGD, Dense, Linear, MeanSquaredError, Sequential, train
    >>> class Turning(Linear):
    ...     factor = 1
    ...     def forward(self, x):
    ...         return self.factor * x
    >>> line, data = Sequential([Dense(1), Turning()], inputs=1), ([[1]], [[1]])
    >>> for report in train(line, MeanSquaredError(), SGD(0.1), *data, epochs=2, engine="numpy"):
    ...     line.layers[1].factor = 2
    Traceback (most recent call last):
    nn.training.stopping.EngineError: after epoch 2 a step of the engine 'numpy' leaves another loss than the
    formulas do: one of them counts, draws random numbers or remembers, which is not recorded; train with
    the engine 'formulas'
    """
