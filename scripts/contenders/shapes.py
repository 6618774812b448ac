"""Trainings of random shapes, from 2 to 1,024 units: what the choice of an engine is measured on."""

import math
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from nn import (
    SGD,
    Adam,
    CategoricalCrossEntropy,
    Dense,
    MeanSquaredError,
    ReLU,
    Rprop,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
)
from nn.optimizers.base import Optimizer

OPTIMIZERS: dict[str, Optimizer] = {"sgd": SGD(0.1), "momentum": SGD(0.1, momentum=0.9), "adam": Adam(0.01)}
OPTIMIZERS["rprop"] = Rprop()
ACTIVATIONS = {"sigmoid": Sigmoid, "tanh": Tanh, "relu": ReLU}
INPUTS = (2, 4, 13, 30, 64, 256)
UNITS = (2, 4, 8, 10, 16, 30, 64, 100, 128, 256, 512, 1024)
DEPTHS = (1, 1, 1, 2, 2, 3, 4, 8, 16)
SAMPLES = (4, 20, 100, 150, 500, 1000, 1797, 5000, 20_000, 100_000)
BATCHES = (1, 8, 10, 32, 100, 128, 0, 0, 0, 0)
"""The sizes of batches; 0 is all samples."""
SEEDS = (1, 1, 1, 1, 2, 10, 50, 300, 1000)
OUTPUTS = 3
SECONDS = (0.02, 5.0)
"""Trainings take about so long with NumPy, at the least and at the most."""
MAX_STEP_SECONDS = 0.01
"""Larger steps are left out: recording them would take longer than training."""


class Shape(NamedTuple):
    """A training of ``depth`` hidden layers for so many epochs."""

    inputs: int
    units: int
    depth: int
    samples: int
    batch: int
    seeds: int
    dtype: str
    activation: str
    optimizer: str
    loss: str
    epochs: int = 1

    @property
    def step_seconds(self) -> float:
        """Roughly how long a step takes with NumPy."""
        weights = (self.inputs + self.units * (self.depth - 1) + OUTPUTS) * self.units * self.seeds
        calls = 10e-6 + (self.depth + 1) * 7e-6
        return calls + weights * (5e-9 + self.batch * 0.3e-9)

    @property
    def steps(self) -> int:
        """The number of steps of an epoch."""
        return -(-self.samples // self.batch)

    def training(self) -> dict[str, Any]:
        """The arguments of ``train`` but for the engine."""
        rng = np.random.default_rng(0)
        layers: list[Any] = []
        for _ in range(self.depth):
            layers += [Dense(self.units), ACTIVATIONS[self.activation]()]
        softmax = self.loss == "softmax"
        layers += [Dense(OUTPUTS), Softmax() if softmax else Sigmoid()]
        seed: Any = range(self.seeds) if self.seeds > 1 else 0
        dtype: Any = self.dtype
        return {
            "network": Sequential(layers, inputs=self.inputs, seed=seed, dtype=dtype),
            "loss": CategoricalCrossEntropy() if softmax else MeanSquaredError(),
            "optimizer": OPTIMIZERS[self.optimizer],
            "x": rng.random((self.samples, self.inputs)),
            "y": np.eye(OUTPUTS)[rng.integers(OUTPUTS, size=self.samples)],
            "batch_size": self.batch,
            "epochs": self.epochs,
            "report_every": self.epochs,
        }


def draw_shapes(seed: int) -> Iterator[Shape]:
    """Draw shapes from the values of their axes, the same ones for a seed."""
    rng = random.Random(seed)
    while True:
        samples = rng.choice(SAMPLES)
        shape = Shape(
            inputs=rng.choice(INPUTS),
            units=rng.choice(UNITS),
            depth=rng.choice(DEPTHS),
            samples=samples,
            batch=min(rng.choice(BATCHES) or samples, samples),
            seeds=rng.choice(SEEDS),
            dtype=rng.choice(["float64", "float32"]),
            activation=rng.choice(sorted(ACTIVATIONS)),
            optimizer=rng.choice(sorted(OPTIMIZERS)),
            loss=rng.choice(["mse", "softmax"]),
        )
        if shape.optimizer == "rprop" and shape.batch < samples:  # it takes all samples
            continue
        seconds = math.exp(rng.uniform(*map(math.log, SECONDS)))
        epoch = shape.steps * shape.step_seconds
        if shape.step_seconds <= MAX_STEP_SECONDS and epoch <= seconds:
            yield shape._replace(epochs=round(seconds / epoch))
