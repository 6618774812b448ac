"""The workloads: data, sizes, initial weights and the order of samples, the same for every contender."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nn import Dense, Sequential, Sigmoid, Softmax
from nn.data import toy
from nn.data.bundled import load_table
from nn.random import generator

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Job:
    """A training job: sigmoid layers of ``sizes`` from given weights, with given batches.

    ``mse`` is the mean over samples and outputs behind a last sigmoid; ``bce`` is binary
    cross-entropy behind a sigmoid, ``softmax`` categorical cross-entropy behind a softmax. Adam's
    constants are those of its paper. With a ``stack``, so many networks are trained from seeds of
    their own. Losses are compared after ``epochs``.
    """

    sizes: tuple[int, ...]
    loss: Literal["mse", "bce", "softmax"]
    optimizer: Literal["sgd", "adam"]
    rate: float
    x: Array
    t: Array
    batch: int
    epochs: int
    stack: int = 0

    @property
    def dtype(self) -> str:
        """The type of all numbers."""
        return self.x.dtype.name

    @property
    def whole(self) -> bool:
        """Whether the one batch is all samples."""
        return self.batch == len(self.x)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where each batch of an epoch starts and stops in the order; the last may be short."""
        rows = len(self.x)
        return [(start, min(start + self.batch, rows)) for start in range(0, rows, self.batch)]

    def network(self) -> Sequential:
        """Our network, with the weights that every contender starts from."""
        layers: list[Any] = []
        for units in self.sizes[1:]:
            layers += [Dense(units), Sigmoid()]
        if self.loss == "softmax":
            layers[-1] = Softmax()
        seed = range(self.stack) if self.stack else 0
        dtype: Any = self.dtype
        return Sequential(layers, inputs=self.sizes[0], seed=seed, dtype=dtype)

    def weights(self) -> list[tuple[Array, Array]]:
        """Each layer's initial weights ``(*stack, inputs, units)`` and biases ``(*stack, 1, units)``."""
        layers = [layer for layer in self.network().layers if isinstance(layer, Dense)]
        return [(layer.weight.copy(), layer.bias.copy()) for layer in layers]

    def orders(self, epochs: int) -> Iterator[Array]:
        """The order of the samples in each epoch; drawing it is part of the job."""
        rng = generator(0, "order")
        return (rng.permutation(len(self.x)) for _ in range(epochs))

    def batches(self, epochs: int) -> Iterator[list[tuple[Array, float]]]:
        """Each epoch's batches: their rows, and their share of the samples."""
        for order in self.orders(epochs):
            yield [(order[start:stop], (stop - start) / len(order)) for start, stop in self.spans]


@dataclass(frozen=True)
class Workload:
    """A job and the unit in which it is reported."""

    title: str
    unit: Literal["µs per step", "s per epoch", "s in all"]
    job: Callable[[], Job]

    def scale(self, job: Job) -> float:
        """What to multiply the seconds of one epoch with."""
        scales = {"µs per step": 1e6 / len(job.spans), "s per epoch": 1.0, "s in all": job.epochs}
        return scales[self.unit]


def xor(epochs: int, stack: int = 0) -> Job:
    """The four rows of XOR, 2-2-1."""
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    t = np.array([[0.0], [1.0], [1.0], [0.0]])
    return Job((2, 2, 1), "mse", "sgd", 0.5, x, t, 4, epochs, stack)


def moons() -> Job:
    """Two moons, 2-16-16-1."""
    data = toy.moons(samples=1000, noise=0.1, seed=0)
    return Job((2, 16, 16, 1), "bce", "adam", 0.01, data.x, data.y, 32, epochs=20)


def digits() -> Job:
    """The 1,797 digits of the UCI repository's test set, pixels in [0, 1], 64-32-10."""
    data = load_table("digits")
    one_hot = np.eye(10)[data.y[:, 0].astype(int)]
    return Job((64, 32, 10), "softmax", "adam", 0.001, data.x / 16, one_hot, 32, epochs=10)


def rows(
    hidden: int, loss: Literal["mse", "softmax"], optimizer: Literal["sgd", "adam"], batch: int, dtype: Any
) -> Job:
    """50,000 random rows of 784, in ten random classes."""
    rng = np.random.default_rng(0)
    x = rng.random((50_000, 784), dtype)
    t = np.eye(10, dtype=dtype)[rng.integers(10, size=50_000)]
    rate = 0.5 if optimizer == "sgd" else 0.001
    return Job((784, hidden, 10), loss, optimizer, rate, x, t, batch, epochs=1)


WORKLOADS = {
    "W1": Workload("XOR 2-2-1, mean squared error, SGD, full batch", "µs per step", partial(xor, 2000)),
    "W2": Workload("two moons 2-16-16-1, binary cross-entropy, Adam, batch 32", "µs per step", moons),
    "W3": Workload("digits 64-32-10, softmax cross-entropy, Adam, batch 32", "µs per step", digits),
    "W4": Workload(
        "50,000 rows 784-30-10, mean squared error, SGD, batch 10",
        "s per epoch",
        partial(rows, 30, "mse", "sgd", 10, np.float64),
    ),
    "W4-wide": Workload(
        "50,000 rows 784-100-10, softmax cross-entropy, Adam, batch 128, float32",
        "s per epoch",
        partial(rows, 100, "softmax", "adam", 128, np.float32),
    ),
    "W5": Workload("1,000 seeds of W1 for 5,000 epochs", "s in all", partial(xor, 5000, 1000)),
}


def scaled(units: int = 64, depth: int = 2, batch: int = 64, samples: int = 1024, seeds: int = 0) -> Job:
    """32 inputs, so many hidden layers of so many units, 4 outputs; as many epochs as make a clear time."""
    if seeds:  # members of a stack draw orders of their own, so all take all samples at once
        units, samples = 16, batch
    sizes = (32, *[units] * depth, 4)
    rng = np.random.default_rng(0)
    x, t = rng.random((samples, 32)), rng.random((samples, 4))
    products = 6 * sum(a * b for a, b in pairwise(sizes)) * samples * (seeds or 1)
    epochs = max(1, 30_000_000 // products)
    return Job(sizes, "mse", "sgd", 0.1, x, t, batch, epochs, seeds)


def find_workload(key: str) -> Workload:
    """A workload by its name, or one of the scaling charts by its axis and value, such as ``units=32``."""
    if key in WORKLOADS:
        return WORKLOADS[key]
    axis, value = key.split("=")
    return Workload(key, "µs per step", partial(scaled, **{axis: int(value)}))
