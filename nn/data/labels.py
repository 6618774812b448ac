"""Class labels: what the cells of a column are as labels, and how labels are found among classes.

A label is what stands in the data, to the letter: 007 and 07 are two classes, as are 1.1 and 1.10.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Label = str | int | float
"""A whole number where it is written as Python writes one, else text; a float in old model files alone."""
Task = Literal["classification", "regression"]
PLAIN_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,999}", re.ASCII)
"""How Python writes a whole number: no sign +, no leading zeros, no −0, digits of ASCII."""


class Column(NamedTuple):
    """What a target column holds, as far as it tells its task."""

    numbers: bool
    """Every cell is a number."""
    whole: bool
    """Every cell is a whole number."""
    words: bool
    """More than half of the cells are no numbers."""
    labels: int
    """How many different labels there are."""


Rule = Callable[[Column], Task]
"""Decides the task of a target column."""


def words_are_classes(column: Column) -> Task:
    """A column of words is one of classes, any other one of numbers."""
    return "classification" if column.words else "regression"


def label(text: str) -> Label:
    """The label that a text is.

    >>> label("10"), label("010"), label("1E1"), label("ten")
    (10, '010', '1E1', 'ten')
    """
    return int(text) if PLAIN_INTEGER.fullmatch(text) else text


def parse_number(text: str) -> float | None:
    """The number that a text spells, or None. Python's 1_000 is no number here."""
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def distinct(labels: Iterable[Label], target: str) -> tuple[Label, ...]:
    """The distinct labels, whole numbers first and in their order, then words in theirs.

    Raises ValueError, naming the target, where there are fewer than two.
    """
    classes: list[Any] = sorted(set(labels), key=lambda label: (isinstance(label, str), label))
    if len(classes) < 2:
        found = f"one class ({classes[0]!r})" if classes else "no class"
        raise ValueError(f"{target} has {found}; expected at least 2")
    return tuple(classes)


def class_positions(labels: Sequence[Label], classes: Sequence[Label]) -> NDArray[np.intp]:
    """The place of each label among the classes, ``(samples,)``; −1 for one that is not among them.

    A label is found by its spelling, else by its value where just one class has it: 7.0 is the class 7.
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
    """Whether classes are the same in the same order, by spelling or by value."""
    return len(ones) == len(others) and class_positions(ones, others).tolist() == [*range(len(ones))]


def numeric_value(label: Label) -> Decimal | None:
    """The number that a label spells, exactly; None for a word."""
    text = str(label)
    try:
        return None if parse_number(text) is None else Decimal(text)
    except InvalidOperation:  # an exponent of twenty digits
        return None


def label_array(classes: Sequence[Label]) -> NDArray[Any]:
    """Labels as an array whose items are these labels, whole numbers beyond 64 bits and mixtures too."""
    array = np.array(classes)
    return array if repr(array.tolist()) == repr(list(classes)) else np.array(classes, dtype=object)
