"""Dates: how a column writes them, and the parts that a network can learn from."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import numpy as np

from nn.arrays import Array, Floats

DatePart = Literal["year", "month", "day", "weekday", "hour", "minute"]
DATE_PARTS: dict[DatePart, Callable[[Array], Array]] = {
    "year": lambda s: civil(s).year,
    "month": lambda s: civil(s).month / 12,
    "day": lambda s: civil(s).day / days_of_month(civil(s)),
    "weekday": lambda s: remainder(np.floor(s / 86400) + 3, 7) / 7,  # 1970 began on a Thursday
    "hour": lambda s: remainder(np.floor(s / 3600), 24) / 24,
    "minute": lambda s: remainder(np.floor(s / 60), 60) / 60,
}
"""Of the seconds since 1970: the year as a number; of all others, which part of their circle has passed."""
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


def seconds_since_1970(texts: Sequence[str], format: str | None) -> Floats:  # noqa: A002
    """Return the seconds from 1970 to each date, (texts,); NaN for a text that spells none."""
    dates = np.array([parse_date(text, format) for text in texts], dtype="datetime64[s]")
    return np.where(np.isnat(dates), np.nan, dates.astype(np.int64))


def date_numbers(seconds: Array, parts: Sequence[DatePart]) -> list[Array]:
    """Return the parts of dates given as ``seconds``, each (*dates,): sin and cos of a cyclic part.

    A month, weekday or hour is an angle, so that December is as near to January as to November.
    """
    columns: list[Array] = []
    for part in parts:
        value = DATE_PARTS[part](seconds)
        columns += [value] if part == "year" else [np.sin(2 * np.pi * value), np.cos(2 * np.pi * value)]
    return columns


def part_names(name: str, parts: Sequence[DatePart]) -> tuple[str, ...]:
    """Return the names of the columns that ``date_numbers`` returns."""
    names: list[str] = []
    for part in parts:
        names += [f"{name}: {part}"] if part == "year" else [f"{name}: {part} ({f})" for f in ("sin", "cos")]
    return tuple(names)


def varying(texts: Sequence[str], format: str | None) -> list[DatePart]:  # noqa: A002
    """Return the usual parts that differ among these dates; the year if none does."""
    dates = seconds_since_1970(texts, format)
    dates = dates[~np.isnan(dates)]
    return [part for part in USUAL if len(np.unique(DATE_PARTS[part](dates))) > 1] or ["year"]


class Civil(NamedTuple):
    """Dates of the calendar, each part ``(*dates,)``, counted as in the formulas."""

    year: Array
    month: Array
    """From 0, January."""
    day: Array
    """From 0."""


def civil(seconds: Array) -> Civil:
    """Return the dates of the Gregorian calendar.

    Years begin in March, so that the leap day is their last, and repeat every 400. The months of such a
    year begin at its days ⌊(153 m + 2) / 5⌋. After Hinnant (2013), "chrono-Compatible Low-Level Date
    Algorithms".
    """
    days = np.floor(seconds / 86400) + 719468  # since March 1 of the year 0
    cycle = np.floor(days / 146097)
    days = days - cycle * 146097
    leap_days = np.floor(days / 1460) - np.floor(days / 36524) + np.floor(days / 146096)
    year = np.floor((days - leap_days) / 365)
    days = days - (365 * year + np.floor(year / 4) - np.floor(year / 100))
    month = np.floor((5 * days + 2) / 153)
    after_december = np.where(month >= 10, 1.0, 0.0)
    return Civil(
        year + 400 * cycle + after_december,
        month + 2 - 12 * after_december,
        days - np.floor((153 * month + 2) / 5),
    )


def days_of_month(date: Civil) -> Array:
    """Return the number of days in the month of each date."""
    month = date.month + np.where(date.month < 2, 10.0, -2.0)  # from March
    days = np.floor((153 * month + 155) / 5) - np.floor((153 * month + 2) / 5)
    fourth, hundredth, four_hundredth = (remainder(date.year, years) == 0 for years in (4, 100, 400))
    february = 28 + np.where(fourth & (~hundredth | four_hundredth), 1.0, 0.0)
    return np.where(date.month == 1, february, days)


def remainder(a: Array, divisor: int) -> Array:
    """Return a mod divisor of whole numbers, at least 0."""
    return a - divisor * np.floor(a / divisor)
