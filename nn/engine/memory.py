"""Finds state that formulas keep outside of the arrays that they are given, and that is not recorded."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Any

import numpy as np


def remembered(parts: Iterable[object], step: Callable[[], object]) -> str | None:
    """Return the name of an attribute that changes from step to step, ``Layer.counter``, or None.

    ``parts`` are the objects whose methods are the formulas. ``step`` is the same step each time, so that
    their attributes are equal after each, unless they count, draw random numbers or depend on the last step.
    """
    parts = [*parts]
    step()
    before, drawn = [held(part) for part in parts], global_draws()
    step()
    for part, then in zip(parts, before, strict=True):
        for name, value in held(part).items():
            if not (name in then and bitwise_equal(then[name], value)):
                return f"{type(part).__name__}.{name}"
    return None if drawn == global_draws() else "np.random"


def global_draws() -> tuple[Any, ...]:
    """Return the position of NumPy's global generator."""
    state: Any = np.random.get_state()  # noqa: NPY002
    _, key, *place = state
    return key.tobytes(), *place


def held(part: object) -> dict[str, Any]:
    """Copy the numbers, strings, arrays and generators among the attributes of an object."""
    kinds = (bool, int, float, complex, str, np.generic, np.ndarray, np.random.Generator)
    return {name: deepcopy(value) for name, value in vars(part).items() if isinstance(value, kinds)}


def bitwise_equal(before: Any, after: Any) -> bool:
    """Whether two values are bitwise equal."""
    if isinstance(before, np.random.Generator):
        return type(after) is type(before) and str(before.bit_generator.state) == str(
            after.bit_generator.state
        )
    if isinstance(before, np.ndarray):
        return bool(np.array_equal(before, after, equal_nan=before.dtype.kind in "fc"))
    return bool(before == after) or before != before
