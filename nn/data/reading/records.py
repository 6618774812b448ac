"""Reads the records of a text in batches: by splitting where no cell is quoted, else with the csv module."""

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nn.data.reading.blocks import NUMERIC, NumberBlock, NumberPiece
from nn.data.reading.column import Piece, piece_of
from nn.data.reading.dialect import BLANKS, Dialect
from nn.data.reading.mistakes import MAX_MISTAKES, Mistake, TableError, one_mistake
from nn.data.reading.text import MAX_LINE_LENGTH


class RecordBatch(NamedTuple):
    """Records one after another, and the line on which each record begins."""

    cells: list[str] | NumberBlock
    """All cells in one list, or a block that is kept as it is."""
    lines: NDArray[np.int64]

    def column(self, place: int, width: int, empty: str = "") -> Piece:
        """Return the cells of one of ``width`` columns.

        empty: what an empty cell may be written as
        """
        if isinstance(self.cells, NumberBlock):
            return NumberPiece(self.cells, place)
        cells = self.cells[place::width]
        return piece_of(["" if cell == empty else cell for cell in cells] if empty else cells)


class RecordReader:
    """The records of a text, each with as many cells; those with more or fewer are ``mistakes``.

    name: of the file
    blocks: whole lines
    before: how many lines stand before the first block
    gaps: whether empty lines may stand between records
    """

    def __init__(
        self, name: str, blocks: Iterable[str], dialect: Dialect, *, before: int = 0, gaps: bool = False
    ):
        self.mistakes: list[Mistake] = []
        self.lines = _Lines(name, blocks, dialect.comment, before)
        self._name = name
        self._dialect = dialect
        self._gaps = gaps
        self._empty: list[int] = []  # lines since the last record; at the end of a file they mean nothing

    @property
    def comments(self) -> int:
        """The number of comment lines that were left out."""
        return self.lines.comments

    def record(self) -> list[str] | None:
        """Read the next record, its cells without blanks around them; None at the end."""
        self.lines.begin_record()
        try:
            record = next(self._dialect.records(self.lines, strict=True), None)
        except csv.Error as error:
            self.mistakes.append(Mistake(self.lines.start, None, None, f"not well-formed CSV: {error}"))
            raise TableError(self._name, self.mistakes) from error
        return None if record is None else [cell.strip() for cell in record]

    def batches(self, width: int) -> Iterator[RecordBatch]:
        """Read all records that follow and have ``width`` cells."""
        while block := self.lines.block():
            cells = self._numbers(block, width) or self._split(block, width) or self._parsed(block, width)
            if cells:
                self._end_gap(width)
                end = self.lines.number + 1
                yield RecordBatch(cells, np.arange(end - len(cells) // width, end))
            else:
                self.lines.put_back(block)
                yield self._one_by_one(width)

    def _numbers(self, block: str, width: int) -> NumberBlock | None:
        """Keep a block as it is that holds nothing but numbers and empty cells; None for any other."""
        mark = self._dialect.delimiter or ","
        if width == 1 or not block.isascii() or self._has_comment(block):
            return None  # in a single column, an empty line is no record
        data, delimiter = block.encode("ascii"), mark.encode()
        if mark == BLANKS or data.translate(None, NUMERIC + delimiter):
            return None
        return NumberBlock.of(data, delimiter, width)

    def _split(self, block: str, width: int) -> list[str]:
        """Split a block in which nothing is quoted and every line is a record; else none."""
        mark = self._dialect.delimiter or ","
        if self._dialect.quote in block or self._has_comment(block):
            return []
        if mark == BLANKS:
            rows = [line.split() for line in block.split("\n")[:-1]] if block.isascii() else []
            return [*chain.from_iterable(rows)] if {*map(len, rows)} == {width} else []
        cells = block[:-1].replace("\n", mark + "\n").split(mark)
        heads = cells[width::width]  # each row's first cell, but for the first row's, begins with a line end
        regular = len(cells) % width == 0 and len(heads) == block.count("\n") - 1
        if not regular or not all(head.startswith("\n") for head in heads):
            return []
        cells[width::width] = [head[1:] for head in heads]
        if not block.isascii() or " " in block or (mark != "\t" and "\t" in block):
            cells = [*map(str.strip, cells)]
        return [] if width == 1 and "" in cells else cells

    def _parsed(self, block: str, width: int) -> list[str]:
        """Parse a block in which every line is a record, quotes or not; else none."""
        if width == 1 or self._has_comment(block):
            return []
        lines = block.split("\n")[:-1]
        try:
            records = [*self._dialect.records([f"{line}\n" for line in lines], strict=True)]
        except csv.Error:  # a record may go on in the next block
            return []
        if len(records) != len(lines) or {*map(len, records)} != {width}:
            return []
        return [*map(str.strip, chain.from_iterable(records))]

    def _one_by_one(self, width: int) -> RecordBatch:
        """Read the records up to the end of a block; note those that have not ``width`` cells."""
        cells: list[str] = []
        starts: list[int] = []
        while self.lines.pending:
            record = self.record()
            if record is None:
                break
            if self.lines.empty and len(record) < 2:
                self._empty += [] if self._gaps else [self.lines.start]
                continue
            self._end_gap(width)
            if len(record) == width:
                cells += record
                starts.append(self.lines.start)
            else:
                self._wrong(width, len(record), self.lines.start)
        return RecordBatch(cells, np.array(starts, dtype=np.int64))

    def _has_comment(self, block: str) -> bool:
        mark = self._dialect.comment
        return mark is not None and (block.startswith(mark) or f"\n{mark}" in block)

    def _end_gap(self, width: int) -> None:
        """Note the empty lines as mistakes: a record follows them."""
        for line in self._empty:
            self._wrong(width, 0, line)
        self._empty.clear()

    def _wrong(self, width: int, got: int, line: int) -> None:
        self.mistakes.append(Mistake(line, None, None, f"expected {width} cells, got {got}"))
        if len(self.mistakes) >= MAX_MISTAKES:
            raise TableError(self._name, [*self.mistakes, Mistake(None, None, None, "and maybe more below")])


class _Lines(Iterator[str]):
    """The lines of blocks, counted, without the comments between records."""

    def __init__(self, name: str, blocks: Iterable[str], comment: str | None, number: int):
        self.number = number  # of the line that was given last
        self.start = number  # of the first line of the record
        self.empty = False  # whether that line is
        self.comments = 0
        self.pending: list[str] = []  # lines of the block that were not given yet, the next one last
        self._name = name
        self._blocks = iter(blocks)
        self._comment = comment
        self._length = 0

    def begin_record(self) -> None:
        self._length = 0

    def block(self) -> str:
        """Take what is left of a block, else the next, its lines counted as given; empty after the last."""
        block = "".join(f"{line}\n" for line in reversed(self.pending)) or next(self._blocks, "")
        self.pending = []
        self.number += block.count("\n")
        return block

    def put_back(self, block: str) -> None:
        """Give the lines of a block one by one."""
        self.number -= block.count("\n")
        self.pending = block.split("\n")[-2::-1]

    def __next__(self) -> str:
        while self.pending or self._load():
            line = self.pending.pop()
            self.number += 1
            if self._length == 0:
                if self._comment is not None and line.startswith(self._comment):
                    self.comments += 1
                    continue
                self.start, self.empty = self.number, not line.strip()
            self._length += len(line) + 1
            if self._length > MAX_LINE_LENGTH:
                text = f"expected at most {MAX_LINE_LENGTH:,} characters in a record; is a quote left open?"
                raise one_mistake(self._name, text, self.start)
            return f"{line}\n"
        raise StopIteration

    def _load(self) -> bool:
        block = self.block()
        self.put_back(block)
        return bool(block)
