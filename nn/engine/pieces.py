"""Splits a step over many rows into a program that runs for each piece of them, and one that finishes.

The rows of a step are the samples of its batch. Most calls treat each row alone; sums, extremes and products
along the rows combine them. So a step over any number of rows needs memory for a piece only:

    totals ← start
    for each piece of the rows:   totals ← totals + (what the piece's rows sum up to)
    finish:                       means, penalties, and the update of the state, all from the totals

What are rows is found by comparing recordings of the step for several numbers of rows, call by call: where
lengths differ, there the rows are. A constant that differs, as in a mean, must be a·n or a/n for n rows;
it becomes a setting. A step is not split (``MixedRowsError``) where a row needs the result of all rows, as in
a normalization over the batch, or where calls or constants depend on the number of rows otherwise. What
formulas do only for more rows than are recorded and verified cannot be seen.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from nn.arrays import Array
from nn.engine.operations import Reduction
from nn.engine.passes import substitute, tidy
from nn.engine.program import Call, Program, owner
from nn.engine.rows import MixedRowsError, RecordedRows, aligned_row_axis, combines
from nn.engine.settings import Bound, unbound
from nn.engine.verify import StepFunction

POWERS_OF_ROWS = (-1, 1)
"""A constant may be proportional to these powers of the number of rows."""


class Count(NamedTuple):
    """A scalar that depends on the number n of rows: factor · n^power."""

    array: Array
    factor: float
    power: int


@dataclass(frozen=True, eq=False)
class Pieces:
    """A step over any number of rows, in pieces."""

    parts: dict[int, Program]
    """Programs that add up pieces, by their number of rows; the last piece of a step may be a shorter one."""
    finish: Program
    """What follows when all rows have been added up."""
    starts: tuple[tuple[Array, float], ...]
    """The totals, and what each is before the first piece."""
    counts: tuple[Count, ...]

    @property
    def rows(self) -> int:
        """The number of rows of a whole piece."""
        return max(self.parts)

    @property
    def programs(self) -> list[Program]:
        """All programs."""
        return [*self.parts.values(), self.finish]

    def begin(self, rows: int) -> None:
        """Prepare for a step over so many rows."""
        for total, start in self.starts:
            total.fill(start)
        for array, factor, power in self.counts:
            array[...] = factor * rows if power > 0 else factor / rows


def split_into_pieces(
    step: StepFunction,
    inputs: Callable[[int], dict[str, Array]],
    kept: dict[str, Array],
    sizes: Sequence[int],
    bound: Bound = unbound,
) -> Pieces:
    """Split a step into pieces of these ``sizes``, whose largest is that of a whole piece.

    ``inputs`` returns new arrays of so many rows. ``kept`` is restored at the end.
    Raises MixedRowsError where that cannot be done, else what ``record`` raises.
    """
    most = max(sizes)
    numbers = dict.fromkeys((most, most // 2 + 1, *sizes))
    recordings = [RecordedRows(step, inputs(rows), kept, rows, bound) for rows in numbers]
    return Splitter(recordings, kept).pieces(sizes)


class Splitter:
    """Compares recordings, of which the first two are for different numbers of rows, both large."""

    def __init__(self, recordings: list[RecordedRows], kept: dict[str, Array]):
        self.recordings, self.kept = recordings, kept
        self.first = recordings[0]
        if any(recording.form() != self.first.form() for recording in recordings):
            raise MixedRowsError("other calls for another number of rows")
        self.given = {owner(array) for array in (*self.first.inputs.values(), *kept.values())}
        self.counts: dict[tuple[str, float, int], Count] = {}
        self.instead: dict[tuple[int, int], Array] = {}
        """What replaces constants that depend on the number of rows, by call and argument."""
        self.over_all: set[int] = set()
        """The memory, in the first recording, of what is known only when all rows have been added up."""
        self.of_pieces: list[int] = []
        self.of_finish: list[int] = []
        self.totals: dict[int, Array] = {}
        """The calls of each, and the totals of those that combine rows."""
        for number in range(len(self.first.calls)):
            self.constants(number)
            self.place(number)

    def arguments_of(self, number: int) -> Iterator[tuple[Array, ...]]:
        """Yield each argument of a call, as it is in all recordings."""
        return zip(*(recording.calls[number].arguments for recording in self.recordings), strict=True)

    def place(self, number: int) -> None:
        """Find out whether a call belongs to the pieces, to what finishes, or to both."""
        call = self.first.calls[number]
        rows = [aligned_row_axis(self.recordings, arrays) for arrays in self.arguments_of(number)]
        out = aligned_row_axis(self.recordings, [r.calls[number].out for r in self.recordings])
        late = any(owner(argument) in self.over_all for argument in call.arguments)
        if all(axis is None for axis in (*rows, out)):
            self.of_finish.append(number)
            if late or owner(call.out) in self.given | self.over_all:
                self.over_all.add(owner(call.out))
            else:
                self.of_pieces.append(number)
            return
        if late or owner(call.out) in self.given:
            raise MixedRowsError("a row that needs the result of all")
        self.of_pieces.append(number)
        if combines(call, rows, out):
            self.over_all.add(owner(call.out))
            self.totals[number] = np.empty_like(call.out)

    def constants(self, number: int) -> None:
        """Compare the constants of a call, and find those that depend on the number of rows."""
        for place, (argument, *values) in enumerate(self.arguments_of(number)):
            if self.first.name(argument):
                continue
            if all(np.array_equal(argument, value, equal_nan=argument.dtype.kind == "f") for value in values):
                continue
            self.instead[number, place] = self.count([argument, *values]).array

    def count(self, values: Sequence[Array]) -> Count:
        """Return the scalar that is each of these values for the number of rows of its recording."""
        first, dtype = values[0], values[0].dtype
        if any(value.ndim for value in values) or dtype.kind not in "fiu":
            raise MixedRowsError("constants that depend on the number of rows")
        error = 4 * np.finfo(dtype).eps if dtype.kind == "f" else 0.0
        for power in POWERS_OF_ROWS:
            factor = float(first) / float(self.first.rows) ** power
            found = [factor * float(recording.rows) ** power for recording in self.recordings]
            if np.allclose(values, found, rtol=error, atol=0):
                return self.counts.setdefault((dtype.str, factor, power), Count(first.copy(), factor, power))
        raise MixedRowsError("a constant that is not proportional to the number of rows or to its inverse")

    def arguments(self, recording: RecordedRows, number: int) -> tuple[Array, ...]:
        """Return the arguments of a call, with counts in place of constants."""
        return tuple(
            self.instead.get((number, place), argument)
            for place, argument in enumerate(recording.calls[number].arguments)
        )

    def pieces(self, sizes: Sequence[int]) -> Pieces:
        """Return the programs."""
        made = self.first.calls
        totals = {owner(made[number].out): (made[number].out, total) for number, total in self.totals.items()}
        calls = []
        for number in self.of_finish:
            arguments = (substitute(a, totals) for a in self.arguments(self.first, number))
            out = substitute(made[number].out, totals)
            calls.append(replace(made[number], arguments=tuple(arguments), out=out))
        for name in self.first.outputs:
            if aligned_row_axis(self.recordings, [r.outputs[name] for r in self.recordings]) is not None:
                raise MixedRowsError("an output for each row")
        outputs = {name: substitute(array, totals) for name, array in self.first.outputs.items()}
        finish = tidy(self.program(self.first, calls, {}, outputs, self.totals))
        arrays = [*outputs.values(), *(array for call in finish.calls for array in call.arguments)]
        read = {owner(array) for array in arrays}
        used = {number: total for number, total in self.totals.items() if owner(total) in read}
        return Pieces(
            {r.rows: self.part(r, used) for r in self.recordings if r.rows in sizes},
            finish,
            tuple((total, of_no_rows(made[number])) for number, total in used.items()),
            tuple(self.counts.values()),
        )

    def part(self, recording: RecordedRows, totals: Mapping[int, Array]) -> Program:
        """Return the program that adds up a piece."""
        calls = []
        for number in self.of_pieces:
            call = replace(recording.calls[number], arguments=self.arguments(recording, number))
            calls.append(call)
            if number in totals:
                total = totals[number]
                calls.append(Call(joining_ufunc(call).__name__, (total, call.out), total, label=call.label))
        return tidy(self.program(recording, calls, recording.inputs, {}, totals))

    def program(
        self,
        recording: RecordedRows,
        calls: list[Call],
        inputs: dict[str, Array],
        outputs: dict[str, Array],
        totals: Mapping[int, Array],
    ) -> Program:
        """Return a program of these calls, whose state includes the totals."""
        state = self.kept | {f"total {number}": total for number, total in totals.items()}
        settings = *recording.tape.settings.arrays, *(count.array for count in self.counts.values())
        return Program(tuple(calls), inputs, state, outputs, settings)


def joining_ufunc(call: Call) -> np.ufunc:
    """Return the function that joins the results of two pieces of rows."""
    return call.operation.ufunc if isinstance(call.operation, Reduction) else np.add


def of_no_rows(call: Call) -> float:
    """Return the result for no rows."""
    if joining_ufunc(call) is np.add:
        return 0
    least, most = least_and_most(call.out.dtype)
    return least if joining_ufunc(call) is np.maximum else most


def least_and_most(dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return the least and the largest number of a type."""
    if dtype.kind == "f":
        return -np.inf, np.inf
    return (False, True) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
