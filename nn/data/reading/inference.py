"""Infers from the first lines of a text how the table is written; what is ambiguous is a mistake."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from nn.data.reading.dialect import BLANKS, DELIMITERS, Dialect, DialectOptions
from nn.data.reading.mistakes import Mistake
from nn.data.reading.numbers import GROUPED, SWAP, parse_cell

LOOKED_AT = 200
"""The number of records from which the delimiter is inferred."""
COMMA = re.compile(r"[-+]?\d*,\d+([eE][-+]?\d+)?", re.ASCII)
OPENING = re.compile(r"(?:^|(?<=[,;|\t ]))'", re.MULTILINE)
DOUBLE = re.compile(r"(?:^|(?<=[,;|\t ]))\"", re.MULTILINE)
QUOTED = re.compile(r"(?:^|(?<=[,;|\t ]))'(?:[^'\n]|'')*'(?=[,;|\t ]|$)", re.MULTILINE)
Cells = list[list[str]]
"""The cells of each record."""


def infer_dialect(lines: Sequence[str], encoding: str, options: DialectOptions) -> tuple[Dialect, Cells]:
    """Infer how a text that begins with these lines is written, but for numbers; and parse the lines."""
    comment = options.comment or ("#" if lines[0].startswith("#") else None)
    if comment is not None:
        lines = [line for line in lines if not line.startswith(comment)]
    dialect = Dialect(encoding=encoding, comment=comment, quote=infer_quote(lines[:LOOKED_AT]))
    delimiter = options.delimiter or infer_delimiter(lines, dialect)
    dialect = replace(dialect, delimiter=delimiter, header=options.header is not False)
    return dialect, sample(lines, dialect)


def infer_quote(lines: Sequence[str]) -> str:
    """Choose single quotes where every one that opens a cell is closed, and no double one opens a cell."""
    text = "\n".join(lines)
    closed = len(QUOTED.findall(text))
    return "'" if 0 < closed == len(OPENING.findall(text)) and not DOUBLE.search(text) else '"'


def infer_delimiter(lines: Sequence[str], dialect: Dialect) -> str:
    """Choose what splits every record into as many cells; else what comes nearest to that."""
    widths: dict[str, list[int]] = {}
    for delimiter in DELIMITERS:
        records = sample(lines[:LOOKED_AT], replace(dialect, delimiter=delimiter))
        widths[delimiter] = counts = [len(record) for record in records[: LOOKED_AT - 1]]
        if counts and counts[0] > 1 and set(counts) == {counts[0]}:
            return delimiter
    for delimiter, counts in widths.items():  # the header of R has no name for the row names
        if len(counts) > 1 and set(counts[1:]) == {counts[0] + 1}:
            return delimiter
    return max(",\t;|" + BLANKS, key=lambda delimiter: _regularity(delimiter, widths[delimiter]))


def _regularity(delimiter: str, counts: Sequence[int]) -> tuple[float, int]:
    """Return the share of records with as many cells as the first, and the number of all cells."""
    alike = counts.count(counts[0]) / len(counts) if counts and counts[0] > 1 else 0.0
    if delimiter == BLANKS and alike < 0.5:
        return 0.0, 0  # words in a text
    return alike, sum(counts)


def sample(lines: Sequence[str], dialect: Dialect) -> Cells:
    """Parse the records of some lines, without those that are empty, the cells without blanks around them."""
    records = ([cell.strip() for cell in record] for record in dialect.records(f"{line}\n" for line in lines))
    return [record for record in records if any(record) or len(record) > 1]


def looks_like_data(records: Cells, decimal: str) -> bool:
    """Tell whether the first record holds no names, but a number, or words that mostly come again below."""
    first, *rest = records
    if any(math.isfinite(parse_cell(cell, decimal)) for cell in first):
        return True
    columns = [set(cells) for cells in zip_longest(*rest)]
    again = sum(cell in cells for cell, cells in zip(first, columns, strict=False) if cell)
    return 2 * again > len(first)


def data_in_header(cells: Sequence[str], line: int | None) -> Mistake:
    """Say that the first record looks like data, and what to write."""
    shown = ", ".join(cell[:20] for cell in cells[:4]) + (", …" if len(cells) > 4 else "")
    text = f"the first line looks like data ({shown}): write data.header: false where there are no names"
    return Mistake(line, None, "header", f"{text}, or data.header: true where these are the names")


def infer_decimal(
    columns: Mapping[str, Collection[str]], delimiter: str | None
) -> tuple[str, str | None, Mistake | None]:
    """Infer the decimal mark of columns; give a number with separators of thousands, and a mistake, if any.

    The mark may be a comma where the delimiter is none: 39,1 tells that it is, and 0.5 that it is a point.
    Both at once are a mistake, and so is a column of 1,234 where nothing tells which it is.
    """
    if delimiter == "," and not any("," in cell for cells in columns.values() for cell in cells):
        return ".", None, None
    found: dict[str, tuple[str, str]] = {}
    for name, cells in columns.items():
        marks = {cell: _mark(cell) for cell in dict.fromkeys(cells) if cell}
        if 2 * sum(mark != "word" for mark in marks.values()) >= len(marks):
            for cell, mark in marks.items():
                found.setdefault(mark, (name, cell))
    column, cell = found.get("either", ("", ""))
    if delimiter == ",":  # the commas of numbers stand in quotes
        return ".", cell or None, None
    if "comma" in found and "point" in found:
        text = f"there are {found['comma'][1]!r} and {found['point'][1]!r}: which mark is decimal? Write"
        return ".", None, Mistake(None, None, "decimal", f'{text} data.decimal: "," or data.decimal: "."')
    if "comma" in found:
        return ",", None, None
    if not cell or "point" in found:
        return ".", cell or None, None
    text = f'{cell!r} may be a decimal or thousands: write data.decimal: "," or data.decimal: "."'
    return ".", None, Mistake(None, column, "decimal", text)


def _mark(cell: str) -> str:
    """The decimal mark that a cell shows: ``comma``, ``point``, ``either``, ``none``, or ``word``."""
    if GROUPED.fullmatch(cell):
        return "point" if "." in cell else "either"
    if GROUPED.fullmatch(cell.translate(SWAP)):
        return "comma" if "," in cell or cell.count(".") > 1 else "none"
    if COMMA.fullmatch(cell):
        return "comma"
    if math.isnan(parse_cell(cell)):
        return "word"
    return "point" if "." in cell else "none"
