"""Parses CSV text into cells with line numbers, so that messages can point at a bad one."""

import csv
import io
import math
import re
import reprlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TextIO

import numpy as np

from nn.arrays import Floats
from nn.data.labels import Column, Label, class_positions, distinct, label, parse_number
from nn.storage.opening import read_table
from nn.validation import suggest

TableSource = str | Path | Traversable | TextIO
MAX_TABLE_BYTES = 1 << 30
"""Larger files are refused, as their cells would not fit into memory."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # except tab and line ends
FOLDED_LINE_BREAK = re.compile(r"\s*[\r\n]\s*")
"""Characters that a label has a blank for."""
NOT_FINITE = re.compile(r"[-+]?(nan|inf|infinity)", re.IGNORECASE)
"""Text that Python reads as a number and that is not a label."""
MAX_CELL_CHARACTERS = 2**31 - 1
"""The longest cell that the csv module can read on every machine, in characters."""


@dataclass(frozen=True)
class Cells:
    """A table of text: named columns, rows of equal length, and the line number of each row."""

    name: str
    columns: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]

    @cached_property
    def places(self) -> dict[str, int]:
        """The position of each column by its name."""
        return {name: position for position, name in enumerate(self.columns)}

    def column(self, name: str) -> list[str]:
        """Return the cells of one column, from top to bottom."""
        position = self.places[name]
        return [row[position] for row in self.rows]

    def numbers(self, column: str, least: float = -math.inf) -> Floats:
        """Return a column of finite numbers, (rows,), of at least ``least``.

        Raises ValueError with line and column of the first other cell.
        """
        cells = self.column(column)
        numbers = [parse_number(cell) for cell in cells]
        for row, one in enumerate(numbers):
            if one is None or not math.isfinite(one):
                kind = "a number" if one is None else "a finite number"
                raise self._error(row, column, f"expected {kind}, got {_shown(cells[row])}")
            if one < least:
                raise self._error(row, column, f"expected at least {least:g}, got {_shown(cells[row])}")
        return np.array(numbers, dtype=np.float64)

    def labels(self, column: str) -> list[Label]:
        """Return a column of class labels.

        Raises ValueError with line and column of the first cell that is empty, nan or infinite.
        """
        cells = [FOLDED_LINE_BREAK.sub(" ", cell) for cell in self.column(column)]
        for row, cell in enumerate(cells):
            if not cell or NOT_FINITE.fullmatch(cell):
                raise self._error(row, column, f"expected a class label, got {_shown(cell)}")
        return [label(cell) for cell in cells]

    def look(self, column: str) -> Column:
        """Summarize a column, to decide its task."""
        cells = self.column(column)
        numbers = [parse_number(cell) for cell in cells]
        return Column(
            numbers=None not in numbers,
            whole=all(one is not None and one.is_integer() for one in numbers),
            words=2 * numbers.count(None) >= len(cells),
            labels=len({FOLDED_LINE_BREAK.sub(" ", cell) for cell in cells}),
        )

    def indices(self, column: str, classes: Sequence[Label] | None) -> tuple[Floats, tuple[Label, ...]]:
        """Return class labels as indices, (rows, 1), into the classes: those given, or the column's own."""
        labels = self.labels(column)
        if classes is None:
            classes = distinct(labels, f"{self.name}: target {column!r}")
        places = class_positions(labels, classes)
        if np.any(places < 0):
            row = int(np.argmax(places < 0))
            known = suggest(str(labels[row]), map(str, classes))
            raise self._error(row, column, f"unknown label {reprlib.repr(labels[row])}; {known}")
        return places[:, None].astype(np.float64), tuple(classes)

    def _error(self, row: int, column: str, what: str) -> ValueError:
        return ValueError(f"{self.name}:{self.lines[row]}: column {column!r}: {what}")


def read_cells(source: TableSource) -> Cells:
    """Parse header and rows of a CSV text in UTF-8, with or without a byte order mark.

    Cells are separated by comma, semicolon or tab: whichever splits the header into the most
    columns. They may be quoted; blanks around them and empty lines at the end are dropped.
    Raises ValueError with the line number for anything else.
    """
    name, text = _read(source)
    odd = CONTROL.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        raise ValueError(f"{name}:{line}: expected plain text, got the control character {odd.group()!r}")
    records = list(_records(name, text))
    while records and records[-1][1] in ([], [""]):
        records.pop()
    if not records:
        raise ValueError(f"{name}: expected a header line and rows, got an empty file")
    (start, header), *rest = records
    if not header:
        raise ValueError(f"{name}:{start}: expected a header line, got an empty line")
    columns = tuple(_one_line(cell) for cell in header)
    seen: set[str] = set()
    for position, column in enumerate(columns):
        if not column:
            raise ValueError(f"{name}:{start}: expected a header line, but column {position + 1} has no name")
        if column in seen:
            raise ValueError(f"{name}:{start}: column {column!r} is there twice")
        seen.add(column)
    if not rest:
        raise ValueError(f"{name}: expected rows below the header, got none")
    for line, row in rest:
        if len(row) != len(columns):
            raise ValueError(f"{name}:{line}: expected {len(columns)} cells, got {len(row)}")
    return Cells(name, columns, [row for _, row in rest], [line for line, _ in rest])


def _read(source: TableSource) -> tuple[str, str]:
    """Return the name of a file and its text."""
    if isinstance(source, str):
        source = Path(source)
    if isinstance(source, (Path, Traversable)):
        name = str(source)
        data = read_table(source, MAX_TABLE_BYTES) if isinstance(source, Path) else source.read_bytes()
    else:
        name = str(getattr(source, "name", "<text>"))
        try:
            # Standard input may pass undecodable bytes on as lone surrogates.
            data = source.read().encode("utf-8", "surrogateescape")
        except UnicodeError as error:
            raise ValueError(f"{name}: expected text in UTF-8") from error
    try:
        return name, data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise ValueError(f"{name}:{line}: expected text in UTF-8, got the byte 0x{byte:02x}") from error


def _records(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record of a CSV text with its first line number."""
    line = 1
    # The limit is that of the whole process: it is never lowered, as other threads may need it.
    csv.field_size_limit(max(csv.field_size_limit(), min(len(text), MAX_CELL_CHARACTERS)))
    try:
        delimiter = max(
            ",;\t", key=lambda mark: len(next(csv.reader(io.StringIO(text, ""), delimiter=mark), []))
        )
        reader = csv.reader(io.StringIO(text, ""), delimiter=delimiter, skipinitialspace=True, strict=True)
        for record in reader:
            yield line, [cell.strip() for cell in record]
            line = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"{name}:{line}: not well-formed CSV: {error}") from error


def _one_line(cell: str) -> str:
    """Return a name in one line, with single blanks."""
    return " ".join(cell.split())


def _shown(cell: str) -> str:
    """Return a cell for a message: quoted, escaped, shortened."""
    return reprlib.repr(cell) if cell else "an empty cell"
