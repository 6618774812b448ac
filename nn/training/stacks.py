"""Lays out the networks of a stack in blocks, each of which an engine trains in turn."""

from collections.abc import Mapping

import numpy as np

from nn.arrays import Array
from nn.engine.program import contiguous_stack, fill
from nn.training.batches import Samples


class Blocks:
    """A stack in blocks of ``size`` networks, whose stack axis is contiguous in memory; or one by one.

    A block is small enough for its arrays to stay in the processor's cache over all epochs.
    ``kept`` are the arrays of the block that trains, of a single network its own ones. Those of all
    networks are ``own (networks, n)``, and those that all share ``shared ()``.
    """

    def __init__(
        self,
        kept: dict[str, Array],
        stack: tuple[int, ...],
        samples: Samples,
        size: int,
        *,
        contiguous: bool = True,
    ):
        self.networks, self.samples = len(samples.networks.training), samples
        self.stack = stack
        self.size = size if self.stack else 1
        self.own = {name: a.reshape(self.networks, -1, copy=False) for name, a in kept.items() if a.ndim}
        self.shared = {name: a for name, a in kept.items() if not a.ndim}
        self.kept = kept
        if self.stack:
            samples.members = self.spread(np.arange(self.networks)[:size])
            axis = size * (size > 1 and contiguous)
            own = {name: contiguous_stack(a[samples.members], axis) for name, a in self.own.items()}
            self.kept = {name: array.copy("K") for name, array in (own | self.shared).items()}

    def spread(self, values: Array) -> Array:
        """Return values of networks as ``(*block,)``; the last one is repeated to fill a short block."""
        if self.size == 1:
            return values[0, ...]
        if len(values) == self.size:
            return values
        return values[np.minimum(np.arange(self.size), len(values) - 1)]

    def enter(self, here: Array, began: Mapping[str, Array] | None = None) -> None:
        """Let the networks ``here`` train, as they are, or from copies of all arrays."""
        if self.stack:
            self.samples.members = self.spread(here)
        if self.stack or began is not None:
            arrays, places = began or self.own | self.shared, self.samples.members
            fill(self.kept, {name: a[places] if name in self.own else a for name, a in arrays.items()})

    def leave(self, here: Array, which: Array | slice = slice(None)) -> None:
        """Copy the arrays of networks ``here``, or ``which`` of them, from the block to those of all."""
        if self.stack:
            for name, array in self.own.items():
                array[here[which]] = self.rows(name)[: len(here)][which]

    def rows(self, name: str) -> Array:
        """Return an array of the block as ``(networks, n)``."""
        array = self.kept[name]
        return array if self.size > 1 else array[np.newaxis]

    def copied(self) -> dict[str, Array]:
        """Copy the arrays of all networks."""
        return {name: array.copy() for name, array in (self.own | self.shared).items()}
