"""The tables that the benchmark reads: the same bytes at each time.

``python table_files.py numbers|mixed FILE ROWS``
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

COLUMNS = 50
LEVELS = (2, 3, 5, 8, 12, 20) * 2
"""How many levels each category of the mixed table has."""
NUMBERS, GAPPY = 30, 6
"""Columns of the mixed table with all of their numbers, and with a twentieth of them missing."""
CHUNK = 1000


def make_numbers(path: Path, rows: int) -> None:
    """Write a table of numbers as Python writes them, with all their digits."""
    rng = np.random.default_rng(0)
    names = [*(f"x{place}" for place in range(1, COLUMNS)), "y"]
    write(path, names, (row for _ in range(0, rows, CHUNK) for row in rng.normal(size=(CHUNK, COLUMNS))))


def make_mixed(path: Path, rows: int) -> None:
    """Write a table of numbers of four decimals, categories, gaps, dates, and a number to predict."""
    names = [f"number {place}" for place in range(NUMBERS)]
    names += [f"category {place}" for place in range(len(LEVELS))]
    names += [f"gaps {place}" for place in range(GAPPY)]
    write(path, [*names, "when", "y"], mixed_rows(rows))


def mixed_rows(rows: int) -> Iterator[list[Any]]:
    """The rows of the mixed table."""
    rng = np.random.default_rng(0)
    for _ in range(0, rows, CHUNK):
        numbers = rng.normal(size=(CHUNK, NUMBERS + GAPPY)).round(4)
        levels = rng.integers(0, LEVELS, (CHUNK, len(LEVELS)))
        missing = rng.random((CHUNK, GAPPY)) < 0.05
        days = np.datetime64("2015-01-01") + rng.integers(0, 3650, CHUNK)
        for row in range(CHUNK):
            some = numbers[row, NUMBERS:].tolist()
            yield [
                *numbers[row, :NUMBERS].tolist(),
                *(f"level {level}" for level in levels[row]),
                *("" if gap else number for gap, number in zip(missing[row], some, strict=True)),
                days[row],
                numbers[row, 0] + 0.1 * levels[row, 0],
            ]


def write(path: Path, names: list[str], rows: Any) -> None:
    """Write a header and rows as CSV."""
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join(names) + "\n")
        for row in rows:
            file.write(",".join(map(str, row)) + "\n")


if __name__ == "__main__":
    {"numbers": make_numbers, "mixed": make_mixed}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
