"""Records a step as a program."""

from collections.abc import Iterable, Mapping

import numpy as np

from nn.arrays import Array
from nn.engine.passes import tidy
from nn.engine.program import Program, fill
from nn.engine.replay import Replay
from nn.engine.settings import Bound, unbound
from nn.engine.tape import Tape
from nn.engine.traced import NotRecordableError
from nn.engine.verify import StepFunction, first_mismatch


def record(
    step: StepFunction,
    inputs: dict[str, Array],
    kept: dict[str, Array],
    batches: Iterable[Mapping[str, Array]],
    stack: int = 0,
    bound: Bound = unbound,
) -> Program:
    """Record a step as a program, for ``inputs`` of these shapes; see ``contiguous_stack`` for ``stack``.

    Numbers that are ``bound`` while it runs on the tape become settings of the program.

    The simplified program is verified: on each of the ``batches``, from the state that the recording left,
    its replay must agree with the formulas. ``inputs`` and ``kept`` are restored at the end.
    Raises NotRecordableError, and whatever the formulas themselves raise.
    """
    began, first = ({name: array.copy() for name, array in arrays.items()} for arrays in (kept, inputs))
    try:
        with np.errstate(all="ignore"):
            tape = Tape(stack)
            measured = tape.run(step, inputs, kept, bound)
            settings = tape.settings
            scalars = tuple(settings.arrays), settings.free, tuple(settings.derivations)
            program = tidy(Program(tuple(tape.calls), inputs, kept, measured, *scalars))
            replayed = Replay(program)
            name = first_mismatch(
                program,
                ((batch, None) for batch in batches),
                lambda _: replayed(),
                lambda _: step(program.inputs, program.kept),
            )
        if name:
            raise NotRecordableError(f"a replay of this step gives another {name} than its formulas")
        return program
    finally:
        fill(inputs, first)
        fill(kept, began)
