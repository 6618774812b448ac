"""train(): what is given is checked and put together; the loop then yields reports."""

import weakref
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Annotated, Any

import numpy as np
from annotated_types import Ge, doc
from numpy.typing import ArrayLike

from nn.losses.base import Loss
from nn.network import Sequential
from nn.optimizers.base import FirstOrder, Optimizer
from nn.optimizers.second_order.base import SecondOrder
from nn.schedules.plateau import Monitor, ReduceOnPlateau
from nn.training import batches
from nn.training.batches import NO_GOAL
from nn.training.choice import EngineName, choose
from nn.training.compatibility import incompatibilities
from nn.training.inputs import pair
from nn.training.iterations import iterate
from nn.training.judging import Judge
from nn.training.loop import Loop, Moves, Runner
from nn.training.objective import Objective
from nn.training.reports import Reports
from nn.training.state import TrainingState
from nn.training.step import Step
from nn.training.stopping import Best, EarlyStopping, Plateau, StopAt
from nn.validation import checked, collect, raise_together


@checked
def train(
    network: Sequential,
    loss: Loss,
    optimizer: Optimizer,
    x: ArrayLike,
    y: ArrayLike,
    *,
    epochs: Annotated[int, Ge(1), doc("How often training goes through all samples.")],
    batch_size: Annotated[int | None, Ge(1), doc("Samples in a step; left out, all of them.")] = None,
    shuffle: Annotated[bool, doc("Whether each epoch has an order of its own.")] = True,
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | None = None,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    classification: bool | None = None,
    threshold: float | None = None,
    stop_at: Annotated[StopAt | None, doc("The goal that ends training.")] = None,
    early_stopping: Annotated[
        EarlyStopping | None, doc("What ends training when there is no progress.")
    ] = None,
    report_every: Annotated[int, Ge(1), doc("Epochs between two reports.")] = 1,
    engine: Annotated[
        EngineName, doc("What runs the steps: NumPy, or compiled C; auto takes C where compiling pays.")
    ] = "auto",
    state: TrainingState | None = None,
) -> Reports:
    """Train a network in place; yields a report every so many epochs and after the last.

    It trains while somebody asks for reports, and not before; ``fit`` takes the same and runs to the end.

    ``x: (samples, inputs)`` and ``y: (samples, outputs)`` are shared by all networks of a stack;
    the order of samples is each one's own. Each ends as it would alone, by its own goal, early stopping or
    divergence, and then stays as it is while the others go on: ``report.outcomes`` says how each stands.
    Its weights depend, to the last bit, neither on the other networks nor on how many there are (the
    engine ``formulas`` excepted); those of the same network alone may differ from them by rounding.
    ``y: (samples,)`` is a single output's targets; with a categorical
    cross-entropy the numbers of the classes, 0 … K − 1. A batch is the whole set unless ``batch_size`` is
    batches. ``sample_weight (samples,)`` weighs the loss of each sample, and ``class_weight`` that of
    each class by its number (1 where it has none); together they multiply. The loss is divided by the
    count of samples, not by the sum of weights, as in Keras; accuracies, validation and evaluation are
    unweighted. ``classification`` adds accuracies; it is on for cross-entropies and hinge over
    one output or a softmax unless given. One output means the second class above the ``threshold``, and so
    does its target: 0 suits targets of −1 and 1. Left out, it is ½, or 0 for the outputs of hinge.
    With ``validation`` or early stopping the network ends with its best
    weights. Leaving the loop ends training; calling again starts afresh from the weights that the
    network then has, with the same order of samples and the same noise, and ends a training that was
    left: continuing that one raises RuntimeError. The loss is copied, so that trainings may share it.

    The ``engine`` runs the same formulas as NumPy calls recorded once (``numpy``), as compiled C
    (``native``) or as they stand (``formulas``); ``auto`` takes C where compiling pays.

    With the ``state`` that a report of an earlier training gave (``report.state()``), training goes on from
    that report, to the last bit as if it had never stopped: given a network, data and options as they were
    at the start, but for more ``epochs`` if you like, and the engine that the report names.

    A recorded step is held against the formulas before it trains, and again at the first and the last report.
    Formulas that count, draw random numbers or remember differ from it; then EngineError is raised after the
    last report, when the network has its weights. What such a formula does only now and then, between those
    steps, or only for more than a few thousand rows, is beyond reach: give it to the engine ``formulas``. Of
    what ``auto`` cannot record or compile, the ``engine_note`` of each report says why.

    Raises IncompatibleError, with every reason at once, where the arguments are not compatible, and
    DivergedError when no network of the stack has a finite loss; one that has none ends for itself. A
    schedule without a length of its own is as long as the training.

    >>> from nn import Dense, MeanSquaredError, SGD, Sequential
    >>> line = Sequential([Dense(1)], inputs=1, seed=0)
    >>> for report in train(line, MeanSquaredError(), SGD(0.1), [[0], [1]], [[1], [3]], epochs=500):
    ...     pass
    >>> line.parameters.round(3)
    array([2., 1.])
    """
    if classification is None:
        classification = loss.classifies(network.outputs)
    errors = list(
        incompatibilities(
            network,
            loss,
            optimizer,
            samples=len(np.atleast_1d(x)),
            batch_size=batch_size,
            validation=validation is not None,
            classification=classification,
            class_weight=class_weight,
            stop_at=stop_at,
            early_stopping=early_stopping,
        )
    )
    weights: dict[str, Any] = {"sample_weight": sample_weight, "class_weight": class_weight}
    weights["threshold"] = threshold
    with collect(errors):
        samples = batches.samples(network, loss, x, y, **weights, batch_size=batch_size, shuffle=shuffle)
    with collect(errors):
        held_out = pair(network, loss, *validation) if validation else None
    raise_together(errors)
    supersede(network)
    tolerance = bool(stop_at and stop_at.tolerance)
    objective = Objective(
        network,
        loss,
        classification=classification,
        tolerance=tolerance,
        overshoot=not (stop_at and stop_at.overshoot),
        threshold=threshold,
        samples=len(samples),
    )
    samples.measured = 3 if tolerance else 2 if classification else 1
    samples.goal = stop_at.goal if stop_at else NO_GOAL
    otherwise: Monitor = "val_loss" if validation else "loss"
    best = plateau = None
    if early_stopping or validation:
        chosen = (early_stopping.monitor if early_stopping else None) or otherwise
        best = Best(chosen, network.parameters, early_stopping)
    make: Callable[[], Runner]
    method: Callable[[], Moves]
    if isinstance(optimizer, SecondOrder):
        make = method = cache(partial(iterate, optimizer, engine, network, objective, samples, epochs))
    else:
        assert isinstance(optimizer, FirstOrder), "there are two kinds"
        step = Step(network, objective, optimizer.over(epochs * len(samples.batches)))
        make, method = cache(partial(choose, engine, step, samples, epochs)), lambda: step
        schedule = step.optimizer.schedule
        samples.rated = bool(schedule) and not network.stack
        if isinstance(schedule, ReduceOnPlateau):
            plateau = Plateau(schedule, schedule.monitor or otherwise, step.optimizer_state["scale"])
    if engine != "auto":
        make()  # what a named engine cannot do is said at once
    loop = Loop(objective, samples, Judge(objective, samples, held_out, best, plateau), make, method)
    if state is not None:
        loop.go_on(state, epochs)
    network.training = weakref.ref(loop)
    return Reports(loop.reports(epochs, report_every))


def supersede(network: Sequential) -> None:
    """End a training of the network that was left before its end; it raises where it is continued."""
    loop = network.training and network.training()
    if loop:
        loop.end()
        loop.superseded = True
