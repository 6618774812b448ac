"""Trains a stack of networks block by block, with one engine that takes its turn at each."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from nn.arrays import Array
from nn.engine.program import contiguous_stack, fill
from nn.engine.verify import StepFunction
from nn.optimizers.second_order.status import Status
from nn.training.batches import NO_GOAL, Samples

ROUND = 256
"""Networks that have reached a goal leave their blocks after this many epochs at most."""


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

        Fewer epochs where training ends: all have reached the goal, or no loss is finite.
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
        self.networks, self.size, self.samples = samples.members.size, size, samples
        self.stack = samples.members.shape
        self.own = {name: a.reshape(self.networks, -1, copy=False) for name, a in kept.items() if a.ndim}
        self.shared = {name: a for name, a in kept.items() if not a.ndim}
        samples.members = self.places(np.arange(min(size, self.networks)))
        self.kept = {
            name: contiguous_stack(a[samples.members], size * (size > 1)).copy("K")
            for name, a in self.own.items()
        }
        self.kept |= {name: a.copy() for name, a in self.shared.items()}

    def places(self, block: Array) -> Array:
        """Return the networks of a block; the last one is repeated to fill a short block."""
        return block[0, ...] if self.size == 1 else block[np.minimum(np.arange(self.size), len(block) - 1)]

    def with_engine(self, make: Callable[[], Engine]) -> "Blocks":
        """Set the engine that runs the blocks."""
        self.engine = make()
        self.name = self.engine.name
        return self

    def difference(self, formulas: StepFunction) -> str | None:
        """Compare a step of the last block with the formulas."""
        return self.engine.difference(formulas)

    def run(self, epochs: int) -> Array:
        """Train all networks that do; where they have a goal, blocks are filled anew after every so often."""
        everyone, began = self.samples.networks, self.samples.networks.now
        measures = np.empty((epochs, self.samples.measured, self.networks))
        size = epochs if self.samples.goal is NO_GOAL else min(epochs, ROUND)
        for done in range(0, epochs, size):
            everyone.now = began + done
            self.round(measures[done : done + size])
            if not everyone.training.any():
                measures = measures[: everyone.last.max() - began]
                break
        everyone.now = began
        return measures.reshape(len(measures), self.samples.measured, *self.stack)

    def round(self, measures: Array) -> None:
        """Train each block for as many epochs as there are ``measures (epochs, measured, networks)``."""
        began = {name: array.copy() for name, array in self.shared.items()}
        training = np.flatnonzero(self.samples.networks.training)
        some = len(training) < self.networks
        theirs = np.empty((*measures.shape[:2], len(training))) if some else measures
        for start in range(0, len(training), self.size):
            here = slice(start, min(start + self.size, len(training)))
            places = self.samples.members = self.places(training[here])
            fill(self.kept, {name: array[places] for name, array in self.own.items()} | began)
            try:
                seen = self.engine.run(len(measures))
                theirs[: len(seen), :, here] = (
                    seen[..., : here.stop - start] if self.size > 1 else seen[..., np.newaxis]
                )
                theirs[len(seen) :, :, here] = np.nan
            finally:
                for name, array in self.own.items():
                    array[places] = self.kept[name]
            if len(seen) == len(measures) and self.samples.networks.training[training[here]].any():
                fill(self.shared, self.kept)  # counts of steps, which all that train have in common
        if some:  # row by row, as memory has them
            for rows, values in zip(measures, theirs, strict=True):
                for row, value in zip(rows, values, strict=True):
                    row[training] = value
