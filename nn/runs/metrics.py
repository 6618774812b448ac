"""Writes and reads ``metrics.csv``: one row for every so many epochs of a training run."""

import os
import time
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nn.storage.opening import read_regular as read_file
from nn.storage.writing import NO_LINK

WRITE_EVERY = 0.1  # seconds
NONE = "–"
"""Shown in the place of a missing number."""
MAX_METRICS_BYTES = 1 << 30
APPEND_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | NO_LINK


class MetricsWriter:
    """Appends rows to a CSV file, whole lines at a time, at most every 0.1 s and when it closes.

    The first row gives the columns of a new file; an existing file keeps its own, without the incomplete line
    that a crash may have left. If a write fails (a full disk), the file keeps whole lines only and the
    OSError is raised.

    >>> with MetricsWriter(Path("metrics.csv")) as metrics:  # doctest: +SKIP
    ...     metrics.write({"epoch": 1, "loss": 0.25, "val_loss": None})
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = os.fdopen(os.open(path, APPEND_FLAGS, 0o666), "ab", buffering=0)
        content = read_file(path, MAX_METRICS_BYTES)
        self.size = content.rfind(b"\n") + 1
        self.file.truncate(self.size)
        self.names = content[: content.find(b"\n")].decode().split(",") if self.size else []
        self.waiting = bytearray()
        self.next_write = time.monotonic()

    def write(self, row: Mapping[str, float | None]) -> None:
        """Add a row; a column that is missing or None stays empty. Raises ValueError for a new column."""
        self.extend({name: [value] for name, value in row.items()})

    def extend(self, columns: Mapping[str, Sequence[float | None]]) -> None:
        """Add as many rows as columns are long, as ``write`` does."""
        if self.file.closed:
            raise ValueError(f"{self.path}: the metrics are closed")
        if not self.names:
            self.names = list(columns)
            self.waiting += csv_line(self.names)
        if not columns.keys() <= set(self.names):
            got = ", ".join(columns)
            raise ValueError(f"{self.path}: expected columns {', '.join(self.names)}, got {got}")
        nothing = [None] * len(next(iter(columns.values())))
        cells = (map(number_cell, columns.get(name, nothing)) for name in self.names)
        self.waiting += b"".join(map(csv_line, zip(*cells, strict=True)))
        if time.monotonic() >= self.next_write:
            self.flush()

    def flush(self) -> None:
        """Append the buffered lines; after an error or an interrupt the file still ends with a whole line."""
        data, written = bytes(self.waiting), 0
        try:
            while written < len(data):  # a full disk takes a part of the bytes before it raises
                written += self.file.write(data[written:])
        finally:
            whole = data.rfind(b"\n", 0, written) + 1
            self.size += whole
            if whole < len(data):
                self.file.truncate(self.size)
            del self.waiting[:whole]
            self.next_write = time.monotonic() + WRITE_EVERY

    def sync(self) -> None:
        """Write the buffered lines and sync them to disk."""
        self.flush()
        os.fsync(self.file.fileno())

    def close(self) -> None:
        """Write the buffered lines, sync and close the file; a second call does nothing."""
        if not self.file.closed:
            try:
                self.sync()
            finally:
                self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def cut_back(path: Path, epoch: int) -> None:
    """Remove all rows after that of an epoch; for epoch 0, all rows.

    Raises ValueError if there is no such row; then nothing is changed.
    """
    with path.open("r+b") as file:
        content = file.read() if epoch else b""
        end, last = content.rfind(b"\n") + 1, 0
        while end:
            start = content.rfind(b"\n", 0, end - 1) + 1
            first = content[start:end].split(b",")[0]
            last = int(first) if first.isdigit() else 0
            if last <= epoch:
                break
            end = start
        if last != epoch:
            raise ValueError(f"{path}: expected a row of epoch {epoch}, which the checkpoint is of, got none")
        file.truncate(end)


def csv_line(cells: Iterable[str]) -> bytes:
    """Format cells as one line of the file."""
    return (",".join(cells) + "\n").encode()


def number_cell(value: float | None) -> str:
    """Format a number in the fewest digits that read back exactly; None is an empty cell."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, int) else repr(float(value))


def read_metrics(path: Path, only: Container[str] | None = None) -> dict[str, NDArray[np.float64]]:
    """Read the columns by name (or ``only`` these, which is faster), each ``(rows,)``; empty cells are NaN.

    An incomplete last line, as a crash leaves it, is ignored; a file with nothing else has no columns. Raises
    ValueError with the line for any other damage.
    """
    content = read_file(path, MAX_METRICS_BYTES)
    content = content[: content.rfind(b"\n") + 1]
    header, _, body = content.partition(b"\n")
    names = header.decode(errors="replace").rstrip("\r").split(",") if header else []
    if len(set(names)) < len(names) or "" in names:
        raise ValueError(f"{path}:1: expected one name for each column, got {','.join(names)!r}")
    chosen = [number for number, name in enumerate(names) if only is None or name in only]
    table = read_quickly(path, body, len(names), chosen)
    if table is None:
        lines = body.decode(errors="replace").split("\n")[:-1]
        rows = [parse_row(text, names, f"{path}:{number + 2}") for number, text in enumerate(lines)]
        table = np.array(rows).reshape(len(lines), len(names))[:, chosen]
    return dict(zip([names[number] for number in chosen], table.T.copy(), strict=True))


def read_quickly(path: Path, body: bytes, width: int, chosen: list[int]) -> NDArray[np.float64] | None:
    """Read columns ``(rows, chosen)`` with a parser in C; None if it cannot read every line."""
    rows = body.count(b"\n")
    if not rows or body.count(b",") != rows * (width - 1):
        return None
    # Every row has the last column and no cell after it, so every row is as long as the header.
    columns = [*chosen, width - 1]
    try:
        table = np.loadtxt(
            path, delimiter=",", comments=None, skiprows=1, max_rows=rows, usecols=columns, ndmin=2
        )
    except ValueError:
        return None
    return table[:, :-1] if len(table) == rows else None


def parse_row(text: str, names: list[str], place: str) -> list[float]:
    """Parse the numbers in one line of the file. Raises ValueError with the place."""
    cells = text.rstrip("\r").split(",")
    if len(cells) != len(names):
        raise ValueError(f"{place}: expected {len(names)} cells, got {len(cells)}")
    values = []
    for name, content in zip(names, cells, strict=True):
        try:
            values.append(float(content or "nan"))
        except ValueError:
            raise ValueError(f"{place}: {name} must be a number, got {content!r}") from None
    return values


def duration(seconds: float) -> str:
    """Format a duration: ``0.31 s``, ``12 s``, ``3:05``, ``2:10:00``."""
    if seconds < 59.5:
        return f"{seconds:.2g} s" if seconds < 9.5 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def metric_text(name: str, value: float | None) -> str:
    """Format a metric: ``98.0 %``, ``0.01235``; a dash for None."""
    if value is None:
        return NONE
    return f"{100 * value:.1f} %" if name.endswith("accuracy") else f"{value:.4g}"
