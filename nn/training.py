"""train(): the loop over epochs and batches, as a generator of reports."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge
from numpy.typing import ArrayLike

from nn import given
from nn.arrays import Array
from nn.checks import checked
from nn.engine.blocks import Engine
from nn.engine.samples import NO_GOAL, Samples
from nn.epochs import EngineName, Step, choose
from nn.losses import Loss
from nn.network import Sequential
from nn.objective import Measures, Objective
from nn.optimizers import Optimizer
from nn.schedules import Monitor, ReduceOnPlateau
from nn.stopping import Best, DivergedError, EarlyStopping, Plateau, StopAt

StopReason = Literal["epochs", "stop_at", "early_stopping"]


@dataclass(frozen=True, eq=False)
class Report:
    """What training says of the epochs since the last report; arrays for a stack, else numbers.

    ``losses`` and ``accuracy`` are means over the samples of an epoch, each batch measured before
    its update. ``val_loss`` and ``val_accuracy`` are of the weights at the report.

    >>> from nn import Dense, MeanSquaredError, SGD, Zeros
    >>> line = Sequential([Dense(1, initializer=Zeros())], inputs=1)
    >>> (report,) = train(line, MeanSquaredError(), SGD(0.25), [[0]], [[1]], epochs=3, report_every=3)
    >>> report.epoch, report.losses, report.stopped
    (3, array([1.    , 0.25  , 0.0625]), 'epochs')
    """

    epoch: int
    losses: Array
    """The loss of each epoch since the last report, ``(epochs, *stack)``."""
    accuracy: Array | None
    val_loss: Array | None
    val_accuracy: Array | None
    learning_rate: Array | float
    """That of the last step."""
    best_epoch: int | None
    """The epoch of the best weights, where they are kept."""
    engine: str = ""
    """What ran the epochs: ``numpy``, ``native`` or the ``formulas`` themselves."""
    stopped: StopReason | None = None
    """Why this report is the last one."""
    seconds: float = 0.0
    """Time spent training so far, without the caller's own between reports."""

    @property
    def loss(self) -> Array:
        """The loss of this epoch."""
        last: Array = self.losses[-1]
        return last


@checked
def train(
    network: Sequential,
    loss: Loss,
    optimizer: Optimizer,
    x: ArrayLike,
    y: ArrayLike,
    *,
    epochs: Annotated[int, Ge(1)],
    batch_size: Annotated[int | None, Ge(1)] = None,
    shuffle: bool = True,
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | None = None,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    classification: bool | None = None,
    stop_at: StopAt | None = None,
    early_stopping: EarlyStopping | None = None,
    report_every: Annotated[int, Ge(1)] = 1,
    engine: EngineName = "auto",
) -> Iterator[Report]:
    """Train a network in place; yields a report every so many epochs and after the last.

    ``x: (samples, inputs)`` and ``y: (samples, outputs)`` are shared by all networks of a stack;
    the order of samples is each one's own. A batch is the whole set unless ``batch_size`` is
    given. ``sample_weight (samples,)`` weighs the loss of each sample, and ``class_weight`` that of
    each class by its number (1 where it has none); together they multiply. The loss is divided by the
    count of samples, not by the sum of weights, as in Keras; accuracies, validation and evaluation are
    unweighted. ``classification`` adds accuracies; it is on for cross-entropies and hinge over
    one output or a softmax unless given. With ``validation`` or early stopping the network ends with its best
    weights. Leaving the loop ends training; calling again starts afresh from the weights that the
    network then has, with the same order of samples and the same noise.

    The ``engine`` runs the same formulas as NumPy calls recorded once (``numpy``), as compiled C
    (``native``) or as they stand (``formulas``); ``auto`` takes C where compiling pays.

    Raises ValueError where the parts do not fit together, and DivergedError when no network of the
    stack has a finite loss. A schedule without a length of its own is as long as the training.

    >>> from nn import Dense, MeanSquaredError, SGD, Sequential
    >>> line = Sequential([Dense(1)], inputs=1, seed=0)
    >>> for report in train(line, MeanSquaredError(), SGD(0.1), [[0], [1]], [[1], [3]], epochs=500):
    ...     pass
    >>> line.parameters.round(3)
    array([2., 1.])
    """
    if classification is None:
        classification = loss.classifies(network.outputs)
    if network.stack and (stop_at or early_stopping):
        raise ValueError("stop_at and early_stopping are for a single network, got a stack")
    if stop_at and stop_at.accuracy and not classification:
        raise ValueError("stop_at.accuracy needs a classification, got a regression")
    if stop_at and stop_at.tolerance and loss.boundary != 0.5:
        name = type(loss).__name__
        raise ValueError(
            f"stop_at.tolerance needs outputs that come near their targets, got scores of {name}"
        )
    goal = stop_at.goal if stop_at else NO_GOAL
    tolerance = bool(stop_at and stop_at.tolerance)
    objective = Objective(network, loss, classification=classification, tolerance=tolerance)
    if class_weight and not classification:
        raise ValueError("class_weight needs a classification, got a regression")
    weights: dict[str, Any] = {"sample_weight": sample_weight, "class_weight": class_weight}
    samples = given.samples(network, loss, x, y, **weights, batch_size=batch_size, shuffle=shuffle)
    samples.measured, samples.goal = 3 if tolerance else 2 if classification else 1, goal
    held_out = given.pair(network, loss, *validation) if validation else None
    if optimizer.full_batch and not samples.whole:
        raise ValueError(
            f"{type(optimizer).__name__} trains on the whole set: leave batch_size out, or take SGD or Adam; "
            f"got batches of {samples.size} of {len(samples)} samples"
        )
    step = Step(network, objective, optimizer.over(epochs * len(samples.batches)))
    monitor = partial(_monitor, validation=validation is not None, classification=classification)
    best = plateau = None
    if early_stopping or validation:
        chosen = monitor("early_stopping", early_stopping)
        best = Best(chosen, network.parameters, early_stopping)
    schedule = optimizer.learning_rate
    if isinstance(schedule, ReduceOnPlateau):
        plateau = Plateau(schedule, monitor("ReduceOnPlateau", schedule), step.state["scale"])
    make = cache(partial(choose, engine, step, samples, epochs))
    if engine != "auto":
        make()  # what a named engine cannot do is said at once
    loop = Loop(step, samples, held_out, best, plateau)
    return loop.reports(make, epochs, report_every)


def _monitor(
    name: str, by: EarlyStopping | ReduceOnPlateau | None, *, validation: bool, classification: bool
) -> Monitor:
    """The measure that progress is judged by: the validation loss unless given, else the loss."""
    monitor = by.monitor if by else None
    if monitor is None:
        return "val_loss" if validation else "loss"
    if monitor.startswith("val_") and not validation:
        instead = monitor.removeprefix("val_")
        raise ValueError(
            f"{name}.monitor '{monitor}' needs a validation set, got none; hold one out, or use '{instead}'"
        )
    if monitor.endswith("accuracy") and not classification:
        instead = monitor.replace("accuracy", "loss")
        raise ValueError(
            f"{name}.monitor '{monitor}' needs a classification, got a regression; use '{instead}'"
        )
    return monitor


@dataclass(eq=False)
class Loop:
    """Stretches of epochs, and the reports on them."""

    step: Step
    samples: Samples
    held_out: tuple[Array, Array] | None
    best: Best | None
    plateau: Plateau | None

    @np.errstate(all="ignore")  # a diverging run is seen in its loss
    def validate(self) -> Measures | None:
        """The measures of the samples held out, with the weights as they are."""
        return self.step.objective.forward(*self.held_out) if self.held_out else None

    @property
    def learning_rate(self) -> Array | float:
        """That of the last step."""
        return self.step.optimizer.last_rate(self.step.state)

    def reports(self, make: Callable[[], Engine], epochs: int, report_every: int) -> Iterator[Report]:
        """Train; however this ends, the network then holds its best weights."""
        engine = make()
        epoch, seconds = 0, 0.0
        try:
            while True:
                started = time.perf_counter()
                measures = engine.run(min(report_every, epochs - epoch))
                epoch += len(measures)
                if not np.any(np.isfinite(measures[-1, 0])):
                    raise DivergedError(epoch, measures[-1, 0], float(np.max(self.learning_rate)))
                report = self.report(epoch, measures)
                stopped: StopReason | None = report.stopped
                if self.samples.goal.ends(measures[-1]):
                    stopped = "stop_at"
                elif epoch == epochs:
                    stopped = "epochs"
                seconds += time.perf_counter() - started
                yield replace(report, engine=engine.name, seconds=seconds, stopped=stopped)
                if stopped:
                    return
        finally:
            self.step.network.bind_noise(None)
            if self.best:
                self.best.restore(self.step.network.parameters)

    def report(self, epoch: int, measures: Array) -> Report:
        """Look at the validation set, and whether the weights are the best so far."""
        accuracy = measures[-1, 1] if self.step.objective.classification else None
        trained, held_out = Measures(measures[-1, 0], accuracy), self.validate()
        if self.best:
            self.best.see(epoch, trained, held_out, self.step.network.parameters)
        learning_rate = self.learning_rate
        if self.plateau:
            self.plateau.see(epoch, trained, held_out)
        return Report(
            epoch=epoch,
            losses=measures[:, 0],
            accuracy=accuracy,
            val_loss=held_out.loss if held_out else None,
            val_accuracy=held_out.accuracy if held_out else None,
            learning_rate=learning_rate,
            best_epoch=self.best.epoch if self.best else None,
            stopped="early_stopping" if self.best and self.best.stale(epoch) else None,
        )
