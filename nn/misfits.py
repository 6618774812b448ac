"""What does not fit together in a training: every objection, with the argument of train() at fault."""

from collections.abc import Iterator, Mapping

from nn.checks import MisfitError
from nn.losses import Loss
from nn.network import Sequential
from nn.optimizers import Optimizer
from nn.schedules import ReduceOnPlateau
from nn.second_order.refusals import refusals
from nn.stopping import EarlyStopping, StopAt


def misfits(
    network: Sequential,
    loss: Loss,
    optimizer: Optimizer,
    *,
    samples: int,
    batch_size: int | None,
    validation: bool,
    classification: bool,
    class_weight: Mapping[int, float] | None,
    stop_at: StopAt | None,
    early_stopping: EarlyStopping | None,
) -> Iterator[MisfitError]:
    """Each objection to training a network so on so many samples, with or without a validation set."""
    if network.stack and (stop_at or early_stopping):
        yield MisfitError(
            "stop_at" if stop_at else "early_stopping",
            "stop_at and early_stopping are for a single network, got a stack",
        )
    if stop_at and stop_at.accuracy and not classification:
        yield MisfitError("stop_at.accuracy", "stop_at.accuracy needs a classification, got a regression")
    if stop_at and stop_at.tolerance and loss.boundary != 0.5:
        scores = f"got scores of {type(loss).__name__}"
        yield MisfitError(
            "stop_at.tolerance",
            f"stop_at.tolerance needs outputs that come near their targets, {scores}",
        )
    if class_weight and not classification:
        yield MisfitError("class_weight", "class_weight needs a classification, got a regression")
    if batch_size and batch_size > samples:
        yield MisfitError(
            "batch_size", f"batch_size {batch_size} is larger than the {samples} training samples"
        )
    if early_stopping:
        yield from unmeasured("early_stopping", early_stopping, validation, classification)
    if isinstance(optimizer.schedule, ReduceOnPlateau):
        yield from unmeasured("ReduceOnPlateau", optimizer.schedule, validation, classification)
    if optimizer.full_batch and batch_size and batch_size < samples:
        yield MisfitError(
            "batch_size",
            f"{type(optimizer).__name__} trains on the whole set, got batch_size {batch_size} of {samples}; "
            "leave batch_size out, or use sgd or adam for mini-batches",
        )
    if optimizer.iterates:
        yield from refusals(optimizer, network, loss, samples)


def unmeasured(
    name: str, by: EarlyStopping | ReduceOnPlateau, validation: bool, classification: bool
) -> Iterator[MisfitError]:
    """The objection to a monitor of what is not measured."""
    argument = "early_stopping.monitor" if name == "early_stopping" else "optimizer.learning_rate.monitor"
    monitor = by.monitor or ""
    if monitor.startswith("val_") and not validation:
        needed, instead = "a validation set, got none; hold one out, or", monitor.removeprefix("val_")
        yield MisfitError(argument, f"{name}.monitor '{monitor}' needs {needed} use '{instead}'")
    elif monitor.endswith("accuracy") and not classification:
        needed, instead = "a classification, got a regression;", monitor.replace("accuracy", "loss")
        yield MisfitError(argument, f"{name}.monitor '{monitor}' needs {needed} use '{instead}'")
