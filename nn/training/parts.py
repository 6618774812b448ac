"""Runs steps over many rows in pieces: each piece fits the processor's cache, and none needs much memory."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.pieces import Pieces, split_into_pieces
from nn.engine.program import Program
from nn.engine.replay import Replay
from nn.engine.rows import MixedRowsError
from nn.training.batches import Batch, Samples
from nn.training.runners import Replayed, first_rows, programs
from nn.training.step import Evaluation

MAX_WHOLE_ROWS = 4096
"""Batches of more rows than this run in pieces."""
PIECE_BYTES = 1 << 18
"""The outputs of all units for a piece fill about this many bytes, so that they stay in the second cache."""
PIECE_ROWS = 256, 1024
"""The fewest and the most rows of a piece: a step must be verified on three."""


def piece_rows(units: int, dtype: np.dtype[Any]) -> int:
    """Return the number of rows of a piece, a power of 2."""
    fewest, most = PIECE_ROWS
    fitting = PIECE_BYTES // (max(units, 1) * dtype.itemsize)
    return max(fewest, min(most, 1 << fitting.bit_length() >> 1))


def in_pieces(
    step: Evaluation, samples: Samples, kept: dict[str, Array], rows: int
) -> tuple[list[Program], Pieces] | None:
    """Split a step into pieces of so many rows; returns it whole for a few of them too, for verification.

    None where batches are small, or where rows cannot be treated piece by piece.
    """
    if samples.size <= MAX_WHOLE_ROWS or samples.members.ndim or not step.any_rows:
        return None
    whole = programs(step, samples, kept, [min(size, 2 * rows + size % rows) for size in samples.sizes])
    sizes = {rows, *(size % rows for size in samples.sizes)} - {0}
    try:
        with step.network.undisturbed():
            pieces = split_into_pieces(step, partial(first_rows, samples), kept, sorted(sizes), step.bound)
            different = ReplayedPieces(whole, pieces, samples).difference(step)
    except MixedRowsError:
        return None
    return None if different else (whole, pieces)


class ReplayedPieces(Replayed):
    """Steps over samples in pieces, as replays."""

    def __init__(self, programs: Sequence[Program], pieces: Pieces, samples: Samples):
        self.samples, self.programs, self.pieces = samples, programs, pieces
        self.rate = programs[0].kept.get("rate")
        self.parts = {rows: Replay(program) for rows, program in pieces.parts.items()}
        self.finish = Replay(pieces.finish)

    def step(self, rows: Array | None) -> Sequence[Array]:
        """One step on these rows, or on all samples."""
        return self.over(self.samples.arrays, len(self.samples) if rows is None else len(rows), rows)

    def once(self, program: Program, batch: Batch) -> Mapping[str, Array]:
        """Run one step on the current inputs of the program."""
        arrays = {name: program.inputs[name] for name in self.samples.arrays}
        self.over(arrays, batch.size, noise=program.inputs.get("noise"))
        return self.finish.program.outputs

    def over(
        self, arrays: Mapping[str, Array], size: int, rows: Array | None = None, noise: Array | None = None
    ) -> Sequence[Array]:
        """One step on ``size`` rows of some arrays, the first ones unless given; draws noise unless given."""
        self.pieces.begin(size)
        for start in range(0, size, self.pieces.rows):
            here = slice(start, min(start + self.pieces.rows, size))
            part = self.parts[here.stop - start]
            inputs = part.program.inputs
            for name, array in arrays.items():
                if rows is None:
                    inputs[name][...] = array[here]
                else:
                    array.take(rows[here], 0, inputs[name], "clip")
            if self.samples.noise:
                inputs["noise"][...] = (
                    self.samples.draw_noise(here.stop - start) if noise is None else noise[here]
                )
            part()
        self.finish()
        return self.finish.outputs
