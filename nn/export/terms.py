"""Expressions of a spreadsheet for a program of one row, each element on its own."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Array
from nn.engine.operations import Elementwise, Product, Reduction, Search
from nn.engine.program import Call, base, same_elements
from nn.export.recording import ROW, Exportable, ExportError

MAX_NAMES = 126
"""The most names in a LET of Excel."""
SHEET_DIGITS = 15
"""The significant digits that spreadsheets read of a number."""
TRUTHS_OF_SHEETS = {"and": "AND({0}, {1})", "or": "OR({0}, {1})", "xor": "({0} <> {1})"}
NO_NUMBER, REFUSED = "NA()", "(1/0)"
"""NaN, and what is no number at all."""


@dataclass(frozen=True, eq=False)
class Term:
    """An expression of other expressions: ``{0} + {1}``."""

    text: str
    parts: tuple["Term", ...] = ()


class SheetWriter:
    """The expressions of a program for one row, each element on its own."""

    def __init__(self, exportable: Exportable, cells: Sequence[Term]):
        self.program = exportable.program(1)
        self.terms: dict[int, NDArray[np.object_]] = {}
        row = self.program.inputs[ROW]
        self.of(row)[...] = np.array([*cells], dtype=object).reshape(row.shape)
        for name in exportable.constants:
            array = self.program.inputs[name]
            self.of(array)[...] = number_terms(array)
        for call in self.program.calls:
            self.of(call.out)[...] = self.compute(call)

    def of(self, array: Array) -> NDArray[np.object_]:
        """Return the terms of an array's elements, in a view like its own where it is written."""
        root = base(array)
        if id(root) not in self.program.changing:
            return number_terms(array)
        if id(root) not in self.terms:
            self.terms[id(root)] = np.empty(root.size, dtype=object)
        memory, size = self.terms[id(root)], array.itemsize
        strides = tuple(stride // size * memory.itemsize for stride in array.strides)
        start = (array.ctypes.data - root.ctypes.data) // size
        return np.lib.stride_tricks.as_strided(memory[start:], array.shape, strides)

    def compute(self, call: Call) -> Any:
        """Return the terms of a call's result."""
        values = [self.of(argument) for argument in call.arguments]
        match call.operation:
            case Product():
                return product_terms(values[0], values[1])
            case Reduction() as operation:
                text = reduction_text(operation, call.arguments[0].dtype.kind)
                return along(values[0], call.axes, lambda terms: joined_terms(text, terms))
            case Search():
                return along(values[0], call.axes, position)
            case Elementwise() as operation:
                if call.function == "copy":
                    return values[0]
                text = template_of(operation, call)
                return each(values, call.out.shape, text)
        raise ExportError(f"a spreadsheet has no np.{call.function}")


def template_of(operation: Elementwise, call: Call) -> str:
    """Return the text of an elementwise operation, ExportError where there is none."""
    if call.function in ("equal", "not_equal") and same_elements(*call.arguments):  # is it NaN?
        return "NOT(ISNA({0}))" if call.function == "equal" else "ISNA({0})"
    if call.function == "less" and np.all(np.isposinf(call.arguments[1])):
        return "ISNUMBER({0})"
    kind = call.arguments[0].dtype.kind
    if kind == "b" and operation.spelling.truth:
        return TRUTHS_OF_SHEETS[operation.spelling.truth]
    if not operation.spelling.sheet:
        raise ExportError(f"a spreadsheet has no np.{call.function}")
    text = operation.spelling.sheet
    # A comparison with NaN is false; one with an error is an error.
    return f"IFERROR({text}, FALSE)" if call.function == "equal" else text


def each(values: Sequence[NDArray[np.object_]], shape: tuple[int, ...], text: str) -> NDArray[np.object_]:
    """Return the terms of an operation on each element."""
    made = np.empty(shape, dtype=object)
    rows: Any = np.broadcast_arrays(*values, made)[:-1]
    for place in np.ndindex(shape):
        made[place] = Term(text, tuple(row[place] for row in rows))
    return made


def along(terms: NDArray[np.object_], axes: Sequence[int], combine: Any) -> NDArray[np.object_]:
    """Combine the terms along axes, which stay with length 1."""
    order = [axis for axis in range(terms.ndim) if axis not in axes]
    rows = terms.transpose([*order, *axes]).reshape(*(terms.shape[axis] for axis in order), -1)
    made = np.empty(rows.shape[:-1], dtype=object)
    for place in np.ndindex(made.shape):
        made[place] = combine(rows[place].tolist())
    return made.reshape([1 if axis in axes else terms.shape[axis] for axis in range(terms.ndim)])


def joined_terms(text: str, terms: list[Term]) -> Term:
    """Return the sum, maximum, … of terms."""
    names = [f"{{{place}}}" for place in range(len(terms))]
    return Term(text.format(" + ".join(names) if text == "({})" else ", ".join(names)), tuple(terms))


def reduction_text(operation: Reduction, kind: str) -> str:
    """Return how a reduction is written around its terms."""
    if operation.adds:
        return "({})"
    names = {"max": "OR", "min": "AND"} if kind == "b" else {"max": "MAX", "min": "MIN"}
    return f"{names[operation.name]}({{}})"


def position(terms: list[Term]) -> Term:
    """Return the position of the first largest term, from 0."""
    largest, *others = joined_terms("MAX({})", terms), *reversed([*enumerate(terms)][:-1])
    found = Term(str(len(terms) - 1))
    for place, term in others:
        found = Term(f"IF({{0}} = {{1}}, {place}, {{2}})", (term, largest, found))
    return found


def product_terms(a: NDArray[np.object_], b: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the terms of a product of matrices."""
    if a.ndim != 2 or b.ndim != 2:
        raise ExportError("a spreadsheet has no product of stacks")
    made = np.empty((len(a), b.shape[1]), dtype=object)
    for row, column in np.ndindex(made.shape):
        pairs: Iterable[Any] = zip(a[row], b[:, column], strict=True)
        terms = [Term("{0}*{1}", pair) for pair in pairs]
        made[row, column] = joined_terms("({})", terms)
    return made


def number_terms(array: Array) -> NDArray[np.object_]:
    """Return constants as terms."""
    made = np.empty(array.shape, dtype=object)
    for place in np.ndindex(array.shape):
        made[place] = Term(number_text(array[place]))
    return made


def number_text(value: Any) -> str:
    """Write a constant so that no bit is lost where 15 digits are read: 0.123456789012345 + 6.8E-16."""
    if value != value:
        return NO_NUMBER
    if not np.isfinite(value):
        return REFUSED
    number = float(value)
    text = f"{number:.{SHEET_DIGITS}G}"
    head = float(text)
    if head == number:
        return f"({text})" if number < 0 else text
    tails = (f"{number - head:+.{digits}G}" for digits in range(1, SHEET_DIGITS + 1))
    return f"({text}{next(tail for tail in tails if head + float(tail) == number)})"


def spelled_out(term: Term) -> str:
    """Write a formula; what is used more than once gets a name in LET."""
    uses: Counter[int] = Counter()
    order: list[Term] = []

    def visit(one: Term) -> None:
        uses[id(one)] += 1
        if uses[id(one)] == 1:
            for part in one.parts:
                visit(part)
            order.append(one)

    visit(term)
    names: dict[int, str] = {}
    bound = []

    def write(one: Term) -> str:
        if id(one) in names:
            return names[id(one)]
        return one.text.format(*map(write, one.parts)) if one.parts else one.text

    for one in order:
        if uses[id(one)] > 1 and (one.parts or len(one.text) > 6) and one is not term:
            text = write(one)
            names[id(one)] = f"v_{len(names) + 1}"
            bound.append(f"{names[id(one)]}, {text}")
    text = write(term)
    if len(bound) > MAX_NAMES:
        raise ExportError(
            f"a formula would have {len(bound)} names in LET, of which spreadsheets take {MAX_NAMES}"
        )
    return f"=LET({', '.join([*bound, text])})" if bound else f"={text}"
