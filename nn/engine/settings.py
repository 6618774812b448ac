"""Settings: scalar inputs of a program; its C text, and so the library, does not depend on their values."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.program import Call, owner

Bound = Callable[[Callable[[float], Any]], AbstractContextManager[object]]
"""A context in which each number that formulas read is replaced by what a function returns for it."""


def unbound(make: Callable[[float], Any]) -> AbstractContextManager[object]:
    """Return a context that replaces no numbers."""
    return nullcontext()


class Settings:
    """The settings of a program, and all results that depend on them alone, computed once in float64.

    In formulas a setting is *weak*, as a Python number is: it takes the dtype of the arrays beside it.
    """

    def __init__(self) -> None:
        self.arrays: list[Array] = []
        self.owners: set[int] = set()
        self.weak: set[int] = set()
        """Identities of all settings, and of those that are weak."""
        self.results: dict[tuple[Any, ...], Array] = {}
        """By function and arguments, so that equal results are stored once."""
        self.derivations: list[Call] = []
        """How each result is made."""
        self.read: set[int] = set()
        """Identities of those whose value has become a constant of the program."""

    def __contains__(self, array: Array) -> bool:
        return owner(array) in self.owners

    @property
    def free(self) -> tuple[Array, ...]:
        """The settings for which any other number gives the same program, but a 0 where it was none."""
        made = {owner(call.out) for call in self.derivations}
        bound = set(self.read)
        for call in reversed(self.derivations):
            if owner(call.out) in bound:
                bound |= {owner(argument) for argument in call.arguments}
        return tuple(array for array in self.arrays if owner(array) not in made | bound)

    def is_given(self, array: Array) -> bool:
        """Whether an array is a setting, and not a result of others."""
        return array in self and all(owner(call.out) != owner(array) for call in self.derivations)

    def is_weak(self, array: Array) -> bool:
        """Whether an array is a weak setting."""
        return array.ndim == 0 and owner(array) in self.weak

    def add(self, value: Any, *, weak: bool) -> Array:
        """Add a setting."""
        array = np.array(value)
        self.arrays.append(array)
        self.owners.add(id(array))
        if weak and array.dtype == float:
            self.weak.add(id(array))
        return array

    def compute(self, function: str, arguments: tuple[Array, ...], *, weak: bool) -> Array:
        """Add the result of a NumPy function of settings and constants as another setting.

        Programs do not contain the call, so the function need not be one of the ``OPERATIONS``.
        """
        key = (function, *((a.ctypes.data, a.shape, a.strides, a.dtype.str) for a in arguments))
        if key not in self.results:
            self.results[key] = self.add(getattr(np, function)(*arguments), weak=weak)
            self.derivations.append(Call(function, arguments, self.results[key]))
        return self.results[key]

    def convert(self, array: Array, dtype: Any) -> Array:
        """Add a setting converted to another type, which it keeps."""
        key = ("copy", np.dtype(dtype).str, array.ctypes.data, array.shape, array.strides)
        if key not in self.results:
            self.results[key] = self.add(array.astype(dtype), weak=False)
            self.derivations.append(Call("copy", (array,), self.results[key]))
        return self.results[key]
