"""Fits encoders and the scaling of their features to the training share."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Literal

import numpy as np

from nn.arrays import Floats
from nn.data.columns.content import Content, MissingValues
from nn.data.columns.kind import Encoder
from nn.data.columns.kinds import ColumnKind, Ignore
from nn.data.reading.mistakes import MAX_MISTAKES, Mistake, TableError
from nn.data.reading.table import Table
from nn.data.scaling import Scaling, scaling_to
from nn.validation import suggest

ScaleTo = Literal["standard"] | Sequence[float] | None


def fitted_encoders(
    rows: Table,
    kinds: Mapping[str, ColumnKind],
    missing_values: MissingValues,
    weights: Floats | None,
) -> tuple[Encoder, ...]:
    """Fit the encoders of all used columns; rows dropped for a missing cell do not count."""
    used = {name: kind for name, kind in kinds.items() if not isinstance(kind, Ignore)}
    expect_columns(rows, [*used])
    contents = {name: Content.of(rows, name, missing_values) for name in used}
    drops = [
        contents[name].missing for name, kind in used.items() if getattr(kind, "missing", "") == "drop_row"
    ]
    if drops and (dropped := np.any(drops, axis=0)).any():
        kept = np.flatnonzero(~dropped)
        if not len(kept):
            text = "every row has a missing cell in a column with missing: drop_row; expected one without"
            raise TableError(rows.name, [Mistake(None, None, "columns", text)])
        weights, rows = (None if weights is None else weights[kept]), rows.take(kept)
        contents = {
            name: Content(name, rows.column(name), rows.lines, content.missing_values)
            for name, content in contents.items()
        }
    if mistakes := [mistake for name, kind in used.items() for mistake in kind.mistakes(contents[name])]:
        raise TableError(rows.name, first_mistakes(mistakes, len(mistakes)))
    made = (kind.resolved(contents[name]).fit(contents[name], weights) for name, kind in used.items())
    return tuple(encoder for encoder in made if encoder is not None)


def scaling_of_features(
    encoders: Sequence[Encoder], x: Floats, scale: ScaleTo, weights: Floats | None
) -> Scaling | None:
    """Fit the scaling of numbers and ordinals among features, (rows, features); others stay as they are."""
    mask = np.array([scaled for encoder in encoders for scaled in encoder.scaled])
    if not mask.any():
        return None
    names = [name for encoder in encoders for name in encoder.features]
    columns = [name for name, scaled in zip(names, mask, strict=True) if scaled]
    part = scaling_to(scale, x[:, mask], columns, weights)
    if part is None or mask.all():
        return part
    whole = Scaling(np.zeros(len(mask)), np.ones(len(mask)), np.zeros(len(mask)))
    for array, values in ((whole.shift, part.shift), (whole.scale, part.scale), (whole.offset, part.offset)):
        np.asarray(array)[mask] = values
    return whole


def row_weights(sample_weight: Any, rows: int) -> Floats:
    """Return how much each row counts, (rows,), at most 1; ValueError for anything but weights."""
    weights = np.asarray(sample_weight, dtype=np.float64)
    if weights.shape != (rows,):
        raise ValueError(f"sample_weight: expected the shape ({rows},), got {weights.shape}")
    wrong = ~((weights >= 0) & (weights < np.inf))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"sample_weight: expected finite numbers of at least 0, got {weights[row]:g} in row {row}"
        )
    if not weights.any():
        raise ValueError("sample_weight: expected a weight above 0, got zeros alone")
    return weights / weights.max()


def expect_columns(rows: Table, names: Sequence[str]) -> None:
    """Raise TableError with the columns that a table lacks among these."""
    lacking = [name for name in names if name not in rows.columns]
    if lacking:
        mistakes = (missing_column(rows, name, f"columns.{name}") for name in lacking)
        raise TableError(rows.name, first_mistakes(mistakes, len(lacking)))


def missing_column(rows: Table, name: str, key: str) -> Mistake:
    """Return the mistake of a name that no column has."""
    return Mistake(None, None, key, f"there is no column {name!r}; {suggest(name, rows.columns)}")


def first_mistakes(mistakes: Iterable[Mistake], count: int) -> list[Mistake]:
    """Keep the first few mistakes, and add how many more there are."""
    first = list(islice(mistakes, MAX_MISTAKES))
    more = count - len(first)
    return [*first, Mistake(None, None, None, f"{more:,} more like these")] if more else first
