"""The operations that a program is made of: one table for the tape, the replay, verification and exports.

Each has a row: the NumPy function that it is, by whose name calls go, how the C of the engine writes it for
the types of numbers that it takes, and how exported programs spell it. Another target is another column.
"""

from dataclasses import dataclass, field, replace
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
class Spelling:
    """How exported programs write an elementwise operation of real numbers; ``{0}``, … are the operands."""

    c: str
    """C99 with functions of ``math.h``, whose names end in ``{f}``, or of ``nn.export.c_syntax``."""
    python: str
    """With functions of ``nn.export.python_syntax``, which do not raise where NumPy does not."""
    javascript: str
    sheet: str
    """An expression of a spreadsheet; empty where it has no such function."""
    onnx: str
    """The type of the node; empty where ``nn.export.onnx_graph`` composes it of several."""
    truth: str = ""
    """Of truth values: and, or, xor; empty where it is written as of numbers."""


@dataclass(frozen=True)
class Elementwise(Operation):
    """out[i] = f(a[i], b[i], …), with NumPy's broadcasting."""

    c: dict[str, str]
    """C by the kind of numbers that NumPy computes with (``np.dtype.kind``); kinds that C lacks have none."""
    spelling: Spelling
    c_to_0: str = ""
    """C for floating-point numbers that are never above 0, where that is simpler."""


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


def infix(sign: str, onnx: str, truth: str = "", **others: str) -> Spelling:
    """Spell an operator that most languages have; ``others`` are the signs of those that have another."""
    signs = {name: others.get(name, sign) for name in ("c", "python", "javascript", "sheet")}
    return Spelling(**{name: f"({{0}} {own} {{1}})" for name, own in signs.items()}, onnx=onnx, truth=truth)


def function_named(
    name: str, onnx: str, sheet: str | None = None, truth: str = "", inputs: int = 1
) -> Spelling:
    """Spell a function that has this name in C, JavaScript and Python, there perhaps of our own."""
    operands = ", ".join(f"{{{place}}}" for place in range(inputs))
    of_sheet = name.upper() if sheet is None else sheet
    return Spelling(
        c=f"{name}{{f}}({operands})",
        python=f"{name}({operands})",
        javascript=f"Math.{name}({operands})",
        sheet=of_sheet and f"{of_sheet}({operands})",
        onnx=onnx,
        truth=truth,
    )


def extreme(name: str, truth: str) -> Spelling:
    """Spell the larger or smaller of two numbers; NaN if either is."""
    short = name[:3]
    return replace(
        function_named(short, short.capitalize(), truth=truth, inputs=2),
        c=f"{name}({{0}}, {{1}})",
        python=f"{name}({{0}}, {{1}})",
    )


UNCHANGED = Spelling("{0}", "{0}", "{0}", "{0}", "Identity")
CHOICE = Spelling(
    "({0} ? {1} : {2})", "({1} if {0} else {2})", "({0} ? {1} : {2})", "IF({0}, {1}, {2})", "Where"
)
ROWS: tuple[Operation, ...] = (
    # NumPy, then C for floating-point numbers, for integers, for truth values
    Elementwise(
        np.absolute,
        c("fabs({0})", "({0} < 0 ? 0 - (uint64_t){0} : {0})", "{0}"),
        replace(function_named("abs", "Abs"), c="fabs{f}({0})"),
        exact=True,
    ),
    Elementwise(
        np.add, c("({0} + {1})", "((uint64_t){0} + (uint64_t){1})", "({0} | {1})"), infix("+", "Add", "or")
    ),
    Elementwise(np.arctan, c("atan({0})"), function_named("atan", "Atan")),
    Elementwise(np.copy, for_all_types("{0}"), UNCHANGED, exact=True),
    Elementwise(np.cos, c("cos({0})"), function_named("cos", "Cos")),
    Elementwise(np.divide, c("({0} / {1})"), replace(infix("/", "Div"), python="divide({0}, {1})")),
    Elementwise(np.equal, for_all_types("({0} == {1})"), infix("==", "Equal", javascript="===", sheet="=")),
    Elementwise(np.exp, c("exp_({0})"), function_named("exp", "Exp"), "exp_({0}, 0)"),
    Elementwise(np.expm1, c("expm1_({0})"), function_named("expm1", "", sheet="")),
    Elementwise(np.floor, c("floor({0})", "{0}", "{0}"), function_named("floor", "Floor", "INT"), exact=True),
    Elementwise(np.greater, for_all_types("({0} > {1})"), infix(">", "Greater")),
    Elementwise(np.greater_equal, for_all_types("({0} >= {1})"), infix(">=", "GreaterOrEqual")),
    Elementwise(np.less, for_all_types("({0} < {1})"), infix("<", "Less")),
    Elementwise(np.less_equal, for_all_types("({0} <= {1})"), infix("<=", "LessOrEqual")),
    Elementwise(np.log, c("log({0})"), function_named("log", "Log", "LN")),
    Elementwise(np.log1p, c("log1p_({0})"), function_named("log1p", "", sheet="")),
    Elementwise(
        np.maximum,
        c("MAX({0}, {1})", "MAX({0}, {1})", "({0} | {1})"),
        extreme("maximum", "or"),
        exact=True,
    ),
    Elementwise(
        np.minimum,
        c("MIN({0}, {1})", "MIN({0}, {1})", "({0} & {1})"),
        extreme("minimum", "and"),
        exact=True,
    ),
    Elementwise(
        np.multiply,
        c("({0} * {1})", "((uint64_t){0} * (uint64_t){1})", "({0} & {1})"),
        infix("*", "Mul", "and"),
    ),
    Elementwise(
        np.negative,
        c("(- {0})", "(0 - (uint64_t){0})"),
        Spelling("(-{0})", "(-{0})", "(-{0})", "(-{0})", "Neg"),
        exact=True,
    ),
    Elementwise(
        np.not_equal,
        for_all_types("({0} != {1})"),
        infix("!=", "", "xor", javascript="!==", sheet="<>"),
    ),
    Elementwise(
        np.power,
        c("pow({0}, {1})"),
        replace(function_named("pow", "Pow", "POWER", inputs=2), python="power({0}, {1})"),
    ),
    Elementwise(
        np.sign,
        c("SIGN({0})", "SIGN({0})"),
        replace(function_named("sign", "Sign"), c="sign({0})"),
        exact=True,
    ),
    Elementwise(np.sin, c("sin({0})"), function_named("sin", "Sin")),
    Elementwise(np.sqrt, c("sqrt({0})"), function_named("sqrt", "Sqrt")),
    Elementwise(
        np.square,
        c("({0} * {0})", "((uint64_t){0} * (uint64_t){0})"),
        Spelling("({0} * {0})", "({0} * {0})", "({0} * {0})", "({0} * {0})", ""),
    ),
    Elementwise(np.subtract, c("({0} - {1})", "((uint64_t){0} - (uint64_t){1})"), infix("-", "Sub")),
    Elementwise(np.tanh, c("tanh_({0})"), function_named("tanh", "Tanh")),
    Elementwise(np.where, for_all_types("({0} ? {1} : {2})"), CHOICE, exact=True),
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
