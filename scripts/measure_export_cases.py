"""Exports forty varied runs to every target and proves the files with every compiler that is there.

    python scripts/measure_export_cases.py [FIRST LAST]

Each C file is compiled by each compiler, with warnings as errors and undefined behaviour trapped, is compared
with the network on all rows, and tests itself. The figures of docs/export.md are what this prints.
"""

import os
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from export_cases import cases, write_table

import nn
from nn.export.c import CFile
from nn.export.document import Document
from nn.export.exporting import TARGETS, File, Target, check_cells
from nn.export.harness import run_self_test
from nn.export.onnx import MissingKernelError
from nn.export.proof import Expected, ProofResult, prove
from nn.export.recording import Exportable, ExportError
from nn.export.rows import rows_for
from nn.model import Model

STRICT = ["-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"]
UNDEFINED = ["-fsanitize=undefined", "-fno-sanitize-recover=all"]
TRAPPED = ["-fsanitize=undefined", "-fsanitize-trap=undefined"]  # of clang, without a library of its own
ZIG = [sys.executable, "-m", "ziglang"]
COMPILERS = {
    "gcc": ["gcc", "-std=c99", *UNDEFINED],
    "clang": ["clang", "-std=c99", *TRAPPED],
    "zig cc": [*ZIG, "cc", "-std=c99", "-O1"],
    "g++": ["g++", "-std=c++11", "-x", "c++", *UNDEFINED],
    "clang++": ["clang++", "-std=c++11", "-x", "c++", *TRAPPED],
    "zig c++": [*ZIG, "c++", "-std=c++11", "-x", "c++", "-O1"],
}


def compiled_by(command: list[str]) -> Any:
    """Return the class of C files that a compiler proves and tests."""

    class StrictFile(CFile):
        @staticmethod
        def compiling() -> list[str]:
            return command

        def test(self, folder: Path) -> None:
            file = folder / f"{self.document.stem}.c"
            run_self_test([str(self.compiled(file, *STRICT, "-DNN_SELF_TEST"))])

    return StrictFile


def targets() -> dict[str, Target]:
    """Return all targets, C once for each compiler that is there."""
    there = {name: command for name, command in COMPILERS.items() if shutil.which(command[0])}
    of_c = {name: replace(TARGETS["c"], file=compiled_by(command)) for name, command in there.items()}
    return of_c | {name: target for name, target in TARGETS.items() if name != "c"}


class Case:
    """A run that is exported to all targets."""

    def __init__(self, folder: Path, model: Model):
        self.exportable, self.folder = Exportable.of(model), folder
        self.expected: dict[str, Expected] = {}
        for dtype in ("float32", "float64"):
            rows = rows_for(model, folder, dtype)
            self.expected[dtype] = Expected.of(self.exportable, rows, dtype)

    def written(self, target: Target, dtype: str) -> File:
        """Write the files for a target; ExportError where it cannot say what the model is."""
        check_cells(self.exportable.preprocessing, dtype)
        test = self.expected[dtype].test(self.expected["float32"])
        return target.file(
            self.exportable, Document(self.exportable.model, self.folder.name, True, test), dtype
        )

    def proved(self, made: File, dtype: str) -> ProofResult:
        """Test files and prove them; ExportError where they are wrong."""
        with tempfile.TemporaryDirectory() as scratch:
            for name, data in made.files.items():
                (Path(scratch) / name).write_bytes(data.encode() if isinstance(data, str) else data)
            made.test(Path(scratch))
            return prove(self.expected[dtype], lambda raw: made.run(Path(scratch), raw))


def main(first: int = 1, last: int = 40) -> None:
    """Print a row for each configuration, and what was refused and wrong below."""
    files, refused, wrong = Counter[str](), Counter[str](), list[str]()
    kinds = "float64", "float32"
    print(f"| configuration | files | {' | '.join(f'of what is allowed, {kind}' for kind in kinds)} |")
    print("|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        write_table(Path("table.csv"))
        for number, (name, config) in enumerate(cases(), 1):
            if not first <= number <= last:
                continue
            run = nn.run(config, f"run-{number}")
            assert run.model is not None
            case = Case(Path(f"run-{number}"), run.model)
            shares, proofs = {kind: [0.0] for kind in kinds}, 0
            for to, target in targets().items():
                for dtype in target.dtypes:
                    try:
                        made = case.written(target, dtype)
                    except ExportError as error:
                        refused[f"{to} {dtype}: {error}"] += 1
                        continue
                    try:
                        shares[dtype].append(case.proved(made, dtype).share)
                    except MissingKernelError as error:
                        refused[f"{to} {dtype}: {error}"] += 1
                    except ExportError as error:
                        wrong.append(f"{name}, {to} {dtype}: {error}")
                    else:
                        files[f"{to} {dtype}"] += 1
                        proofs += 1
            cells = [f"{max(shares[kind]):.2g}" for kind in kinds]
            print(f"| {name} | {proofs} | {' | '.join(cells)} |", flush=True)
    for title, counts in (("Proved", files), ("Refused", refused)):
        print(f"\n{title}:", *(f"- {count} × {what}" for what, count in sorted(counts.items())), sep="\n")
    print("\nWrong:", *(f"- {one}" for one in wrong), sep="\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
