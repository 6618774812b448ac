"""Tables in text of a format of its own: Weka's ARFF, FANN's training data, a JSON object in each line."""

import json
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from nn.data.reading.column import Column, Piece, piece_of
from nn.data.reading.delimited import Header, read_columns, read_delimited
from nn.data.reading.dialect import Dialect, DialectOptions
from nn.data.reading.inference import infer_quote
from nn.data.reading.mistakes import MAX_MISTAKES, Mistake, TableError, one_mistake
from nn.data.reading.records import RecordReader
from nn.data.reading.table import Table, name_mistakes, one_line

TextReader = Callable[[str, Iterator[str], str, DialectOptions], Table]
RELATION = re.compile(r"(\s*%[^\n]*\n)*\s*@relation\b", re.IGNORECASE)
ATTRIBUTE = re.compile(r"\s*@attribute\s+('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\S+)\s+\S", re.IGNORECASE)
JSON_START = re.compile(r"\s*(\[\s*)?\{")
COUNTS = re.compile(r"\s*([1-9]\d*)\s+([1-9]\d*)\s+([1-9]\d*)\s*\n", re.ASCII)


def read_text(name: str, blocks: Iterator[str], encoding: str, options: DialectOptions) -> Table:
    """Read the table in a text, in the format that its beginning shows."""
    first = next(blocks, "")
    reader = _reader(first, delimited=options.delimiter is not None)
    return reader(name, chain([first], blocks), encoding, options)


def _reader(first: str, delimited: bool) -> TextReader:
    if RELATION.match(first):
        return read_arff
    if JSON_START.match(first) and not delimited:
        return read_json_lines
    return read_fann if _is_fann(first) else read_delimited


def read_arff(name: str, blocks: Iterator[str], encoding: str, options: DialectOptions) -> Table:
    """Read an ARFF file (Weka): attributes are columns, ``?`` is an empty cell.

    Raises TableError for what is none, for sparse data, and for rows of another length.
    """
    lines = next(blocks, "").split("\n")[:-1]
    names, before = _attributes(name, lines)
    mistakes = name_mistakes(names, None)
    rest = lines[before:]
    sparse = next((n for n, line in enumerate(rest[:100]) if line.lstrip().startswith("{")), None)
    if sparse is not None:
        text = "expected a cell for each attribute, got sparse data in {}"
        mistakes.append(Mistake(before + sparse + 1, None, None, text))
    if mistakes:
        raise TableError(name, mistakes)
    dialect = Dialect(",", ".", False, encoding, "%", infer_quote(rest[:100]))
    body = chain(["".join(f"{line}\n" for line in rest)] if rest else [], blocks)
    reader = RecordReader(name, body, dialect, before=before, gaps=True)
    columns, starts = read_columns(reader, Header(names, None, False), ".", empty="?")
    if reader.mistakes or not len(starts):
        raise TableError(name, reader.mistakes or [Mistake(None, None, None, "expected rows, got none")])
    return Table(name, columns, starts, ("Read as ARFF.",), Dialect(delimiter=None, encoding=encoding))


def _attributes(name: str, lines: list[str]) -> tuple[list[str], int]:
    """Read the names in the head of an ARFF file, and count its lines."""
    names: list[str] = []
    for number, line in enumerate(lines, 1):
        word = line.strip().lower()
        attribute = ATTRIBUTE.match(line)
        if attribute:
            names.append(one_line(re.sub(r"\\(.)", r"\1", attribute[1].strip("'\""))))
        elif word.startswith("@data"):
            if names:
                return names, number
            break
        elif word and not word.startswith(("%", "@relation")):
            raise one_mistake(name, f"expected @attribute NAME TYPE, or @data, got {line[:40]!r}", number)
    raise one_mistake(name, "expected @attribute for each column, then @data")


def read_json_lines(name: str, blocks: Iterator[str], encoding: str, options: DialectOptions) -> Table:
    """Read lines of JSON, each an object: its keys are columns; null and absent ones are empty cells.

    Raises TableError for lines that are none, and for values that are objects or arrays.
    """
    pieces: dict[str, list[Piece]] = {}
    starts: list[int] = []
    mistakes: list[Mistake] = []
    line = 0
    for block in blocks:
        rows = []
        before = len(starts)
        for text in block.split("\n")[:-1]:
            line += 1
            if text.strip() and len(mistakes) < MAX_MISTAKES:
                try:
                    rows.append(_json_row(text))
                    starts.append(line)
                except (ValueError, RecursionError) as error:
                    mistakes.append(
                        Mistake(line, None, None, f"expected a JSON object of plain values: {error}")
                    )
        for column in dict.fromkeys(chain.from_iterable(rows)):
            pieces.setdefault(column, [piece_of([""] * before)])
        for column, found in pieces.items():
            found.append(piece_of([row.get(column, "") for row in rows]))
    mistakes = mistakes or name_mistakes([*map(one_line, pieces)], None)
    if mistakes:
        raise TableError(name, mistakes)
    columns = {one_line(column): Column(found) for column, found in pieces.items()}
    dialect = Dialect(delimiter=None, encoding=encoding)
    return Table(name, columns, np.array(starts), ("Read as JSON, an object in each line.",), dialect)


def _json_row(text: str) -> dict[str, str]:
    """Read the cells of a JSON object; ValueError for anything else. Numbers stay as they are written."""
    row = json.loads(text, object_pairs_hook=_cells, parse_float=str, parse_int=str, parse_constant=str)
    if not isinstance(row, dict):
        raise ValueError(f"got {text[:40]}")
    return row


def _cells(pairs: list[tuple[str, Any]]) -> dict[str, str]:
    cells = {}
    for key, value in pairs:
        if key in cells:
            raise ValueError(f"{key!r} is there twice")
        if isinstance(value, dict | list):
            raise ValueError(f"{key!r} holds several values")
        cells[key] = "" if value is None else str(value).strip()
    return cells


def _is_fann(first: str) -> bool:
    """Tell whether three counts are followed by as many inputs and outputs as they say, each in a line."""
    counts = COUNTS.match(first)
    if not counts:
        return False
    samples, *widths = map(int, counts.groups())
    found = [len(line.split()) for line in first[counts.end() :].split("\n", 2)[:2]]
    return found == widths and (widths != [3, 3] or first.count("\n") == 2 * samples + 1)


def read_fann(name: str, blocks: Iterator[str], encoding: str, options: DialectOptions) -> Table:
    """Read training data of FANN: inputs x1, x2, … and outputs y, or y1, y2, ….

    Raises TableError where there are more or fewer values than the first line says.
    """
    first = next(blocks, "")
    head = COUNTS.match(first)
    if head is None:
        raise one_mistake(name, "expected three counts, of samples, inputs and outputs", 1)
    samples, inputs, outputs = map(int, head.groups())
    names = [f"x{place + 1}" for place in range(inputs)]
    names += ["y"] if outputs == 1 else [f"y{place + 1}" for place in range(outputs)]
    line = head[0].count("\n")
    pieces: list[list[Piece]] = [[] for _ in names]
    starts: list[int] = []
    cells: list[str] = []
    for block in chain([first[head.end() :]], blocks):
        for text in block.split("\n")[:-1]:
            line += 1
            for cell in text.split():
                if len(cells) % len(names) == 0:
                    starts.append(line)
                cells.append(cell)
        whole = len(cells) // len(names) * len(names)
        for place, found in enumerate(pieces):
            found.append(piece_of(cells[place : whole : len(names)]))
        del cells[:whole]
    if cells or len(starts) != samples:
        got = (len(starts) - bool(cells)) * len(names) + len(cells)
        text = f"expected {samples} · ({inputs} + {outputs}) values below the first line, got {got}"
        raise one_mistake(name, text)
    columns = {column: Column(found) for column, found in zip(names, pieces, strict=True)}
    notes = ("Read as training data of FANN: inputs are x1, x2, …, outputs y, or y1, y2, ….",)
    return Table(name, columns, np.array(starts), notes, Dialect(delimiter=None, encoding=encoding))
