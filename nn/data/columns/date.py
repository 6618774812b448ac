"""Dates: the year as a number, and where on its circle a month, weekday or hour is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Self, get_args

import numpy as np
from annotated_types import doc

from nn.arrays import Array, Floats
from nn.data.columns.advice import columns_line, yaml_line
from nn.data.columns.content import Content
from nn.data.columns.date_parts import (
    DatePart,
    date_numbers,
    formats,
    part_names,
    seconds_since_1970,
    varying,
)
from nn.data.columns.kind import missing_cells
from nn.data.columns.values import Imputed, ValueEncoder, ValueKind
from nn.data.reading.mistakes import Mistake


@dataclass(frozen=True)
class DateEncoder(ValueEncoder):
    """The year as a number; of a month, weekday, … the sine and cosine of its angle on the circle."""

    parts: list[DatePart]
    format: str | None

    def __post_init__(self) -> None:
        expect_parts(self.parts, "DateEncoder")
        super().__post_init__()

    @property
    def expected(self) -> str:
        return "a date like 2024-05-31" if self.format is None else f"a date like {self.format}"

    @property
    def names(self) -> tuple[str, ...]:
        return part_names(self.column, self.parts)

    @property
    def circular(self) -> tuple[bool, ...]:
        return tuple(name != f"{self.column}: year" for name in self.names)

    @property
    def scaled(self) -> tuple[bool, ...]:
        return (*(not circular for circular in self.circular), False)[: len(self.features)]

    def raw(self, content: Content) -> tuple[Floats, Any]:
        codes, texts = content.levels
        return np.append(seconds_since_1970(texts, self.format), np.nan), codes

    def numbers(self, raw: Array) -> list[Array]:
        return date_numbers(raw, self.parts)


@dataclass(frozen=True)
class Date(ValueKind):
    """A column of dates, of which parts become inputs: the year, and where on its circle a month, … is."""

    parts: Annotated[
        list[DatePart] | None,
        doc("year, month, day, weekday, hour, minute; of year, month, … those that vary."),
    ] = None
    format: Annotated[str | None, doc("How dates are written, as in strptime: %d.%m.%Y. Else ISO.")] = None
    missing: Imputed = "median"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.parts is not None:
            expect_parts(self.parts, "Date")

    def resolved(self, content: Content) -> Self:
        texts = content.levels[1]
        found = [self.format] if self.format else formats(texts)
        format = found[0] if found else None  # noqa: A001  # the field's word
        return replace(self, format=format, parts=self.parts or varying(texts, format))

    def encoder(self, content: Content) -> DateEncoder:
        parts = self.parts or ["year"]
        return DateEncoder(content.name, [*content.missing_values], False, None, False, parts, self.format)

    def mistakes(self, content: Content) -> list[Mistake]:
        texts = content.levels[1]
        found = formats(texts) if self.format is None and texts else []
        if len(found) > 1:
            text = f"holds dates like {texts[0]}, where the day cannot be told from the month"
            one, other = ({"type": "date", "format": one} for one in found[:2])
            return [content.mistake(f"{text}: {columns_line(content.name, one)} or {yaml_line(other)}")]
        if found:  # every cell is a date
            return missing_cells(self.missing, content, self.spec)
        return super().mistakes(content)

    def advice(self, content: Content, wrong: Sequence[str]) -> str:
        return columns_line(content.name, {"type": "date", "format": "%d.%m.%Y"})


def expect_parts(parts: Sequence[object], owner: str) -> None:
    """Raise ValueError unless there are parts, and all are parts of dates."""
    known = get_args(DatePart)
    if not parts or any(part not in known for part in parts):
        raise ValueError(f"{owner}.parts: expected some of {', '.join(known)}, got {parts}")
