"""Reads a table whatever its format and encoding."""

from collections.abc import Callable
from dataclasses import replace

from nn.data.reading.binary import binary_reader
from nn.data.reading.dialect import DialectOptions
from nn.data.reading.formats import read_text
from nn.data.reading.mistakes import TableError, one_mistake
from nn.data.reading.progress import ReadingProgress, follower
from nn.data.reading.table import Table
from nn.data.reading.text import (
    TableSource,
    TextBlocks,
    marked_encoding,
    open_source,
    read_bytes,
    unpacked,
)

HEAD = 32
"""The number of bytes from which a format is inferred."""
WINDOWS = "cp1252"
"""The encoding of Western text that is not in UTF-8: Latin-1 with letters where it has control characters."""


def read_table(
    source: TableSource,
    *,
    header: bool | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    encoding: str | None = None,
    comment: str | None = None,
    progress: ReadingProgress | None = None,
) -> Table:
    r"""Read a table from a file, open text or bytes; what is not given is inferred, and said in its notes.

    header: whether the first line names the columns; without it they are 1, 2, …
    delimiter: ``,`` ``;`` ``|``, ``tab``, ``blanks`` (runs of blanks and tabs), or another character
    decimal: the decimal mark, ``.`` or ``,``
    encoding: of the text, such as ``latin-1``
    comment: what comment lines begin with
    progress: is called with how many bytes of how many have been read; else what ``follow_reading`` says

    Reads delimited text, ARFF, FANN's training data, JSON lines, each also as a gzip file; Excel and
    Parquet with pandas. Raises TableError with all mistakes at once; OSError where a file cannot be read.

    >>> table = read_table(b"size;price\n1,5;20\n2,5;30\n")
    >>> table.column("size").numbers.tolist(), table.notes
    ([1.5, 2.5], ('Read cells as separated by semicolons and numbers with decimal commas.',))
    """
    progress = progress or follower.get()
    options = DialectOptions(header, delimiter, decimal, encoding, comment)
    name, file = open_source(source)
    with file:
        head = read_bytes(name, unpacked(file), HEAD)
        reader = binary_reader(name, unpacked(file), head)
        if reader is not None:
            return reader(name, unpacked(file), options)

        def read(encoding: str) -> Table:
            return read_text(name, TextBlocks(name, file, encoding, progress), encoding, options)

        return _decoded(name, read, encoding or marked_encoding(head), options)


def _decoded(name: str, read: Callable[[str], Table], encoding: str | None, options: DialectOptions) -> Table:
    """Read in this encoding; without one in UTF-8, or in that of Windows where it is not UTF-8."""
    try:
        table = read(encoding or "utf-8")
    except UnicodeError as error:
        if encoding is not None:
            raise _not_in(name, encoding, error) from error
        try:
            table = read(WINDOWS)
        except UnicodeError as other:
            raise _not_in(name, f"utf-8 or {WINDOWS}", other) from other
        note = f"Read in the encoding {WINDOWS}, as the text is not UTF-8."
        return replace(table, notes=(note, *table.notes))
    if table.dialect.encoding != "utf-8" and options.encoding is None:
        table = replace(table, notes=(f"Read in the encoding {encoding}.", *table.notes))
    return table


def _not_in(name: str, encoding: str, error: UnicodeError) -> TableError:
    got = f", got the byte 0x{error.object[error.start]:02x}" if isinstance(error, UnicodeDecodeError) else ""
    return one_mistake(name, f"expected text in {encoding}{got}", key="encoding")
