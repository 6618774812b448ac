"""Chooses the engine of a training."""

import math
from typing import Literal

from nn.engine.compiler import NO_COMPILER, CompilerError, compiler
from nn.engine.pieces import Pieces
from nn.engine.traced import NotRecordableError
from nn.layers.base import every
from nn.network import Sequential
from nn.training.batches import NO_GOAL, Samples
from nn.training.estimates import Work, compiling, line_seconds
from nn.training.native import Native, NativePieces
from nn.training.parts import ReplayedPieces, in_pieces, piece_rows
from nn.training.rounds import Engine, Rounds
from nn.training.runners import Formulas, Replayed, programs
from nn.training.source import CSource, PiecesSource
from nn.training.stacks import Blocks
from nn.training.step import Evaluation

EngineName = Literal["auto", "formulas", "numpy", "native"]
EngineType = type[Native] | type[Replayed]


def choose(name: EngineName, step: Evaluation, samples: Samples, epochs: int) -> Rounds:
    """Return the networks with the engine of this name, ready to run.

    ``auto`` decides from counts of the recorded step and from whether there is a compiler, never from a
    clock or a cache, so that a run repeats: C where compiling pays, else NumPy. NumPy steps in for a compiler
    that fails, and the formulas themselves where they cannot be recorded; the engine's ``note`` says why.
    Raises CompilerError and NotRecordableError where a name insists.
    """
    if name == "formulas":
        return as_they_stand(step, samples)
    try:
        if name == "native" and not compiler():
            raise CompilerError(NO_COMPILER)
        if name == "auto" and compiler():
            return faster(step, samples, epochs)
        return Recorded(Native if name == "native" else Replayed, step, samples).rounds()
    except NotRecordableError as error:
        if name != "auto":
            raise
        return as_they_stand(step, samples).because(note(error))
    except CompilerError as error:
        if name != "auto":
            raise
        return Recorded(Replayed, step, samples).rounds().because(note(error))


def note(error: Exception) -> str:
    """Why a slower engine runs."""
    what = (
        "NumPy runs, not compiled C" if isinstance(error, CompilerError) else "the formulas run as they stand"
    )
    return f"{what}: {error}"


class Recorded:
    """A step recorded for an engine; stacks run in blocks of small networks, or one by one.

    Large batches run in ``pieces``; the ``programs`` then are whole steps on a few thousand rows.
    """

    def __init__(self, engine: EngineType, step: Evaluation, samples: Samples, *, verified: bool = True):
        self.engine, self.step, self.samples = engine, step, samples
        self.blocks = Blocks(step.kept, step.network.stack, samples, networks_together(engine, step, samples))
        kept, rows = self.blocks.kept, piece_rows(count_units(step.network), step.network.dtype)
        split = in_pieces(step, samples, kept, rows)
        self.pieces: Pieces | None
        self.programs, self.pieces = split or (programs(step, samples, kept, verified=verified), None)

    def rounds(self, engine: EngineType | None = None) -> Rounds:
        """Let its engine run it, or another with blocks of the same size."""
        engine = engine or self.engine
        running: Engine
        if self.pieces:
            kind = NativePieces if engine is Native else ReplayedPieces
            running = kind(self.programs, self.pieces, self.samples)
        else:
            running = engine(self.programs, self.samples)
        return Rounds(self.blocks, running, self.step.objective)

    def work(self, epochs: int) -> Work:
        """Count a training of so many epochs."""
        return Work.of(self.programs, self.pieces, self.samples, epochs, self.blocks.networks)

    @property
    def calls(self) -> int:
        """The number of calls that are written as C."""
        return sum(len(program.calls) for program in (self.pieces or self).programs)

    def source(self) -> CSource:
        """Write it as C."""
        return (
            PiecesSource(self.pieces, self.samples) if self.pieces else CSource(self.programs, self.samples)
        )

    def compiling_pays(self, epochs: int) -> bool:
        """Whether compiling it is estimated to take less time than it saves, compared to NumPy."""
        numpy = networks_together(Replayed, self.step, self.samples)
        saved = self.work(epochs).saved(numpy, self.blocks.size)
        if saved <= compiling(self.calls):
            return False
        source = self.source()
        each = line_seconds(small=source.small, width=self.blocks.size)
        return saved > compiling(self.calls, source.text.count("\n"), each)


def networks_together(engine: EngineType, step: Evaluation, samples: Samples) -> int:
    """Return how many networks of a stack an engine trains side by side."""
    stack = step.network.stack
    if not stack or not fits_side_by_side(engine, step.network, samples.size):
        return 1
    return engine.width(math.prod(stack), leave=samples.goal is not NO_GOAL)


def fits_side_by_side(engine: EngineType, network: Sequential, rows: int) -> bool:
    """Whether networks that train on so many rows at once are small enough to train side by side."""
    few = network.parameters.shape[-1] <= engine.MAX_PARAMETERS
    return few and rows * count_units(network) <= engine.MAX_OUTPUTS


def faster(step: Evaluation, samples: Samples, epochs: int) -> Rounds:
    """Return the networks with the engine that is estimated to end first, recording and compiling included.

    Where engines differ in how many networks they train side by side, a step is first recorded for counts
    alone.
    """
    same = networks_together(Native, step, samples) == networks_together(Replayed, step, samples)
    recorded = Recorded(Native, step, samples, verified=same)
    engine = Native if recorded.compiling_pays(epochs) else Replayed
    return recorded.rounds(engine) if same else Recorded(engine, step, samples).rounds()


def count_units(network: Sequential) -> int:
    """Return the number of units with parameters."""
    layers = (layer for layer in every(network.layers) if not hasattr(layer, "layers"))
    return sum(max((shape[-1] for shape in layer.shapes.values()), default=0) for layer in layers)


def as_they_stand(step: Evaluation, samples: Samples) -> Rounds:
    """Run the formulas, of a stack all networks at once."""
    stack = step.network.stack
    blocks = Blocks(step.kept, stack, samples, math.prod(stack), contiguous=False)
    return Rounds(blocks, Formulas(step, samples, blocks.kept), step.objective)
