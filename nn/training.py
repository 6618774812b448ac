"""train(): what is given is checked and put together; the loop then yields reports."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Annotated, Any

from annotated_types import Ge
from numpy.typing import ArrayLike

from nn import given
from nn.arrays import Array
from nn.checks import MisfitError, checked
from nn.engine.blocks import Engine
from nn.engine.samples import NO_GOAL, Samples
from nn.epochs import EngineName, Step, choose
from nn.loop import Loop, Report
from nn.losses import Loss
from nn.method import Method
from nn.network import Sequential
from nn.objective import Objective
from nn.optimizers import Optimizer
from nn.schedules import Monitor, ReduceOnPlateau
from nn.second_order.base import SecondOrder
from nn.second_order.engine import iterate
from nn.second_order.refusals import refuse_what_it_cannot_serve
from nn.state import Remembers, State
from nn.stopping import Best, EarlyStopping, Plateau, StopAt


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
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | None = None,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    classification: bool | None = None,
    stop_at: StopAt | None = None,
    early_stopping: EarlyStopping | None = None,
    report_every: Annotated[int, Ge(1)] = 1,
    engine: EngineName = "auto",
    state: State | None = None,
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

    With the ``state`` that a report of an earlier training gave (``report.state()``), training goes on from
    that report, to the last bit as if it had never stopped: given a network, data and options as they were
    at the start, but for more ``epochs`` if you like, and the engine that the report names.

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
        raise MisfitError(
            "stop_at" if stop_at else "early_stopping",
            "stop_at and early_stopping are for a single network, got a stack",
        )
    if stop_at and stop_at.accuracy and not classification:
        raise MisfitError("stop_at.accuracy", "stop_at.accuracy needs a classification, got a regression")
    if stop_at and stop_at.tolerance and loss.boundary != 0.5:
        name = type(loss).__name__
        raise MisfitError(
            "stop_at.tolerance",
            f"stop_at.tolerance needs outputs that come near their targets, got scores of {name}",
        )
    goal = stop_at.goal if stop_at else NO_GOAL
    tolerance = bool(stop_at and stop_at.tolerance)
    objective = Objective(network, loss, classification=classification, tolerance=tolerance)
    if class_weight and not classification:
        raise MisfitError("class_weight", "class_weight needs a classification, got a regression")
    weights: dict[str, Any] = {"sample_weight": sample_weight, "class_weight": class_weight}
    samples = given.samples(network, loss, x, y, **weights, batch_size=batch_size, shuffle=shuffle)
    samples.measured, samples.goal = 3 if tolerance else 2 if classification else 1, goal
    held_out = given.pair(network, loss, *validation) if validation else None
    monitor = partial(_monitor, validation=validation is not None, classification=classification)
    best = plateau = None
    if early_stopping or validation:
        chosen = monitor("early_stopping", early_stopping)
        best = Best(chosen, network.parameters, early_stopping)
    make: Callable[[], Engine]
    method: Callable[[], Remembers]
    if isinstance(optimizer, SecondOrder):
        refuse_what_it_cannot_serve(optimizer, network, loss, samples)
        make = method = cache(partial(iterate, optimizer, engine, network, objective, samples, epochs))
        rate: Callable[[], Array | float | None] = lambda: None  # noqa: E731
    else:
        step = _step(network, objective, optimizer, samples, epochs)
        make, method = cache(partial(choose, engine, step, samples, epochs)), lambda: step
        rate = step.last_rate
        if isinstance(schedule := step.optimizer.learning_rate, ReduceOnPlateau):
            plateau = Plateau(schedule, monitor("ReduceOnPlateau", schedule), step.optimizer_state["scale"])
    if engine != "auto":
        make()  # what a named engine cannot do is said at once
    loop = Loop(objective, samples, held_out, best, plateau, rate, make, method)
    if state is not None:
        loop.go_on(state, epochs)
    return loop.reports(epochs, report_every)


def _step(network: Sequential, objective: Objective, method: Method, samples: Samples, epochs: int) -> Step:
    """The step of an optimiser, whose schedule then spans the training."""
    assert isinstance(method, Optimizer), "there are two kinds"
    if method.full_batch and not samples.whole:
        raise MisfitError(
            "batch_size",
            f"{type(method).__name__} trains on the whole set: leave batch_size out, or take SGD or Adam; "
            f"got batches of {samples.size} of {len(samples)} samples",
        )
    return Step(network, objective, method.over(epochs * len(samples.batches)))


def _monitor(
    name: str, by: EarlyStopping | ReduceOnPlateau | None, *, validation: bool, classification: bool
) -> Monitor:
    """The measure that progress is judged by: the validation loss unless given, else the loss."""
    monitor = by.monitor if by else None
    argument = "early_stopping.monitor" if name == "early_stopping" else "optimizer.learning_rate.monitor"
    if monitor is None:
        return "val_loss" if validation else "loss"
    if monitor.startswith("val_") and not validation:
        instead = monitor.removeprefix("val_")
        raise MisfitError(
            argument,
            f"{name}.monitor '{monitor}' needs a validation set, got none; hold one out, or use '{instead}'",
        )
    if monitor.endswith("accuracy") and not classification:
        instead = monitor.replace("accuracy", "loss")
        raise MisfitError(
            argument, f"{name}.monitor '{monitor}' needs a classification, got a regression; use '{instead}'"
        )
    return monitor
