"""Fuses calls that can share loops in C, and orders the loops."""

from collections.abc import Callable, Sequence
from math import prod

from nn.arrays import Array
from nn.engine.operations import Elementwise, Product, Reduction
from nn.engine.program import Call, overlap, owner, same_elements

VECTOR = 8
"""Shorter loops gain little from vectorisation."""
FIRST_CACHE = 1 << 15
"""Results of so many bytes are computed where they are read, if what they are made of is read there too: from
there on a store and a load cost more than they save."""
LONG_LOOP = 16
"""From this length on a loop multiplies by the reciprocal of what it divides by."""


def strides_in(array: Array, shape: Sequence[int]) -> list[int]:
    """Return the strides of an array broadcast to ``shape``, in elements; 0 where it repeats."""
    own = [
        0 if length == 1 else stride // array.itemsize
        for length, stride in zip(array.shape, array.strides, strict=True)
    ]
    return [0] * (len(shape) - len(own)) + own


def loops(calls: Sequence[Call], alone: Callable[[Call], bool] = lambda _: False) -> list[list[Call]]:
    """Group the calls; each group becomes one nest of loops, and so does a call that is to be ``alone``.

    A call joins the earliest group that it fits, or with a large result the last one that reads the same, as
    long as no later group reads or writes the same memory in conflict with it: order matters only between
    calls that share memory.
    """
    groups: list[list[Call]] = []
    memories: list[set[int]] = []
    """What each group reads and writes, by its owners."""
    for call in calls:
        home, memory = None, {owner(array) for array in (*call.arguments, call.out)}
        for number, group in reversed([*enumerate(groups)]):
            shared = not memory.isdisjoint(memories[number])
            together = not alone(call) and not alone(group[0]) and fits(call, group)
            if together and not (shared and conflicts(call, group)):
                home = number
                if call.out.nbytes >= FIRST_CACHE and any(reads_the_same(call, other) for other in group):
                    break
            if shared and any(touches(call, other) for other in group):
                break
        if home is None:
            groups.append([call])
            memories.append(memory)
        else:
            groups[home].append(call)
            memories[home] |= memory
    return groups


def is_loop(call: Call) -> bool:
    """Whether a call becomes plain loops over its elements."""
    return isinstance(call.operation, Elementwise | Reduction)


def space(call: Call) -> tuple[int, ...]:
    """Return the shape that the loops of a call run over."""
    return largest(call).shape


def largest(call: Call) -> Array:
    """Return the array of a call that has this shape."""
    return call.arguments[0] if isinstance(call.operation, Reduction) else call.out


def terms(calls: Sequence[Call]) -> int:
    """Count the terms that calls compute: elements, and the multiplications of products."""
    return sum(
        prod(space(call)) * (call.arguments[0].shape[-1] if isinstance(call.operation, Product) else 1)
        for call in calls
    )


def fits(call: Call, group: list[Call]) -> bool:
    """Whether the loops of a group are those that a call needs."""
    if not (is_loop(call) and is_loop(group[0]) and space(call) == space(group[0])):
        return False
    if all(length == 1 or length >= VECTOR for length in space(call)):
        return True
    # One long loop for most is better than short ones for all.
    return Nest([*group, call]).lengths[-1] >= VECTOR or Nest([call]).lengths == Nest(group).lengths


def conflicts(call: Call, group: list[Call]) -> bool:
    """Whether a call needs more than the current element of an array that a group shares with it."""
    for other in group:
        if isinstance(other.operation, Reduction):
            if any(overlap(array, other.out) for array in (*call.arguments, call.out)):
                return True
        elif any(
            overlap(argument, other.out) and not same_elements(argument, other.out)
            for argument in call.arguments
        ):
            return True
        if overlap(call.out, other.out) and not same_elements(call.out, other.out):
            return True
        if any(overlap(call.out, read) and not same_elements(call.out, read) for read in other.arguments):
            return True
    return False


def reads_the_same(call: Call, other: Call) -> bool:
    """Whether two calls read the same elements of an array."""
    return any(a.size > 1 and same_elements(a, b) for a in call.arguments for b in other.arguments)


def touches(call: Call, other: Call) -> bool:
    """Whether two calls must stay in order: one writes what the other reads or writes."""
    reads = any(overlap(argument, other.out) for argument in call.arguments)
    return reads or any(overlap(call.out, array) for array in (*other.arguments, other.out))


class Nest:
    """The loops of a group; axes that are contiguous in every array are merged into one loop."""

    def __init__(self, group: list[Call]):
        self.group, self.shape = group, space(group[0])
        views = [a for call in group for a in (*call.arguments, call.out)]
        strides = [strides_in(view, self.shape) for view in views]
        first = strides_in(largest(group[0]), self.shape)
        self.axes: list[list[int]] = []
        for axis in sorted(range(len(self.shape)), key=lambda axis: -first[axis]):
            length = self.shape[axis]
            if length == 1:
                continue
            if self.axes and all(s[self.axes[-1][-1]] == s[axis] * length for s in strides):
                self.axes[-1].append(axis)
            else:
                self.axes.append([axis])
        self.lengths = [prod(self.shape[axis] for axis in axes) for axes in self.axes]
        self.index = ["0"] * len(self.shape)
        for number, axes in enumerate(self.axes):
            self.index[axes[-1]] = f"i{number}"

    def repeats(self, array: Array) -> bool:
        """Whether a long innermost loop reads one element of an array throughout, which no call changes."""
        along = self.axes[-1][-1] if self.axes else None
        return (
            along is not None
            and self.lengths[-1] >= LONG_LOOP
            and not strides_in(array, self.shape)[along]
            and not any(overlap(call.out, array) for call in self.group)
        )

    def reduced(self, call: Call) -> list[bool]:
        """Return which loops a reduction runs over."""
        return [axes[-1] in call.axes for axes in self.axes]

    def level(self, call: Call) -> int:
        """Return the number of loops outside of the scalar accumulator of a reduction."""
        return self.reduced(call).index(True)

    def has_scalar(self, call: Call) -> bool:
        """Whether a reduction runs over the innermost loops alone, so that its accumulator is a scalar."""
        reduced = self.reduced(call)
        return isinstance(call.operation, Reduction) and any(reduced) and all(reduced[reduced.index(True) :])
