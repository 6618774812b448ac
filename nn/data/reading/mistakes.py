"""What is wrong with a table: every mistake with its place, and what to write instead."""

from collections.abc import Iterable
from dataclasses import dataclass

MAX_MISTAKES = 20
"""The maximum number of mistakes listed of a table."""


@dataclass(frozen=True)
class Mistake:
    """One mistake: where it is, and a text that says what to write.

    line: the line of the file, counted from 1; None where it is of the whole
    column: the name of the column; None where it is of no single one
    key: the option under ``data`` that would mend it, such as ``columns.sex``
    """

    line: int | None
    column: str | None
    key: str | None
    text: str


class TableError(ValueError):
    """A table that cannot be read as it stands; its text has a line ``name:line: …`` for each mistake.

    >>> print(TableError("my.csv", [Mistake(3, "age", None, "expected a number, got 'old'")]))
    my.csv:3: column 'age': expected a number, got 'old'
    """

    def __init__(self, name: str, mistakes: Iterable[Mistake]):
        self.name = name
        self.mistakes = list(mistakes)
        super().__init__("\n".join(self._line(mistake) for mistake in self.mistakes))

    def __reduce__(self) -> tuple[type["TableError"], tuple[str, list[Mistake]]]:
        return type(self), (self.name, self.mistakes)

    def _line(self, mistake: Mistake) -> str:
        place = self.name if mistake.line is None else f"{self.name}:{mistake.line}"
        column = "" if mistake.column is None else f"column {mistake.column!r}: "
        return f"{place}: {column}{mistake.text}"


def one_mistake(name: str, text: str, line: int | None = None, key: str | None = None) -> TableError:
    """Make the error for a single mistake of no single column."""
    return TableError(name, [Mistake(line, None, key, text)])
