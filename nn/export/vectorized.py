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
from nn.export.layout import filled, identifier, letters, plain_comment, with_checksum
from nn.export.python import CELL_NUMBERS, PythonSyntax, python_head, python_tables, python_tests
from nn.export.recording import ANSWERS, LABEL, ROW, Exportable
from nn.export.scalar import NumberKind, kind_of
from nn.export.vectors import VectorWriter

DTYPES: Mapping[NumberKind, str] = {"f": "float", "i": "np.int64", "b": "bool"}
ROWS_OF_CELLS = '''

def numbers(rows):
    """Return the numbers for rows of cells: lists in the order of COLUMNS, or dicts by their names."""
    rows = [[row[name] for name in COLUMNS] if isinstance(row, dict) else row for row in rows]
    return np.array([[number(column, cell) for column, cell in enumerate(row)] for row in rows], float)


def answers(rows):
    """Return the answers for rows of cells, (rows, answers)."""
    return run(numbers(rows))[0]
'''
CLASSIFIES_ROWS = '''

def predict(rows):
    """Return the class of each row of cells; None for a row that cannot be used."""
    return [None if label < 0 else CLASSES[label] for label in run(numbers(rows))[1]]
'''
SELF_TEST_OF_ROWS = '''

def self_test():
    """Compare with the answers of the model; return how many rows are wrong."""
    text = open(__file__, encoding="utf-8").read()  # a digit that was changed
    sum_ = 2166136261
    for byte in "\\n".join(line for line in text.splitlines() if not line.startswith("CHECKSUM")).encode():
        sum_ = (sum_ ^ byte) * 16777619 & 0xFFFFFFFF
    wrong = int(sum_ != CHECKSUM)
    if wrong:
        print("the file has changed")
    found, labels = run(np.array(test_rows, float))
    expected, bounds = np.array(test_answers), 16 * 2.0**-53 * np.array(test_bounds)
    near = (abs(found - expected) <= bounds) | (np.isnan(found) & np.isnan(expected))
    wrong += int(np.sum(~near.all(axis=1) | (labels != test_labels)))
    print("FAILED" if wrong else f"{len(test_rows)} rows: passed")
    return wrong


if __name__ == "__main__":
    import sys

    if sys.argv[1:] == ["--self-test"]:
        sys.exit(self_test() > 0)
'''
HARNESS_OF_ROWS = """
import json, sys
from importlib.util import module_from_spec, spec_from_file_location
import numpy as np
spec = spec_from_file_location("exported", sys.argv[1])
module = module_from_spec(spec)
spec.loader.exec_module(module)
given = json.load(sys.stdin)
codes = [module.number(column, word) for column, word in given["words"]]
row = np.array(given["rows"], float)
answers, labels = module.run(row)
answers[:1], labels[:1] = module.run(row[:1])
json.dump({"codes": codes, "results": [*zip(answers.tolist(), labels.tolist())]}, sys.stdout)
"""


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


class VectorizedFile:
    """The module of a model, for many rows at once."""

    def __init__(self, exportable: Exportable, document: Document, dtype: str):
        """Write the program for any number of rows; ExportError for what it cannot say."""
        self.document = document
        programs = exportable.program(2), exportable.program(3)
        self.writer = NumpyWriter(programs, [*exportable.constants])
        self.results = self.writer.write()

    @property
    def files(self) -> dict[str, str]:
        """The text of the module, by the name of its file."""
        return {f"{self.document.stem}.py": with_checksum("\n".join(self.lines), "CHECKSUM = {}")}

    @staticmethod
    def needed() -> str | None:
        """Return what is needed to run it and not at hand, if anything."""
        return None

    def run(self, folder: Path, raw: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Run the module on raw rows, in a new process; returns answers and labels."""
        command = [sys.executable, "-P", "-c", HARNESS_OF_ROWS, str(folder / f"{self.document.stem}.py")]
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
            *CELL_NUMBERS.splitlines(),
            *ROWS_OF_CELLS.splitlines(),
            *(CLASSIFIES_ROWS.splitlines() if document.model.classes else []),
            *python_tests(document, SELF_TEST_OF_ROWS),
            "",
        ]
