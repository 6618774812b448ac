"""Draws a curve on one line of the terminal."""

import itertools
import math
import sys
from collections.abc import Sequence

from nn.display import LOG_FROM

LEVELS, PLAIN = "▁▂▃▄▅▆▇█", "_.-=*#"
MIN_BARS = 4


def sparkline(values: Sequence[float], encoding: str | None = None, columns: int = 80) -> str:
    """``0.25 ▇▇▆▄▂▁ 0.01``: a bar for each stretch of values, as high as its highest.

    A wide range has a log scale, which is noted. A stretch with a value that is not finite is ``×`` (``x`` if
    the encoding has no bars). The curve fits into ``columns``, unless they are very few.
    """
    if not values:
        return ""
    finite = [value for value in values if math.isfinite(value)]
    is_log = bool(finite) and min(finite) > 0 and max(finite) / min(finite) > LOG_FROM
    scaled = math.log if is_log else float
    low, high = (scaled(min(finite)), scaled(max(finite))) if finite else (0.0, 0.0)
    ends = f"{values[0]:.4g} ", f" {values[-1]:.4g}" + (" (log scale)" if is_log else "")
    levels, gap = (LEVELS, "×") if is_written_in(encoding, LEVELS + "×") else (PLAIN, "x")

    def bar(stretch: Sequence[float]) -> str:
        if not all(map(math.isfinite, stretch)):
            return gap
        height = (scaled(max(stretch)) - low) / (high - low) if high > low else 0.5
        return levels[min(int(height * len(levels)), len(levels) - 1)]

    bars = map(bar, split(values, max(columns - len("".join(ends)), MIN_BARS)))
    return "".join(bars).join(ends)


def split(values: Sequence[float], parts: int) -> list[Sequence[float]]:
    """Split values into this many parts of about the same length, none empty."""
    parts = min(parts, len(values))
    edges = [number * len(values) // parts for number in range(parts + 1)]
    return [values[start:end] for start, end in itertools.pairwise(edges)]


def is_written_in(encoding: str | None, text: str) -> bool:
    """Whether an encoding, by default that of standard output, has these characters."""
    try:
        text.encode(encoding or sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
