"""Writes a program as formulas of a spreadsheet, one for each answer, in a table that tests itself."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.data.columns.kind import Encoder
from nn.export.document import Document
from nn.export.recording import ANSWERS, LABEL, Exportable, ExportError
from nn.export.terms import NO_NUMBER, REFUSED, SheetWriter, Term, spelled_out

MAX_LENGTH = 8192
"""The most characters of a formula in Excel; other spreadsheets take more."""


def cell_term(encoder: Encoder, cell: str, folds: bool) -> Term:
    """Write the raw number of a cell; ExportError for a date."""
    if encoder.kind == "date":
        raise ExportError(f"column {encoder.column!r}: a formula takes no dates")
    missing = [f"EXACT({cell}, {quoted_text(word)})" for word in encoder.missing_values if word]
    gap = f"OR({', '.join([f'ISBLANK({cell})', *missing])})"
    if not encoder.words:
        other = f"IF({gap}, {NO_NUMBER}, {REFUSED})" if encoder.imputed != "refused" else NO_NUMBER
        return Term(f"IF(ISNUMBER({cell}), {cell}, {other})")
    text = "-1"
    own = f"LOWER({cell})" if folds else cell
    for word, code in reversed(encoder.words.items()):
        text = f"IF(EXACT({own}, {quoted_text(word)}), {code:g}, {text})"
    return Term(f"IF({gap}, {NO_NUMBER}, {text})")


def quoted_text(text: str) -> str:
    """Write a text in a formula."""
    return '"' + text.replace('"', '""') + '"'


def never_formula(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    risky = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"={quoted_text(value)}" if risky else value


def column_letters(place: int) -> str:
    """Return the letters of a column of a spreadsheet, from 0: A, …, Z, AA, …."""
    head, last = divmod(place, 26)
    return (column_letters(head - 1) if head else "") + chr(ord("A") + last)


class FormulaFile:
    """A table: rows of cells, the formulas of their answers, and those of the model beside."""

    def __init__(self, exportable: Exportable, document: Document, dtype: str):
        """Write the formulas of row 2; ExportError for what a spreadsheet cannot say."""
        self.document, self.exportable = document, exportable
        self.formulas = self.formulas_of(2)
        longest = max(map(len, self.formulas))
        if longest > MAX_LENGTH:
            raise ExportError(
                f"the longest formula would have {longest:,} characters, of which spreadsheets take "
                f"{MAX_LENGTH:,}: formulas are for networks of up to some 200 weights"
            )

    def formulas_of(self, row: int) -> list[str]:
        """Return the formulas of answers and label for a row of the sheet."""
        folded = self.document.folded
        cells = [
            cell_term(encoder, f"{column_letters(place)}{row}", place in folded)
            for place, encoder in enumerate(self.document.preprocessing.encoders)
        ]
        writer = SheetWriter(self.exportable, cells)
        outputs = self.exportable.program(1).outputs
        terms = [*writer.of(outputs[ANSWERS])[0], writer.of(outputs[LABEL])[0]]
        return [spelled_out(term) for term in terms]

    @property
    def files(self) -> dict[str, str]:
        """The text of the table, by the name of its file."""
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows(self.rows)
        return {f"{self.document.stem}.csv": stream.getvalue()}

    @property
    def rows(self) -> Iterator[list[Any]]:
        """The rows of the table: names, tests, and below where it comes from."""
        document, test = self.document, self.document.test
        answers = document.answers
        expected = [f"expected {name}" for name in answers]
        yield [
            *map(never_formula, document.model.inputs),
            *map(never_formula, answers),
            "label",
            *(expected if test else []),
            *(["test"] if test else []),
        ]
        columns, outputs = len(document.model.inputs), len(answers)
        for number in range(len(test.rows) if test else 1):
            row = number + 2
            formulas = self.formulas if row == 2 else self.formulas_of(row)
            if test is None:
                yield [*([""] * columns), *formulas]
                continue
            checks = [
                comparison(
                    column_letters(columns + place), column_letters(columns + outputs + 1 + place), row, one
                )
                for place, one in enumerate(16 * test.rounding * test.bounds[number])
            ]
            known = ["=NA()" if y != y else repr(y) for y in test.answers[number].tolist()]
            yield [
                *map(never_formula, self.cells(test.rows[number])),
                *formulas,
                *known,
                f'=IF(AND({", ".join(checks)}), "ok", "WRONG")',
            ]
        yield []
        yield from ([never_formula(line)] for line in self.origin)

    def cells(self, raw: Floats) -> list[Any]:
        """Return the cells of a raw row as a table has them."""
        cells: list[Any] = []
        for number, encoder in zip(raw.tolist(), self.document.preprocessing.encoders, strict=True):
            words = {code: word for word, code in reversed(encoder.words.items())}
            unknown = "no such word" if encoder.words or number == np.inf else number
            cells.append("" if number != number else words.get(number, unknown))
        return cells

    @property
    def origin(self) -> list[str]:
        """Where the table comes from."""
        document = self.document
        return [
            document.title,
            *document.origin,
            "It was run by a reader of formulas of tiny-nn; the column 'test' says what yours makes of it.",
            f"Classes: {', '.join(document.classes)}",
        ]

    @staticmethod
    def needed() -> str | None:
        """Return what is needed to run it and not at hand, if anything."""
        return None

    def run(self, folder: Path, raw: Floats) -> tuple[Floats, NDArray[np.int64]]:
        """Evaluate the formulas of the first row for the cells of raw rows, in a new process."""
        with (folder / f"{self.document.stem}.csv").open(encoding="utf-8", newline="") as file:
            _, first, *_ = csv.reader(file)
        columns = len(self.document.model.inputs)
        formulas = first[columns : columns + len(self.document.answers) + 1]
        given = {"formulas": formulas, "rows": [self.cells(row) for row in raw]}
        command = [sys.executable, "-P", "-m", "nn.export.sheet"]  # -P: nothing from the working folder
        package = str(Path(__file__).parents[2])
        paths = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
        result = subprocess.run(
            command,
            input=json.dumps(given).encode(),
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            check=False,
        )
        if result.returncode:
            raise ExportError(f"the formulas fail: {result.stderr.decode(errors='replace').strip()[-200:]}")
        found = np.array(json.loads(result.stdout), np.float64).reshape(len(raw), -1)
        return found[:, :-1], np.where(np.isnan(found[:, -1]), -1, found[:, -1]).astype(np.int64)

    def test(self, folder: Path) -> None:
        """Do nothing: the column ``test`` is for the spreadsheet."""


def comparison(own: str, expected: str, row: int, bound: float) -> str:
    """Write the comparison of an answer with the expected one."""
    both = f"ISNA({own}{row}), ISNA({expected}{row})"
    near = f"ABS({own}{row} - {expected}{row}) <= {max(bound, 1e-300):.3G}"
    return f"IF(OR({both}), AND({both}), {near})"
