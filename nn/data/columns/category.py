"""Levels without an order: one feature for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, doc

from nn.arrays import Array, Floats
from nn.data.columns.advice import columns_line, first_few, quoted, yaml_line
from nn.data.columns.content import CellMask, Content
from nn.data.columns.kind import ColumnKind, Encoder, EncodingIssues, expect_all, missing_cells
from nn.data.labels import class_positions, parse_number
from nn.data.reading.mistakes import Mistake

MAX_LEVELS, USUAL_TOP = 50, 20
"""The maximum number of levels of a category, and the number that a message advises to keep."""


@dataclass(frozen=True)
class CategoryEncoder(Encoder):
    """One feature for each level: 1 where a cell holds it, else 0; of an unknown level, all 0."""

    levels: list[str]
    rest: bool
    """A further feature is 1 for all other levels, those that training never saw too."""
    gaps: bool
    """A further feature is 1 where the cell is missing."""
    fill: str | None
    """The level that replaces a missing cell."""
    refuses: bool
    """A row with a missing cell cannot be used."""
    unknown: bool
    """A level that training never saw is taken, as all 0, and counted."""

    def __post_init__(self) -> None:
        super().__post_init__()
        expect_all(self.levels, str, "levels", self)
        if len(set(self.levels)) < len(self.levels) or not (self.levels or self.rest):
            raise ValueError(f"expected distinct levels, got {self.levels}")
        if self.fill is not None and self.fill not in self.levels and not self.rest:
            raise ValueError(f"expected one of the levels to fill in, got {self.fill!r}")

    @property
    def features(self) -> tuple[str, ...]:
        more = ([f"{self.column}: other"] if self.rest else []) + (
            [f"{self.column} is missing"] if self.gaps else []
        )
        return (*(f"{self.column}={level}" for level in self.levels), *more)

    @property
    def expected(self) -> str:
        return f"one of {first_few(self.levels, 9)}"

    @property
    def imputed(self) -> str:
        if self.refuses:
            return "row left out" if self.drops else "refused"
        return self.fill if self.fill is not None else "a level" if self.gaps else "all 0"

    @property
    def words(self) -> dict[str, float]:
        return {level: float(place) for place, level in enumerate(self.levels)}

    def raw(self, content: Content) -> tuple[Floats, Any]:
        codes, texts = content.levels
        places = class_positions(texts, self.levels)
        return np.append(np.arange(-1.0, len(self.levels)), np.nan), np.append(places, -2)[codes] + 1

    def formula(self, raw: Array) -> Array:
        missing = raw != raw
        if self.fill is not None:
            fill = int(class_positions([self.fill], self.levels)[0])
            raw = np.where(missing, fill, raw)
        held = raw[..., None] == np.arange(len(self.levels))
        other = ~np.any(held, axis=-1) & (raw == raw)
        more = ([other] if self.rest else []) + ([missing] if self.gaps else [])
        features = np.concatenate([held, *(mask[..., None] for mask in more)], axis=-1)
        x = np.where(features, 1.0, 0.0)
        if self.refuses:
            x = np.where(missing[..., None], np.nan, x)
        if not self.rest and not self.unknown:
            x = np.where(other[..., None], np.nan, x)
        return x

    def encode(self, content: Content, x: Floats) -> EncodingIssues:
        raw, index = self.raw(content)
        features = self.formula(raw)
        # At most one feature of a cell is not 0.
        columns = np.where(np.any(features == 1, axis=1), np.argmax(features == 1, axis=1), -1)[index]
        rows = np.flatnonzero(columns >= 0)
        x[rows, columns[rows]] = 1
        unusable: CellMask = np.any(np.isnan(features), axis=1)
        unknown = ~unusable & ~np.any(features, axis=1) & ~np.isnan(raw)
        return EncodingIssues(unknown[index], unusable[index])


@dataclass(frozen=True)
class Category(ColumnKind):
    """A column of levels without an order, each of which becomes an input, 0 or 1."""

    missing: Annotated[
        str,
        doc("What missing cells become: category (a level of their own), a level, drop_row or error."),
    ] = "category"
    top: Annotated[
        int | None, Ge(1), doc("The number of levels to keep, the most frequent; others become one.")
    ] = None
    unknown: Annotated[
        Literal["other", "error"], doc("A level that training never saw: all 0 (other), or an error.")
    ] = "other"

    def mistakes(self, content: Content) -> list[Mistake]:
        name, levels = content.name, content.levels[1]
        if not levels:
            return [content.mistake(f"has no values: {columns_line(name, 'ignore')}")]
        found = missing_cells(self.missing, content, self.spec)
        if self.top is None and len(levels) > MAX_LEVELS:
            advice = columns_line(name, {"type": "category", "top": USUAL_TOP})
            text = f"has {len(levels):,} levels ({first_few(levels)}), and each of them would be an input"
            none = f"drop: {yaml_line([name])} none"
            found.append(content.mistake(f"{text}: {advice} keeps the most frequent, {none}"))
        if self.missing not in ("category", "drop_row", "error") and self.missing not in levels:
            known = f"category, drop_row, error, or a level such as {first_few(sort_levels(levels))}"
            text = f"has no level {quoted(self.missing)} to stand in for missing cells"
            found.append(content.mistake(f"{text}: missing: {known}"))
        return found

    def fit(self, content: Content, weights: Floats | None = None) -> CategoryEncoder:
        codes, texts = content.levels
        known = codes >= 0
        weights = None if weights is None else weights[known]
        counts = np.bincount(codes[known], weights, minlength=len(texts))
        levels = sort_levels(texts)
        order = class_positions(levels, texts)
        frequencies = np.round(counts[order] / counts.sum(), 12)  # so that equal sums of weights are a tie
        kept = np.sort(np.argsort(-frequencies, kind="stable")[: self.top])
        refuses = self.missing in ("drop_row", "error")
        return CategoryEncoder(
            content.name,
            [*content.missing_values],
            drops=self.missing == "drop_row",
            levels=[levels[place] for place in kept],
            rest=len(kept) < len(levels),
            gaps=self.missing == "category" and bool(content.missing.any()),
            fill=None if refuses or self.missing == "category" else self.missing,
            refuses=refuses,
            unknown=self.unknown == "other",
        )


def sort_levels(texts: Sequence[str]) -> list[str]:
    """Sort levels: numbers by value, then words by letter."""

    def key(text: str) -> tuple[bool, float, str]:
        value = parse_number(text)
        return (True, 0.0, text) if value is None or np.isnan(value) else (False, value, text)

    return sorted(texts, key=key)
