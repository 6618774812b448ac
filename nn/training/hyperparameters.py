"""The hyperparameters of a step: the numbers in its optimiser, schedule, layers and loss."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from numbers import Integral, Real
from typing import Any

from nn.schedules.base import Schedule
from nn.validation import matches_type


def hyperparameters(part: object) -> list[str]:
    """Return the names of fields that hold nonzero numbers; whole numbers only of schedules.

    A 0 leaves something out, as None does, and whole numbers make shapes: these are choices of another
    formula. So are truth values and words.
    """
    return [
        field.name
        for field in (fields(part) if is_dataclass(part) else ())
        if is_number(getattr(part, field.name), field.type, whole=isinstance(part, Schedule))
    ]


def is_number(value: object, annotation: Any, *, whole: bool) -> bool:
    """Whether a value is a nonzero number, and its field is not for whole numbers alone unless ``whole``."""
    if isinstance(value, bool) or not isinstance(value, Real) or not value:
        return False
    return whole or not isinstance(value, Integral) or matches_type(0.5, annotation)


def hyperparameters_of(parts: Iterable[object]) -> dict[str, float]:
    """Return the hyperparameters of objects, in the order in which they are ``bound``: ``SGD.learning_rate``.

    A second object of a kind is numbered: ``Dense 2.weight_decay``.
    """
    found: dict[str, float] = {}
    kinds: Counter[str] = Counter()
    for part in parts:
        kind = type(part).__name__
        kinds[kind] += 1
        number = f" {kinds[kind]}" if kinds[kind] > 1 else ""
        found |= {f"{kind}{number}.{name}": float(getattr(part, name)) for name in hyperparameters(part)}
    return found


@contextmanager
def bound(parts: Iterable[object], make: Callable[[float], Any]) -> Iterator[None]:
    """Replace the hyperparameters of objects by a function of them, and restore them at the end."""
    own = [(part, name, getattr(part, name)) for part in parts for name in hyperparameters(part)]
    try:
        for part, name, value in own:
            object.__setattr__(part, name, make(value))
        yield
    finally:
        for part, name, value in own:
            object.__setattr__(part, name, value)
