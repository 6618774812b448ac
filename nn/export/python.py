"""Prints a program as a Python module that needs ``math`` alone."""

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.export.document import Document
from nn.export.harness import run_with_json
from nn.export.layout import filled, plain_comment, text_of, with_checksum
from nn.export.printed import Printed
from nn.export.syntax import NumberKind, Syntax

EMPTY_ELEMENTS: dict[NumberKind, str] = {"f": "0.0", "i": "0", "b": "False"}
PYTHON_HELPERS = {
    "maximum": """
def maximum(a, b):
    return a if a >= b or a != a else b  # nan if either is
""",
    "minimum": """
def minimum(a, b):
    return a if a <= b or a != a else b  # nan if either is
""",
    "divide": """
def divide(a, b):
    if b:
        return a / b
    return math.copysign(inf, math.copysign(1, a) * math.copysign(1, b)) if a and a == a else nan
""",
    "exp": """
def exp(x):
    return math.exp(x) if x < 709 or x != x else math.exp(x / 2) * math.exp(x / 2) if x < 1400 else inf
""",
    "expm1": """
def expm1(x):
    return math.expm1(x) if x < 709 or x != x else math.exp(x / 2) * math.exp(x / 2) if x < 1400 else inf
""",
    "log": """
def log(x):
    return math.log(x) if x > 0 else -inf if x == 0 else nan
""",
    "log1p": """
def log1p(x):
    return math.log1p(x) if x > -1 else -inf if x == -1 else nan
""",
    "sqrt": """
def sqrt(x):
    return math.sqrt(x) if x >= 0 else nan
""",
    "sin": """
def sin(x):
    return math.sin(x) if abs(x) < inf else nan
""",
    "cos": """
def cos(x):
    return math.cos(x) if abs(x) < inf else nan
""",
    "tanh": """
tanh = math.tanh
""",
    "atan": """
atan = math.atan
""",
    "floor": """
def floor(x):
    return float(math.floor(x)) if abs(x) < inf else x
""",
    "sign": """
def sign(x):
    return x if x != x else float((x > 0) - (x < 0))
""",
    "power": """
def power(a, b):
    try:
        return math.pow(a, b)
    except OverflowError:
        return -inf if a < 0 and b % 2 == 1 else inf
    except ValueError:
        return inf if a == 0 else nan
""",
}
"""Functions that return what NumPy does where Python raises an error."""


class PythonSyntax(Syntax):
    """Python with the functions above."""

    language = "python"
    truths = {"and": "({0} and {1})", "or": "({0} or {1})", "xor": "({0} != {1})"}  # noqa: RUF012
    infinity, nan = "inf", "nan"
    end = ""

    def number(self, value: float) -> str:
        if not np.isfinite(value):
            return "nan" if value != value else "inf" if value > 0 else "-inf"
        return repr(float(value))

    def converted(self, text: str, source: NumberKind, target: NumberKind) -> str:
        if source == target:
            return text
        if text in ("0", "1") and target == "b":
            return "True" if text == "1" else "False"
        if target == "b":
            return f"({text} != 0)"
        if source == "b" and target == "f":
            return f"(1.0 if {text} else 0.0)"
        return f"{'float' if target == 'f' else 'int'}({text})"

    def loop(self, index: str, start: int, stop: int) -> str:
        return f"for {index} in range({f'{start}, ' if start else ''}{stop}):"

    def condition(self, text: str) -> str:
        return f"if {text}:"

    def constant(self, name: str, kind: NumberKind, text: str) -> str:
        return f"{name} = {text}"

    def variable(self, name: str, kind: NumberKind, text: str) -> str:
        return f"{name} = {text}"

    def array(self, name: str, kind: NumberKind, size: int) -> str:
        return f"{name} = [{EMPTY_ELEMENTS[kind]}] * {size}"

    def assignment(self, target: str, text: str) -> str:
        return f"{target} = {text}"

    def comment(self, text: str) -> str:
        return f"# {plain_comment(text)}"


class PythonFile(Printed):
    """The module of a model."""

    @staticmethod
    def syntax_of(dtype: str) -> Syntax:
        return PythonSyntax()

    @property
    def files(self) -> dict[str, str]:
        return {f"{self.document.stem}.py": with_checksum("\n".join(self.lines), "CHECKSUM = {}")}

    @staticmethod
    def needed() -> str | None:
        return None

    def run(self, folder: Path, raw: Floats) -> tuple[Floats, NDArray[np.int64]]:
        command = [sys.executable, "-I", "-c", text_of("proof.py"), str(folder / f"{self.document.stem}.py")]
        return run_with_json(command, self.document, raw)

    @property
    def lines(self) -> list[str]:
        """The lines of the module."""
        document = self.document
        spelled = "".join(self.writer.spellings)
        used = [text for name, text in PYTHON_HELPERS.items() if f"{name}(" in spelled]
        classes = document.model.classes
        tables = python_tables(document)
        for name, array in self.flat_constants.items():
            tables += python_tuple(name, map(self.syntax.number, array.tolist()))
        return [
            *python_head(document),
            "# answers(cells) and predict(cells) take cells as the table has them.",
            "# Test it: python FILE --self-test",
            "",
            "import math",
            "from math import inf, nan",
            "",
            *tables,
            *"".join(f"\n{text}" for text in used).splitlines(),
            "",
            "",
            "def run(row):",
            '    """Return the answers for numbers, and the number of the class; -1 if they are no use."""',
            f"    answers = [0.0] * {self.outputs}",
            *self.writer.lines,
            f"    return answers, {self.writer.result}",
            "",
            "",
            *text_of("numbers.py").splitlines(),
            "",
            "",
            *text_of("answers.py").splitlines(),
            *(["", "", *text_of("predict.py").splitlines()] if classes else []),
            *python_tests(document, text_of("self_test.py")),
            "",
        ]


def python_tuple(name: str, texts: Iterable[str]) -> list[str]:
    """Write a tuple of values under a name."""
    return [f"{name} = (", *filled(texts), ")"]


def python_head(document: Document) -> list[str]:
    """Write the head of a module as comments."""
    return [
        "#!/usr/bin/env python3",
        "# -*- coding: utf-8 -*-",  # what stands below cannot say another
        f"# {document.name}: {plain_comment(document.title)}.",
        "#",
        *(f"# {plain_comment(line)}" for line in document.origin),
        "#",
        *document.described("# "),
        "#",
    ]


def python_tables(document: Document) -> list[str]:
    """Write the names of columns and classes, and the words of cells."""
    classes = document.model.classes
    return [
        *python_tuple("COLUMNS", map(repr, document.model.inputs)),
        *(python_tuple("CLASSES", map(repr, classes)) if classes else []),
        f"WORDS = {document.words!r}",
        f"MISSING = {document.missing!r}",
        f"FOLDED = {document.folded!r}",
        "",
    ]


def python_tests(document: Document, function: str) -> list[str]:
    """Write the rows of the self-test, and the function that goes through them."""
    if document.test is None:
        return []
    rows = document.test_tables("test_{} = [", "]", PythonSyntax().number)
    labels = [f"test_labels = {document.test.labels.tolist()}", "CHECKSUM = {}"]
    return ["", "", *rows, *labels, "", "", *function.splitlines()]
