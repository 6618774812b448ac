"""Writes a program for any number of rows, for targets that have whole arrays: see ``VectorWriter``.

It is recorded at two numbers of rows; axes whose lengths differ are dynamic. Each result is a new value. A
view is spelled as slices, a transposition and a reshape of the value whose memory it has; what is written
part by part, as a concatenation is, becomes one value when all of it is there.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from nn.arrays import Array
from nn.engine.operations import ELEMENTWISE, Elementwise, Product, Reduction, Search
from nn.engine.program import Call, Program, base, owner
from nn.export.cuts import Cut
from nn.export.recording import ExportError
from nn.export.syntax import OF_INTEGERS, OF_TRUTHS, NumberKind, kind_of


class VectorWriter(ABC):
    """The values of a program, one after the other.

    programs: the same program, recorded at two numbers of rows
    """

    def __init__(self, programs: tuple[Program, Program], given: Mapping[str, str]):
        """``given``: names of values for the program's inputs."""
        self.program, self.other = programs
        self.values: dict[int, str] = {}
        self.pieces: dict[int, list[tuple[Cut, str]]] = {}
        self.twins: dict[int, Array] = {}
        self.label = ""
        for name, value in given.items():
            self.values[owner(self.program.inputs[name])] = value
            self.twins[owner(self.program.inputs[name])] = base(self.other.inputs[name])

    def write(self) -> dict[str, str]:
        """Write all calls; returns the names of the outputs' values."""
        for call, twin in zip(self.program.calls, self.other.calls, strict=True):
            self.label = call.label
            self.store(call.out, twin.out, self.compute(call, twin))
        return {
            name: self.read(array, self.other.outputs[name]) for name, array in self.program.outputs.items()
        }

    @abstractmethod
    def constant(self, array: Array, name: str | None = None) -> str:
        """Return the name of a constant."""

    @abstractmethod
    def elementwise(self, operation: Elementwise, operands: Sequence[str], kind: NumberKind) -> str:
        """Write an operation on numbers of one kind, which the target has."""

    @abstractmethod
    def cast(self, value: str, kind: NumberKind) -> str:
        """Write a conversion."""

    @abstractmethod
    def reduce(self, operation: Reduction, value: str, axes: Sequence[int], kind: NumberKind) -> str:
        """Write a reduction, which keeps axes with length 1."""

    @abstractmethod
    def argmax(self, value: str, axis: int) -> str:
        """Write a search, which keeps the axis with length 1."""

    @abstractmethod
    def matmul(self, a: str, b: str) -> str:
        """Write a product."""

    @abstractmethod
    def cut(self, value: str, ranges: Mapping[int, tuple[int, int, int]]) -> str:
        """Write a slice: start, count and step by axis."""

    @abstractmethod
    def transpose(self, value: str, order: Sequence[int]) -> str:
        """Write a transposition."""

    @abstractmethod
    def reshape(self, value: str, shape: Sequence[int]) -> str:
        """Write a reshape; −1 is the dynamic axis."""

    @abstractmethod
    def expand(self, value: str, shape: Sequence[int]) -> str:
        """Write a repetition along axes of length 1; −1 is as many as there are rows."""

    @abstractmethod
    def concatenate(self, values: Sequence[str], axis: int) -> str:
        """Write a concatenation."""

    def shape(self, array: Array, twin: Array) -> tuple[int, ...]:
        """Return the shape with −1 for the dynamic axis; ExportError for several."""
        shape = tuple(a if a == b else -1 for a, b in zip(array.shape, twin.shape, strict=True))
        if shape.count(-1) > 1:
            raise ExportError("two axes depend on the number of rows")
        return shape

    def compute(self, call: Call, twin: Call) -> str:
        """Write the result of a call, in the shape of its ``out`` or one that is broadcast to it."""
        operands = [
            self.read(array, other) for array, other in zip(call.arguments, twin.arguments, strict=True)
        ]
        match call.operation:
            case Product():
                return self.matmul(*operands)
            case Search():
                return self.argmax(operands[0], call.axes[0])
            case Reduction() as operation:
                kind, own = kind_of(call.out), kind_of(call.arguments[0])
                value = operands[0] if own == kind else self.cast(operands[0], kind)
                return self.reduce(operation, value, call.axes, kind)
            case Elementwise() as operation:
                value = self.computed(operation, operands, call)
                found = np.broadcast_shapes(*(array.shape for array in call.arguments))
                if len(found) < call.out.ndim or any(
                    a != b for a, b in zip(found, call.out.shape, strict=True)
                ):
                    return self.expand(value, self.shape(call.out, twin.out))
                return value
        raise ExportError(f"nothing is known of np.{call.function}")

    def computed(self, operation: Elementwise, operands: list[str], call: Call) -> str:
        """Write an elementwise operation with the conversions that NumPy makes."""
        target, kinds = kind_of(call.out), [kind_of(array) for array in call.arguments]
        if isinstance(operation.numpy, np.ufunc):
            dtypes = tuple(array.dtype for array in call.arguments)
            *types, result = operation.numpy.resolve_dtypes((*dtypes, None))
            kind, made = kind_of(types[0]), kind_of(result)
            converted = range(len(operands))
        else:  # a copy, or a choice behind its condition
            kind = made = target
            converted = range(len(operands))[-2:] if len(operands) > 1 else range(1)
        known = {"f": {operation.name}, "i": OF_INTEGERS, "b": OF_TRUTHS}[kind]
        if operation.name not in known and not (kind == "b" and operation.spelling.truth):
            words = {"f": "real numbers", "i": "integers", "b": "truth values"}[kind]
            raise ExportError(f"no exported program has np.{operation.name} of {words}")
        texts = [
            self.cast(text, kind) if place in converted and own != kind else text
            for place, (text, own) in enumerate(zip(operands, kinds, strict=True))
        ]
        value = texts[0] if operation is ELEMENTWISE[np.copy] else self.elementwise(operation, texts, kind)
        return value if made == target else self.cast(value, target)

    def read(self, array: Array, twin: Array) -> str:
        """Return a value with the elements of an array."""
        root = base(array)
        if id(root) not in self.program.changing:
            return self.constant(array)
        if id(root) in self.pieces:
            self.assemble(root)
        value = self.values[id(root)]
        other = base(twin)
        if array.shape == root.shape and array.strides == root.strides:
            return value
        cut = Cut.of(array, root)
        if cut is None:
            return self.reshaped(value, array, twin)
        ranges = dict(self.ranges(cut, root, other))
        if ranges:
            value = self.cut(value, ranges)
        order = [axis for axis in cut.axes if axis is not None]
        order += [axis for axis in range(root.ndim) if axis not in order]
        if order != sorted(order):
            value = self.transpose(value, order)
        kept = sum(axis is not None for axis in cut.axes)
        if kept == array.ndim and len(order) == kept:
            return value
        single = [
            length if axis is not None else 1
            for axis, length in zip(cut.axes, self.shape(array, twin), strict=True)
        ]
        value = self.reshape(value, single)
        shape = self.shape(array, twin)
        return value if tuple(single) == shape else self.expand(value, shape)

    def reshaped(self, value: str, array: Array, twin: Array) -> str:
        """Return all elements of an array in another shape, and its axes in another order."""
        root = base(array)
        order = sorted(range(array.ndim), key=lambda axis: -array.strides[axis])
        rows, shape = array.transpose(order), self.shape(array, twin)
        if array.size != root.size or not (rows.flags.c_contiguous and root.flags.c_contiguous):
            raise ExportError("a view that is neither slices, a transposition nor a reshape")
        value = self.reshape(value, [shape[axis] for axis in order])
        return value if order == sorted(order) else self.transpose(value, np.argsort(order).tolist())

    def ranges(self, cut: Cut, root: Array, other: Array) -> Iterator[tuple[int, tuple[int, int, int]]]:
        """Yield the axes of which a cut takes a part; ExportError for a part of a dynamic one."""
        for axis, part in enumerate(zip(cut.starts, cut.counts, cut.steps, strict=True)):
            if part != (0, root.shape[axis], 1):
                if root.shape[axis] != other.shape[axis]:
                    raise ExportError("some of the rows are chosen")
                yield axis, part

    def store(self, out: Array, twin: Array, value: str) -> None:
        """Let a value be what an array holds, or a part of it."""
        root = base(out)
        self.twins[id(root)] = base(twin)
        if out.shape == root.shape and out.strides == root.strides:
            self.values[id(root)] = value
            self.pieces.pop(id(root), None)
            return
        cut = Cut.of(out, root)
        if out.size == root.size and (cut is None or None in cut.axes or len(cut.axes) < root.ndim):
            if not (out.flags.c_contiguous and root.flags.c_contiguous):
                raise ExportError("a view that is neither slices, a transposition nor a reshape")
            self.values[id(root)] = self.reshape(value, self.shape(root, base(twin)))
            return
        if cut is None or min(cut.steps) < 1:
            raise ExportError("an assignment to a part that is no slice")
        self.pieces.setdefault(id(root), []).append((cut, self.laid_out(value, cut, root)))

    def laid_out(self, value: str, cut: Cut, root: Array) -> str:
        """Give a value the axes of the array that it is a part of."""
        axes = [axis for axis in cut.axes if axis is not None]
        order = [axes.index(axis) for axis in sorted(axes)]
        if len(axes) < len(cut.axes):
            value = self.reshape(value, [self.length(root, axis, cut) for axis in axes])
        if order != sorted(order):
            value = self.transpose(value, order)
        if len(axes) < root.ndim:
            value = self.reshape(value, [self.length(root, axis, cut) for axis in range(root.ndim)])
        return value

    def length(self, root: Array, axis: int, cut: Cut) -> int:
        """Return how long an axis of a part is; −1 where it depends on the number of rows."""
        dynamic = root.shape[axis] != self.twins[id(root)].shape[axis]
        return -1 if dynamic else cut.counts[axis]

    def assemble(self, root: Array) -> None:
        """Concatenate the parts of an array."""
        pieces = self.pieces.pop(id(root))
        split = [
            axis
            for axis in range(root.ndim)
            if any(cut.counts[axis] < root.shape[axis] or cut.steps[axis] > 1 for cut, _ in pieces)
        ]
        (axis,) = split if len(split) == 1 else (-1,)
        pieces.sort(key=lambda piece: piece[0].starts[axis])
        ends = [0] + [cut.starts[axis] + cut.counts[axis] for cut, _ in pieces]
        begins = [cut.starts[axis] for cut, _ in pieces] + [root.shape[axis]]
        if axis < 0 or ends != begins or any(a == b for a, b in pairwise(ends)):
            raise ExportError("an array that is written in parts which are not side by side")
        self.values[id(root)] = self.concatenate([value for _, value in pieces], axis)
