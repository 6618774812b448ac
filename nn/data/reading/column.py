"""A column of a table: its cells as they are written, kept small, and the numbers that they spell."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.data.reading.decimals import BREAK
from nn.data.reading.numbers import parse_cells, parse_packed, value_as_cell, values_as_numbers

Levels = tuple[NDArray[np.integer], NDArray[np.object_]]
SOME = 32
"""The number of cells from which it is decided whether most are different."""
WORTH, MERGED = 1 << 7, 1 << 12
"""The minimum number of packed cells for array operations, and the number whose arrays stay in the cache."""


class Column:
    """The cells of one column, from top to bottom.

    >>> column = Column([piece_of(["007", "7", "?", "7"])])
    >>> column.texts.tolist(), column.numbers.tolist()
    (['007', '7', '?', '7'], [7.0, 7.0, nan, 7.0])
    >>> column.levels()[0].tolist(), column.levels()[1].tolist()
    ([0, 1, 2, 1], ['007', '7', '?'])
    """

    def __init__(self, pieces: Sequence["Piece"], decimal: str = "."):
        self._pieces = tuple(merged(pieces))
        self._decimal = decimal
        self._levels: Levels | None = None

    def __len__(self) -> int:
        return sum(map(len, self._pieces))

    @property
    def texts(self) -> NDArray[np.object_]:
        """The cells as written, (rows,), without the blanks around them; put together at each use."""
        texts = np.empty(len(self), dtype=object)
        start = 0
        for piece in self._pieces:
            texts[start : start + len(piece)] = piece.cells()
            start += len(piece)
        return texts

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """The numbers that the cells spell, (rows,), correctly rounded; NaN where a cell spells none."""
        return np.concatenate([np.empty(0), *(piece.numbers(self._decimal) for piece in self._pieces)])

    def levels(self) -> Levels:
        """Return the index of each cell's text, (rows,), and the distinct texts in order of appearance."""
        if self._levels is not None:
            return self._levels
        places: dict[str, int] = {}
        codes = [np.empty(0, np.uint8)]
        for piece in self._pieces:
            own, distinct = piece.coded()
            found = [places.setdefault(cell, len(places)) for cell in distinct]
            codes.append(np.array(found, np.min_scalar_type(len(places)))[own])
        levels = np.concatenate(codes), np.array([*places], dtype=object)
        if 4 * len(places) <= len(self):  # else it would take too much memory to keep
            self._levels = levels
        return levels

    @cached_property
    def words(self) -> Levels:
        """As ``levels``, of those cells alone that spell no number; for columns where they are few."""
        places: dict[str, int] = {}
        cells = self.take(np.isnan(self.numbers)).texts
        codes = np.array([places.setdefault(cell, len(places)) for cell in cells], np.intp)
        return codes, np.array([*places], dtype=object)

    def take(self, rows: Any) -> "Column":
        """Take the cells in these rows: a slice, row numbers or a mask."""
        return Column([Chosen(self, rows)], self._decimal)


class Piece(ABC):
    """Some consecutive cells of a column."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def cells(self) -> list[str]:
        """Return the cells as written."""

    def numbers(self, decimal: str) -> NDArray[np.float64]:
        """Return the numbers that the cells spell; NaN where one spells none."""
        return parse_cells(self.cells(), decimal)

    def coded(self) -> tuple[NDArray[np.integer], list[str]]:
        """Return the index of each cell's text, and the distinct texts."""
        cells = self.cells()
        places = {cell: place for place, cell in enumerate(dict.fromkeys(cells))}
        return np.fromiter(map(places.__getitem__, cells), np.intp, len(cells)), [*places]


class Packed(Piece):
    """Cells that are mostly different, in one string of bytes: a quarter of the memory of separate texts."""

    def __init__(self, length: int, packed: bytes):
        self._length = length
        self._packed = packed

    @classmethod
    def joined(cls, pieces: Sequence["Packed"]) -> "Packed":
        """Join the cells of several pieces."""
        return cls(sum(map(len, pieces)), BREAK.join(piece._packed for piece in pieces))

    def __len__(self) -> int:
        return self._length

    def cells(self) -> list[str]:
        return self._packed.decode().split(BREAK.decode())

    def numbers(self, decimal: str) -> NDArray[np.float64]:
        if self._length < WORTH:
            return parse_cells(self.cells(), decimal)
        return parse_packed(self._packed, decimal)


class Coded(Piece):
    """Cells of which many are the same: the distinct ones, and for each cell which of them it is."""

    def __init__(self, cells: Sequence[str], distinct: Iterable[str]):
        places = {cell: place for place, cell in enumerate(distinct)}
        self._distinct = [*places]
        self._codes = np.fromiter(map(places.__getitem__, cells), np.min_scalar_type(len(places)), len(cells))

    def __len__(self) -> int:
        return len(self._codes)

    def cells(self) -> list[str]:
        return [self._distinct[code] for code in self._codes.tolist()]

    def numbers(self, decimal: str) -> NDArray[np.float64]:
        return parse_cells(self._distinct, decimal)[self._codes]

    def coded(self) -> tuple[NDArray[np.integer], list[str]]:
        return self._codes, self._distinct


class Values(Piece):
    """Values of a table in memory, as Python or NumPy has them."""

    def __init__(self, values: Sequence[Any] | NDArray[Any]):
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    def cells(self) -> list[str]:
        values = self._values.tolist() if isinstance(self._values, np.ndarray) else self._values
        return [value_as_cell(value) for value in values]

    def numbers(self, decimal: str) -> NDArray[np.float64]:
        if isinstance(self._values, np.ndarray):
            return self._values.astype(np.float64)
        return values_as_numbers(self._values)


class Chosen(Piece):
    """Some rows of another column."""

    def __init__(self, column: Column, rows: Any):
        self._column = column
        self._rows = np.arange(len(column))[rows]

    def __len__(self) -> int:
        return len(self._rows)

    def cells(self) -> list[str]:
        return self._column.texts[self._rows].tolist() if len(self) else []

    def numbers(self, decimal: str) -> NDArray[np.float64]:
        return self._column.numbers[self._rows]

    def coded(self) -> tuple[NDArray[np.integer], list[str]]:
        codes, texts = self._column.levels()
        kept, codes = np.unique(codes[self._rows], return_inverse=True)
        return codes, texts[kept].tolist()


def piece_of(cells: Sequence[str]) -> Piece:
    """Keep cells in the form that takes less memory."""
    if 2 * len(set(cells[:SOME])) <= len(cells[:SOME]):
        distinct = dict.fromkeys(cells)
        if 4 * len(distinct) <= len(cells):
            return Coded(cells, distinct)
    return Packed(len(cells), BREAK.decode().join(cells).encode())


def merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join neighbours that are packed."""
    packed: list[Packed] = []
    for piece in pieces:
        if packed and (not isinstance(piece, Packed) or sum(map(len, packed)) > MERGED):
            yield Packed.joined(packed)
            packed = []
        if isinstance(piece, Packed):
            packed.append(piece)
        else:
            yield piece
    if packed:
        yield Packed.joined(packed)
