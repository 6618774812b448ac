"""Rows of nothing but numbers, kept as the file has them: no cell of them is a text of its own."""

from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nn.data.reading.column import Piece
from nn.data.reading.decimals import BREAK
from nn.data.reading.numbers import parse_packed

NUMERIC = b"0123456789.,+-eE\n"
"""What is in numbers and between lines."""


class NumberBlock:
    r"""Consecutive rows of a text, cell after cell.

    >>> block = NumberBlock.of(b"1,2.5\n3,\n", b",", 2)
    >>> block.cells(1), block.numbers(".").tolist()
    (['2.5', ''], [[1.0, 3.0], [2.5, nan]])
    """

    def __init__(self, packed: bytes, length: int, width: int):
        self._packed = packed
        self._length = length
        self.width = width
        self._numbers: dict[str, NDArray[np.float64]] = {}

    @classmethod
    def of(cls, data: bytes, mark: bytes, width: int) -> Self | None:
        """Keep lines with this delimiter; None unless all of them have this number of cells."""
        text = np.frombuffer(data, dtype=np.uint8)
        line_ends = text == ord("\n")
        ends = np.flatnonzero(line_ends | (text == ord(mark)))
        rows, rest = divmod(len(ends), width)
        if rest or np.count_nonzero(line_ends) != rows or not line_ends[ends[width - 1 :: width]].all():
            return None
        packed = data[:-1].translate(bytes.maketrans(mark + b"\n", 2 * BREAK))
        return cls(packed, len(ends), width)

    def __len__(self) -> int:
        return self._length

    @cached_property
    def _spans(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Where each cell begins and ends, two arrays of (rows, columns)."""
        text = np.frombuffer(self._packed + BREAK, dtype=np.uint8)
        ends = np.flatnonzero(text == ord(BREAK)).astype(np.int32)
        starts = np.append(np.int32(0), ends[:-1] + np.int32(1))
        return starts.reshape(-1, self.width), ends.reshape(-1, self.width)

    def cells(self, place: int) -> list[str]:
        """Return the cells of a column as written."""
        starts, ends = (part[:, place].tolist() for part in self._spans)
        cells = [self._packed[start:end] for start, end in zip(starts, ends, strict=True)]
        return BREAK.join(cells).decode("ascii").split(BREAK.decode())

    def numbers(self, decimal: str) -> NDArray[np.float64]:
        """Return the numbers that the cells spell, (columns, rows), parsed once for all columns."""
        if decimal not in self._numbers:
            numbers = parse_packed(self._packed, decimal).reshape(-1, self.width)
            self._numbers[decimal] = np.ascontiguousarray(numbers.T)
        return self._numbers[decimal]


class NumberPiece(Piece):
    """The cells of a block in one column."""

    def __init__(self, block: NumberBlock, place: int):
        self._block = block
        self._place = place

    def __len__(self) -> int:
        return len(self._block) // self._block.width

    def cells(self) -> list[str]:
        return self._block.cells(self._place)

    def numbers(self, decimal: str) -> NDArray[np.float64]:
        return self._block.numbers(decimal)[self._place]
