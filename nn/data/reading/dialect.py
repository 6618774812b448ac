"""The dialect of a table: its delimiter, quotes, decimal mark, encoding, header and comments."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nn.data.reading.text import MAX_LINE_LENGTH

BLANKS = " "
"""The delimiter that stands for runs of blanks and tabs."""
DELIMITERS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", BLANKS: "blanks"}
"""Those that are inferred, in this order: what is written with decimal commas has commas too."""


@dataclass(frozen=True)
class Dialect:
    """How a table is written.

    delimiter: between cells; one blank stands for runs of blanks and tabs; None where cells are no text
    decimal: the decimal mark, a point or a comma
    header: whether the first line names the columns
    encoding: of the bytes; None where they are no text
    comment: what comment lines begin with; None where there are none
    quote: what may stand around cells
    """

    delimiter: str | None = ","
    decimal: str = "."
    header: bool = True
    encoding: str | None = "utf-8"
    comment: str | None = None
    quote: str = '"'

    def records(self, lines: Iterable[str], *, strict: bool = False) -> Iterator[list[str]]:
        """Split lines into records; raises csv.Error where ``strict`` and quotes are not well-formed."""
        # The limit is one for the whole process: never lowered, so that threads do not hinder each other.
        csv.field_size_limit(max(csv.field_size_limit(), 2 * MAX_LINE_LENGTH))
        if self.delimiter == BLANKS:
            lines = map(self._trimmed, lines)
        return csv.reader(
            lines, delimiter=self.delimiter or ",", quotechar=self.quote, skipinitialspace=True, strict=strict
        )

    def _trimmed(self, line: str) -> str:
        """Replace tabs by blanks, and drop those at the end, where an empty cell would follow."""
        if self.quote not in line:
            line = line.replace("\t", BLANKS)
        return line.rstrip() + "\n"


@dataclass(frozen=True)
class DialectOptions:
    """What is known of a dialect beforehand; None is to be inferred.

    Raises ValueError for what cannot be so.
    """

    header: bool | None = None
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    comment: str | None = None

    def __post_init__(self) -> None:
        mark = {"tab": "\t", r"\t": "\t", "blanks": BLANKS}.get(self.delimiter or ",", self.delimiter or ",")
        if len(mark) != 1 or mark.isalnum() or mark in "\r\n\"'.+-_":
            raise ValueError(f"expected a delimiter such as ';', 'tab' or 'blanks', got {self.delimiter!r}")
        object.__setattr__(self, "delimiter", self.delimiter and mark)
        if self.decimal not in (None, ".", ","):
            raise ValueError(f"expected '.' or ',' as the decimal mark, got {self.decimal!r}")
        try:
            "".encode(self.encoding or "utf-8")
        except LookupError as error:
            text = f"expected an encoding such as 'utf-8' or 'cp1252', got {self.encoding!r}"
            raise ValueError(text) from error
        if self.comment is not None and not self.comment.strip():
            raise ValueError(f"expected what comment lines begin with, such as '#', got {self.comment!r}")
