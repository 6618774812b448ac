"""Reads class labels from cells, and finds labels among classes.

A label is exactly what the data say: 007 and 07 are two classes, as are 1.1 and 1.10.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Label = str | int | float
"""A whole number if it is written as Python writes one, else text; floats occur in old model files only."""
Task = Literal["classification", "regression"]
PLAIN_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,999}", re.ASCII)
"""A whole number as Python writes it: no sign +, no leading zeros, no −0, ASCII digits."""


class TargetSummary(NamedTuple):
    """A summary of a target column, from which its task is decided."""

    numbers: bool
    """Whether every cell is a number."""
    whole: bool
    """Whether every cell is a whole number."""
    words: bool
    """Whether at least half of the cells are not numbers."""
    labels: int
    """The number of distinct labels."""


Rule = Callable[[TargetSummary], Task]
"""Decides the task of a target column."""


def words_are_classes(column: TargetSummary) -> Task:
    """Take a column of words for classes, and any other for numbers."""
    return "classification" if column.words else "regression"


def label(text: str) -> Label:
    """Return the label that a text stands for.

    >>> label("10"), label("010"), label("1E1"), label("ten")
    (10, '010', '1E1', 'ten')
    """
    return int(text) if PLAIN_INTEGER.fullmatch(text) else text


def parse_number(text: str) -> float | None:
    """Return the number that a text stands for, or None. Python's 1_000 is not a number here."""
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def distinct(labels: Iterable[Label], target: str) -> tuple[Label, ...]:
    """Return the distinct labels: whole numbers in order, then words in order.

    Raises ValueError, naming the target, if there are fewer than two.
    """
    classes: list[Any] = sorted(set(labels), key=lambda label: (isinstance(label, str), label))
    if len(classes) < 2:
        found = f"one class ({classes[0]!r})" if classes else "no class"
        raise ValueError(f"{target} has {found}; expected at least 2")
    return tuple(classes)


def class_positions(labels: Sequence[Label], classes: Sequence[Label]) -> NDArray[np.intp]:
    """Return the index of each label in the classes, ``(samples,)``; −1 for one that is not among them.

    A label is found by its spelling, else by its value if exactly one class has it: 7.0 is the class 7.
    """
    spelled = {str(one): place for place, one in enumerate(classes)}
    values = [numeric_value(one) for one in classes]
    counts = Counter(values)
    valued: dict[Decimal | None, int] = {
        one: place for place, one in enumerate(values) if one is not None and counts[one] == 1
    }
    places = {one: spelled.get(str(one), valued.get(numeric_value(one), -1)) for one in set(labels)}
    return np.array([places[one] for one in labels], dtype=np.intp)


def agree(ones: Sequence[Label], others: Sequence[Label]) -> bool:
    """Whether two lists of classes are equal, by spelling or by value."""
    return len(ones) == len(others) and class_positions(ones, others).tolist() == [*range(len(ones))]


def numeric_value(label: Label) -> Decimal | None:
    """Return the exact number that a label stands for; None for a word."""
    text = str(label)
    try:
        return None if parse_number(text) is None else Decimal(text)
    except InvalidOperation:  # an exponent of twenty digits, say
        return None


def label_array(classes: Sequence[Label]) -> NDArray[Any]:
    """Return labels as an array with exactly these items, even whole numbers beyond 64 bits and mixtures."""
    array = np.array(classes)
    return array if repr(array.tolist()) == repr(list(classes)) else np.array(classes, dtype=object)
