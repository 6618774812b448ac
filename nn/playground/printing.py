"""Prints programs as JavaScript functions of arrays by name, which change them in place."""

from collections.abc import Mapping, Sequence

import numpy as np

from nn.arrays import Array
from nn.engine.operations import Elementwise
from nn.engine.program import Call, Program, base, owner
from nn.export.expressions import Expressions
from nn.export.javascript import JavaScriptSyntax
from nn.export.layout import filled
from nn.export.recording import ExportError
from nn.export.scalar import ScalarWriter
from nn.export.syntax import unwrapped

OWN_FUNCTIONS = {"arctan", "cos", "exp", "expm1", "log", "log1p", "power", "sin", "tanh"}
"""The functions that a page computes itself (``texts/functions.mjs.in``)."""
DOUBLES = "Float64Array"
STATE = "state_"
"""Comes before the name of a part of the state that an input has too: the targets and Adam's count are t."""


class PageSyntax(JavaScriptSyntax):
    """JavaScript with functions of the page in place of those of ``Math``, which differ between browsers."""

    def spelling(self, operation: Elementwise) -> str:
        text = super().spelling(operation)
        return text.removeprefix("Math.") if operation.name in OWN_FUNCTIONS else text


class RoundedExpressions(Expressions):
    """Numbers of programs in single precision: each operation rounds as NumPy's does, sums at their end."""

    adding = False
    """Whether a sum is written, of which the terms are not rounded."""

    def spelled(self, operation: Elementwise, operands: list[tuple[str, Array]], out: Array) -> str:
        text = super().spelled(operation, operands, out)
        exact = operation.exact and all(array.dtype != np.float64 for _, array in operands)
        return text if out.dtype != np.float32 or exact or self.adding else f"Math.fround({unwrapped(text)})"

    def combined(self, call: Call, total: str, element: str) -> str:
        self.adding = True
        text = super().combined(call, total, element)
        self.adding = False
        return text


class FunctionWriter(ScalarWriter):
    """The statements of a function whose temporaries are made once for all calls of it."""

    expressions_of = RoundedExpressions
    expressions: RoundedExpressions

    def __init__(self, program: Program, written: Mapping[str, Array]):
        self.temporaries: list[str] = []
        super().__init__(program, PageSyntax(), {}, written)

    def declare(self, array: Array) -> None:
        before = len(self.lines)
        super().declare(array)
        made = kind_of_array(base(array))
        self.temporaries += [line.strip().replace(DOUBLES, made) for line in self.lines[before:]]
        del self.lines[before:]

    def dot(self, call: Call, index: Sequence[str]) -> str:
        self.expressions.adding = True
        name = super().dot(call, index)
        self.expressions.adding = False
        if call.out.dtype == np.float32:
            self.add(self.syntax.assignment(name, f"Math.fround({name})"))
        return name


def kind_of_array(array: Array) -> str:
    """The typed array of JavaScript for an array of floating-point numbers."""
    return "Float32Array" if array.dtype == np.float32 else DOUBLES


def state_names(program: Program) -> dict[str, str]:
    """The names that a page has for the parts of the state."""
    return {name: f"{STATE}{name}" if name in program.inputs else name for name in program.kept}


def arguments(program: Program) -> dict[str, Array]:
    """Return the arrays of a program by unique names: inputs, state and outputs.

    Raises ExportError where one shares its memory with others.
    """
    state = {name: program.kept[own] for own, name in state_names(program).items()}
    found = program.inputs | state | program.outputs
    for name, array in found.items():
        if not array.flags.c_contiguous or base(array).size != array.size:
            raise ExportError(f"{name}: expected an array with memory of its own")
    if len({owner(array) for array in found.values()}) < len(found):
        raise ExportError("expected arrays with memory of their own")
    return found


def function(name: str, about: str, program: Program) -> list[str]:
    """Write a program as a function of an object with a flat array for each of its ``arguments``."""
    given = arguments(program)
    inputs = {owner(array) for array in program.inputs.values()}
    written = {key: array for key, array in given.items() if owner(array) not in inputs}
    writer = FunctionWriter(program, written)
    constants: list[str] = []
    for constant, array in writer.expressions.constants.items():
        texts = map(writer.syntax.number, np.ravel(base(array)).tolist())
        constants += [f"const {constant} = new {kind_of_array(array)}([", *filled(texts), "]);"]
    return [
        writer.syntax.comment(about),
        f"const {name} = (() => {{",
        *(f"    {line}" for line in (*constants, *writer.temporaries)),
        "    return ({",
        *filled(given, "        "),
        "    }) => {",
        *(f"    {line}" if line else "" for line in writer.lines),
        "    };",
        "})();",
    ]
