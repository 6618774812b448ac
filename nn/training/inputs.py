"""Inputs, targets and weights of samples, checked against the network and the loss."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.losses.base import Loss
from nn.network import Sequential
from nn.training.objective import predicted_class
from nn.validation import IncompatibleError, blame, suggest


def pair(network: Sequential, loss: Loss, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Return inputs ``(samples, inputs)`` and targets ``(samples, outputs)``, checked for network and loss.

    ``y (samples,)`` is the only output's targets, or the number of each sample's class, 0 … K − 1, where
    the loss is one of classes over K outputs.
    """
    inputs, targets = np.asarray(x, network.dtype), np.asarray(y, network.dtype)
    if targets.ndim == 1:
        several = network.outputs > 1 and loss.classifies(network.outputs)
        targets = one_hot(targets, network.outputs) if several else targets[:, np.newaxis]
    samples = len(inputs)
    for name, array, width in (("x", inputs, network.inputs), ("y", targets, network.outputs)):
        if array.shape != (samples, width) or not samples:
            raise IncompatibleError(
                name, f"{name}: expected the shape ({samples or 'samples'}, {width}), got {array.shape}"
            )
        if not np.all(np.isfinite(array)):
            raise IncompatibleError(name, f"{name}: expected finite numbers, got NaN or infinity")
    with blame("loss"):
        loss.check_targets(targets)
    return inputs, targets


def one_hot(numbers: Array, classes: int) -> Array:
    """Encode class numbers as 1 at the class and 0 elsewhere, ``(samples, classes)``.

    >>> one_hot(np.array([2.0, 0.0]), classes=3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    fitting = np.isin(numbers, np.arange(classes))
    if not fitting.all():
        row = int(np.argmin(fitting))
        raise IncompatibleError(
            "y",
            f"y: expected the number of a class, 0 to {classes - 1}, got {numbers[row]:g} in row {row}; "
            "or give a column for each class",
        )
    return np.eye(classes, dtype=numbers.dtype)[numbers.astype(np.intp)]


def weights(
    t: Array,
    sample_weight: ArrayLike | None,
    class_weight: Mapping[int, float] | None,
    threshold: float | None = None,
) -> Array | None:
    """Return the weight of each sample ``(samples, 1)``, its own times its class's; None where all are 1.

    One target above the ``threshold``, ½ unless given, is of the second class.
    """
    if sample_weight is None and class_weight is None:
        return None
    w = np.ones(len(t), t.dtype)
    if sample_weight is not None:
        given = np.asarray(sample_weight, t.dtype)
        if given.shape not in ((len(t),), (len(t), 1)):
            raise IncompatibleError(
                "sample_weight", f"sample_weight: expected the shape ({len(t)},), got {given.shape}"
            )
        w *= given.ravel()
    if class_weight is not None:
        w *= _of_classes(t, class_weight, 0.5 if threshold is None else threshold)
    if not np.all(np.isfinite(w)) or np.any(w < 0) or not np.any(w):
        argument = "class_weight" if sample_weight is None else "sample_weight"
        raise IncompatibleError(argument, "weights: expected finite numbers of at least 0, and one above 0")
    return w[:, np.newaxis]


def balanced(numbers: Array) -> dict[int, float]:
    """Return the weight n / (k · count) of each of the k classes of n samples, as in scikit-learn."""
    classes, counts = np.unique(numbers, return_counts=True)
    weights = len(numbers) / (len(classes) * counts)
    return {int(number): float(weight) for number, weight in zip(classes, weights, strict=True)}


def _of_classes(t: Array, class_weight: Mapping[int, float], threshold: float) -> Array:
    """Return the weight of each sample's class ``(samples,)``; classes that are not given weigh 1."""
    classes = max(t.shape[-1], 2)
    for label in class_weight:
        if label not in range(classes):
            known = suggest(str(label), map(str, range(classes)))
            raise IncompatibleError("class_weight", f"class_weight: there is no class {label!r}; {known}")
    each = np.array([class_weight.get(label, 1) for label in range(classes)], t.dtype)
    return each[predicted_class(t, threshold)]
