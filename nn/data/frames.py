"""Finds columns by name in tables in memory: a DataFrame, a mapping of columns, a structured array."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nn.arrays import Floats
from nn.validation import suggest


def raw_inputs(x: Any, columns: Sequence[str]) -> Floats:
    """Return these columns as an array of finite numbers, ``(*stack, samples, inputs)``.

    In a table with names (pandas, Polars, Arrow, a mapping of columns, a structured array) they are found
    by name, and other columns are ignored; in anything else that NumPy reads as an array they stand in
    this order. Raises ValueError, naming row (counted from 0) and column, for a column that is missing
    and for a value that is missing or not a finite number.
    """
    names = column_names(x)
    if names is None:
        array = as_floats(x, "inputs")
        if array.ndim < 2 or array.shape[-1] != len(columns):
            raise ValueError(f"expected inputs of shape (samples, {len(columns)}), got {array.shape}")
    else:
        array = columns_by_name(x, names, columns)
    odd = np.argwhere(~np.isfinite(array))
    if len(odd):
        *_, row, column = place = tuple(odd[0].tolist())
        got = array[place]
        raise ValueError(f"row {row}, column {columns[column]!r}: expected a finite number, got {got:g}")
    return array


def column_names(x: Any) -> list[Any] | None:
    """Return the names of a table's columns; None if it has none."""
    if isinstance(x, Mapping):
        return [*x]
    if isinstance(x, np.ndarray):
        return None if x.dtype.names is None else [*x.dtype.names]
    names = getattr(x, "column_names", None)  # Arrow: its ``columns`` are the columns themselves
    names = getattr(x, "columns", None) if names is None else names
    return None if names is None or not hasattr(x, "__getitem__") else [*names]


def columns_by_name(x: Any, names: Sequence[Any], columns: Sequence[str]) -> Floats:
    """Return these columns of a table side by side; names are compared as those of files are."""
    known: dict[str, list[Any]] = {}
    for name in names:
        known.setdefault(" ".join(str(name).split()), []).append(name)
    found = []
    for column in columns:
        if column not in known:
            raise ValueError(f"there is no input column {column!r}; {suggest(column, known)}")
        if len(known[column]) > 1:
            raise ValueError(f"column {column!r} is there twice")
        found.append(as_floats(x[known[column][0]], f"column {column!r}"))
        if found[-1].ndim != 1 or len(found[-1]) != len(found[0]):
            expected = "one number a row" if found[-1].ndim != 1 else f"{len(found[0])} rows"
            raise ValueError(f"column {column!r}: expected {expected}, got the shape {found[-1].shape}")
    return np.stack(found, axis=-1)


def as_floats(values: Any, name: str) -> Floats:
    """Return values as floats; masked and missing ones become NaN."""
    if isinstance(values, np.ma.MaskedArray):
        values = np.where(np.ma.getmaskarray(values), np.nan, values.data)
    try:
        found = np.asarray(values).dtype
        if found.kind in "biufUO":  # dates and complex numbers would be converted too
            return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: expected numbers: {error}") from None
    raise ValueError(f"{name}: expected numbers, got the type {found}")
