"""Trains a stack of networks block by block, with one engine that takes its turn at each."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from nn.arrays import Array
from nn.engine.program import contiguous_stack, fill
from nn.engine.verify import StepFunction
from nn.optimizers.second_order.status import Status
from nn.training.batches import Samples


class Engine(Protocol):
    """Runs epochs."""

    name: str
    note: str
    """Why a slower engine runs, where a faster one failed."""

    @property
    def status(self) -> Status | None:
        """The status of a second-order method, which is its own engine; None for others."""

    def run(self, epochs: int) -> Array:
        """Train; returns ``(epochs, measured, *stack)``: loss, accuracy, largest error, in this order.

        Fewer epochs where training ends: the goal is reached, or no loss is finite.
        """

    def difference(self, formulas: StepFunction) -> str | None:
        """Return the name of an array in which a step and the formulas differ; None where they agree."""


class Blocks:
    """A stack in blocks of ``size`` networks, whose stack axis is contiguous in memory; or one by one.

    A block is small enough for its arrays to stay in the processor's cache over all epochs.
    ``kept`` are the arrays of all networks, ``(*stack, n)``, and those that all share, ``()``.
    """

    status = None
    note = ""

    def __init__(self, kept: dict[str, Array], samples: Samples, size: int):
        self.stack = samples.members.shape
        self.networks, self.size, self.samples = samples.members.size, size, samples
        self.own = {name: a.reshape(self.networks, -1, copy=False) for name, a in kept.items() if a.ndim}
        self.shared = {name: a for name, a in kept.items() if not a.ndim}
        self.kept = {
            name: contiguous_stack(a[self.places(0)], size * (size > 1)).copy("K")
            for name, a in self.own.items()
        }
        self.kept |= {name: a.copy() for name, a in self.shared.items()}
        samples.members = self.places(0)

    def places(self, start: int) -> Array:
        """Return the networks of a block; the last one is repeated to fill a short block."""
        if self.size == 1:
            return np.array(start)
        return np.minimum(np.arange(start, start + self.size), self.networks - 1)

    def with_engine(self, make: Callable[[], Engine]) -> "Blocks":
        """Set the engine that runs the blocks."""
        self.engine = make()
        self.name = self.engine.name
        return self

    def difference(self, formulas: StepFunction) -> str | None:
        """Compare a step of the last block with the formulas."""
        return self.engine.difference(formulas)

    def run(self, epochs: int) -> Array:
        """Train each block for so many epochs; measures after the end of a block are NaN."""
        measures = np.empty((epochs, self.samples.measured, self.networks))
        began = {name: array.copy() for name, array in self.shared.items()}
        for start in range(0, self.networks, self.size):
            here = slice(start, min(start + self.size, self.networks))
            places = self.samples.members = self.places(start)
            fill(self.kept, {name: array[places] for name, array in self.own.items()} | began)
            try:
                block = self.engine.run(epochs)
                measures[: len(block), :, here] = (
                    block[..., : here.stop - start] if self.size > 1 else block[..., None]
                )
                measures[len(block) :, :, here] = np.nan
            finally:
                for name, array in self.own.items():
                    array[places] = self.kept[name]
        fill(self.shared, self.kept)
        return measures.reshape(epochs, self.samples.measured, *self.stack)
