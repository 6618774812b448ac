"""Exports bundled experiments as formulas and proves them in LibreOffice (24.8 or later, which has LET).

    python scripts/measure_formulas.py xor iris moons wine

The lines of docs/export.md on LibreOffice are what it prints. It hands out at most 15 digits of a number, so
that differences below 5e-16 of it are not seen.
"""

import csv
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nn
from nn.arrays import Floats
from nn.export.exporting import TARGETS, proved
from nn.export.formula import FormulaFile
from nn.export.recording import Exportable, ExportError

USUAL = ("xor", "iris", "moons", "wine")
ENGLISH, UTF8 = 1033, 76
ERRORS = ("#N/A", "#DIV/0!", "#NUM!", "#VALUE!", "Err:502", "Err:503")


def recalculated(table: Path, folder: Path) -> list[list[str]]:
    """Return the cells of a table after LibreOffice has calculated its formulas."""
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"),
            f"--infilter=CSV:44,34,{UTF8},1,,{ENGLISH}",
            *("--convert-to", f"csv:Text - txt - csv (StarCalc):44,34,{UTF8},1,,{ENGLISH},false,true,false"),
            *("--outdir", str(folder / "out"), str(table)),
        ],
        check=True,
        capture_output=True,
    )
    with (folder / "out" / table.name).open(encoding="utf-8", newline="") as file:
        return [*csv.reader(file)]


class LibreOfficeFile(FormulaFile):
    """A table of formulas that LibreOffice proves, one row for each raw row."""

    def run(self, folder: Path, raw: Floats) -> tuple[Floats, NDArray[np.int64]]:
        table = folder / "rows.csv"
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            for number, cells in enumerate(raw, 1):
                writer.writerow([*self.cells(cells), *self.formulas_of(number)])
        rows = recalculated(table, folder)
        found = np.array([[value(cell) for cell in row[raw.shape[1] :]] for row in rows])
        return found[:, :-1], np.where(np.isnan(found[:, -1]), -1, found[:, -1]).astype(np.int64)


def value(cell: str) -> float:
    """Return the number in a cell; NaN for an error."""
    return np.nan if cell in ERRORS else float(cell)


def main(names: list[str]) -> None:
    """Print a row for each experiment."""
    target: Any = replace(TARGETS["formula"], file=LibreOfficeFile)
    print("| experiment | characters | rows | largest difference | allowed there | own rows, relative |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in names or USUAL:
        with tempfile.TemporaryDirectory() as scratch:
            run = nn.run(name, str(Path(scratch) / name))
            assert run.model is not None
            try:
                exported = proved(target, Exportable.of(run.model), name, Path(scratch) / name, "float64")
            except ExportError as error:
                print(f"| {name} | refused: {error} |||||")
                continue
            found = exported.verdict
            assert found is not None
            formula = max(map(len, next(csv.reader(exported.files[f"{name}.csv"].decode().splitlines()[1:]))))
            figures = (found.difference, found.allowed, found.relative)
            cells = " | ".join([f"{formula:,}", f"{found.rows:,}", *(f"{one:.1e}" for one in figures)])
            print(f"| {name} | {cells} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
