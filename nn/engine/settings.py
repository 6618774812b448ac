"""Settings: numbers that a program reads and does not contain, so that others need no other program."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.program import owner

Bound = Callable[[Callable[[float], Any]], AbstractContextManager[object]]
"""Within this context, the numbers of formulas are what a function makes of them."""


def unbound(make: Callable[[float], Any]) -> AbstractContextManager[object]:
    """A context within which formulas have the numbers that they have."""
    return nullcontext()


class Settings:
    """The settings of a program with all that depends on them alone: computed once, here, in float64.

    A setting is a number of Python to formulas, *weak*: it takes the type of the arrays that it meets.
    """

    def __init__(self) -> None:
        self.arrays: list[Array] = []
        self.owners: set[int] = set()
        self.weak: set[int] = set()
        """The identities of all, and of those that are weak."""
        self.results: dict[tuple[Any, ...], Array] = {}
        """By function and arguments: equal ones are one array."""

    def __contains__(self, array: Array) -> bool:
        return owner(array) in self.owners

    def is_weak(self, array: Array) -> bool:
        """Whether an array takes the type of those that it meets."""
        return array.ndim == 0 and owner(array) in self.weak

    def add(self, value: Any, *, weak: bool) -> Array:
        """A new setting."""
        array = np.array(value)
        self.arrays.append(array)
        self.owners.add(id(array))
        if weak and array.dtype == float:
            self.weak.add(id(array))
        return array

    def compute(self, function: str, arguments: tuple[Array, ...], *, weak: bool) -> Array:
        """Another setting: what a function of NumPy makes of settings and constants.

        No program does it, so it need not be one of the ``OPERATIONS``.
        """
        key = (function, *((a.ctypes.data, a.shape, a.strides, a.dtype.str) for a in arguments))
        if key not in self.results:
            self.results[key] = self.add(getattr(np, function)(*arguments), weak=weak)
        return self.results[key]

    def convert(self, array: Array, dtype: Any) -> Array:
        """A setting in another type, whatever it then meets."""
        key = ("copy", np.dtype(dtype).str, array.ctypes.data, array.shape, array.strides)
        if key not in self.results:
            self.results[key] = self.add(array.astype(dtype), weak=False)
        return self.results[key]
