"""Where arrays are in C: in the memory of a step, or in parameters of a function."""

from collections.abc import Sequence
from itertools import count
from typing import Protocol

from nn.arrays import Array
from nn.engine.codegen.arithmetic import c_type
from nn.engine.compiler import CompilerError
from nn.engine.program import Call, base, owner

LOCAL_BYTES = 1 << 15
STACK_BYTES = 1 << 18
"""Larger temporaries, and those beyond this total, are put in the arena: threads have small stacks."""


class Addresses(Protocol):
    """The address of each array in C."""

    def at(self, array: Array) -> tuple[str, int]:
        """Return a pointer, and the offset of an array's first element from it, in elements."""

    def number(self, array: Array) -> str:
        """Return the name of a scalar that nothing writes to."""


class Memory:
    """The memory of a step: arrays that its caller gives, and temporaries."""

    def __init__(self, pointers: dict[str, Array]):
        self.places = {owner(array): (name, array) for name, array in pointers.items()}
        if len(self.places) < len(pointers):
            raise CompilerError("the engine 'native' needs arrays that share no memory (see Sequential.bind)")
        self.arena = self.local = 0
        self.declarations: list[str] = []
        self.numbers = count()

    def at(self, array: Array) -> tuple[str, int]:
        """Return the pointer and the offset of an array's first element."""
        if owner(array) not in self.places:
            self.declare(array)
        name, first = self.places[owner(array)]
        return name, distance(array, first)

    def number(self, array: Array) -> str:
        """Return the name of a scalar that nothing writes to, which is read once."""
        place, offset = self.at(array)
        name = f"{place}_{offset}"
        line = f"const {c_type(array.dtype)} {name} = {place}[{offset}];"
        if line not in self.declarations:
            self.declarations.append(line)
        return name

    def declare(self, array: Array) -> None:
        """Allocate a temporary."""
        array = base(array)
        name, kind = f"t{next(self.numbers)}", c_type(array.dtype)
        if array.nbytes <= LOCAL_BYTES and self.local + array.nbytes <= STACK_BYTES:
            self.local += array.nbytes
            self.declarations.append(f"{kind} {name}[{array.size}] __attribute__((aligned(64)));")
        else:
            self.declarations.append(f"{kind} *const restrict {name} = ({kind} *)(arena + {self.arena});")
            self.arena += -(-array.nbytes // 64) * 64
        self.places[owner(array)] = (name, array)


class Parameters:
    """The place of each array of some calls as parameters of a function.

    Equal calls on other arrays have equal parameters: those of arrays point to the first of all elements that
    the calls use of its memory, so that neither names nor offsets tell which arrays they are.
    """

    def __init__(self, calls: Sequence[Call]):
        views = [array for call in calls for array in (*call.arguments, call.out)]
        self.first: dict[int, Array] = {}
        for array in sorted(views, key=lambda array: array.ctypes.data):
            self.first.setdefault(owner(array), array)
        self.arrays: dict[int, Array] = {}
        """Those that a call of the function gives, by their owners, in the order of their use."""
        self.scratch: dict[int, Array] = {}
        """Those that the function fills for itself."""
        self.numbers: dict[int, Array] = {}

    def at(self, array: Array) -> tuple[str, int]:
        """Return the pointer and the offset of an array's first element."""
        key = owner(array)
        if key not in self.first:
            return f"w{index_in(self.scratch, key, array)}", 0
        first = self.first[key]
        return f"a{index_in(self.arrays, key, first)}", distance(array, first)

    def number(self, array: Array) -> str:
        """Return the name of a scalar that nothing writes to."""
        return f"n{index_in(self.numbers, array.ctypes.data, array)}"

    def declarations(self) -> str:
        """Write the parameters."""
        pointers = {"a": self.arrays, "w": self.scratch}
        declared = [
            f"{c_type(array.dtype)} *const restrict {letter}{number}"
            for letter, arrays in pointers.items()
            for number, array in enumerate(arrays.values())
        ]
        numbers = enumerate(self.numbers.values())
        return ", ".join([*declared, *(f"const {c_type(array.dtype)} n{n}" for n, array in numbers)])

    def arguments(self, memory: Addresses) -> str:
        """Write the arguments of a call."""
        places = [memory.at(array) for array in (*self.arrays.values(), *self.scratch.values())]
        pointers = [f"{name} + {offset}" if offset else name for name, offset in places]
        return ", ".join([*pointers, *map(memory.number, self.numbers.values())])


def index_in(arrays: dict[int, Array], key: int, array: Array) -> int:
    """Return the position of a key, which is added at the end where it is new."""
    arrays.setdefault(key, array)
    return [*arrays].index(key)


def distance(array: Array, first: Array) -> int:
    """Return the distance of two arrays of one memory, in elements."""
    return (array.ctypes.data - first.ctypes.data) // array.itemsize
