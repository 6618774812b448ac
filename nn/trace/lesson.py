"""Works out one training step line by line: forward to the loss, backward, and to the new weights."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from nn.arrays import Array
from nn.engine.program import owner
from nn.layers.base import Chain
from nn.losses.base import Loss
from nn.network import Sequential
from nn.optimizers.base import FirstOrder
from nn.trace.expressions import Expression, Name
from nn.trace.naming import Naming, layer_inputs, layer_numbers, unit_names
from nn.trace.reading import TERMS, ExpressionReader, Index
from nn.trace.recording import MethodCall, Recording, place

SHOW_ALL, SHOW_FEW = 4, 2
"""Of more than ALL units or inputs only FEW are shown."""


@dataclass(frozen=True, eq=False)
class Equation:
    """A quantity and the expression that it is computed from."""

    name: Name
    expression: Expression

    @property
    def replaces(self) -> bool:
        """Whether it is computed from the quantity's old value."""
        return any(leaf.name == self.name for leaf in self.expression.leaves())


@dataclass(frozen=True, eq=False)
class LessonSection:
    """Lines under a title; ``left_out`` more of the same form are omitted."""

    title: str
    lines: tuple[Equation, ...]
    left_out: int = 0


@dataclass(frozen=True, eq=False)
class Lesson:
    """A step followed for one ``sample`` of its batch, counted from 0, with its inputs and targets."""

    sample: int
    batch: int
    given: tuple[Expression, ...]
    sections: tuple[LessonSection, ...]


def teach(
    network: Sequential,
    loss: Loss,
    optimizer: FirstOrder,
    x: Array,
    t: Array,
    *,
    sample: int | None = None,
    classification: bool = False,
) -> Lesson:
    """Work out the next step for the batch ``x: (batch, inputs)``, ``t: (batch, outputs)``.

    It is followed for this ``sample``, or else for the first with the fewest zeros among its inputs.
    Raises NotRecordableError, and ValueError for networks that a trace does not support.
    """
    if network.noise:
        raise ValueError("a trace does not support Dropout; take it out, or give it the rate 0")
    if any(came and isinstance(layer, Chain) for layer, came in layer_inputs(network.layers)):
        raise ValueError("a trace supports a Shortcut as the first layer only")
    followed = int(np.argmin(np.sum(x == 0, axis=-1))) if sample is None else sample
    recording = Recording(network, loss, optimizer, {"x": x, "t": t}, classification=classification)
    teacher = Teacher(recording, followed)
    sections = tuple(section for section in teacher.sections() if section.lines)
    given = tuple(
        Expression(float(array[followed, unit]), name=unit_names(Name(letter), array)((followed, unit)))
        for letter, array in (("x", x), ("t", t))
        for unit in some(array.shape[-1])
    )
    return Lesson(followed, len(x), given, sections)


class Teacher:
    """Orders the computations of a recording and names their results."""

    def __init__(self, recording: Recording, sample: int):
        self.recording, self.sample = recording, sample
        self.network, self.naming = recording.network, Naming(recording)
        self.between = self.naming.between
        self.variables = self.naming.variables
        self.reader = ExpressionReader(recording, self.variables, sample)

    def sections(self) -> Iterator[LessonSection]:
        """Yield the sections in the order of computation."""
        end = 0
        for passage in self.recording.passages:
            part, end = passage.owner, max(end, passage.calls.stop)
            if passage.method == "forward" or isinstance(part, Loss):
                yield self.returned(passage)
                continue
            gradients = self.written(passage.calls, ["gradients"])
            returned = self.by_slope(self.returned(passage))
            if self.naming.before[id(part)] is None:  # the gradient of the inputs is not used
                returned = LessonSection("", ())
            left_out = gradients.left_out + returned.left_out
            yield LessonSection(self.title(passage), (*gradients.lines, *returned.lines), left_out)
        update = self.written(range(end, len(self.recording.calls)), [*self.recording.kept])
        yield replace(update, lines=tuple(sorted(update.lines, key=self.position)))

    def title(self, passage: MethodCall) -> str:
        """Name the direction and the layer."""
        part, way = passage.owner, passage.method.capitalize()
        if isinstance(part, Loss):
            return f"{way}: the loss, {type(part).__name__}"
        number = next(number for layer, number in layer_numbers(self.network.layers) if layer is part)
        return f"{way}: layer {number}, {type(part).__name__}"

    def returned(self, passage: MethodCall) -> LessonSection:
        """Write the output of a layer for the followed sample, or the loss."""
        title = self.title(passage)
        calls = self.recording.calls
        makers = [call for call in passage.calls if owner(calls[call].out) == owner(passage.result)]
        if not makers:
            return LessonSection(title, ())
        rows: list[Index] = [()]
        if passage.result.ndim:
            rows = [(self.sample, unit) for unit in few(passage.result.shape[-1])]
        name = self.variables[owner(passage.result)].name
        lines = [line for call in passage.calls if call in self.between for line in self.helping(call)]
        lines += [Equation(name(index), self.made(makers, passage.result, index)) for index in rows]
        return LessonSection(title, tuple(lines), (passage.result.shape or (1,))[-1] - len(rows))

    def helping(self, call: int) -> Iterator[Equation]:
        """Yield the lines of an intermediate result."""
        variable = self.between[call]
        for unit in some(variable.array.shape[-1]) if variable.array.ndim > 1 else [0]:
            index = (self.sample, unit)[: variable.array.ndim]
            yield Equation(variable.name(index), self.reader.made(call, index))

    def made(self, calls: list[int], array: Array, index: Index) -> Expression:
        """Return the expression of an element, from the last of these calls that computed it."""
        places = ((call, place(array, index, self.recording.calls[call].out)) for call in reversed(calls))
        call, there = next((call, there) for call, there in places if there is not None)
        return self.reader.made(call, there)

    def by_slope(self, section: LessonSection) -> LessonSection:
        """Put a derivative by which backward multiplies, as σ′ = σ (1 − σ), on a line of its own."""
        slopes, lines = [], []
        for line in section.lines:
            for leaf in {leaf for leaf in line.expression.leaves() if leaf.name and leaf.name.slope}:
                assert leaf.name is not None, "as chosen"
                rest = line.expression.without(leaf.name)
                if rest and rest.parts:
                    own = replace(leaf.name, slope=False, letter=f"{leaf.name.letter}′")
                    slopes.append(Equation(own, rest))
                    factors = leaf, Expression(rest.value, name=own)
                    line = Equation(line.name, Expression(line.expression.value, "multiply", factors))
            lines.append(line)
        return replace(section, lines=(*slopes, *lines))

    def position(self, line: Equation) -> int:
        """Return the position of a line's parameter, for sorting; lines without one come first."""
        own = replace(line.name, slope=False, remembered="")
        return self.naming.names.index(own) if own in self.naming.names else -1

    def written(self, calls: range, keys: Iterable[str]) -> LessonSection:
        """Write the elements of kept arrays that these calls compute."""
        kept = {owner(self.recording.kept[key]): self.recording.kept[key] for key in keys}
        lines, left_out = [], 0
        for call in calls:
            out = self.recording.calls[call].out
            if owner(out) not in kept:
                continue
            name = self.variables[owner(out)].name
            for index in np.ndindex(out.shape):
                there = place(out, index, kept[owner(out)])
                assert there is not None, "a part of it"
                if self.shown(there):
                    expression = self.reader.made(call, index)
                    lines.append(Equation(name(there), expression))
                else:
                    left_out += 1
        return LessonSection("Update", tuple(lines), left_out)

    def shown(self, index: Index) -> bool:
        """Whether a parameter is among those of its layer that are shown."""
        if not index:
            return True
        start = 0
        for layer, _ in layer_numbers(self.network.layers):
            for shape in layer.shapes.values():
                size = shape[0] * shape[1]
                if index[-1] < start + size:
                    row, column = divmod(index[-1] - start, shape[1])
                    return row in few(shape[0]) and column in few(shape[1])
                start += size
        return False


def few(count: int) -> range:
    """Return all indices if there are few, else the first."""
    return range(count if count <= SHOW_ALL else SHOW_FEW)


def some(count: int) -> range:
    """Return the indices of the terms of a sum that are shown."""
    return range(count if count <= TERMS else TERMS // 2)
