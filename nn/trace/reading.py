"""Reads expressions off a recording, back to named quantities."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nn.arrays import Array
from nn.engine.program import owner
from nn.trace.expressions import Expression, Name, sum_of_terms, unnamed_number
from nn.trace.recording import ExecutedCall, Recording, place

TERMS = 6
"""Of longer sums only some terms are shown."""
Index = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Variable:
    """A named array: ``name`` gives the name of each element."""

    array: Array
    name: Callable[[Index], Name]


class ExpressionReader:
    """Builds the expressions of elements that the calls of a recording computed."""

    def __init__(self, recording: Recording, variables: dict[int, Variable], sample: int):
        self.done, self.variables, self.sample = recording.done, variables, sample
        self.batch = recording.inputs["x"].shape[-2]

    def made(self, call: int, index: Index) -> Expression:
        """Return the expression of the element at this index of a call's result."""
        done = self.done[call]
        function, value = done.call.function, float(done.made[index])
        if function == "matmul":
            return self.product(call, index)
        if function == "sum":
            return self.reduction(call, index)
        if function == "max":
            return self.largest(call, index)
        parts = tuple(self.read(call, k, aligned(done.read[k], index)) for k in range(len(done.read)))
        if function == "copy":
            return replace(parts[0], value=value)
        if function == "where":
            return parts[1] if parts[0].value else parts[2]
        if function in ("maximum", "minimum") and is_negative_of(*parts):
            return parts[0] if parts[0].value == value else parts[1]
        if function == "log1p":
            return Expression(
                value, "log", (Expression(1 + parts[0].value, "add", (unnamed_number(1), parts[0])),)
            )
        if function == "expm1":
            return Expression(value, "subtract", (Expression(value + 1, "exp", parts), unnamed_number(1)))
        if function == "multiply" and same_quantity(*parts):
            return Expression(value, "square", parts[:1])
        return Expression(value, function, parts)

    def read(self, call: int, argument: int, index: Index) -> Expression:
        """Return the expression of an element that a call read: a named quantity, a number, or its origin."""
        array, value = self.done[call].call.arguments[argument], float(self.done[call].read[argument][index])
        variable = self.variables.get(owner(array))
        if variable:
            there = place(array, index, variable.array)
            return Expression(value, name=variable.name(there) if there is not None else None)
        for maker in reversed(range(call)):
            there = place(array, index, self.done[maker].call.out)
            if there is not None:
                return self.made(maker, there)
        return unnamed_number(float(f"{value:.12g}"))  # a constant without its rounding error: 1 − 0.9 is 0.1

    def product(self, call: int, index: Index) -> Expression:
        """Σₖ aᵢₖ bₖⱼ."""
        done = self.done[call]
        a, b = done.read
        column = index[-1]

        def term(k: int) -> Expression:
            left = self.read(call, 0, aligned(a, (*index[:-1], k)))
            right = self.read(call, 1, aligned(b, (*index[:-2], k, column)))
            return Expression(left.value * right.value, "multiply", (left, right))

        chosen = self.chosen(a.shape[-1])
        terms = [term(k) for k in chosen]
        return sum_of_terms(terms, float(done.made[index]), a.shape[-1] - len(chosen))

    def reduction(self, call: int, index: Index) -> Expression:
        """Return a sum over the axes of the call."""
        done = self.done[call]
        places = reduced_elements(done, index)
        each = len(places) // self.batch if len(places) % self.batch == 0 else 1
        terms = [self.read(call, 0, places[k]) for k in self.chosen(len(places), each)]
        return sum_of_terms(terms, float(done.made[index]), len(places) - len(terms))

    def largest(self, call: int, index: Index) -> Expression:
        """Return the largest of some numbers."""
        name = self.read(call, 0, reduced_elements(self.done[call], index)[0]).name
        value = float(self.done[call].made[index])
        return Expression(value, name=replace(name, letter=f"max {name.letter}", units=()) if name else None)

    def chosen(self, count: int, each: int = 1) -> list[int]:
        """Choose the terms of a sum to show: all of a few; of samples, of ``each`` terms, ours first."""
        order = list(range(count))
        if count == self.batch * each and count > TERMS:
            order.sort(key=lambda term: term // each != self.sample)
        return order if count <= TERMS else order[: TERMS // 2]


def aligned(array: Array, index: Index) -> Index:
    """Return the index of the element that broadcasting puts at ``index``."""
    last = index[len(index) - array.ndim :]
    return tuple(0 if length == 1 else i for i, length in zip(last, array.shape, strict=True))


def reduced_elements(done: ExecutedCall, index: Index) -> list[Index]:
    """Return the indices of the elements that a reduction combines."""
    shape = done.read[0].shape
    lengths = [shape[axis] if axis in done.call.axes else 1 for axis in range(len(shape))]
    return [
        tuple(
            int(a if axis in done.call.axes else i) for axis, (a, i) in enumerate(zip(at, index, strict=True))
        )
        for at in np.ndindex(*lengths)
    ]


def same_quantity(a: Expression, b: Expression) -> bool:
    """Whether both are the same quantity or expression."""
    return same_expression(a, b) and (a.name is not None or bool(a.parts))


def same_expression(a: Expression, b: Expression) -> bool:
    """Whether both are the same expression of the same numbers."""
    same = (a.operation, a.name, a.value, len(a.parts)) == (b.operation, b.name, b.value, len(b.parts))
    return same and all(map(same_expression, a.parts, b.parts))


def is_negative_of(a: Expression, b: Expression) -> bool:
    """Whether the second is the negative of the first."""
    return b.operation == "negative" and same_expression(a, b.parts[0])
