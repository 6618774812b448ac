"""Reads what scikit-learn's users hand in, arrays and DataFrames, as a table whose columns have a meaning."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import ValidationError
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from nn.config.data_file import COLUMN_KIND_CHOICES
from nn.data.columns.inference import infer
from nn.data.columns.kinds import Boolean, Category, ColumnKind, Number
from nn.data.columns.preprocessing import Preprocessing
from nn.data.frames import column_names
from nn.data.reading.mistakes import TableError
from nn.data.reading.table import Table
from nn.model_file import numbered_columns

KINDS_OF_DTYPES = {"i": Number, "u": Number, "f": Number, "b": Boolean}
"""What a column of a NumPy type is, by the letter of the type; of others the cells tell."""
LEVEL_TYPES = ("categor", "enum")
"""How the types of columns begin that hold levels, in pandas and Polars."""


def named_table(estimator: BaseEstimator, X: Any, *, reset: bool) -> Table:
    """Return the columns of an array or DataFrame under the names that the estimator knows them by.

    These are its ``feature_names_in_``, else x1, x2, …, by place. With ``reset`` that and
    ``n_features_in_`` are set, else X is held against them. An array holds numbers, NaN where one is missing.
    """
    columns = frame_columns(X)
    if columns is None:
        X = validate_data(estimator, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan")
        columns = [*X.T]
    else:
        validate_data(estimator, X, reset=reset, skip_check_array=True)
        if not len(X):
            raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required.")
    names = getattr(estimator, "feature_names_in_", numbered_columns("x", len(columns)))
    return Table.of(dict(zip(names, columns, strict=True)), "X")


def frame_columns(X: Any) -> list[Any] | None:
    """Return the columns of a DataFrame; None for an array, and for what scikit-learn takes for one."""
    labels = None if isinstance(X, Mapping | np.ndarray) else column_names(X)
    if labels is None:
        return None
    twice = [label for label in labels if labels.count(label) > 1]
    if twice:
        raise ValueError(f"column {twice[0]!r} is there twice")
    return [X[label] for label in labels]


def dtype_kinds(X: Any, names: Sequence[str]) -> dict[str, ColumnKind]:
    """Return the kinds of columns that their types tell; of an array all are numbers."""
    columns = frame_columns(X)
    if columns is None:
        return {name: Number() for name in names}
    found: dict[str, ColumnKind] = {}
    for name, column in zip(names, columns, strict=True):
        # pandas tells the kind of its own types of numbers too; Polars has to make an array.
        letter = getattr(column.dtype, "kind", None) or np.asarray(column[:0]).dtype.kind
        if str(column.dtype).lower().startswith(LEVEL_TYPES):
            found[name] = Category()
        elif letter in KINDS_OF_DTYPES:
            found[name] = KINDS_OF_DTYPES[letter]()
    return found


def given_kinds(columns: Mapping[str, Any] | None) -> dict[str, ColumnKind]:
    """Return kinds from words, mappings of options, or as they are; ValueError, naming the column."""
    return {name: given_kind(name, kind) for name, kind in (columns or {}).items()}


def given_kind(name: str, kind: Any) -> ColumnKind:
    """Return a kind from a word or a mapping of options, or as it is."""
    if isinstance(kind, ColumnKind):
        return kind
    try:
        made: ColumnKind = COLUMN_KIND_CHOICES(kind).make()
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"columns[{name!r}].{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except ValueError as error:
        raise ValueError(f"columns[{name!r}]: {error}") from None
    return made


def fitted_preprocessing(table: Table, kinds: Mapping[str, ColumnKind], weights: Any) -> Preprocessing:
    """Fit the preprocessing of a table, infer the kinds that are not given; warns of columns left out."""
    inferred = infer(table, [*table.columns], kinds)
    if inferred.mistakes:
        raise TableError(table.name, inferred.mistakes)
    for name, reason in inferred.left_out.items():
        message = f"left out column {name!r}, as it {reason}; columns={{{name!r}: 'category'}} takes it"
        warnings.warn(message, UserWarning, stacklevel=4)
    return Preprocessing.fit(table, inferred.kinds, inferred.missing_values, sample_weight=weights)
