"""Tables in binary formats: Excel and Parquet, read by pandas; others are known by their first bytes."""

import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import IO, Any

from nn.data.reading.column import Column, Values
from nn.data.reading.dialect import Dialect, DialectOptions
from nn.data.reading.inference import LOOKED_AT, data_in_header, looks_like_data
from nn.data.reading.mistakes import Mistake, TableError, one_mistake
from nn.data.reading.numbers import value_as_cell
from nn.data.reading.table import ROW_NAMES, Table, name_mistakes, one_line
from nn.data.reading.text import MAX_TABLE_BYTES

MAX_CELLS = 1 << 27
"""A table of more cells would not fit into memory."""
BinaryReader = Callable[[str, IO[bytes], DialectOptions], Table]
NOT_TABLES = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save it as .xlsx or CSV",
    b"%PDF": "a PDF document; save its table as CSV",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"\x93NUMPY": "a NumPy array; save arrays as .npz, or as CSV with names",
    b"\x89HDF": "an HDF5 file; save its table as CSV",
    b"SQLite format 3": "a SQLite database; save its table as CSV",
    b"ARROW1": "an Arrow file; save it as Parquet or CSV",
    b"BZh": "a bzip2 file; unpack it first",
    b"\xfd7zXZ": "an xz file; unpack it first",
    b"\x28\xb5\x2f\xfd": "a zstd file; unpack it first",
    b"7z\xbc\xaf": "a 7z archive; unpack it first",
    b"<!DOCTYPE": "a web page (HTML); save its table as CSV",
    b"<!doctype": "a web page (HTML); save its table as CSV",
    b"<html": "a web page (HTML); save its table as CSV",
    b"<?xml": "an XML document; save its table as CSV",
}


def binary_reader(name: str, file: IO[bytes], head: bytes) -> BinaryReader | None:
    """Choose the reader by the first bytes; None for text. Raises TableError for what holds no table."""
    if head.startswith(b"PAR1"):
        return read_parquet
    if head.startswith(b"PK\x03\x04"):
        members = _archived_names(name, file)
        if "xl/workbook.xml" in members:
            return read_excel
        office = "content.xml" in members
        kind = "an OpenDocument file; save it as .xlsx or CSV" if office else "a zip archive; unpack it first"
        raise one_mistake(name, f"expected a table, got {kind}")
    for start, kind in NOT_TABLES.items():
        if head.startswith(start):
            raise one_mistake(name, f"expected a table, got {kind}")
    return None


def _archived_names(name: str, file: IO[bytes]) -> list[str]:
    """Return the file names in a zip archive; refuse one that is damaged or unpacks to too much."""
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise one_mistake(name, f"this file is damaged: {error}") from error
    if sum(info.file_size for info in infos) > MAX_TABLE_BYTES:
        raise one_mistake(name, f"expected at most {MAX_TABLE_BYTES:,} bytes, unpacked")
    return [info.filename for info in infos]


def read_excel(name: str, file: IO[bytes], options: DialectOptions) -> Table:
    """Read the first sheet of an Excel workbook, with the names of the columns in its first row.

    Raises TableError as a text does, and where pandas or openpyxl is not installed.
    """

    def read() -> tuple[Any, list[str]]:
        import pandas  # type: ignore[import-untyped]

        with pandas.ExcelFile(file, engine="openpyxl") as book:
            sheets = [str(sheet) for sheet in book.sheet_names]
            return book.parse(sheets[0], header=None, dtype=object, na_filter=False), sheets

    frame, sheets = _by_pandas(name, "an Excel workbook", read)
    columns = [frame[place].tolist() for place in frame]
    first = zip(*(cells[:LOOKED_AT] for cells in columns), strict=True)
    records = [[*map(value_as_cell, row)] for row in first]
    if not records:
        raise one_mistake(name, "expected a header row and rows, got an empty sheet")
    if options.header is None and looks_like_data(records, "."):
        raise TableError(name, [data_in_header(records[0], 1)])
    header = options.header is not False
    names = [*map(one_line, records[0])] if header else [str(place + 1) for place in range(len(columns))]
    row_names = len(names) > 1 and not names[0]
    mistakes = name_mistakes(names[row_names:], 1)
    if len(frame) == header:
        mistakes.append(Mistake(None, None, None, "expected rows below the header, got none"))
    if mistakes:
        raise TableError(name, mistakes)
    kept = {
        column: Column([Values(cells[header:])])
        for column, cells in [*zip(names, columns, strict=True)][row_names:]
    }
    notes = [
        f"Read the sheet {sheets[0]!r} of an Excel workbook, the first of {len(sheets)}."
        if len(sheets) > 1
        else "Read as an Excel workbook."
    ]
    notes += [ROW_NAMES] if row_names else []
    dialect = Dialect(delimiter=None, encoding=None, header=header)
    return Table(name, kept, range(1 + header, 1 + len(frame)), tuple(notes), dialect)


def read_parquet(name: str, file: IO[bytes], options: DialectOptions) -> Table:
    """Read a Parquet file. Raises TableError where it is damaged, or pandas or pyarrow is missing."""

    def read() -> Any:
        import pandas
        from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped]

        metadata = ParquetFile(file).metadata
        if metadata.num_rows * metadata.num_columns > MAX_CELLS:
            raise ValueError(f"expected at most {MAX_CELLS:,} cells")
        file.seek(0)
        return pandas.read_parquet(file, engine="pyarrow", dtype_backend="numpy_nullable")

    table = Table.of(_by_pandas(name, "a Parquet file", read), name)
    if not len(table):
        raise one_mistake(name, "expected rows, got none")
    return replace(table, notes=("Read as Parquet.",))


def _by_pandas(name: str, kind: str, read: Callable[[], Any]) -> Any:
    """Let pandas read. Raises TableError where it is not installed, or cannot."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of a workbook that are no cells
            return read()
    except ImportError as error:
        text = f'this is {kind}: save it as CSV, or run: pip install "tiny-nn-trainer[tables]"'
        raise one_mistake(name, text) from error
    except Exception as error:  # a damaged file raises whatever was met first
        raise one_mistake(name, f"cannot be read as {kind}: {error}") from error
