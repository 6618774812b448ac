"""Writes the numbers of a program in any language with arrays: elements, constants, operations on them."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from nn.arrays import Array
from nn.engine.codegen.fusion import strides_in
from nn.engine.operations import ELEMENTWISE, Elementwise, Reduction
from nn.engine.program import Call, Program, base, owner, same_elements
from nn.export.layout import identifier, letters
from nn.export.recording import ExportError
from nn.export.squeezing import counts_up
from nn.export.syntax import OF_INTEGERS, OF_TRUTHS, NumberKind, Syntax, Vector, kind_of, unwrapped, wrapped

LONG_LITERAL = 12
"""Numbers with more characters become constants with a name."""


class Expressions:
    """The texts of a program's numbers, and the names that they are made of.

    given: arrays that have names from the start
    fixed: the owners of those of them that are constants
    """

    def __init__(self, program: Program, syntax: Syntax, given: Mapping[str, Array], fixed: Iterable[int]):
        self.program, self.syntax, self.fixed = program, syntax, {*fixed}
        self.taken = Counter([*given])
        self.places = {owner(array): (name, base(array)) for name, array in given.items()}
        self.constants: dict[str, Array] = {}
        """What the program needs as constants, by name, in the order in which it is used."""
        self.spellings: set[str] = set()
        """The texts of the operations that it uses."""
        self.copies: list[tuple[Array, Array]] = []
        """Constants, and copies of them in another layout."""
        self.scalars: set[int] = set()
        """The owners of single numbers that are local values."""
        self.label = ""
        """What is written now; new names follow it."""

    def new_name(self, label: str | None = None) -> str:
        """Return a new name, after a label; by default that of what is written now."""
        root = identifier((self.label if label is None else label).partition(":")[0]) or "t"
        number = self.taken[root]
        self.taken[root] += 1
        name = f"{root}_{letters(number)}"
        return name if name not in self.taken else self.new_name(label)

    def hold(self, array: Array, name: str) -> None:
        """Let a local value be what an array of one number holds."""
        self.places[owner(array)] = (name, base(array))
        self.scalars.add(owner(array))

    def at(self, array: Array, shape: Sequence[int], index: Sequence[str]) -> str:
        """Write an element of an array, broadcast to ``shape``, at ``index``."""
        root = base(array)
        if self.is_fixed(array) and root.ndim == 0:
            return self.literal(array)
        name, _ = self.place(array)
        if id(root) in self.scalars:
            return name
        terms = self.offset(array, shape, index)
        where = " + ".join(terms) or "0"
        if self.is_fixed(array) and counts_up(root):
            return self.syntax.converted(f"({where})" if len(terms) > 1 else where, "i", kind_of(root))
        if self.is_fixed(array):
            self.constants.setdefault(name, root)
        return f"{name}[{where}]"

    def vector(self, array: Array, shape: Sequence[int], index: Sequence[str]) -> Vector | None:
        """Return the elements along the last axis, the others at ``index``; None if they stand apart.

        Those of a constant always are: it is laid out so.
        """
        if self.is_fixed(array) and array.strides[-1] != array.itemsize:
            array = self.side_by_side(array)
        if strides_in(array, shape)[-1] != 1 or owner(array) in self.scalars:
            return None
        name, root = self.place(array)
        if self.is_fixed(array):
            self.constants.setdefault(name, root)
        return Vector(name, root.size, " + ".join(self.offset(array, shape, [*index, "0"])), shape[-1])

    def side_by_side(self, array: Array) -> Array:
        """Return a copy of a constant, made once, whose last axis is contiguous."""
        for known, copy in self.copies:
            if same_elements(known, array):
                return copy
        copy = np.ascontiguousarray(array)
        self.copies.append((array, copy))
        self.places[owner(copy)] = (f"{self.place(array)[0]}_columns", copy)
        return copy

    def is_fixed(self, array: Array) -> bool:
        """Whether an array is a constant."""
        return owner(array) in self.fixed or owner(array) not in self.program.changing

    def place(self, array: Array) -> tuple[str, Array]:
        """Return the name of the memory of an array, and that memory."""
        if owner(array) not in self.places:
            self.places[owner(array)] = (self.new_name(), base(array))
        return self.places[owner(array)]

    def offset(self, array: Array, shape: Sequence[int], index: Sequence[str]) -> list[str]:
        """Return the terms of an element's place in the memory of its array; none for the first."""
        _, first = self.place(array)
        offset = (array.ctypes.data - first.ctypes.data) // array.itemsize
        terms = [str(offset)] if offset else []
        for stride, place in zip(strides_in(array, shape), index, strict=True):
            if stride and place != "0":
                terms.append(place if stride == 1 else f"{stride} * {place}")
        return terms[::-1]

    def literal(self, array: Array) -> str:
        """Write a constant number; a long one gets a name."""
        if array.dtype.kind == "b":
            return self.syntax.converted(str(int(array)), "i", "b")
        if array.dtype.kind != "f":
            return str(int(array))
        value = float(array)
        if not np.isfinite(value):
            infinity = self.syntax.infinity
            return self.syntax.nan if value != value else infinity if value > 0 else f"(-{infinity})"
        text = self.syntax.number(value)
        if len(text) <= LONG_LITERAL:
            return f"({text})" if text.startswith("-") else text
        root = base(array).reshape(1)
        same = (name for name, known in self.constants.items() if known.tobytes() == root.tobytes())
        name = next(same, None) or self.new_name()
        self.constants.setdefault(name, root)
        return f"{name}[0]"

    def spelled(self, operation: Elementwise, operands: list[tuple[str, Array]], out: Array) -> str:
        """Write one element of an elementwise operation."""
        target, kinds = kind_of(out), [kind_of(array) for _, array in operands]
        if isinstance(operation.numpy, np.ufunc):
            dtypes = tuple(array.dtype for _, array in operands)
            *types, result = operation.numpy.resolve_dtypes((*dtypes, None))
            kind, made = kind_of(types[0]), kind_of(result)
            texts = [
                self.syntax.converted(text, own, kind) for (text, _), own in zip(operands, kinds, strict=True)
            ]
        else:  # a copy, or a choice behind its condition
            kind = made = target
            texts = [text for text, _ in operands[:-2]] + [
                self.syntax.converted(text, own, kind)
                for (text, _), own in [*zip(operands, kinds, strict=True)][-2:]
            ]
        template = self.template(operation, kind)
        inside = unwrapped if re.match(r"[\w.{}]+\({", template) else wrapped
        text = template.format(*map(inside, texts), f=self.syntax.suffix)
        return self.syntax.converted(text, made, target)

    def template(self, operation: Elementwise, kind: NumberKind) -> str:
        """Return the text of an operation on a kind of numbers; ExportError where there is none."""
        text = self.syntax.spelling(operation)
        if kind == "b" and operation.spelling.truth:
            return self.syntax.truths[operation.spelling.truth]
        known = {"f": {operation.name}, "i": OF_INTEGERS, "b": OF_TRUTHS}[kind]
        if not text or operation.name not in known:
            words = {"f": "real numbers", "i": "integers", "b": "truth values"}[kind]
            raise ExportError(f"{self.syntax.language} has no np.{operation.name} of {words}")
        self.spellings.add(text)
        return text

    def combined(self, call: Call, total: str, element: str) -> str:
        """Write the combination of a reduction's total with one more element."""
        operation = call.operation
        assert isinstance(operation, Reduction)
        text = self.syntax.converted(element, kind_of(call.arguments[0]), kind_of(call.out))
        terms = [(total, call.out), (text, call.out)]
        return unwrapped(self.spelled(ELEMENTWISE[operation.ufunc], terms, call.out))

    def start(self, call: Call) -> str:
        """Write what a reduction starts from."""
        operation, kind = call.operation, kind_of(call.out)
        assert isinstance(operation, Reduction)
        largest = operation.ufunc is np.maximum
        if kind == "i" and not operation.adds:
            raise ExportError(f"{self.syntax.language} has no np.{operation.name} of integers")
        if kind == "b":
            return self.syntax.converted("0" if largest else "1", "i", "b")
        zero = self.syntax.number(0.0) if kind == "f" else "0"
        return zero if operation.adds else f"-{self.syntax.infinity}" if largest else self.syntax.infinity
