"""Exports forty varied runs to every target and proves the files with every compiler that is there.

    python scripts/measure_export_cases.py [FIRST LAST]

Each C file is compiled by each compiler, with warnings as errors and undefined behaviour trapped, is compared
with the network on all rows, and tests itself. The figures of docs/export.md are what this prints.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from export_cases import cases, write_table

import nn
from nn.export.c import CFile
from nn.export.exporting import TARGETS, Exported, Target, proved
from nn.export.recording import Exportable, ExportError

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

        def run(self, folder: Path, raw: Any) -> Any:
            name = f"{self.document.stem}.c"
            test = [*command, *STRICT, "-DNN_SELF_TEST", name, "-o", "self-test", "-lm"]
            for step in (test, ["./self-test"]):
                result = subprocess.run(step, cwd=folder, capture_output=True, text=True, check=False)
                if result.returncode or result.stderr or "not at hand" in result.stdout:
                    raise ExportError(f"{result.stdout} {result.stderr}"[-600:])
            return super().run(folder, raw)

    return StrictFile


def targets() -> dict[str, Target]:
    """Return all targets, C once for each compiler that is there."""
    there = {name: command for name, command in COMPILERS.items() if shutil.which(command[0])}
    of_c = {name: replace(TARGETS["c"], file=compiled_by(command)) for name, command in there.items()}
    return of_c | {name: target for name, target in TARGETS.items() if name != "c"}


def self_tested(exported: Exported, folder: Path, to: str) -> None:
    """Run the self-test of a module; AssertionError where it fails."""
    name, data = next(iter(exported.files.items()))
    command = {"python": sys.executable, "numpy": sys.executable, "javascript": "node"}.get(to)
    if command:
        (folder / name).write_bytes(data)
        subprocess.run([command, name, "--self-test"], cwd=folder, check=True, capture_output=True)


def main(first: int = 1, last: int = 40) -> None:
    """Print a row for each configuration, and what was refused and wrong below."""
    files, refused, wrong = Counter[str](), Counter[str](), []
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
            exportable, folder = Exportable.of(run.model), Path(f"run-{number}")
            shares, proofs = {kind: [0.0] for kind in kinds}, 0
            for to, target in targets().items():
                for dtype in target.dtypes:
                    try:
                        exported = proved(target, exportable, f"m{number}", folder, dtype)
                        self_tested(exported, folder, to)
                    except ExportError as error:
                        refused[f"{to} {dtype}: {error}"] += 1
                        continue
                    except Exception as error:
                        wrong.append(f"{name}, {to} {dtype}: {error}")
                        continue
                    assert exported.verdict is not None, exported.needed
                    shares[dtype].append(exported.verdict.share)
                    files[f"{to} {dtype}"] += 1
                    proofs += 1
            cells = [f"{max(shares[kind]):.2g}" for kind in kinds]
            print(f"| {name} | {proofs} | {' | '.join(cells)} |", flush=True)
    for title, counts in (("Proved", files), ("Refused", refused)):
        print(f"\n{title}:", *(f"- {count} × {what}" for what, count in sorted(counts.items())), sep="\n")
    print("\nWrong:", *(f"- {one}" for one in wrong), sep="\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
