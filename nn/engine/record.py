"""Records a step as a program."""

import numpy as np

from nn.arrays import Array
from nn.engine.program import Program, fill, tidy
from nn.engine.proof import Step, prove
from nn.engine.tape import Tape


def record(
    step: Step, inputs: dict[str, Array], kept: dict[str, Array], other: dict[str, Array], stack: int = 0
) -> Program:
    """The program of a step, for batches of the shape of ``inputs``; see ``laid`` for ``stack``.

    The program is proved: on the batch ``other``, from the state that the recording left, it must
    do what the formulas do. ``kept`` ends as it began. Raises NotRecordableError.
    """
    with np.errstate(all="ignore"):
        return _record(step, inputs, kept, other, Tape(stack))


def _record(
    step: Step, inputs: dict[str, Array], kept: dict[str, Array], other: dict[str, Array], tape: Tape
) -> Program:
    began = {name: array.copy() for name, array in kept.items()}
    outputs = step(
        {name: tape.watch(array) for name, array in inputs.items()},
        {name: tape.watch(array) for name, array in kept.items()},
    )
    measured = {name: traced.array for name, traced in outputs.items()}
    program = Program(tuple(tape.calls), inputs, kept, measured)
    first = {name: array.copy() for name, array in inputs.items()}
    fill(inputs, other)
    prove(program, step)
    fill(inputs, first)
    fill(kept, began)
    return tidy(program)
