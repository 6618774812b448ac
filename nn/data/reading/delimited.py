"""Reads a table from delimited text."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nn.data.reading.column import Column, Piece
from nn.data.reading.dialect import DELIMITERS, Dialect, DialectOptions
from nn.data.reading.inference import (
    LOOKED_AT,
    Cells,
    data_in_header,
    infer_decimal,
    infer_dialect,
    looks_like_data,
)
from nn.data.reading.mistakes import Mistake, TableError, one_mistake
from nn.data.reading.numbers import parse_cell
from nn.data.reading.records import RecordReader
from nn.data.reading.table import EMPTY_COLUMNS, ROW_NAMES, Table, name_mistakes, one_line
from nn.display import counted

UNNAMED = "\n"
"""What the key of a column without a name begins with, as no name does."""


class Header(NamedTuple):
    """The names of the columns, and the line on which they stand, if any."""

    names: list[str]
    line: int | None
    row_names: bool
    """The first column is one of row names and has no name."""


def read_delimited(name: str, blocks: Iterator[str], encoding: str, options: DialectOptions) -> Table:
    """Read the table in a text: a line of names, unless there is no header, and a line or more for each row.

    A first column without a name is one of row names, and is left out. Raises TableError with all that is
    wrong; UnicodeDecodeError where the text is not in this encoding.
    """
    first = next(blocks, "")
    lines = first.split("\n")[:-1]
    if not first.strip():
        raise one_mistake(name, "expected a header line and rows, got an empty file")
    if not lines[0].strip():
        raise one_mistake(name, "expected a header line, got an empty line", 1)
    dialect, records = infer_dialect(lines, encoding, options)
    if not records:
        raise one_mistake(name, "expected a header line and rows, got only comments")
    if title := _title(records, dialect):
        raise TableError(name, [title])
    reader = RecordReader(name, chain([first], blocks), dialect)
    header = _header(reader, lines, records, dialect)
    body = [*zip_longest(*records[dialect.header :], fillvalue="")]
    decimal, thousands, mistake = infer_decimal(
        dict(zip(header.names, body, strict=False)), dialect.delimiter
    )
    dialect = replace(dialect, decimal=options.decimal or decimal)
    if options.header is None and looks_like_data(records, dialect.decimal):
        raise TableError(name, [data_in_header(records[0], header.line)])
    columns, starts = read_columns(reader, header, dialect.decimal)
    unused = [key for key in columns if key.startswith(UNNAMED) and not any(columns[key].levels()[1])]
    columns = {key: column for key, column in columns.items() if key not in unused}
    names = [name for name in header.names[header.row_names :] if name not in unused]
    mistakes = name_mistakes(["" if name.startswith(UNNAMED) else name for name in names], header.line)
    if mistake is not None and options.decimal is None:
        mistakes.append(mistake)
    mistakes += reader.mistakes
    if not len(starts) and not mistakes:
        mistakes.append(Mistake(None, None, None, "expected rows below the header, got none"))
    if mistakes:
        raise TableError(name, mistakes)
    notes = _notes(dialect, options, reader.comments, thousands, header.row_names)
    if unused:
        notes = (*notes, EMPTY_COLUMNS.format(counted(len(unused), "column")))
    return Table(name, columns, starts, notes, dialect)


def read_columns(
    reader: RecordReader, header: Header, decimal: str, empty: str = ""
) -> tuple[dict[str, Column], NDArray[np.int64]]:
    """Read the columns with these names, but for row names, and the lines on which the rows begin.

    empty: what an empty cell may be written as
    """
    width = len(header.names)
    kept = range(header.row_names, width)
    pieces: list[list[Piece]] = [[] for _ in kept]
    starts = [np.empty(0, np.int64)]
    for batch in reader.batches(width):
        starts.append(batch.lines)
        for column, place in zip(pieces, kept, strict=True):
            column.append(batch.column(place, width, empty))
    named = zip(header.names[header.row_names :], pieces, strict=True)
    return {name: Column(column, decimal) for name, column in named}, np.concatenate(starts)


def _header(reader: RecordReader, lines: Sequence[str], records: Cells, dialect: Dialect) -> Header:
    """Read the names in the first record; they are numbers from 1 where there is no header."""
    if not dialect.header:
        return Header([str(place + 1) for place in range(len(records[0]))], None, False)
    cells = reader.record()
    while cells is not None and reader.lines.empty:  # below comments
        cells = reader.record()
    names = [one_line(cell) for cell in cells or ()]
    names = [name or f"{UNNAMED}{place}" if place else name for place, name in enumerate(names)]
    if len(names) > 1 and not names[0]:
        return Header(names, reader.lines.start, True)
    if _has_row_names(lines, records, dialect):
        return Header(["", *names], reader.lines.start, True)
    return Header(names, reader.lines.start, False)


def _title(records: Cells, dialect: Dialect) -> Mistake | None:
    """Find a first line that is a title: it has far fewer cells than all lines below the next one."""
    first, *rest = map(len, records[:LOOKED_AT])
    if not dialect.header or len(rest) < 2 or len({*rest}) > 1 or first >= rest[0] - 1:
        return None
    text = f"the first line has {counted(first, 'cell')}, and the lines below have {rest[0]} each"
    return Mistake(1, None, None, f"{text}: delete what stands above the names of the columns")


def _has_row_names(lines: Sequence[str], records: Cells, dialect: Dialect) -> bool:
    """Tell whether each row has one more cell than the header, and first what is quoted or counts the rows.

    So writes R; anything else may be a name that is missing in the header.
    """
    names, *rows = records[:LOOKED_AT]
    if not rows or {*map(len, rows)} != {len(names) + 1}:
        return False
    quoted = sum(line.lstrip().startswith(dialect.quote) for line in lines[:LOOKED_AT])
    counted = [str(place + 1) for place in range(len(rows))]
    return quoted >= len(rows) or [row[0] for row in rows] == counted


def _notes(
    dialect: Dialect, options: DialectOptions, comments: int, thousands: str | None, row_names: bool
) -> tuple[str, ...]:
    """Say what was inferred and is not the rule, a sentence each."""
    notes = []
    delimiter = dialect.delimiter or ","
    commas = " and numbers with decimal commas" if dialect.decimal == "," and options.decimal is None else ""
    if options.delimiter is None and delimiter != ",":
        notes.append(f"Read cells as separated by {DELIMITERS[delimiter]}{commas}.")
    elif commas:
        notes.append("Read numbers with decimal commas.")
    if dialect.quote == "'":
        notes.append("Read single quotes as the quotes around cells.")
    if thousands is not None and dialect.decimal == ".":
        notes.append(f"Read {thousands!r} as {parse_cell(thousands):.15g}: commas separate thousands.")
    if comments:
        lines = "comment line" if comments == 1 else "comment lines"
        notes.append(f"Left out {comments} {lines} with {dialect.comment!r} at the beginning.")
    if row_names:
        notes.append(ROW_NAMES)
    return tuple(notes)
