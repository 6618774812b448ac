"""Finds duplicate and leaking columns: copies of each other, recodings, copies of the target."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nn.data.columns.category import MAX_LEVELS
from nn.data.columns.content import Codes, Content

MIN_COPY_CORRELATION = 0.9999
"""From this correlation on, a column of numbers is a copy of another, scaled and shifted."""
MIN_COMMON_ROWS = 10
"""The minimum number of common rows: in fewer, two columns may agree by accident."""


def leaks(contents: Mapping[str, Content], target: Content) -> dict[str, str]:
    """Find columns that are as good as the target itself, each with the reason.

    Numbers whose correlation with the target is beyond ±0.9999; levels of which each stands with one
    class of the target, and each class with one level.
    """
    found = {}
    for name, content in contents.items():
        both = ~content.missing & ~target.missing
        if np.count_nonzero(both) < MIN_COMMON_ROWS:
            continue
        numeric = not (content.words.any() or target.words.any())
        if (
            numeric
            and abs(r := correlation(content.numbers[both], target.numbers[both])) > MIN_COPY_CORRELATION
        ):
            found[name] = f"is as good as the target: their correlation is {r:.6f}"
        elif one_to_one(content, target, both):
            found[name] = "is as good as the target: each of its levels stands with one of the target's"
    return found


def duplicates(contents: Mapping[str, Content]) -> dict[str, str]:
    """Find columns that duplicate an earlier one, in the same cells or under other names."""
    first: dict[bytes, str] = {}
    found = {}
    for name, content in contents.items():
        signature = pattern(content)
        if signature is not None and first.setdefault(signature, name) != name:
            found[name] = first[signature]
    return found


def pattern(content: Content) -> bytes | None:
    """Return a signature that duplicate columns share; None for a column that has none.

    Of levels, which rows hold the same one, whatever it is called; of many numbers, the numbers.
    """
    if content.distinct < 2:
        return None
    if not content.words.any() and content.distinct > MAX_LEVELS:
        return np.where(content.missing, np.nan, content.numbers).tobytes()
    codes = coded(content)
    if len(np.unique(codes)) == len(codes):
        return None
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].astype(np.int64).tobytes()


def coded(content: Content) -> Codes:
    """Return the code of each cell's level or number; −1 for a missing cell."""
    if content.words.any():
        return content.levels[0]
    codes: Codes = np.unique(content.numbers, return_inverse=True)[1]
    return np.where(content.missing, -1, codes)


def one_to_one(one: Content, other: Content, rows: NDArray[np.bool_]) -> bool:
    """Whether each level of one column occurs with a single level of the other, in these rows."""
    if max(one.distinct, other.distinct) > MAX_LEVELS:
        return False
    ones, others = coded(one)[rows], coded(other)[rows]
    pairs = len(np.unique(ones * (int(others.max()) + 1) + others))
    different = len(np.unique(ones))
    return 2 <= pairs == different == len(np.unique(others)) and pairs <= len(ones) // 2


def correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Pearson's r = Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² Σ (y − ȳ)²); 0 where one is constant."""
    u, v = (values / max(np.max(np.abs(values)), np.finfo(np.float64).tiny) for values in (x, y))
    u, v = u - u.mean(), v - v.mean()
    size = np.sqrt(u @ u) * np.sqrt(v @ v)
    return float(u @ v / size) if size > 0 else 0.0
