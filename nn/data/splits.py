"""Splits the rows of a data set into training, validation and test.

A part is given as a fraction of all rows (0.2) or as a number of rows (50). Which rows it gets:

random    drawn without replacement; classes keep their proportions (stratified sampling)
ordered   the last rows: validation follows training, test follows validation
column    a column names the part of each row
group     whole groups, such as all visits of one patient, so that no group is in two parts
time      the latest rows by a column of numbers or dates; rows of one time stay together
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.data.labels import Label
from nn.display import counted

Rows = NDArray[np.intp]
Sizes = Mapping[str, float]
"""The fraction, or the whole number of rows, of each part that is held out."""
PARTS = ("training", "validation", "test")
PART_NAMES = {
    "training": ("training", "train"),
    "validation": ("validation", "val", "valid", "dev"),
    "test": ("test", "testing"),
}
"""How a column may name the parts, in any case."""


def row_count(size: float, rows: int) -> int:
    """The number of rows that a share or a number of rows is: 0.29 of 100 is 29.

    >>> row_count(0.29, 100), row_count(30, 100)
    (29, 30)
    """
    if isinstance(size, int):
        return size
    return int(rows * size + 1e-9)  # the nearest float to 0.29 times 100 is just below 29


def parts_by_rule(
    rule: Literal["random", "ordered"],
    rows: int,
    sizes: Sizes,
    rng: np.random.Generator,
    labels: Floats | None = None,
    classes: Sequence[Label] = (),
) -> dict[str, Rows]:
    """Split rows at random or in their order; see ``random_parts`` and ``ordered_parts``."""
    if rule == "ordered":
        return ordered_parts(rows, sizes)
    return random_parts(rows, sizes, rng, labels, classes)


def random_parts(
    rows: int,
    sizes: Sizes,
    rng: np.random.Generator,
    labels: Floats | None = None,
    classes: Sequence[Label] = (),
) -> dict[str, Rows]:
    """Rows drawn for each part, each part in the original order.

    With the index of each row's class as ``labels``, (rows,), classes keep their proportions: of a class
    that fills a part q of the rows left, the number held out differs from q times the size of the part by
    less than one, but where that would leave none of a class to train on. Raises PartError where a part
    would be empty, or fewer rows than classes would be left.
    """
    rest, parts = np.arange(rows), {}
    for name in reversed(PARTS[1:]):
        if name in sizes:
            k = expected_count(name, sizes[name], rows, len(rest))
            try:
                held = draw_held_out(len(rest), k, rng, None if labels is None else labels[rest], classes)
            except ValueError as error:
                raise PartError(name, str(error)) from None
            parts[name], rest = rest[held], rest[~held]
    return {"training": rest, **parts}


def draw_held_out(
    rows: int, k: int, rng: np.random.Generator, labels: Floats | None, classes: Sequence[Label]
) -> NDArray[np.bool_]:
    """Which rows are held out: k of them, stratified where there are labels."""
    order = rng.permutation(rows)
    held = np.zeros(rows, dtype=np.bool_)
    if labels is None:
        held[order[:k]] = True
    else:
        # With the rows sorted by class, every (n/k)-th of them, starting from half a step.
        by_class = order[np.argsort(labels[order], kind="stable")]
        held[by_class[(2 * np.arange(k) + 1) * rows // (2 * k)]] = True
        keep_each_class(held, labels, classes, order)
    return held


def keep_each_class(held: NDArray[np.bool_], labels: Floats, classes: Sequence[Label], order: Rows) -> None:
    """Give a row of each class that is held out as a whole back to the rest, for a row of another."""
    present, y, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    held_of = np.bincount(y[held], minlength=len(present))
    for lost in np.flatnonzero(held_of == sizes):
        most = len(held) - len(present)
        if held.sum() > most:
            label = classes[int(present[lost])]
            raise ValueError(
                f"{int(held.sum())} of {counted(len(held), 'row')} held out leave none of class {label!r} to "
                f"train on; {f'hold out at most {most}, or ' if most else ''}add samples of it"
            )
        # The class that is furthest below its part of the rows held out and has two rows to choose from.
        missing = np.where(sizes - held_of > 1, sizes * held.mean() - held_of, -np.inf)
        given = int(np.argmax(missing))
        for one, out in ((lost, False), (given, True)):
            held[next(row for row in order if y[row] == one and held[row] != out)] = out
            held_of[one] += 1 if out else -1


def ordered_parts(rows: int, sizes: Sizes) -> dict[str, Rows]:
    """The first rows for training, then those for validation, the last for the test."""
    return cut_in_order(np.arange(rows), part_counts(rows, sizes))


def parts_by_column(cells: Sequence[str], column: str) -> dict[str, Rows]:
    """The part that a column names for each row; ValueError for a cell that names none."""
    known = {word: part for part, words in PART_NAMES.items() for word in words}
    named = np.array([known.get(cell.strip().lower(), "") for cell in cells], dtype=np.object_)
    unknown = sorted({cell for cell, part in zip(cells, named, strict=True) if not part})
    if unknown:
        words = ", ".join(words[0] for words in PART_NAMES.values())
        raise ValueError(f"column {column!r} names a part {unknown[0]!r}; expected {words}")
    parts = {part: np.flatnonzero(named == part) for part in PARTS}
    if not len(parts["training"]):
        raise ValueError(f"column {column!r} names no row 'training'")
    return {part: found for part, found in parts.items() if len(found)}


def parts_by_group(cells: Sequence[str], sizes: Sizes, rng: np.random.Generator) -> dict[str, Rows]:
    """Whole groups, in a random order, for each part as long as they bring it nearer to its rows."""
    codes = np.unique(np.asarray(cells, dtype=np.str_), return_inverse=True)[1]
    of_group = np.bincount(codes)
    wanted, owner = part_counts(len(codes), sizes), np.full(len(of_group), "training", dtype=np.object_)
    order, left = rng.permutation(len(of_group)), len(of_group)
    for name in reversed([*wanted][1:]):
        missing = wanted[name]
        for group in order:
            if owner[group] == "training" and of_group[group] < 2 * missing and left > 1:
                owner[group], missing, left = name, missing - int(of_group[group]), left - 1
        if missing == wanted[name]:
            groups = f"{counted(len(of_group), 'group')} of up to {of_group.max():,} rows"
            raise PartError(name, f"{wanted[name]:,} of {len(codes):,} rows cannot be made of {groups}")
    return {part: found for part in PARTS if len(found := np.flatnonzero(owner[codes] == part))}


def parts_by_time(times: NDArray[np.float64], sizes: Sizes) -> dict[str, Rows]:
    """The latest rows for the test, those before them for validation, each part in the file's order.

    Rows of one time stay together, in the earlier of two parts.
    """
    order = np.argsort(times, kind="stable")
    sorted_times, ends, end = times[order], {}, 0
    for name, count in part_counts(len(times), sizes).items():
        end += count
        ends[name] = int(np.searchsorted(sorted_times, sorted_times[end - 1], side="right"))
    parts, start = {}, 0
    for name, end in ends.items():
        if end <= start:
            raise PartError(name, f"{name}: no row is later than the rows before it; hold out another number")
        parts[name], start = np.sort(order[start:end]), end
    return parts


def part_counts(rows: int, sizes: Sizes) -> dict[str, int]:
    """The number of rows of each part, in the order of ``PARTS``."""
    held: dict[str, int] = {}
    for name in PARTS[1:]:
        if name in sizes:
            held[name] = expected_count(name, sizes[name], rows, rows - sum(held.values()))
    return {"training": rows - sum(held.values()), **held}


def expected_count(name: str, size: float, rows: int, left: int) -> int:
    """The rows of a part; ValueError where it would be empty, or leave none to train on."""
    k = row_count(size, rows)
    if 0 < k < left:
        return k
    wrong = "leaves no sample to train on" if k else "is less than one sample"
    what = (
        f"{size:,} of {rows:,} samples"
        if isinstance(size, int)
        else f"a share of {size:g} of {rows:,} samples"
    )
    raise PartError(name, f"{what} {wrong}")


class PartError(ValueError):
    """A part that cannot be held out; ``part`` is its name."""

    def __init__(self, part: str, message: str):
        super().__init__(message)
        self.part = part


def cut_in_order(order: Rows, sizes: Mapping[str, int]) -> dict[str, Rows]:
    """Cut rows in this order into parts of these sizes."""
    ends = np.cumsum([*sizes.values()])[:-1]
    return dict(zip(sizes, np.split(order, ends), strict=True))
