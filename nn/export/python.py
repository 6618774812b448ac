"""Prints a program as a Python module that needs ``math`` alone."""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.export.harness import run_with_json
from nn.export.layout import text_of
from nn.export.printed import Printed
from nn.export.python_module import PythonModule, python_head, python_tables, python_tests, python_tuple
from nn.export.python_syntax import PYTHON_HELPERS, PythonSyntax
from nn.export.syntax import Syntax


class PythonFile(PythonModule, Printed):
    """The module of a model."""

    @staticmethod
    def syntax_of(dtype: str) -> Syntax:
        return PythonSyntax()

    def run(self, folder: Path, raw: Floats) -> tuple[Floats, NDArray[np.int64]]:
        command = [sys.executable, "-I", "-c", text_of("proof.py"), str(folder / f"{self.document.stem}.py")]
        return run_with_json(command, self.document, raw)

    @property
    def lines(self) -> list[str]:
        """The lines of the module."""
        document = self.document
        spelled = "".join(self.writer.expressions.spellings)
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
            *(["from operator import mul"] if any("(mul, " in line for line in self.writer.lines) else []),
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
            *python_tests(document, "self_test.py"),
            "",
        ]
