"""Records a step as a program, and proves the program before anyone trusts it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.program import Program, compute, tidy
from nn.engine.tape import NotRecordableError, Tape

Step = Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
"""A step as a function of its inputs and of what it keeps; returns what it measures."""


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


def prove(program: Program, step: Step) -> None:
    """Raise NotRecordableError unless a replay does what the formulas do."""
    expected = {name: array.copy() for name, array in program.kept.items()}
    expected |= {name: np.asarray(value) for name, value in step(program.inputs, expected).items()}
    for call in program.calls:
        call.out[...] = compute(call.function, call.arguments, call.axes)
    for name, array in {**program.kept, **program.outputs}.items():
        size = np.max(np.abs(expected[name]), initial=0, where=np.isfinite(expected[name]))
        rounding = 1e-9 if program.dtype == np.float64 else 1e-4  # sums of a stack run in another order
        if not np.allclose(array, expected[name], rtol=rounding, atol=rounding * size, equal_nan=True):
            raise NotRecordableError(f"a replay of this step gives another {name} than its formulas")


def fill(arrays: Mapping[str, Array], values: Mapping[str, Array]) -> None:
    """Copy values into arrays of the same names."""
    for name, array in arrays.items():
        array[...] = values[name]
