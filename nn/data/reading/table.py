"""A table: named columns of cells, the line on which each row begins, and what reading inferred."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.data.frames import column_names
from nn.data.reading.column import Column, Values
from nn.data.reading.dialect import Dialect
from nn.data.reading.mistakes import MAX_MISTAKES, Mistake, TableError, one_mistake
from nn.validation import suggest

RowLines = Sequence[int] | NDArray[np.int64]
EMPTY_COLUMNS = "Left out {}, without a name or a cell that holds anything."
"""The note where that is done."""
ROW_NAMES = "Left out the first column, which has no name: it holds row names."
"""The note where that is done."""


NOT_TEXT = Dialect(delimiter=None, encoding=None)


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of cells as a file has them, in its order.

    name: of the file, for messages
    columns: by their names
    lines: the line on which each row begins
    notes: what reading inferred, a sentence each
    dialect: the same explicitly

    >>> table = Table.of({"age": [22, None], "sex": ["male", "female"]})
    >>> table.column("age").texts.tolist(), len(table)
    (['22', ''], 2)
    """

    name: str
    columns: Mapping[str, Column]
    lines: RowLines
    notes: tuple[str, ...] = ()
    dialect: Dialect = field(default_factory=Dialect)

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> Column:
        """Find a column by its name; ValueError with the nearest name for one that is not there."""
        if name not in self.columns:
            raise one_mistake(self.name, f"there is no column {name!r}; {suggest(name, self.columns)}")
        return self.columns[name]

    def take(self, rows: Any) -> "Table":
        """Take the same columns in these rows: a slice, row numbers or a mask."""
        columns = {name: column.take(rows) for name, column in self.columns.items()}
        return replace(self, columns=columns, lines=np.asarray(self.lines)[rows])

    @classmethod
    def of(cls, values: Any, name: str = "<table>") -> "Table":
        """Make a table of one in memory: a DataFrame, a mapping of columns, a structured array.

        Numbers keep their exact value; None, NaN and NaT become empty cells; all else is as ``str``
        writes it. RowLines are counted from 1, as lines are. Raises TableError for columns of one name or of
        different lengths.
        """
        names = column_names(values)
        if names is None:
            raise TypeError(
                f"{name}: expected a DataFrame, a mapping or a structured array, got {type(values)}"
            )
        mistakes = name_mistakes([one_line(str(given)) for given in names], None)
        if mistakes:
            raise TableError(name, mistakes)
        columns = {one_line(str(given)): Column([Values(_python_values(values[given]))]) for given in names}
        rows = len(next(iter(columns.values()), ()))
        mistakes = [
            Mistake(None, column, None, f"expected {rows} rows, as the first column has, got {len(cells)}")
            for column, cells in columns.items()
            if len(cells) != rows
        ]
        if mistakes:
            raise TableError(name, mistakes)
        return cls(name, columns, range(1, rows + 1), dialect=NOT_TEXT)


def one_line(name: str) -> str:
    """Return a name in one line, with single blanks."""
    return " ".join(name.split())


def name_mistakes(names: Sequence[str], line: int | None) -> list[Mistake]:
    """Return the mistakes in the names of columns, which are in this line."""
    texts = [f"column {place} has no name: give it one" for place, name in enumerate(names, 1) if not name]
    counts = Counter(filter(None, names))
    times = {name: "twice" if count == 2 else f"{count} times" for name, count in counts.items() if count > 1}
    texts += [f"column {name!r} is there {often}: give each its own name" for name, often in times.items()]
    return [Mistake(line, None, None, text) for text in texts[:MAX_MISTAKES]]


def _python_values(values: Any) -> Sequence[Any] | NDArray[Any]:
    """Return a column's values: an array where all are plain numbers, else a list, None for masked ones."""
    dtype = getattr(values, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind in "iuf" and not isinstance(values, np.ma.MaskedArray):
        return np.asarray(values)
    for method in ("to_pylist", "to_list", "tolist"):  # of Arrow; pandas and Polars; NumPy
        if hasattr(values, method):
            return getattr(values, method)()
    return [*values]
