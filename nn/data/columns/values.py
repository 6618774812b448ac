"""Kinds whose cells become numbers: numbers, truth values, levels with an order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import doc

from nn.arrays import Array, Floats
from nn.data.columns import imputation
from nn.data.columns.advice import columns_line, first_few, quoted, yaml_line
from nn.data.columns.content import CellMask, Content
from nn.data.columns.kind import ColumnKind, Encoder, EncodingIssues, expect_all, missing_cells
from nn.data.labels import class_positions, parse_number
from nn.data.reading.mistakes import Mistake
from nn.display import counted

Imputed = Annotated[
    Literal["median", "mean", "drop_row", "error"] | float,
    doc(
        "What stands in for a missing cell: the median (a further input is then 1 there), the mean or a "
        "number; or drop_row leaves its row out, error refuses it."
    ),
]
TRUE = ("true", "yes", "y", "t", "on", "1", "1.0")
FALSE = ("false", "no", "n", "f", "off", "0", "0.0")


@dataclass(frozen=True)
class ValueEncoder(Encoder):
    """One or more numbers of a cell; others in place of those of a missing one."""

    fill: list[float] | None
    """The imputed value of a missing cell; None where its row cannot be used."""
    indicator: bool
    """A further feature is 1 where the cell was missing."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fill is not None:
            expect_all(self.fill, float, "fill", self)
            if len(self.fill) != len(self.names):
                raise ValueError(f"expected {len(self.names)} numbers to fill in, got {len(self.fill)}")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the numbers of a cell."""
        return (self.column,)

    @property
    def circular(self) -> tuple[bool, ...]:
        """Which numbers are parts of a circle, of which 0 is the middle."""
        return (False,) * len(self.names)

    @property
    def features(self) -> tuple[str, ...]:
        return (*self.names, f"{self.column} is missing") if self.indicator else self.names

    @property
    def imputed(self) -> str:
        if self.fill is None:
            return "row left out" if self.drops else "refused"
        return ", ".join(f"{number:.6g}" for number in self.fill)

    def numbers(self, raw: Array) -> list[Array]:
        """Compute the numbers of cells from raw numbers, each (*cells,); NaN where there are none."""
        return [raw]

    def formula(self, raw: Array) -> Array:
        numbers = self.numbers(raw)
        if self.fill is None and not self.indicator:
            return stacked_columns(numbers)
        missing = raw != raw
        if self.fill is not None:
            numbers = [np.where(missing, fill, a) for fill, a in zip(self.fill, numbers, strict=True)]
        return stacked_columns([*numbers, np.where(missing, 1.0, 0.0)] if self.indicator else numbers)

    def read(self, content: Content) -> Floats:
        """Read the numbers of each cell, (rows, names); NaN for a missing cell and for anything else."""
        raw, index = self.raw(content)
        return stacked_columns(self.numbers(raw))[index]

    def encode(self, content: Content, x: Floats) -> EncodingIssues:
        raw, index = self.raw(content)
        features = self.formula(raw)
        x[...] = features[index]
        unusable: CellMask = np.any(np.isnan(features), axis=1)
        return EncodingIssues(np.zeros(len(x), dtype=np.bool_), unusable[index])


def stacked_columns(columns: Sequence[Array]) -> Array:
    """Stack columns, each (*cells,), as (*cells, columns); in memory they lie one after the other."""
    return np.moveaxis(np.stack(columns), 0, -1)


class ValueKind(ColumnKind):
    """A column whose cells become numbers."""

    missing: Imputed

    def encoder(self, content: Content) -> ValueEncoder:
        """Make an encoder that does not impute missing cells."""
        raise NotImplementedError

    def advice(self, content: Content, wrong: Sequence[str]) -> str:
        """Say what to write if cells hold something else."""
        return columns_line(content.name, "category")

    def mistakes(self, content: Content) -> list[Mistake]:
        if not content.present:
            return [content.mistake(f"has no values: {columns_line(content.name, 'ignore')}")]
        encoder = self.encoder(content)
        bad = np.isnan(encoder.read(content)).any(axis=1) & ~content.missing
        found = missing_cells(self.missing, content, self.spec)
        if not bad.any():
            return found
        rows = np.flatnonzero(bad)
        wrong = [*dict.fromkeys(content.texts(rows))]
        if len(rows) == content.present:
            text = f"holds words ({first_few(wrong)}), expected {encoder.expected}"
            return [content.mistake(f"{text}: {self.advice(content, wrong)}"), *found]
        more = f" and {counted(len(rows) - 1, 'more cell')} like it" if len(rows) > 1 else ""
        text = f"holds {quoted(wrong[0])}{more}, expected {encoder.expected}"
        advice = missing_or(self.advice(content, wrong), wrong)
        return [content.mistake(f"{text}: {advice}", int(rows[0])), *found]

    def fit(self, content: Content, weights: Floats | None = None) -> Encoder:
        encoder = self.encoder(content)
        if self.missing in ("drop_row", "error"):
            return replace(encoder, drops=self.missing == "drop_row")
        values = encoder.read(content)
        known = np.isfinite(values).all(axis=1)
        weights = None if weights is None else weights[known]
        fill = [
            0.0 if circular else filling(self.missing, column, weights)
            for circular, column in zip(encoder.circular, values[known].T, strict=True)
        ]
        return replace(encoder, fill=fill, indicator=self.missing == "median" and bool(content.missing.any()))


def filling(missing: str | float, x: Floats, weights: Floats | None) -> float:
    """Return the number that is imputed for a missing cell of a column."""
    if isinstance(missing, str):
        return (imputation.imputed_median if missing == "median" else imputation.imputed_mean)(x, weights)
    return float(missing)


def missing_or(advice: str, wrong: Sequence[str]) -> str:
    """Say what to write about a few cells: they are missing, or the column is of another kind."""
    return f"missing_values: {yaml_line([*wrong[:9]])} if that means a missing cell, else {advice}"


@dataclass(frozen=True)
class NumberEncoder(ValueEncoder):
    """The number itself."""

    @property
    def expected(self) -> str:
        return "a number"

    @property
    def scaled(self) -> tuple[bool, ...]:
        return (True, False)[: len(self.features)]

    def raw(self, content: Content) -> tuple[Floats, Any]:
        none = np.isnan(content.numbers)
        if np.array_equal(none, content.missing):
            return content.numbers, ...
        return np.where(content.missing, np.nan, np.where(none, np.inf, content.numbers)), ...

    def numbers(self, raw: Array) -> list[Array]:
        return [np.where(np.isfinite(raw), raw, np.nan)]

    @property
    def missing_numbers(self) -> list[float]:
        """The numbers that mean a missing cell, such as -999."""
        found = [parse_number(word) for word in self.missing_values]
        return [number for number in found if number is not None and np.isfinite(number)]

    def formula(self, raw: Array) -> Array:
        for number in self.missing_numbers:
            raw = np.where(raw == number, np.nan, raw)
        return super().formula(raw)


@dataclass(frozen=True)
class Number(ValueKind):
    """A column of numbers."""

    missing: Imputed = "median"

    def encoder(self, content: Content) -> NumberEncoder:
        return NumberEncoder(content.name, [*content.missing_values], False, None, False)


@dataclass(frozen=True)
class BooleanEncoder(ValueEncoder):
    """1 for True, yes, y, t, on and 1, in small letters or capitals; 0 for their opposites."""

    @property
    def expected(self) -> str:
        return "True or False, yes or no, 1 or 0"

    @property
    def words(self) -> dict[str, float]:
        return dict.fromkeys(TRUE, 1.0) | dict.fromkeys(FALSE, 0.0)

    def raw(self, content: Content) -> tuple[Floats, Any]:
        codes, texts = content.levels
        values = np.array([*map(truth, texts)])
        return np.append(np.where(np.isnan(values), -1, values), np.nan), codes

    def numbers(self, raw: Array) -> list[Array]:
        return [np.where((raw == 0) | (raw == 1), raw, np.nan)]


@dataclass(frozen=True)
class Boolean(ValueKind):
    """A column of truth values: True and False, yes and no, y and n, t and f, on and off, 1 and 0."""

    missing: Imputed = "median"

    def encoder(self, content: Content) -> BooleanEncoder:
        return BooleanEncoder(content.name, [*content.missing_values], False, None, False)


def truth(text: str) -> float:
    """Return 1 for true, 0 for false, NaN for anything else."""
    word = text.casefold()
    return 1.0 if word in TRUE else 0.0 if word in FALSE else np.nan


@dataclass(frozen=True)
class OrdinalEncoder(ValueEncoder):
    """The position of a level in its order, from 0."""

    order: list[str]

    def __post_init__(self) -> None:
        super().__post_init__()
        expect_all(self.order, str, "order", self)

    @property
    def expected(self) -> str:
        return f"one of {first_few(self.order, 9)}"

    @property
    def scaled(self) -> tuple[bool, ...]:
        return (True, False)[: len(self.features)]

    @property
    def words(self) -> dict[str, float]:
        return {level: float(place) for place, level in enumerate(self.order)}

    def raw(self, content: Content) -> tuple[Floats, Any]:
        codes, texts = content.levels
        return np.append(class_positions(texts, self.order), np.nan), codes

    def numbers(self, raw: Array) -> list[Array]:
        known = np.any(raw[..., None] == np.arange(len(self.order)), axis=-1)
        return [np.where(known, raw, np.nan)]


@dataclass(frozen=True)
class Ordinal(ValueKind):
    """A column of levels with an order: the first becomes 0, the next 1, and so on."""

    order: Annotated[list[str | int | float], doc("All levels, from first to last.")]
    missing: Imputed = "median"

    def __post_init__(self) -> None:
        super().__post_init__()
        if len({*map(str, self.order)}) < max(2, len(self.order)):
            raise ValueError(f"Ordinal.order: expected at least two different levels, got {self.order}")

    def encoder(self, content: Content) -> OrdinalEncoder:
        order = [str(level) for level in self.order]
        return OrdinalEncoder(content.name, [*content.missing_values], False, None, False, order)

    def advice(self, content: Content, wrong: Sequence[str]) -> str:
        return columns_line(content.name, {"type": "ordinal", "order": [*self.order, *wrong]})
