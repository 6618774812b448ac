"""Preprocessing: fitted on the training share, it makes the inputs of a network of any table's rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Array, Floats
from nn.data.columns.advice import first_few, quoted
from nn.data.columns.content import Content, MissingValues
from nn.data.columns.fitting import (
    ScaleTo,
    expect_columns,
    first_mistakes,
    fitted_encoders,
    row_weights,
    scaling_of_features,
)
from nn.data.columns.inference import infer
from nn.data.columns.kind import Encoder
from nn.data.columns.kinds import COLUMN_KINDS, ColumnKind, encoder_of
from nn.data.columns.values import NumberEncoder
from nn.data.reading.mistakes import Mistake, TableError
from nn.data.reading.table import Table
from nn.data.scaling import Scaling
from nn.display import Markup, html_table, table
from nn.engine.tape import labelled

FEATURES_SHOWN = 6
"""The maximum number of features named of a column."""
HEADER = ("column", "kind", "missing cell", "inputs of the network")


@dataclass(frozen=True, eq=False)
class Encoded:
    """A table as features, before they are scaled."""

    x: Floats
    """(rows, features); NaN in rows that cannot be used."""
    missing: dict[str, int]
    """How many cells are missing, by column; columns without any are not in it."""
    unknown: dict[str, int]
    """How many cells hold a level that training never saw, by column."""
    unusable: dict[int, str]
    """Why a row cannot be used, by its number from 0."""
    mistakes: list[Mistake]
    """An error for each unusable row, except for rows that ``missing: drop_row`` leaves out."""

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Which rows can be used, (rows,)."""
        mask = np.ones(len(self.x), dtype=np.bool_)
        mask[[*self.unusable]] = False
        return mask


@dataclass(frozen=True, eq=False, repr=False)
class Preprocessing:
    """The features of a network from the columns of a table.

    >>> people = {"age": [20.0, None, 40.0], "sex": ["f", "m", "f"]}
    >>> fitted = Preprocessing.fit(people)
    >>> fitted.features
    ('age', 'age is missing', 'sex=f', 'sex=m')
    >>> fitted.transform({"sex": ["m", "x"], "age": [45.0, 30.0]}).round(2)
    array([[1.84, 0.  , 0.  , 1.  ],
           [0.  , 0.  , 0.  , 0.  ]])
    """

    encoders: tuple[Encoder, ...]
    scaling: Scaling | None = None
    """Of all features, 0/1 and the parts of circles as they are; None where nothing is scaled."""

    @classmethod
    def fit(
        cls,
        data: Any,
        kinds: Mapping[str, ColumnKind | str] | None = None,
        missing_values: MissingValues = None,
        scale: ScaleTo = "standard",
        sample_weight: Any = None,
    ) -> "Preprocessing":
        """Fit a preprocessing to a table: imputed values, levels, scales.

        data: a Table, DataFrame or mapping of columns
        kinds: of columns, as objects or words; without it, what the cells tell
        missing_values: the words that mean a missing cell, in all columns or by column
        scale: of numbers and ordinals, to mean 0 and deviation 1 or to a range [low, high]; or None
        sample_weight: (rows,) at least 0, how much each row counts for means, medians, deviations and
            frequencies; a row of weight 0 is as if it were not there

        Rows that a ``drop_row`` leaves out do not count. Raises TableError with all that is not of its kind.
        """
        rows = as_table(data)
        weights = None
        if sample_weight is not None:
            weights = row_weights(sample_weight, len(rows))
            rows, weights = rows.take(np.flatnonzero(weights)), weights[weights > 0]
        if kinds is None:
            inferred = infer(rows, [*rows.columns], missing_values=missing_values)
            if inferred.mistakes:
                raise TableError(rows.name, first_mistakes(inferred.mistakes, len(inferred.mistakes)))
            kinds, missing_values = inferred.kinds, inferred.missing_values
        made = {name: COLUMN_KINDS[kind]() if isinstance(kind, str) else kind for name, kind in kinds.items()}
        encoders = fitted_encoders(rows, made, missing_values, weights)
        encoded = cls(encoders).encode(rows)
        if encoded.mistakes:
            raise TableError(rows.name, first_mistakes(encoded.mistakes, len(encoded.mistakes)))
        x = encoded.x
        if encoded.unusable:
            x, weights = x[encoded.usable], None if weights is None else weights[encoded.usable]
        return cls(encoders, scaling_of_features(encoders, x, scale, weights))

    @classmethod
    def of_numbers(cls, names: Sequence[str], scaling: Scaling | None = None) -> "Preprocessing":
        """Make the preprocessing of a table of numbers without gaps: its features are its columns."""
        return cls(tuple(NumberEncoder(name, [""], False, None, False) for name in names), scaling)

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]], description: Mapping[str, Any]) -> "Preprocessing":
        """Make a preprocessing from the ``arrays`` and ``description`` of another.

        Raises KeyError, TypeError or ValueError where they are no such thing.
        """
        encoders = tuple(map(encoder_of, description["columns"]))
        names = [encoder.column for encoder in encoders]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"expected distinct columns, got {names}")
        found = cls(encoders)
        if not arrays.keys() & {"shift", "scale", "offset"}:
            return found
        shape = (len(found.features),)
        parts = [arrays["shift"], arrays["scale"], arrays.get("offset", np.zeros(shape))]
        for array in parts:
            if array.shape != shape or array.dtype.kind != "f" or not np.isfinite(array).all():
                raise ValueError(f"expected a scaling of {shape[0]} finite numbers, got {array}")
        if not np.all(parts[1] > 0):
            raise ValueError(f"expected scales greater than 0, got {parts[1]}")
        return cls(encoders, Scaling(*parts))

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns that are needed."""
        return tuple(encoder.column for encoder in self.encoders)

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the network's inputs."""
        return tuple(name for encoder in self.encoders for name in encoder.features)

    @property
    def plain(self) -> bool:
        """Whether features are the columns as they are: numbers, of which none may be missing."""
        return all(isinstance(one, NumberEncoder) and one.fill is None for one in self.encoders)

    def encode(self, data: Any) -> Encoded:
        """Encode the rows of a table, a DataFrame or a mapping of columns as features.

        Raises TableError where columns are not there; of single cells, ``unusable`` tells.
        """
        rows = as_table(data)
        expect_columns(rows, self.inputs)
        x = np.zeros((len(rows), len(self.features)))
        missing: dict[str, int] = {}
        unknown: dict[str, int] = {}
        unusable: dict[int, str] = {}
        mistakes: list[Mistake] = []
        start = 0
        for encoder in self.encoders:
            words = tuple(encoder.missing_values)
            content = Content(encoder.column, rows.column(encoder.column), rows.lines, words)
            end = start + len(encoder.features)
            doubts = encoder.encode(content, x[:, start:end])
            start = end
            count_cells(content.missing, encoder.column, missing)
            count_cells(doubts.unknown, encoder.column, unknown)
            refused = np.flatnonzero(doubts.unusable)
            for row, text in zip(refused.tolist(), content.texts(refused), strict=True):
                gap = bool(content.missing[row])
                got = f"expected {encoder.expected}, got {'a missing cell' if gap else quoted(text)}"
                unusable.setdefault(row, f"column {encoder.column!r}: {got}")
                if not (gap and encoder.drops):
                    mistakes.append(content.mistake(got, row))
        x[[*unusable]] = np.nan
        return Encoded(x, missing, unknown, unusable, mistakes)

    def formula(self, raw: Array) -> Array:
        """Compute features, not yet scaled, from raw numbers (see ``Encoder``): (*rows, columns)."""
        if self.plain:
            return raw
        parts = []
        for place, encoder in enumerate(self.encoders):
            with labelled(raw, f"{encoder.column}: {encoder.kind}"):
                parts.append(encoder.formula(raw[..., place]))
        with labelled(raw, "features: all of them side by side"):
            return np.concatenate(parts, axis=-1)

    def raw(self, data: Any) -> Floats:
        """Return the raw numbers of a table's rows, (rows, columns); those of cells without any are NaN."""
        rows = as_table(data)
        expect_columns(rows, self.inputs)
        columns = []
        for encoder in self.encoders:
            words = tuple(encoder.missing_values)
            content = Content(encoder.column, rows.column(encoder.column), rows.lines, words)
            raw, index = encoder.raw(content)
            columns.append(raw[index])
        return np.stack(columns, axis=-1)

    def scale(self, x: Array) -> Array:
        """Scale features as the network takes them, (rows, features)."""
        return x if self.scaling is None else self.scaling(x)

    def features_of(self, data: Any) -> Floats:
        """Encode the rows of a table as features, not yet scaled, (rows, features).

        Raises TableError, with the first such rows, where some cannot be used.
        """
        encoded = self.encode(data)
        if encoded.unusable:
            rows = (Mistake(None, None, None, f"row {row}, {why}") for row, why in encoded.unusable.items())
            raise TableError(as_table(data).name, first_mistakes(rows, len(encoded.unusable)))
        return encoded.x

    def transform(self, data: Any) -> Floats:
        """Encode and scale the rows of a table as the network takes them; raises as ``features_of`` does."""
        return self.scale(self.features_of(data))

    @property
    def arrays(self) -> dict[str, Floats]:
        """What a model file keeps of it as arrays."""
        if self.scaling is None:
            return {}
        arrays = {"shift": self.scaling.shift, "scale": self.scaling.scale}
        offset = np.asarray(self.scaling.offset)
        return arrays | ({"offset": offset} if np.any(offset) else {})

    @property
    def description(self) -> dict[str, Any]:
        """What a model file keeps of it as JSON."""
        return {"columns": [encoder.described() for encoder in self.encoders]}

    def __repr__(self) -> str:
        return table([HEADER, *self.rows], "<<<<")

    def _repr_html_(self) -> Markup:
        return html_table(HEADER, self.rows)

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """The rows of the summary table: column, kind, imputation, features."""
        return [
            (encoder.column, encoder.kind, encoder.imputed, first_few(encoder.features, FEATURES_SHOWN))
            for encoder in self.encoders
        ]


def as_table(data: Any) -> Table:
    """Return a table as it is, a DataFrame or mapping of columns as a table."""
    return data if isinstance(data, Table) else Table.of(data)


def count_cells(mask: NDArray[np.bool_], column: str, counts: dict[str, int]) -> None:
    """Add the number of marked cells of a column to the counts, if there are any."""
    if number := int(np.count_nonzero(mask)):
        counts[column] = number
