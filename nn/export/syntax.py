"""How languages write what loops are made of, and the kinds of numbers that exported programs have."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from nn.arrays import Array
from nn.engine.operations import Elementwise
from nn.export.recording import ExportError

NumberKind = Literal["f", "i", "b"]
KINDS: Mapping[str, NumberKind] = {"float64": "f", "float32": "f", "int64": "i", "bool": "b"}
"""The kinds of numbers that exported programs have: real numbers, integers, truth values."""
OF_INTEGERS = {
    *("copy", "where", "maximum", "minimum"),
    *("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"),
}
"""What is done with integers: nothing that could overflow."""
OF_TRUTHS = OF_INTEGERS - {"maximum", "minimum"}
"""What is written of truth values as of numbers."""


@dataclass(frozen=True)
class Vector:
    """Elements of an array side by side."""

    name: str
    size: int
    """How many elements the array has."""
    start: str
    """The place of the first one; empty for 0."""
    count: int


class Syntax(ABC):
    """How a language writes what loops are made of."""

    language: ClassVar[str]
    """The field of ``Spelling``."""
    truths: ClassVar[Mapping[str, str]] = {
        "and": "({0} && {1})",
        "or": "({0} || {1})",
        "xor": "({0} != {1})",
    }
    has_inner: ClassVar[bool] = False
    """Whether it writes sums of products without a loop."""
    suffix: str = ""
    """What the names of functions of real numbers end in."""
    infinity: ClassVar[str]
    nan: ClassVar[str]
    end: ClassVar[str] = "}"
    """What ends a loop or a condition."""

    @abstractmethod
    def number(self, value: float) -> str:
        """Write a finite number."""

    @abstractmethod
    def converted(self, text: str, source: NumberKind, target: NumberKind) -> str:
        """Write a conversion from one kind of numbers to another."""

    @abstractmethod
    def loop(self, index: str, start: int, stop: int) -> str:
        """Begin a loop."""

    @abstractmethod
    def condition(self, text: str) -> str:
        """Begin what is done on a condition."""

    @abstractmethod
    def constant(self, name: str, kind: NumberKind, text: str) -> str:
        """Declare a local value that does not change."""

    @abstractmethod
    def variable(self, name: str, kind: NumberKind, text: str) -> str:
        """Declare a local value that changes."""

    @abstractmethod
    def array(self, name: str, kind: NumberKind, size: int) -> str:
        """Declare a local array."""

    @abstractmethod
    def assignment(self, target: str, text: str) -> str:
        """Assign a value."""

    def inner(self, left: Vector, right: Vector) -> str:
        """Write the sum of products of elements, in a language that ``has_inner``."""
        raise NotImplementedError

    @abstractmethod
    def comment(self, text: str) -> str:
        """Write a comment on a line of its own."""

    def spelling(self, operation: Elementwise) -> str:
        """Return the text of an operation on real numbers."""
        text: str = getattr(operation.spelling, self.language)
        return text


def kind_of(value: Array | np.dtype[np.generic]) -> NumberKind:
    """Return the kind of numbers; ExportError for another type, such as int8."""
    name = value.name if isinstance(value, np.dtype) else value.dtype.name
    if name not in KINDS:
        raise ExportError(f"an exported program has real numbers, int64 and bool, not {name}")
    return KINDS[name]


def wrapped(text: str) -> str:
    """Put a negative number in parentheses."""
    return f"({text})" if text.startswith("-") else text


def unwrapped(text: str) -> str:
    """Leave out parentheses around a whole expression."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return text[1:-1] if place == len(text) - 1 else text
    return text
