"""The operations that a program is made of: one table for the tape, the replay, verification and C.

Each has a row: the NumPy function that it is, by whose name calls go, and how C writes it for the types of
numbers that it takes. Another target is another column.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nn.arrays import Array


@dataclass(frozen=True)
class Operation:
    """A row of the table."""

    numpy: Any
    exact: bool = field(default=False, kw_only=True)
    """Whether its results are not rounded."""
    adds: bool = field(default=False, kw_only=True)
    """Whether it adds up terms, whose sizes say how far rounding may take the sum."""

    @property
    def name(self) -> str:
        """The name of the NumPy function."""
        name: str = self.numpy.__name__
        return name

    def compute(self, arguments: tuple[Array, ...], axes: tuple[int, ...]) -> Array:
        """Its result by plain NumPy; ``axes`` are those of a reduction or a search."""
        return np.asarray(self.numpy(*arguments))


@dataclass(frozen=True)
class Elementwise(Operation):
    """out[i] = f(a[i], b[i], …), with NumPy's broadcasting."""

    c: dict[str, str]
    """C by the kind of numbers that NumPy computes with (``np.dtype.kind``); kinds that C lacks have none."""


@dataclass(frozen=True)
class Reduction(Operation):
    """out = a[0] ∘ a[1] ∘ … over some axes, which ``out`` keeps with length 1."""

    ufunc: np.ufunc
    """The elementwise operation ∘."""

    def compute(self, arguments: tuple[Array, ...], axes: tuple[int, ...]) -> Array:
        # Truth values are added in floating point, as np.mean does.
        dtype = float if self.adds and arguments[0].dtype.kind == "b" else None
        return np.asarray(self.ufunc.reduce(arguments[0], axes, dtype, keepdims=True))


@dataclass(frozen=True)
class Search(Operation):
    """The first position of an element along one axis, which ``out`` keeps with length 1."""

    def compute(self, arguments: tuple[Array, ...], axes: tuple[int, ...]) -> Array:
        return np.asarray(self.numpy(arguments[0], axis=axes[0], keepdims=True))


@dataclass(frozen=True)
class Product(Operation):
    """The product of matrices of one type; leading axes are broadcast."""


def c(floating: str, integer: str = "", truth: str = "") -> dict[str, str]:
    """C for floating-point numbers, for integers and for truth values.

    Integers wrap around, which C defines for those without a sign alone; the cast to the result cuts them.
    """
    return {
        kind: text for kind, text in zip("fiub", (floating, integer, integer, truth), strict=True) if text
    }


def for_all_types(text: str) -> dict[str, str]:
    """C that is the same for all types."""
    return c(text, text, text)


ROWS: tuple[Operation, ...] = (
    # NumPy, then C for floating-point numbers, for integers, for truth values
    Elementwise(np.absolute, c("fabs({0})", "({0} < 0 ? 0 - (uint64_t){0} : {0})", "{0}"), exact=True),
    Elementwise(np.add, c("({0} + {1})", "((uint64_t){0} + (uint64_t){1})", "({0} | {1})")),
    Elementwise(np.arctan, c("atan({0})")),
    Elementwise(np.copy, for_all_types("{0}"), exact=True),
    Elementwise(np.cos, c("cos({0})")),
    Elementwise(np.divide, c("({0} / {1})")),
    Elementwise(np.equal, for_all_types("({0} == {1})")),
    Elementwise(np.exp, c("exp_({0})")),
    Elementwise(np.expm1, c("expm1_({0})")),
    Elementwise(np.floor, c("floor({0})", "{0}", "{0}"), exact=True),
    Elementwise(np.greater, for_all_types("({0} > {1})")),
    Elementwise(np.greater_equal, for_all_types("({0} >= {1})")),
    Elementwise(np.less, for_all_types("({0} < {1})")),
    Elementwise(np.less_equal, for_all_types("({0} <= {1})")),
    Elementwise(np.log, c("log({0})")),
    Elementwise(np.log1p, c("log1p_({0})")),
    Elementwise(np.maximum, c("MAX({0}, {1})", "MAX({0}, {1})", "({0} | {1})"), exact=True),
    Elementwise(np.minimum, c("MIN({0}, {1})", "MIN({0}, {1})", "({0} & {1})"), exact=True),
    Elementwise(np.multiply, c("({0} * {1})", "((uint64_t){0} * (uint64_t){1})", "({0} & {1})")),
    Elementwise(np.negative, c("(- {0})", "(0 - (uint64_t){0})"), exact=True),
    Elementwise(np.not_equal, for_all_types("({0} != {1})")),
    Elementwise(np.power, c("pow({0}, {1})")),
    Elementwise(np.sign, c("SIGN({0})", "SIGN({0})"), exact=True),
    Elementwise(np.sin, c("sin({0})")),
    Elementwise(np.sqrt, c("sqrt({0})")),
    Elementwise(np.square, c("({0} * {0})", "((uint64_t){0} * (uint64_t){0})")),
    Elementwise(np.subtract, c("({0} - {1})", "((uint64_t){0} - (uint64_t){1})")),
    Elementwise(np.tanh, c("tanh_({0})")),
    Elementwise(np.where, for_all_types("({0} ? {1} : {2})"), exact=True),
    # NumPy, then the operation that takes two elements together
    Reduction(np.max, np.maximum, exact=True),
    Reduction(np.min, np.minimum, exact=True),
    Reduction(np.sum, np.add, adds=True),
    # loops of their own
    Search(np.argmax, exact=True),
    Product(np.matmul, adds=True),
)
OPERATIONS = {row.name: row for row in ROWS}
"""The rows by name."""
ELEMENTWISE = {row.numpy: row for row in ROWS if isinstance(row, Elementwise)}
"""The elementwise ones by their NumPy function: ufuncs, ``copy`` and ``where``."""
REDUCTIONS = {row.ufunc: row for row in ROWS if isinstance(row, Reduction)}
"""The reductions by the ufunc whose ``reduce`` they are."""
