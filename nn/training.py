"""train(): the loop over epochs and batches, as a generator of reports."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.checks import checked
from nn.engine.blocks import Engine
from nn.engine.samples import NO_GOAL, Samples
from nn.epochs import EngineName, Step, choose
from nn.losses import CategoricalCrossEntropy, Loss
from nn.method import Method
from nn.network import Sequential
from nn.objective import Measures, Objective
from nn.optimizers import Optimizer
from nn.second_order.base import SecondOrder
from nn.second_order.engine import iterate
from nn.second_order.refusals import refuse_what_it_cannot_serve
from nn.seeds import generator
from nn.standing import Ending, Standing
from nn.stopping import Best, DivergedError, EarlyStopping, Monitor, StopAt

StopReason = Literal["epochs", "stop_at", "early_stopping"] | Ending


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
    learning_rate: float | None
    """None where the method finds the length of a step itself."""
    best_epoch: int | None
    """The epoch of the best weights, where they are kept."""
    engine: str = ""
    """What ran the epochs: ``numpy``, ``native`` or the ``formulas`` themselves."""
    stopped: StopReason | None = None
    """Why this report is the last one."""
    seconds: float = 0.0
    """Time spent training so far, without the caller's own between reports."""
    standing: Standing | None = None
    """Where a second-order method stands."""

    @property
    def loss(self) -> Array:
        """The loss of this epoch."""
        last: Array = self.losses[-1]
        return last


@checked
def train(
    network: Sequential,
    loss: Loss,
    optimizer: Method,
    x: ArrayLike,
    y: ArrayLike,
    *,
    epochs: Annotated[int, Ge(1)],
    batch_size: Annotated[int | None, Ge(1)] = None,
    shuffle: bool = True,
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
    given. ``classification`` adds accuracies; it is on for cross-entropies over one output or a
    softmax unless given. With ``validation`` or early stopping the network ends with its best
    weights. Leaving the loop ends training; calling again starts afresh from the weights that the
    network then has, with the same order of samples.

    The ``engine`` runs the same formulas as NumPy calls recorded once (``numpy``), as compiled C
    (``native``) or as they stand (``formulas``); ``auto`` takes C where compiling pays.

    Raises ValueError where the parts do not fit together, and DivergedError when no network of the
    stack has a finite loss.

    >>> from nn import Dense, MeanSquaredError, SGD, Sequential
    >>> line = Sequential([Dense(1)], inputs=1, seed=0)
    >>> for report in train(line, MeanSquaredError(), SGD(0.1), [[0], [1]], [[1], [3]], epochs=500):
    ...     pass
    >>> line.parameters.round(3)
    array([2., 1.])
    """
    if classification is None:
        one_of = isinstance(loss, CategoricalCrossEntropy) or network.outputs == 1
        classification = loss.link is not None and one_of
    if network.stack and (stop_at or early_stopping):
        raise ValueError("stop_at and early_stopping are for a single network, got a stack")
    if stop_at and stop_at.accuracy and not classification:
        raise ValueError("stop_at.accuracy needs a classification, got a regression")
    goal = stop_at.goal if stop_at else NO_GOAL
    tolerance = bool(stop_at and stop_at.tolerance)
    objective = Objective(network, loss, classification=classification, tolerance=tolerance)
    samples = _samples(network, _pair(network, loss, x, y), batch_size, shuffle)
    samples.measured, samples.goal = 3 if tolerance else 2 if classification else 1, goal
    if isinstance(optimizer, SecondOrder):
        refuse_what_it_cannot_serve(optimizer, network, loss, samples)
    held_out = _pair(network, loss, *validation) if validation else None
    monitor = _monitor(early_stopping, validation is not None, classification)
    best = Best(monitor, network.parameters, early_stopping) if monitor else None
    make = cache(partial(_engine, engine, network, objective, optimizer, samples, epochs))
    if engine != "auto":
        make()  # what a named engine cannot do is said at once
    loop = Loop(network, objective, optimizer, samples, held_out, best)
    return loop.reports(make, epochs, report_every)


def _engine(
    name: EngineName, network: Sequential, objective: Objective, method: Method, samples: Samples, epochs: int
) -> Engine:
    """What runs the epochs: the steps of an optimiser, or the iterations of a second-order method."""
    if isinstance(method, SecondOrder):
        return iterate(method, name, network, objective, samples, epochs)
    assert isinstance(method, Optimizer), "there are two kinds"
    return choose(name, Step(network, objective, method), samples, epochs)


def _monitor(early_stopping: EarlyStopping | None, validation: bool, classification: bool) -> Monitor | None:
    """The measure by which the best weights are chosen; None keeps the last."""
    if early_stopping and early_stopping.monitor:
        monitor = early_stopping.monitor
        if monitor.startswith("val_") and not validation:
            raise ValueError(f"early_stopping.monitor '{monitor}' needs a validation set, got none")
        if monitor.endswith("accuracy") and not classification:
            raise ValueError(f"early_stopping.monitor '{monitor}' needs a classification, got a regression")
        return monitor
    return "val_loss" if validation else "loss" if early_stopping else None


def _pair(network: Sequential, loss: Loss, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Inputs ``(samples, inputs)`` and targets ``(samples, outputs)`` that fit network and loss."""
    inputs, targets = np.asarray(x, network.dtype), np.asarray(y, network.dtype)
    if targets.ndim == 1:
        targets = targets[:, np.newaxis]
    samples = len(inputs)
    for name, array, width in (("x", inputs, network.inputs), ("y", targets, network.outputs)):
        if array.shape != (samples, width) or not samples:
            raise ValueError(
                f"{name}: expected the shape ({samples or 'samples'}, {width}), got {array.shape}"
            )
        if not np.all(np.isfinite(array)):
            raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")
    loss.check_targets(targets)
    return inputs, targets


def _samples(
    network: Sequential, pair: tuple[Array, Array], batch_size: int | None, shuffle: bool
) -> Samples:
    """The samples in batches; each network of a stack has an order of its own."""
    x, t = (array.copy() for array in pair)
    size = batch_size or len(x)
    if size > len(x):
        raise ValueError(f"batch_size {size} is larger than the {len(x)} training samples")
    generators = [generator(int(seed), "shuffling") for seed in network.seeds.flat] if shuffle else None
    members = np.arange(network.seeds.size).reshape(network.stack)
    return Samples(x, t, size, generators, members)


@dataclass(eq=False)
class Loop:
    """Stretches of epochs, and the reports on them."""

    network: Sequential
    objective: Objective
    optimizer: Method
    samples: Samples
    held_out: tuple[Array, Array] | None
    best: Best | None

    @np.errstate(all="ignore")  # a diverging run is seen in its loss
    def validate(self) -> Measures | None:
        """The measures of the samples held out, with the weights as they are."""
        return self.objective.forward(*self.held_out) if self.held_out else None

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
                    raise DivergedError(epoch, measures[-1, 0], self.optimizer.learning_rate)
                report = self.report(epoch, measures)
                stopped: StopReason | None = report.stopped
                if self.samples.goal.ends(measures[-1]):
                    stopped = "stop_at"
                elif engine.standing and engine.standing.ended:
                    stopped = engine.standing.ended
                elif epoch == epochs:
                    stopped = "epochs"
                seconds += time.perf_counter() - started
                yield replace(
                    report, engine=engine.name, seconds=seconds, standing=engine.standing, stopped=stopped
                )
                if stopped:
                    return
        finally:
            if self.best:
                self.best.restore(self.network.parameters)

    def report(self, epoch: int, measures: Array) -> Report:
        """Look at the validation set, and whether the weights are the best so far."""
        accuracy = measures[-1, 1] if self.objective.classification else None
        held_out = self.validate()
        if self.best:
            self.best.see(epoch, Measures(measures[-1, 0], accuracy), held_out, self.network.parameters)
        return Report(
            epoch=epoch,
            losses=measures[:, 0],
            accuracy=accuracy,
            val_loss=held_out.loss if held_out else None,
            val_accuracy=held_out.accuracy if held_out else None,
            learning_rate=self.optimizer.learning_rate,
            best_epoch=self.best.epoch if self.best else None,
            stopped="early_stopping" if self.best and self.best.stale(epoch) else None,
        )
