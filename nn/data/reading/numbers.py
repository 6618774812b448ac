"""The numbers that cells spell, with decimal point or comma and with separators of thousands."""

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.data.labels import parse_number
from nn.data.reading.decimals import parse_decimals

GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)
"""A number with separators of thousands, such as 1,234.5."""
NAMED = {"inf": math.inf, "infinity": math.inf}
"""Numbers that begin with a letter."""
SWAP = str.maketrans(",.", ".,")
SWAP_BYTES = bytes.maketrans(b",.", b".,")


def parse_cell(cell: str, decimal: str = ".") -> float:
    """Parse the number that a cell spells, correctly rounded; NaN where it spells none.

    >>> parse_cell("1,234.5"), parse_cell("39,1", decimal=","), parse_cell("1.234,5", decimal=",")
    (1234.5, 39.1, 1234.5)
    """
    if cell[:1].isalpha():
        return NAMED.get(cell.lower(), math.nan)
    if decimal == ",":
        cell = cell.translate(SWAP)
    if "," in cell and GROUPED.fullmatch(cell):
        cell = cell.replace(",", "")
    found = parse_number(cell)
    return math.nan if found is None else found


def parse_cells(cells: Sequence[str], decimal: str = ".") -> NDArray[np.float64]:
    """Parse the numbers that cells spell, (cells,)."""
    if decimal == "." and "_" not in "".join(cells):  # Python reads 1_000 too
        try:
            return np.fromiter(map(float, cells), np.float64, len(cells))
        except ValueError:
            pass
    return np.fromiter((parse_cell(cell, decimal) for cell in cells), np.float64, len(cells))


def parse_packed(packed: bytes, decimal: str = ".") -> NDArray[np.float64]:
    """Parse the numbers of cells in UTF-8 with ``BREAK`` between them, (cells,)."""
    numbers, rest = parse_decimals(packed.translate(SWAP_BYTES) if decimal == "," else packed)
    if rest:
        numbers[[*rest]] = parse_cells([*rest.values()])
    return numbers


def value_as_cell(value: Any) -> str:
    """Write a value of a table in memory as a cell; empty where it is missing: None, NaN, NaT, NA."""
    return "" if is_missing(value) else str(value).strip()


def values_as_numbers(values: Sequence[Any]) -> NDArray[np.float64]:
    """Return the numbers among values, (values,), and those that texts spell; truth values are none."""
    return np.fromiter(map(_value_number, values), np.float64, len(values))


def is_missing(value: Any) -> bool:
    """Whether a value means a missing one: it is None, or does not equal itself, as NaN."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # NA of pandas
        return True


def _value_number(value: Any) -> float:
    if isinstance(value, str):
        return parse_cell(value.strip())
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real | Decimal):
        return math.nan
    try:
        return float(value)
    except OverflowError:  # a whole number of 400 digits
        return float(str(value))
