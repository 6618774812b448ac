"""Finds the rows in recordings of a step: the axes whose lengths are the number of rows that was recorded."""

from collections.abc import Sequence

import numpy as np

from nn.arrays import Array
from nn.engine.operations import Elementwise, Product, Reduction
from nn.engine.program import Call, base, fill, owner
from nn.engine.settings import Bound
from nn.engine.tape import Tape
from nn.engine.verify import StepFunction


class MixedRowsError(ValueError):
    """The rows of a step cannot be treated piece by piece."""


class RecordedRows:
    """A step recorded for a number of rows."""

    def __init__(
        self, step: StepFunction, inputs: dict[str, Array], kept: dict[str, Array], rows: int, bound: Bound
    ):
        self.rows, self.inputs, self.tape = rows, inputs, Tape()
        began = {name: array.copy() for name, array in kept.items()}
        try:
            with np.errstate(all="ignore"):
                self.outputs = self.tape.run(step, inputs, kept, bound)
        finally:
            fill(kept, began)
        self.calls = self.tape.calls
        given = {f"input {name}": array for name, array in inputs.items()}
        given |= {f"state {name}": array for name, array in kept.items()}
        self.names: dict[int, str] = {owner(array): name for name, array in given.items()}
        for number, call in enumerate(self.calls):
            self.names.setdefault(owner(call.out), f"result {number}")

    def name(self, array: Array) -> str:
        """Return the name of an array's memory, the same in all recordings; empty for constants."""
        return self.names.get(owner(array), "")

    def form(self) -> list[object]:
        """Return what recordings for other numbers of rows must have in common."""
        return [
            (call.function, call.axes, [(self.name(a), a.ndim) for a in (*call.arguments, call.out)])
            for call in self.calls
        ]


Recordings = Sequence[RecordedRows]
"""The same step, of which the first two are for different numbers of rows."""


def row_axis(recordings: Recordings, arrays: Sequence[Array]) -> int | None:
    """Return the axis of the rows of an array, counted from the right; None where it has no rows.

    ``arrays`` are the same one in each of the recordings.
    """
    one, two, *_ = (array.shape for array in arrays)
    axis = next((axis for axis, length in enumerate(one) if length != two[axis]), None)
    for recording, array in zip(recordings, arrays, strict=True):
        expected = one if axis is None else (*one[:axis], recording.rows, *one[axis + 1 :])
        if array.shape != expected:
            raise MixedRowsError("a length that is not the number of rows, but depends on it")
    return None if axis is None else axis - len(one)


def aligned_row_axis(recordings: Recordings, arrays: Sequence[Array]) -> int | None:
    """Return the same, and check that each row is that row of the memory that the array is a view of.

    Of memory without rows each row must be all of it, or the same part.
    """
    axis = row_axis(recordings, arrays)
    axis_in_memory = row_axis(recordings, [base(array) for array in arrays])
    starts = {array.ctypes.data - base(array).ctypes.data for array in arrays}
    if axis_in_memory is None and len(starts) > 1:
        raise MixedRowsError("a part of memory that depends on the number of rows")
    for recording, array in zip(recordings, arrays, strict=True):
        memory, stride, apart, first = base(array), 0, 0, 0
        if axis is not None:
            stride = array.strides[axis]
        if axis_in_memory is not None:
            apart = memory.strides[axis_in_memory]
            first = (array.ctypes.data - memory.ctypes.data) // apart % recording.rows
        if recording.rows > 1 and (stride, first) != (apart, 0):
            raise MixedRowsError("rows in another order, or some of them")
    return axis


def combines(call: Call, rows: list[int | None], out: int | None) -> bool:
    """Whether a call combines rows to one result; else it treats each row alone.

    Raises MixedRowsError where it does neither. ``rows`` and ``out`` are the axes of the rows.
    """
    match call.operation:
        case Reduction() if rows[0] is not None and rows[0] + call.arguments[0].ndim in call.axes:
            return True
        case Product() if rows == [-1, -2] and out is None:
            return True
        case Product() if -1 in rows[:1] or -2 in rows[1:]:
            pass
        case Elementwise() | Product() if all(axis in (None, out) for axis in rows):
            return False
        case _ if rows == [out] and out is not None and out + call.out.ndim not in call.axes:
            return False
    raise MixedRowsError(f"{call.function} across rows")
