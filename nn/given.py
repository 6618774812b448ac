"""The data that training is given: checked against the network, and put into batches."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.checks import MisfitError, suggest
from nn.engine.samples import Samples
from nn.losses import Loss
from nn.network import Sequential
from nn.objective import chosen
from nn.seeds import generator


def pair(network: Sequential, loss: Loss, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
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


def weights(
    t: Array, sample_weight: ArrayLike | None, class_weight: Mapping[int, float] | None
) -> Array | None:
    """The weight of each sample ``(samples, 1)``: its own times that of its class; None: all are 1."""
    if sample_weight is None and class_weight is None:
        return None
    w = np.ones(len(t), t.dtype)
    if sample_weight is not None:
        given = np.asarray(sample_weight, t.dtype)
        if given.shape not in ((len(t),), (len(t), 1)):
            raise ValueError(f"sample_weight: expected the shape ({len(t)},), got {given.shape}")
        w *= given.ravel()
    if class_weight is not None:
        w *= _of_classes(t, class_weight)
    if not np.all(np.isfinite(w)) or np.any(w < 0) or not np.any(w):
        raise ValueError("weights: expected finite numbers of at least 0, and one above 0")
    return w[:, np.newaxis]


def _of_classes(t: Array, class_weight: Mapping[int, float]) -> Array:
    """The weight of each sample's class ``(samples,)``; classes that are not named weigh 1."""
    classes = max(t.shape[-1], 2)
    for label in class_weight:
        if label not in range(classes):
            known = suggest(str(label), map(str, range(classes)))
            raise MisfitError("class_weight", f"class_weight: there is no class {label!r}; {known}")
    return np.array([class_weight.get(label, 1) for label in range(classes)], t.dtype)[chosen(t)]


def samples(
    network: Sequential,
    loss: Loss,
    x: ArrayLike,
    y: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | None = None,
    batch_size: int | None = None,
    shuffle: bool = True,
) -> Samples:
    """The samples in batches; each network of a stack has an order and noise of its own."""
    inputs, targets = pair(network, loss, x, y)
    arrays = {"x": inputs.copy(), "t": targets.copy()}
    if (w := weights(targets, sample_weight, class_weight)) is not None:
        arrays["w"] = w
    size = batch_size or len(inputs)
    seeds = [int(seed) for seed in network.seeds.flat]
    orders = [generator(seed, "shuffling") for seed in seeds] if shuffle else None
    members = np.arange(len(seeds)).reshape(network.stack)
    noises = [generator(seed, "noise") for seed in seeds] if network.noise else []
    return Samples(arrays, size, orders, members, network.noise, noises)
