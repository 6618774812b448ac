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
from nn.engine.verify import Step, difference


def record(
    step: Step,
    inputs: dict[str, Array],
    kept: dict[str, Array],
    batches: Iterable[Mapping[str, Array]],
    stack: int = 0,
    bound: Bound = unbound,
) -> Program:
    """The program of a step, for batches of the shape of ``inputs``; see ``laid`` for ``stack``.

    What is ``bound`` while it runs on the tape are settings of the program.

    The program is verified as it will run, tidied: on each of the ``batches``, from the state that the
    recording left, a replay must do what the formulas do. ``inputs`` and ``kept`` end as they began.
    Raises NotRecordableError, and what the formulas themselves raise.
    """
    began, first = ({name: array.copy() for name, array in arrays.items()} for arrays in (kept, inputs))
    try:
        with np.errstate(all="ignore"):
            tape = Tape(stack)
            measured = tape.run(step, inputs, kept, bound)
            settings = tuple(tape.settings.arrays)
            program = tidy(Program(tuple(tape.calls), inputs, kept, measured, settings))
            replayed = Replay(program)
            name = difference(
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
