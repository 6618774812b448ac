"""Checks that the arguments of train() are compatible."""

import math
import os
from collections.abc import Iterator, Mapping

from nn.layers.base import Layer, every
from nn.losses.base import Loss
from nn.losses.regression import MeanSquaredError
from nn.network import Sequential
from nn.optimizers.base import FirstOrder, Optimizer
from nn.schedules.plateau import ReduceOnPlateau
from nn.training.evaluations import chunk
from nn.training.stopping import EarlyStopping, StopAt
from nn.validation import IncompatibleError, blame, collect


def incompatibilities(
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
) -> Iterator[IncompatibleError]:
    """Yield every reason why these arguments of train() do not work together, each with its argument."""
    if stop_at and stop_at.accuracy and not classification:
        yield IncompatibleError(
            "stop_at.accuracy", "stop_at.accuracy needs a classification, got a regression"
        )
    if stop_at and stop_at.tolerance and loss.threshold != 0.5:
        scores = f"got scores of {type(loss).__name__}"
        yield IncompatibleError(
            "stop_at.tolerance",
            f"stop_at.tolerance needs outputs that come near their targets, {scores}",
        )
    if stop_at and stop_at.overshoot and not classification:
        yield IncompatibleError(
            "stop_at.overshoot", "stop_at.overshoot needs a classification, got a regression; leave it out"
        )
    if class_weight is not None and not classification:
        yield IncompatibleError("class_weight", "class_weight needs a classification, got a regression")
    if early_stopping:
        yield from of_monitor("early_stopping.monitor", early_stopping, validation, classification)
    if isinstance(schedule := optimizer.schedule, ReduceOnPlateau):
        yield from of_monitor("optimizer.learning_rate.monitor", schedule, validation, classification)
    if optimizer.full_batch and batch_size and batch_size < samples:
        yield IncompatibleError(
            "batch_size",
            f"{type(optimizer).__name__} trains on the whole set, got batch_size {batch_size} of {samples}; "
            "leave batch_size out, or use sgd or adam for mini-batches",
        )
    members = math.prod(network.stack)
    if isinstance(optimizer, FirstOrder) and optimizer.networks not in (None, members):
        yield IncompatibleError(
            "optimizer",
            f"{type(optimizer).__name__} has numbers for {optimizer.networks} networks, "
            f"got {'a stack of ' * bool(network.stack)}{members}; give a number for each seed of "
            "Sequential(…, seed=[…]), or one number for all",
        )
    if optimizer.iterates:
        yield from of_second_order(optimizer, network, loss, samples)
    yield from of_last_layer(loss, network.layers[-1])


def of_last_layer(loss: Loss, last: Layer) -> Iterator[IncompatibleError]:
    """Check that the loss takes what the last layer of the network gives."""
    found: list[IncompatibleError] = []
    with collect(found), blame("loss"):
        loss.check_last(last)
    yield from found


def of_monitor(
    argument: str, by: EarlyStopping | ReduceOnPlateau, validation: bool, classification: bool
) -> Iterator[IncompatibleError]:
    """Check that what early stopping or the schedule of a learning rate monitors is measured."""
    name = "ReduceOnPlateau.monitor" if isinstance(by, ReduceOnPlateau) else argument
    monitor = by.monitor or ""
    if monitor.startswith("val_") and not validation:
        needed, instead = "a validation set, got none; hold one out, or", monitor.removeprefix("val_")
        yield IncompatibleError(argument, f"{name} '{monitor}' needs {needed} use '{instead}'")
    elif monitor.endswith("accuracy") and not classification:
        needed, instead = "a classification, got a regression;", monitor.replace("accuracy", "loss")
        yield IncompatibleError(argument, f"{name} '{monitor}' needs {needed} use '{instead}'")


MEMORY_SHARE = 0.5
"""What a method keeps may take this share of the machine's memory."""


def of_second_order(
    method: Optimizer, network: Sequential, loss: Loss, samples: int
) -> Iterator[IncompatibleError]:
    """Check what a second-order method needs, before anything is allocated."""
    name = type(method).__name__
    if network.stack:
        yield IncompatibleError(
            "network", f"{name} trains one network at a time, got a stack of {network.stack}"
        )
    if method.least_squares and not isinstance(loss, MeanSquaredError):
        yield IncompatibleError(
            "loss",
            f"{name} is for mean squared errors, got {type(loss).__name__}; use mse, or lbfgs for this loss",
        )
    if method.least_squares and loss.reduction != "mean":
        yield IncompatibleError(
            "loss.reduction", f"{name} minimises the mean of squares, got {loss.reduction}; leave it out"
        )
    for place, outer in enumerate(network.layers):
        for layer in every([outer]):
            yield from of_layer(name, layer, f"network.{place}", method.least_squares)
    if method.least_squares:
        yield from too_large(name, network, samples)


def of_layer(name: str, layer: Layer, place: str, least_squares: bool) -> Iterator[IncompatibleError]:
    """Check that a layer has no noise, which changes the loss, and no penalty that is not a square."""
    kind = type(layer).__name__
    has = {option: getattr(layer, option, None) for option in ("noise", "max_norm", "l1", "l2")}
    if has["noise"] and not hasattr(layer, "layers"):
        yield IncompatibleError(
            place, f"{name} needs a loss that stays the same, got {kind}; leave it out, or use adam"
        )
    if has["max_norm"]:
        yield IncompatibleError(
            f"{place}.max_norm",
            f"{name} puts no bounds on weights, got max_norm of {kind}; use l2 with lbfgs, or adam",
        )
    elif layer.constrained and not hasattr(layer, "layers"):
        yield IncompatibleError(
            place, f"{name} has no updates after which {kind} could change its parameters; use adam"
        )
    if least_squares and (has["l1"] or has["l2"]):
        penalty = "l1" if has["l1"] else "l2"
        yield IncompatibleError(
            f"{place}.{penalty}",
            f"{name} takes no penalties, got {penalty} of {kind}; use lbfgs, or "
            "bayesian_regularization, which finds a weight decay itself",
        )


def too_large(name: str, network: Sequential, samples: int) -> Iterator[IncompatibleError]:
    """Check that the matrices that an iteration keeps at once fit into memory."""
    n, residuals = network.parameters.size, samples * network.outputs
    rows = chunk(n, samples, network.outputs) * network.outputs
    needed, there = 8 * (3 * min(n, residuals) ** 2 + 2 * rows * n), memory()
    if needed > MEMORY_SHARE * there:
        yield IncompatibleError(
            "optimizer",
            f"{name}: {n:,} parameters and {residuals:,} residuals need {needed / 1e9:.1f} GB, more than "
            f"half of the {there / 1e9:.1f} GB of this machine; use lbfgs",
        )


def memory() -> int:
    """The bytes of memory that this machine has; 4 GB where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 4 << 30
