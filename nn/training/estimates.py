"""Estimates how long engines take for a training, from counts of its recorded step.

No clock and no cache is asked, so that a run repeats. Constants are processor seconds on one thread of a
machine of 2020: ``scripts/measure_engines.py`` measured them, and prints them again. What both engines do,
drawing orders and reporting, is left out.
"""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

import numpy as np

from nn.engine.operations import Product, Reduction
from nn.engine.pieces import Pieces
from nn.engine.program import Call, Program
from nn.training.batches import VERIFIED_BATCHES, VERIFIED_ROWS, Samples


class Counts(NamedTuple):
    """What a step consists of, or the seconds of one each; numbers of 4 bytes count half."""

    calls: float
    numbers: float
    """Results of elementwise calls, terms of reductions, and what is copied of a batch."""
    functions: float
    """Those of them that are exponentials, logarithms, powers and the like."""
    products: float
    """The multiplications of matrix products."""

    def seconds(self, each: "Counts") -> float:
        """How long so many take."""
        return float(np.dot(self, each))


WHERE_NUMBERS = 3
"""For so many numbers counts one that is chosen of two: NumPy copies both."""
TRANSCENDENTAL = {"arctan", "cos", "exp", "expm1", "log", "log1p", "power", "sin", "tanh"}
NUMPY = Counts(calls=0.47e-6, numbers=0.49e-9, functions=2.0e-9, products=0.06e-9)
NUMPY_STACKED = Counts(calls=1.0e-6, numbers=1.0e-9, functions=2.0e-9, products=0.3e-9)
"""Of NumPy with networks side by side, whose products are small and not for BLAS."""
NATIVE = Counts(calls=3e-9, numbers=0.08e-9, functions=1.6e-9, products=0.05e-9)
RECORDED_STEPS = 4
"""For each batch that a recorded step is verified on, so many steps are carried out with NumPy."""
VERIFIED_STEPS, VERIFIED_SECONDS = 2, 150e-6
"""The same for compiled steps, and what comes with each."""
COMPILER_SECONDS = 0.08
"""What compiling anything takes."""
WRITING_SECONDS = 1e-3
"""What writing the C of a call takes, and compiling it whatever its length."""
COMMON_LINES = 360
"""The lines of C that every program has."""
LINE_SECONDS = 0.65e-3
"""What compiling any other line takes."""
STACKED_LINE_SECONDS = 2e-3
"""The same of networks side by side, each of whose loops becomes many instructions."""
REGISTERS_LINE_SECONDS = 4.5e-3
"""The same where the state stays in registers, as all loops are unrolled."""


class Work(NamedTuple):
    """A training as numbers: all that its estimates depend on."""

    step: Counts
    """Of a network, the mean of an epoch."""
    steps: int
    verified: float
    """The number of batches that a step is verified on, or the part of one."""
    networks: int = 1

    @classmethod
    def of(
        cls,
        programs: Sequence[Program],
        pieces: Pieces | None,
        samples: Samples,
        epochs: int,
        networks: int,
    ) -> "Work":
        """Count programs of a full batch and, where there is one, of a shorter last one; or its pieces."""
        batches, together = len(samples.batches), max(samples.members.size, 1)
        steps = programs[0], programs[-1]
        full, last = (
            (count_pieces(pieces, samples.sizes[n], samples) if pieces else count_step(steps[n], samples))
            for n in (0, -1)
        )
        calls, *others = ((batches - 1) * a + b for a, b in zip(full, last, strict=True))
        step = Counts(calls / batches, *(number / batches / together for number in others))
        rows = min(len(samples), VERIFIED_ROWS, VERIFIED_BATCHES * samples.size)
        part = programs[0].inputs["t"].shape[-2] / samples.size
        return cls(step, batches * epochs, part if pieces else ceil(rows / samples.size), networks)

    def block(self, width: int) -> Counts:
        """A step of so many networks side by side."""
        calls, *others = self.step
        return Counts(calls, *(width * number for number in others))

    def numpy_step(self, width: int) -> float:
        """Seconds of a step of a block with NumPy."""
        return self.block(width).seconds(NUMPY if width == 1 else NUMPY_STACKED)

    def saved(self, numpy: int, native: int) -> float:
        """Seconds that compiled steps save; NumPy has ``numpy`` networks side by side, compiled C ``native``.

        Compiling itself is not in it.
        """
        steps = self.steps * self.numpy_step(numpy) * ceil(self.networks / numpy)
        compiled = self.steps * self.block(native).seconds(NATIVE) * ceil(self.networks / native)
        recording = RECORDED_STEPS * (self.numpy_step(numpy) - self.numpy_step(native))
        verifying = VERIFIED_STEPS * self.numpy_step(native) + VERIFIED_SECONDS
        return steps - compiled + self.verified * (recording - verifying)


def compiling(calls: int, lines: int = 0, each: float = LINE_SECONDS) -> float:
    """Seconds of writing so many calls as C and compiling its lines: at least, where those are not known."""
    return COMPILER_SECONDS + WRITING_SECONDS * calls + each * max(0, lines - COMMON_LINES)


def line_seconds(*, small: bool, width: int) -> float:
    """Seconds of a line of C, of networks whose state is ``small`` enough for registers, or of a block."""
    if small:
        return REGISTERS_LINE_SECONDS
    return LINE_SECONDS if width == 1 else STACKED_LINE_SECONDS


def count_step(program: Program, samples: Samples) -> Counts:
    """Count a step, with what is copied of its batch."""
    copied = () if samples.whole else tuple(program.inputs.values())
    calls = [Counts(0, 0, 0, 0), *(count_call(call) for call in program.calls)]
    calls += [Counts(1, array.nbytes / 8, 0, 0) for array in copied]
    return Counts(*np.sum(calls, axis=0).tolist())


def count_pieces(pieces: Pieces, size: int, samples: Samples) -> Counts:
    """Count a step on so many rows in pieces."""
    whole, rest = divmod(size, pieces.rows)
    found = [*np.multiply(count_step(pieces.parts[pieces.rows], samples), whole)]
    ends = [pieces.finish, *([pieces.parts[rest]] if rest else [])]
    return Counts(*np.sum([found, *(count_step(program, samples) for program in ends)], axis=0).tolist())


def count_call(call: Call) -> Counts:
    """Count a call."""
    numbers, share = call.out.size, call.out.itemsize / 8
    match call.operation:
        case Product():
            return Counts(1, 0, 0, share * numbers * call.arguments[0].shape[-1])
        case Reduction():
            return Counts(1, share * call.arguments[0].size, 0, 0)
    functions = share * numbers * (call.function in TRANSCENDENTAL)
    return Counts(1, share * numbers * (WHERE_NUMBERS if call.function == "where" else 1), functions, 0)
