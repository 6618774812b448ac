"""A recorded step as data: its calls, inputs, state and outputs, and its listing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.operations import OPERATIONS, Operation


@dataclass(frozen=True, eq=False)
class Call:
    """out ← function(*arguments), on fixed buffers.

    ``function`` is the name of one of the ``OPERATIONS``; ``axes`` are those of a reduction or a search,
    which ``out`` keeps with length 1.
    """

    function: str
    arguments: tuple[Array, ...]
    out: Array
    axes: tuple[int, ...] = ()
    label: str = ""
    """What part of the formulas made it, for readers (``tape.labelled``)."""

    @property
    def operation(self) -> Operation:
        """The row of the table of operations."""
        return OPERATIONS[self.function]

    def compute(self) -> Array:
        """Compute the result from the current arguments with plain NumPy."""
        return self.operation.compute(self.arguments, self.axes)


@dataclass(frozen=True, eq=False)
class Program:
    """A recorded step."""

    calls: tuple[Call, ...]
    inputs: dict[str, Array]
    """Arrays that are filled before each step."""
    kept: dict[str, Array]
    """State: arrays that a step changes and the next one reads."""
    outputs: dict[str, Array]
    """Arrays that a step computes for its caller."""
    settings: tuple[Array, ...] = ()
    """Scalars that its calls read, and that may be changed between steps."""
    free: tuple[Array, ...] = ()
    """Those of them that may be changed by themselves: all others follow from them, or stay."""
    derivations: tuple[Call, ...] = ()
    """How the others follow."""

    def __post_init__(self) -> None:
        """Raise ValueError where a call reads an array that a later call is the first to write."""
        given = [*self.inputs.values(), *self.kept.values()]
        unwritten = self.changing - {owner(array) for array in given}
        for call in self.calls:
            if any(owner(argument) in unwritten for argument in call.arguments):
                raise ValueError(f"the program reads an argument of {call.function} before it is written")
            unwritten.discard(owner(call.out))

    @cached_property
    def changing(self) -> set[int]:
        """Identities of all memory that is not constant."""
        arrays = [*self.inputs.values(), *self.kept.values(), *(call.out for call in self.calls)]
        return {owner(array) for array in arrays}

    @property
    def constants(self) -> list[Array]:
        """The arrays that nothing writes to: settings, and all that are more than single numbers."""
        read = [array for call in self.calls for array in call.arguments if not self.is_literal(array)]
        found = {owner(array): base(array) for array in read if owner(array) not in self.changing}
        return list(found.values())

    def is_literal(self, array: Array) -> bool:
        """Whether an array is a constant scalar, which C writes as a number."""
        return array.ndim == 0 and owner(array) not in self._read

    @cached_property
    def _read(self) -> set[int]:
        return self.changing | {owner(array) for array in self.settings}

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers that it computes with."""
        return next(iter((self.kept | self.inputs).values())).dtype


def contiguous_stack(array: Array, stack: int) -> Array:
    """Copy an array so that a leading axis of length ``stack`` is contiguous in memory.

    A loop over thousands of tiny matrices then is the innermost one, and is vectorised.
    """
    if not stack or not array.ndim or len(array) != stack:
        return array
    memory = np.empty((*array.shape[1:], stack), array.dtype)
    out = np.moveaxis(memory, -1, 0)
    out[...] = array
    return out


def base(array: Array) -> Array:
    """Return the array whose memory an array is a view of."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def owner(array: Array) -> int:
    """Return the identity of the memory that an array is a view of."""
    return id(base(array))


def same_elements(a: Array, b: Array) -> bool:
    """Whether two arrays are the same elements in the same order."""
    return (a.ctypes.data, a.shape, a.strides, a.dtype) == (b.ctypes.data, b.shape, b.strides, b.dtype)


def overlap(a: Array, b: Array) -> bool:
    """Whether two arrays may share elements: whether the ranges of their addresses overlap."""
    return owner(a) == owner(b) and np.may_share_memory(a, b)


def fill(arrays: Mapping[str, Array], values: Mapping[str, Array]) -> None:
    """Copy values into arrays of the same names."""
    for name, array in arrays.items():
        array[...] = values[name]


def listing(program: Program) -> str:
    """Format a program, one call per line with the shape of its result."""
    names = Names(program)
    lines = []
    for call in program.calls:
        arguments = ", ".join(names.of(argument) for argument in call.arguments)
        axes = f", axes={call.axes}" if call.axes else ""
        lines.append((f"{names.of(call.out)} = {call.function}({arguments}{axes})", call.out.shape))
    width = max(len(text) for text, _ in lines)
    return "\n".join(f"{text:{width}}  # {shape}" for text, shape in lines)


class Names:
    """Names for the memory of a program: those of its inputs and of its state, and t0, t1, … for temporaries.

    Where an input and a part of the state share a name, as the targets and Adam's step count do, the latter
    is ``state.t``.
    """

    def __init__(self, program: Program):
        self.program = program
        state = {f"state.{n}" if n in program.inputs else n: array for n, array in program.kept.items()}
        self.roots = {owner(array): (name, array) for name, array in (program.inputs | state).items()}

    def of(self, array: Array) -> str:
        """Return the name of an array; for a view also its elements, and ``.mT`` where transposed."""
        if array.ndim == 0 and owner(array) not in self.program.changing:
            return f"{array.item():.12g}"
        root = base(array)
        temporaries = len(self.roots) - len(self.program.inputs) - len(self.program.kept)
        name, first = self.roots.setdefault(id(root), (f"t{temporaries}", root))
        start = (array.ctypes.data - first.ctypes.data) // array.itemsize
        part = "" if array.size == first.size else f"[{start}:{start + array.size}]"
        return f"{name}{part}{'' if array.flags.c_contiguous or array.ndim < 2 else '.mT'}"
