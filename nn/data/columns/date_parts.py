"""Dates: how a column writes them, and the parts that a network can learn from."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

DatePart = Literal["year", "month", "day", "weekday", "hour", "minute"]
Dates = NDArray[np.datetime64]
DateNumbers = NDArray[np.floating[Any]]
DATE_PARTS: dict[DatePart, Callable[[Dates], DateNumbers]] = {
    "year": lambda date: units_since_1970(date, "Y") + 1970.0,
    "month": lambda date: units_since_1970(date, "M") % 12 / 12,
    "day": lambda date: (
        (units_since_1970(date, "D") - units_since_1970(began(date, "M"), "D")) / days_of_month(date)
    ),
    "weekday": lambda date: (units_since_1970(date, "D") + 3) % 7 / 7,  # 1970 began on a Thursday
    "hour": lambda date: units_since_1970(date, "h") % 24 / 24,
    "minute": lambda date: units_since_1970(date, "m") % 60 / 60,
}
"""The year as a number; of all others, which part of their circle has passed."""
USUAL: tuple[DatePart, ...] = ("year", "month", "weekday", "hour")
"""The default parts of a date: those of these that vary."""

DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d.%m.%y", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y",
        "%d-%m-%Y", "%m-%d-%Y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")  # fmt: skip
TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
FORMATS = tuple(day + time for day in DAYS for time in TIMES)
"""What is tried where dates are not ISO 8601, which Python reads without a format."""
FIRST_DATES = 20


def parse_date(text: str, format: str | None = None) -> datetime | None:  # noqa: A002  # the field's word
    """Return the date that a text spells, or None. Time zones are dropped: the clock counts."""
    try:
        date = datetime.fromisoformat(text) if format is None else datetime.strptime(text, format)
    except ValueError:
        return None
    return date.replace(tzinfo=None)


def formats(texts: Sequence[str]) -> Sequence[str | None]:
    """Return the formats that read all of these texts, one of those that read them alike.

    There are two where the day cannot be told from the month: 03/04/2024.
    """
    if all(parse_date(text) is not None for text in texts):
        return [None]
    found = [*FORMATS]
    for some in (texts[:1], texts[:FIRST_DATES], texts):
        found = [one for one in found if all(parse_date(text, one) is not None for text in some)]
    readings = {tuple(parse_date(text, one) for text in texts): one for one in reversed(found)}
    return [*reversed(readings.values())]


def as_dates(texts: Sequence[str], format: str | None) -> Dates:  # noqa: A002
    """Return the dates that texts spell, (texts,); NaT for a text that spells none."""
    return np.array([parse_date(text, format) for text in texts], dtype="datetime64[s]")


def read_parts(texts: Sequence[str], parts: Sequence[DatePart], format: str | None) -> DateNumbers:  # noqa: A002
    """Return the parts of each date, (texts, columns): sin and cos of a cyclic part; NaN for no date.

    A month, weekday or hour is an angle, so that December is as near to January as to November.
    """
    dates = as_dates(texts, format)
    columns: list[DateNumbers] = []
    for part in parts:
        value = DATE_PARTS[part](dates)
        columns += [value] if part == "year" else [np.sin(2 * np.pi * value), np.cos(2 * np.pi * value)]
    return np.where(np.isnat(dates)[:, None], np.nan, np.stack(columns, axis=1))


def part_names(name: str, parts: Sequence[DatePart]) -> tuple[str, ...]:
    """Return the names of the columns that ``read_parts`` returns."""
    names: list[str] = []
    for part in parts:
        names += [f"{name}: {part}"] if part == "year" else [f"{name}: {part} ({f})" for f in ("sin", "cos")]
    return tuple(names)


def varying(texts: Sequence[str], format: str | None) -> list[DatePart]:  # noqa: A002
    """Return the usual parts that differ among these dates; the year if none does."""
    dates = as_dates(texts, format)
    dates = dates[~np.isnat(dates)]
    return [part for part in USUAL if len(np.unique(DATE_PARTS[part](dates))) > 1] or ["year"]


def began(date: Dates, unit: str) -> Dates:
    """Return the beginning of the year, month, … of each date."""
    return date.astype(f"datetime64[{unit}]")


def units_since_1970(date: Dates, unit: str) -> NDArray[np.int64]:
    """Count the years, months, … since 1970."""
    return began(date, unit).astype(np.int64)


def days_of_month(date: Dates) -> NDArray[np.int64]:
    """Return the number of days in the month of each date."""
    month = began(date, "M")
    return units_since_1970(month + 1, "D") - units_since_1970(month, "D")
