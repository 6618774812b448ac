"""Ranges of seeds and lists of values, as they are written on the command line."""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from nn.config.locations import ConfigError
from nn.config.source import MAX_INTEGER, parse_yaml
from nn.display import counted
from nn.random import as_array

SPACED = re.compile(r"(\S+)\s*\.\.\s*(\S+)\s+(log|lin)\s+(\d{1,6})")
"""``0.001..1 log 7``: from one number to another in so many values, evenly spaced on this scale."""
SEED_RANGE = re.compile(r"(\d{1,20}):(\d{1,20})", re.ASCII)
MAX_END = 1e300
"""Ends beyond are no values of anything, and their difference may overflow."""
SPACED_DIGITS = 6
"""Values between the ends are rounded to so many significant digits."""


def parse_seeds(text: str) -> tuple[int, ...]:
    """Read seeds: a count (``1000``: 0 to 999) or half-open ranges (``0:10,20:30``).

    Raises ValueError for none, and for ranges that are reversed, empty or overlap.

    >>> parse_seeds("3"), parse_seeds("0:2,5:7")
    ((0, 1, 2), (0, 1, 5, 6))
    """
    text = text.strip()
    if re.fullmatch(r"\d{1,20}", text, re.ASCII):
        if not int(text):
            raise ValueError("expected at least one seed, got 0")
        return seeds_in([(0, int(text))])
    ranges = []
    for part in text.split(","):
        found = SEED_RANGE.fullmatch(part.strip())
        if not found:
            raise ValueError(f"expected a count such as 1000, or ranges such as 0:10,20:30, got {text!r}")
        start, stop = int(found[1]), int(found[2])
        if start >= stop:
            problem = "is reversed" if start > stop else "has no seed, as its end does not belong to it"
            write = f"{stop}:{start}" if start > stop else f"{start}:{start + 1}"
            raise ValueError(f"the range {part.strip()} {problem}; write {write}")
        ranges.append((start, stop))
    for (_, stop), (start, end) in itertools.pairwise(sorted(ranges)):
        if start < stop:
            raise ValueError(f"the range {start}:{end} overlaps another one: a seed is trained once")
    return seeds_in(sorted(ranges))


MAX_SEEDS = 10_000_000
"""More are a slip of the keyboard."""


def seeds_in(ranges: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """The seeds of half-open ranges, in order; ValueError for more than can be meant."""
    total = sum(stop - start for start, stop in ranges)
    if total > MAX_SEEDS:
        raise ValueError(f"expected at most {MAX_SEEDS:,} seeds, got {total:,}")
    if any(stop - 1 > MAX_INTEGER for _, stop in ranges):
        raise ValueError("expected seeds below 2**64")
    return tuple(itertools.chain.from_iterable(range(start, stop) for start, stop in ranges))


def seed_ranges(seeds: Iterable[int]) -> list[list[int]]:
    """The half-open ranges that seeds in order make.

    >>> seed_ranges([0, 1, 2, 7])
    [[0, 3], [7, 8]]
    """
    found: list[list[int]] = []
    for seed in seeds:
        if found and found[-1][1] == seed:
            found[-1][1] = seed + 1
        else:
            found.append([seed, seed + 1])
    return found


def parse_values(text: str) -> tuple[Any, ...]:
    """Read values: a list as YAML has it (``0.1,0.5,2``), or numbers evenly spaced on a scale.

    Raises ValueError for none, for the same one twice and for what cannot be read.

    >>> parse_values("sgd, adam"), parse_values("0.001..1 log 4"), parse_values("2..8 lin 4")
    (('sgd', 'adam'), (0.001, 0.01, 0.1, 1.0), (2, 4, 6, 8))
    """
    if found := SPACED.fullmatch(text.strip()):
        values = spaced(*found.groups())
    else:
        if re.search(r"\d\s*\.\.\s*[-+.\d]", text):
            raise ValueError(f"expected a range such as 0.001..1 log 7 or 0..1 lin 5, got {text!r}")
        values = listed_values(text)
    if not values:
        raise ValueError("expected values such as 0.1,0.5,2, got none")
    expect_distinct(values)
    return values


def checked_values(key: str, values: Any) -> tuple[Any, ...]:
    """The values of a varied key, those of NumPy as Python's; ValueError for no list and for one twice."""
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
        raise ValueError(f"{key}: expected a list of values such as [0.1, 0.5], got {values!r}")
    plain = tuple(value.item() if isinstance(value, np.generic) else value for value in values)
    try:
        expect_distinct(plain)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None
    return plain


def expect_distinct(values: Sequence[Any]) -> None:
    """Raise ValueError for a value that is given twice; 1 and true are two."""
    for number, value in enumerate(values):
        if any(
            value == other and isinstance(value, bool) == isinstance(other, bool) for other in values[:number]
        ):
            raise ValueError(f"the value {value!r} is given twice")


def listed_values(text: str) -> tuple[Any, ...]:
    """The items of a YAML list without its brackets."""
    try:
        return tuple(parse_yaml(f"[{text}]", "--vary").data or ())
    except ConfigError as error:
        raise ValueError(f"{text!r}: {error.mistakes[0].problem}") from None


def spaced(start: str, stop: str, scale: str, count: str) -> tuple[Any, ...]:
    """So many numbers from start to stop; whole numbers where all of them are."""
    ends = [number for text in (start, stop) for number in listed_values(text)]
    if not all(
        isinstance(one, int | float) and not isinstance(one, bool) and abs(one) <= MAX_END for one in ends
    ):
        raise ValueError(f"expected two numbers, got {start}..{stop}")
    if int(count) < 2:
        raise ValueError(
            f"expected at least 2 values from {start} to {stop}, got {counted(int(count), 'value')}"
        )
    if ends[0] == ends[1]:
        raise ValueError(f"expected two different numbers, got {start}..{stop}")
    if scale == "log" and min(ends) <= 0:
        raise ValueError(f"a logarithmic scale is of numbers above 0, got {start}..{stop}; write lin")
    between: Any = np.geomspace if scale == "log" else np.linspace
    values = [float(f"{one:.{SPACED_DIGITS}g}") for one in between(*ends, int(count)).tolist()]
    values[0], values[-1] = ends
    whole = all(isinstance(end, int) for end in ends) and all(float(one).is_integer() for one in values)
    return tuple(int(one) if whole else float(one) for one in values)


def checked_seeds(seeds: Any) -> tuple[int, ...]:
    """Seeds, or as many as a number says, in ascending order; ValueError for none and for one given twice."""
    if isinstance(seeds, int | np.integer):
        if seeds < 1 or isinstance(seeds, bool):
            raise ValueError(f"seeds: expected at least one, got {seeds}")
        return seeds_in([(0, int(seeds))])
    if isinstance(seeds, str) or not isinstance(seeds, Iterable):
        raise ValueError(f"seeds: expected a count such as 100, or seeds such as range(100), got {seeds!r}")
    listed = seeds if isinstance(seeds, Sequence | np.ndarray) else [*seeds]
    if not len(listed):
        raise ValueError("seeds: expected at least one, got none")
    ordered = sorted(as_array(listed).tolist())
    for one, other in itertools.pairwise(ordered):
        if one == other:
            raise ValueError(f"seeds: {one} is given twice")
    return tuple(ordered)
