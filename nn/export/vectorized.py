"""Prints a program as a Python module that computes all rows at once with NumPy."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Array, Floats
from nn.engine.operations import Elementwise, Reduction
from nn.engine.program import Program
from nn.export.document import Document
from nn.export.harness import run_with_json
from nn.export.layout import filled, identifier, letters, plain_comment, text_of
from nn.export.python_module import PythonModule, python_head, python_tables, python_tests
from nn.export.python_syntax import PythonSyntax
from nn.export.recording import ANSWERS, LABEL, ROW, Exportable
from nn.export.syntax import NumberKind, kind_of
from nn.export.vectors import VectorWriter

DTYPES: Mapping[NumberKind, str] = {"f": "float", "i": "np.int64", "b": "bool"}


class NumpyWriter(VectorWriter):
    """The lines of a function."""

    def __init__(self, programs: tuple[Program, Program], parameters: Sequence[str]):
        self.lines: list[str] = []
        self.arrays: dict[str, Array] = {}
        self.taken: Counter[str] = Counter([ROW])
        self.commented = ""
        super().__init__(programs, {ROW: ROW})
        for name in parameters:
            array = self.program.inputs[name]
            self.arrays[name], self.values[id(array)] = array, name

    def line(self, text: str) -> str:
        """Add a line that gives a value a name; returns the name."""
        if self.label != self.commented:
            self.lines += ["", f"    # {plain_comment(self.label)}"]
            self.commented = self.label
        root = identifier(self.label.partition(":")[0]) or "t"
        name = f"{root}_{letters(self.taken[root])}"
        self.taken[root] += 1
        self.lines.append(f"    {name} = {text}")
        return name

    def constant(self, array: Array, name: str | None = None) -> str:
        if array.ndim == 0:
            value = array.item()
            return repr(value)  # nan and inf are names too
        for known, other in self.arrays.items():
            same = (other.dtype, other.shape, other.tobytes()) == (array.dtype, array.shape, array.tobytes())
            if same and known.startswith("constant_"):
                return known
        found = f"constant_{letters(len(self.arrays))}"
        self.arrays[found] = array
        return found

    def elementwise(self, operation: Elementwise, operands: Sequence[str], kind: NumberKind) -> str:
        return self.line(f"np.{operation.name}({', '.join(operands)})")

    def cast(self, value: str, kind: NumberKind) -> str:
        return self.line(f"np.asarray({value}, {DTYPES[kind]})")

    def reduce(self, operation: Reduction, value: str, axes: Sequence[int], kind: NumberKind) -> str:
        return self.line(f"np.{operation.name}({value}, axis={(*axes,)}, keepdims=True)")

    def argmax(self, value: str, axis: int) -> str:
        return self.line(f"np.argmax({value}, axis={axis}, keepdims=True)")

    def matmul(self, a: str, b: str) -> str:
        return self.line(f"{a} @ {b}")

    def cut(self, value: str, ranges: Mapping[int, tuple[int, int, int]]) -> str:
        parts = [":"] * (max(ranges) + 1)
        for axis, (start, count, step) in ranges.items():
            end = start + step * count
            parts[axis] = f"{start}:{end if end >= 0 else ''}{f':{step}' if step != 1 else ''}"
        return f"{value}[{', '.join(parts)}]"

    def transpose(self, value: str, order: Sequence[int]) -> str:
        return f"{value}.transpose({', '.join(map(str, order))})"

    def reshape(self, value: str, shape: Sequence[int]) -> str:
        return f"{value}.reshape({', '.join(map(str, shape))})"

    def expand(self, value: str, shape: Sequence[int]) -> str:
        lengths = ", ".join("len(row)" if length < 0 else str(length) for length in shape)
        return self.line(f"np.broadcast_to({value}, ({lengths},))")

    def concatenate(self, values: Sequence[str], axis: int) -> str:
        return (
            values[0]
            if len(values) == 1
            else self.line(f"np.concatenate([{', '.join(values)}], axis={axis})")
        )


class VectorizedFile(PythonModule):
    """The module of a model, for many rows at once."""

    def __init__(self, exportable: Exportable, document: Document, dtype: str):
        """Write the program for any number of rows; ExportError for what it cannot say."""
        self.document = document
        programs = exportable.program(2), exportable.program(3)
        self.writer = NumpyWriter(programs, [*exportable.constants])
        self.results = self.writer.write()

    def run(self, folder: Path, raw: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Run the module on raw rows, in a new process; returns answers and labels."""
        command = [
            sys.executable,
            "-P",
            "-c",
            text_of("proof_of_rows.py"),
            str(folder / f"{self.document.stem}.py"),
        ]
        return run_with_json(command, self.document, raw)

    @property
    def lines(self) -> list[str]:
        """The lines of the module."""
        document, number = self.document, PythonSyntax().number
        constants: list[str] = []
        for name, array in self.writer.arrays.items():
            numbers = filled(map(number, array.reshape(-1).tolist()))
            constants += [
                f"{name} = np.array([",
                *numbers,
                f"], {DTYPES[kind_of(array)]}).reshape{array.shape}",
            ]
        return [
            *python_head(document),
            "# answers(rows) and predict(rows) take rows of cells as the table has them.",
            "# Test it: python FILE --self-test",
            "",
            "from math import inf, nan",
            "",
            "import numpy as np",
            "",
            *python_tables(document),
            *constants,
            "",
            "",
            '@np.errstate(all="ignore")',
            "def run(row):",
            '    """Return the answers for rows of numbers, and the numbers of their classes, or -1."""',
            *self.writer.lines,
            f"    return {self.results[ANSWERS]}, {self.results[LABEL]}",
            "",
            "",
            *text_of("numbers.py").splitlines(),
            "",
            "",
            *text_of("answers_of_rows.py").splitlines(),
            *(["", "", *text_of("predict_rows.py").splitlines()] if document.model.classes else []),
            *python_tests(document, "self_test_of_rows.py"),
            "",
        ]
