"""Writes calls that share loops as C."""

from collections.abc import Sequence
from itertools import count
from typing import Protocol

from nn.arrays import Array
from nn.engine.codegen.arithmetic import c_type, combined, converted, expression, literal, start
from nn.engine.codegen.fusion import Nest, is_loop, strides_in
from nn.engine.codegen.places import Addresses
from nn.engine.codegen.products import write_product, write_row_sum
from nn.engine.codegen.tiles import in_pairs
from nn.engine.operations import Elementwise, Product, Reduction
from nn.engine.program import Call, Program, owner, same_elements

FEW_TERMS = 16
"""Sums over an innermost loop of up to this many terms are written as trees, whose additions run in parallel;
compilers add up the lanes of a vector one by one."""


class Uses(Protocol):
    """What loops need to know of the program around them."""

    program: Program

    def stored(self, call: Call, group: list[Call]) -> bool:
        """Whether a result is needed outside of its group."""

    def adds_stored_rows(self, call: Call) -> bool:
        """Whether a call adds up the rows of a matrix that is in memory anyway, for a product."""

    def shorter(self, operation: Elementwise, call: Call, nest: Nest) -> Elementwise:
        """Return the operation as it is written of what this call computes it of."""


class GroupWriter:
    """The loops of one group of calls in C."""

    def __init__(self, uses: Uses, places: Addresses):
        self.uses, self.places = uses, places
        self.lines: list[str] = []
        self.names = count()

    def write(self, group: list[Call]) -> list[str]:
        """Write a group of calls; returns the lines."""
        if self.uses.adds_stored_rows(group[0]):
            write_row_sum(self, group[0])
        elif is_loop(group[0]):
            self.nest(group)
        elif isinstance(group[0].operation, Product):
            write_product(self, group[0])
        else:
            self.argmax(group[0])
        return self.lines

    def nest(self, group: list[Call]) -> None:
        """Write one nest of loops for fused elementwise calls and reductions."""
        nest = Nest(group)
        sums = {id(call): f"s{next(self.names)}" for call in group if nest.has_scalar(call)}
        self.lines.append("{")
        for call in group:
            if isinstance(call.operation, Reduction) and id(call) not in sums:
                self.fill(call.out, start(call.operation, call.out.dtype))
        for level in range(len(nest.axes) + 1):
            for call in group:
                if isinstance(call.operation, Reduction) and id(call) in sums and nest.level(call) == level:
                    first = start(call.operation, call.out.dtype)
                    of = f"[{nest.lengths[-1]}]" if adds_few(nest, call) else f" = {first}"
                    self.lines.append(f"{c_type(call.out.dtype)} {sums[id(call)]}{of};")
            if level < len(nest.axes):
                if level == len(nest.axes) - 1:
                    self.lines.append(self.pragma(nest, sums))
                self.lines.append(
                    f"for (int64_t i{level} = 0; i{level} < {nest.lengths[level]}; i{level}++) {{"
                )
        self.statements(nest, sums)
        for level in reversed(range(len(nest.axes) + 1)):
            for call in group:
                if id(call) in sums and nest.level(call) == level:
                    total = sums[id(call)]
                    if adds_few(nest, call):
                        total = in_pairs([f"{total}[{number}]" for number in range(nest.lengths[-1])])
                    self.lines.append(f"{self.element(call.out, nest.shape, nest.index)} = {total};")
            if level:
                self.lines.append("}")
        self.lines.append("}")

    def statements(self, nest: Nest, sums: dict[int, str]) -> None:
        """Write the body of the innermost loop, with a local variable for each result."""
        made: list[tuple[Array, str]] = []
        for call in nest.group:
            operands = []
            for argument in call.arguments:
                known = [name for array, name in made if same_elements(array, argument)]
                operands.append(known[-1] if known else self.element(argument, nest.shape, nest.index))
                if not known and call.function == "where" and min(argument.strides, default=0) < 0:
                    # GCC 12 miscompiles conditional loads with negative strides.
                    name = f"v{next(self.names)}"
                    self.lines.append(f"const {c_type(argument.dtype)} {name} = {operands[-1]};")
                    operands[-1] = name
            match call.operation:
                case Reduction() if adds_few(nest, call):
                    term = converted(operands[0], call.arguments[0].dtype, call.out.dtype)
                    self.lines.append(f"{sums[id(call)]}[i{len(nest.axes) - 1}] = {term};")
                case Reduction() as operation:
                    target = sums.get(id(call)) or self.element(call.out, nest.shape, nest.index)
                    self.lines.append(f"{target} = {combined(operation, call, target, operands[0])};")
                case Elementwise() as operation:
                    name, kind = f"v{next(self.names)}", c_type(call.out.dtype)
                    value = expression(self.uses.shorter(operation, call, nest), call, operands)
                    self.lines.append(f"const {kind} {name} = {value};")
                    made.append((call.out, name))
                    if self.uses.stored(call, nest.group):
                        self.lines.append(f"{self.element(call.out, nest.shape, nest.index)} = {name};")

    def pragma(self, nest: Nest, sums: dict[int, str]) -> str:
        """Return the pragma that lets the compiler vectorise: elements are independent, except in sums."""
        reductions = [call for call in nest.group if isinstance(call.operation, Reduction)]
        added = [sums[id(call)] for call in reductions if id(call) in sums and not adds_few(nest, call)]
        if nest.lengths[-1] < 4 or not all(call.operation.adds for call in reductions):
            return ""
        return "#pragma omp simd" + (f" reduction(+ : {', '.join(added)})" if added else "")

    def fill(self, array: Array, value: str) -> None:
        """Write loops that set all elements to a number."""
        index = [f"z{axis}" for axis in range(array.ndim)]
        for name, length in zip(index, array.shape, strict=True):
            self.lines.append(f"for (int64_t {name} = 0; {name} < {length}; {name}++)")
        self.lines.append(f"{self.element(array, array.shape, index)} = {value};")

    def argmax(self, call: Call) -> None:
        """Write the search for the first largest element along an axis; NaN is the largest, as in NumPy."""
        array, (axis,) = call.arguments[0], call.axes
        index = [f"i{number}" for number in range(array.ndim)]
        for number, length in enumerate(array.shape):
            if number != axis:
                self.lines.append(f"for (int64_t i{number} = 0; i{number} < {length}; i{number}++)")
        best = self.element(
            array, array.shape, ["best" if n == axis else name for n, name in enumerate(index)]
        )
        this = self.element(array, array.shape, index)
        out = self.element(call.out, array.shape, index)
        self.lines.append(
            f"{{ int64_t best = 0; for (int64_t i{axis} = 1; i{axis} < {array.shape[axis]}; i{axis}++)"
            f" if (!({this} <= {best}) && {best} == {best}) best = i{axis}; {out} = best; }}"
        )

    def element(self, array: Array, shape: Sequence[int], index: Sequence[str]) -> str:
        """Write an element of an array, broadcast to ``shape``, at ``index``."""
        if self.uses.program.is_literal(array):
            return literal(array)
        if array.ndim == 0 and owner(array) not in self.uses.program.changing:
            return self.places.number(array)
        name, offset = self.places.at(array)
        terms = [str(offset)] if offset else []
        for stride, place in zip(strides_in(array, shape), index, strict=True):
            if stride and place != "0":
                terms.append(place if stride == 1 else f"{stride} * {place}")
        return f"{name}[{' + '.join(terms) or '0'}]"


def adds_few(nest: Nest, call: Call) -> bool:
    """Whether a call is the sum of so few terms that it is written as a tree."""
    innermost = nest.has_scalar(call) and nest.level(call) == len(nest.axes) - 1
    return innermost and call.operation.adds and nest.lengths[-1] <= FEW_TERMS
