"""The cells of a column, and which of them are missing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nn.data.labels import parse_number
from nn.data.reading.column import Column
from nn.data.reading.mistakes import Mistake
from nn.data.reading.table import Table

CellMask = NDArray[np.bool_]
MissingValues = Sequence[str] | Mapping[str, Sequence[str]] | None
"""The words that mean a missing cell, of all columns or by column; None for the usual ones."""
Codes = NDArray[np.intp]

MISSING = ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NAN", "null", "NULL")
"""The words that mean a missing cell in any column."""
SIGNS = ("?", "-")
"""Among numbers these mean a missing cell. Among words ``?`` does where fewer than ``RARE`` of the cells hold
it, and ``-`` is a level like any other."""
ZERO_PADDED = re.compile(r"[-+]?0[0-9]+", re.ASCII)
ROWS_OF_CODES = 1000
RARE = 1 / 5


@dataclass(frozen=True, eq=False)
class Content:
    """A column's cells: numbers, levels, and which of them are missing.

    missing_values: the words that mean a missing cell; numbers among them are compared by value
    """

    name: str
    column: Column
    lines: Sequence[int] | NDArray[np.int64]
    missing_values: tuple[str, ...] = field(default=MISSING)

    @classmethod
    def of(cls, table: Table, name: str, missing_values: MissingValues = None) -> "Content":
        """Take a column of a table, in which these words mean a missing cell, and empty ones do anyway."""
        if isinstance(missing_values, Mapping):
            missing_values = missing_values.get(name)
        column = table.column(name)
        content = cls(name, column, table.lines)
        words = usual_words(content) if missing_values is None else ("", *missing_values)
        return cls(name, column, table.lines, tuple(dict.fromkeys(words)))

    @property
    def numbers(self) -> NDArray[np.float64]:
        """The cells as numbers, (rows,); NaN where they are none."""
        return self.column.numbers

    @cached_property
    def others(self) -> tuple[Codes, NDArray[np.integer], list[str]]:
        """The rows whose cells are no numbers, the code of each, and the distinct texts."""
        rows = np.flatnonzero(np.isnan(self.numbers))
        if 2 * len(rows) > len(self.numbers):
            codes, texts = self.column.levels()
            return rows, codes[rows], [*texts]
        codes, texts = self.column.words
        return rows, codes, [*texts]

    @cached_property
    def missing(self) -> CellMask:
        """Which cells are missing, (rows,)."""
        spelled = [parse_number(word) for word in self.missing_values]
        values = [value for value in spelled if value is not None and not np.isnan(value)]
        mask = np.isin(self.numbers, values) if values else np.zeros(len(self.numbers), dtype=np.bool_)
        rows, codes, texts = self.others
        if len(rows):
            words = set(self.missing_values)
            mask[rows] = np.array([text in words for text in texts], dtype=np.bool_)[codes]
        return mask

    @cached_property
    def present(self) -> int:
        """How many cells are not missing."""
        return len(self.missing) - int(np.count_nonzero(self.missing))

    @cached_property
    def words(self) -> CellMask:
        """Mask of the cells that are neither missing nor finite numbers, (rows,)."""
        return ~np.isfinite(self.numbers) & ~self.missing

    @cached_property
    def levels(self) -> tuple[Codes, list[str]]:
        """The distinct texts of the cells that are not missing, and the code of each cell; −1 where it is."""
        codes, texts = self.column.levels()
        used = np.zeros(len(texts), dtype=np.bool_)
        used[codes[~self.missing]] = True
        places = np.where(used, np.cumsum(used) - 1, -1)
        return np.where(self.missing, -1, places[codes]), [texts[place] for place in np.flatnonzero(used)]

    @cached_property
    def distinct(self) -> int:
        """How many different values there are; of a column of numbers, different numbers."""
        if self.words.any():
            return len(self.levels[1])
        return len(np.unique(self.numbers[~self.missing]))

    @cached_property
    def zero_padded(self) -> bool:
        """Whether cells are whole numbers with leading zeros, 01123, as codes are and numbers are not.

        The first cells tell, as the text of millions of numbers is not at hand.
        """
        whole = self.numbers[np.isfinite(self.numbers)]
        if not len(whole) or np.any(whole != np.round(whole)):
            return False
        return any(map(ZERO_PADDED.fullmatch, self.texts(np.arange(min(len(self.numbers), ROWS_OF_CODES)))))

    def texts(self, rows: NDArray[np.intp]) -> list[str]:
        """Return the cells in these rows as the file has them."""
        return self.column.take(rows).texts.tolist() if len(rows) else []

    def mistake(self, text: str, row: int | None = None) -> Mistake:
        """Return a mistake of this column, or of its cell in a row."""
        line = None if row is None else int(self.lines[row])
        return Mistake(line, self.name, f"columns.{self.name}", text)


def usual_words(content: Content) -> tuple[str, ...]:
    """Return the words that mean a missing cell in a column by default.

    content: the column with the words that mean it anywhere
    """
    rows, codes, texts = content.others
    counts = dict(zip(texts, np.bincount(codes, minlength=len(texts)).tolist(), strict=True))
    held = {text for text in texts if counts[text]}
    if len(rows) < len(content.numbers) and held <= {*MISSING, *SIGNS}:
        return (*MISSING, *SIGNS)
    doubtful = SIGNS[0]
    return MISSING if counts.get(doubtful, 0) >= RARE * len(content.numbers) else (*MISSING, doubtful)
