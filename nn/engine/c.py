"""Writes a program out as C: loops over fixed shapes, neighbouring elementwise calls in one loop."""

from collections.abc import Callable, Sequence
from itertools import count
from math import prod

import numpy as np

from nn.arrays import Array
from nn.engine.program import REDUCTIONS, Call, Program, owner, same

TYPES = {"float64": "double", "float32": "float", "bool": "unsigned char", "int64": "int64_t"}
ELEMENTWISE = {
    "absolute": "fabs({0})",
    "add": "({0} + {1})",
    "copy": "{0}",
    "divide": "({0} / {1})",
    "equal": "({0} == {1})",
    "exp": "exp_({0})",
    "expm1": "expm1({0})",
    "greater": "({0} > {1})",
    "greater_equal": "({0} >= {1})",
    "less": "({0} < {1})",
    "less_equal": "({0} <= {1})",
    "log": "log({0})",
    "log1p": "log1p({0})",
    "maximum": "MAX({0}, {1})",
    "minimum": "MIN({0}, {1})",
    "multiply": "({0} * {1})",
    "negative": "(-{0})",
    "not_equal": "({0} != {1})",
    "power": "pow({0}, {1})",
    "sign": "SIGN({0})",
    "sqrt": "sqrt({0})",
    "square": "({0} * {0})",
    "subtract": "({0} - {1})",
    "tanh": "tanh_({0})",
    "where": "({0} ? {1} : {2})",
}
COMBINE = {
    "sum": ("0", "{0} += {1};"),
    "max": ("-INFINITY", "{0} = MAX({1}, {0});"),
    "min": ("INFINITY", "{0} = MIN({1}, {0});"),
}
"""Where a reduction starts, and how it takes one element in."""
VECTOR = 8
"""Shorter loops gain little from vector instructions."""
VECTOR_BYTES = (64, 32, 16, 8, 4)
"""The vectors of a product, from the widest: the compiler splits those that the processor lacks."""
TINY = 64
"""A product of at most so many terms is written out."""
LOCAL_BYTES = 1 << 15
"""A larger temporary lies in the arena, not on the stack."""


class Memory:
    """Where each array lies: a pointer in C, and an offset in elements."""

    def __init__(self, pointers: dict[str, Array]):
        self.places = {owner(array): (name, array) for name, array in pointers.items()}
        self.arena = 0
        self.declarations: list[str] = []
        self.numbers = count()

    def at(self, array: Array) -> tuple[str, int]:
        """The pointer and the offset of an array's first element."""
        if owner(array) not in self.places:
            self.declare(array)
        name, first = self.places[owner(array)]
        return name, (array.ctypes.data - first.ctypes.data) // array.itemsize

    def declare(self, array: Array) -> None:
        """Make room for a temporary."""
        while isinstance(array.base, np.ndarray):
            array = array.base
        name, kind = f"t{next(self.numbers)}", TYPES[array.dtype.name]
        if array.nbytes <= LOCAL_BYTES:
            self.declarations.append(f"{kind} {name}[{array.size}] __attribute__((aligned(64)));")
        else:
            self.declarations.append(f"{kind} *const restrict {name} = ({kind} *)(arena + {self.arena});")
            self.arena += -(-array.nbytes // 64) * 64
        self.places[owner(array)] = (name, array)


def strides_in(array: Array, shape: Sequence[int]) -> list[int]:
    """The strides of an array broadcast to ``shape``, in elements; 0 where it repeats."""
    own = [
        0 if length == 1 else stride // array.itemsize
        for length, stride in zip(array.shape, array.strides, strict=True)
    ]
    return [0] * (len(shape) - len(own)) + own


def loops(program: Program) -> list[list[Call]]:
    """The calls in groups that each become one nest of loops.

    A call joins the earliest group that it fits, as long as no group after that one touches what it
    reads or writes: order matters only between calls that share memory.
    """
    groups: list[list[Call]] = []
    for call in program.calls:
        home = None
        for group in reversed(groups):
            if fits(call, group):
                home = group
            if any(touches(call, other) for other in group):
                break
        if home is None:
            groups.append([call])
        else:
            home.append(call)
    return groups


def is_loop(call: Call) -> bool:
    """Whether a call goes through its elements one by one."""
    return call.function in ELEMENTWISE or call.function in REDUCTIONS


def space(call: Call) -> tuple[int, ...]:
    """The shape that a call runs over."""
    return call.arguments[0].shape if call.function in REDUCTIONS else call.out.shape


def fits(call: Call, group: list[Call]) -> bool:
    """Whether a call can share the loops of a group: of what it shares, it needs this element only."""
    if not (is_loop(call) and is_loop(group[0]) and space(call) == space(group[0])):
        return False
    nest = Nest([*group, call])
    if nest.lengths and nest.lengths[-1] < VECTOR and Nest([call]).lengths != Nest(group).lengths:
        return False  # one long loop for most is better than short ones for all
    for other in group:
        if other.function in REDUCTIONS:
            if any(overlap(array, other.out) for array in (*call.arguments, call.out)):
                return False
        elif any(
            overlap(argument, other.out) and not same(argument, other.out) for argument in call.arguments
        ):
            return False
        if overlap(call.out, other.out) and not same(call.out, other.out):
            return False
        if any(overlap(call.out, read) and not same(call.out, read) for read in other.arguments):
            return False
    return True


def touches(call: Call, other: Call) -> bool:
    """Whether two calls must stay in their order."""
    reads = any(overlap(argument, other.out) for argument in call.arguments)
    return reads or any(overlap(call.out, array) for array in (*other.arguments, other.out))


def overlap(a: Array, b: Array) -> bool:
    """Whether two arrays share elements, as far as their first and last tell."""
    return owner(a) == owner(b) and np.may_share_memory(a, b)


class Writer:
    """The body of a step in C."""

    def __init__(self, program: Program, memory: Memory):
        self.program, self.memory = program, memory
        self.lines: list[str] = []
        self.names = count()
        self.copies: list[Array] = []
        """Packed matrices; held here so that their identity stays theirs."""
        self.readers: dict[int, list[Call]] = {}
        for call in program.calls:
            for argument in call.arguments:
                self.readers.setdefault(owner(argument), []).append(call)
        self.lasting = {owner(array) for array in (*program.kept.values(), *program.outputs.values())}

    def body(self) -> list[str]:
        """Each group of calls in turn."""
        for group in loops(self.program):
            if is_loop(group[0]):
                self.nest(group)
            elif group[0].function == "matmul":
                self.product(group[0])
            else:
                self.argmax(group[0])
        return self.lines

    def stored(self, call: Call, group: list[Call]) -> bool:
        """Whether a result is needed outside of its group."""
        readers = self.readers.get(owner(call.out), [])
        return owner(call.out) in self.lasting or any(reader not in group for reader in readers)

    def nest(self, group: list[Call]) -> None:
        """One nest of loops for neighbouring elementwise calls and the reductions among them."""
        nest = Nest(group)
        sums = {id(call): f"s{next(self.names)}" for call in group if nest.has_scalar(call)}
        self.lines.append("{")
        for call in group:
            if call.function in REDUCTIONS and id(call) not in sums:
                self.fill(call.out, COMBINE[call.function][0])
        for level in range(len(nest.axes) + 1):
            for call in group:
                if id(call) in sums and nest.level(call) == level:
                    start = COMBINE[call.function][0]
                    self.lines.append(f"{TYPES[call.out.dtype.name]} {sums[id(call)]} = {start};")
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
                    self.lines.append(f"{self.element(call.out, nest.shape, nest.index)} = {sums[id(call)]};")
            if level:
                self.lines.append("}")
        self.lines.append("}")

    def statements(self, nest: "Nest", sums: dict[int, str]) -> None:
        """What the innermost loop does for one element: a local variable for each result."""
        made: list[tuple[Array, str]] = []
        for call in nest.group:
            operands = []
            for argument in call.arguments:
                known = [name for array, name in made if same(array, argument)]
                operands.append(known[-1] if known else self.element(argument, nest.shape, nest.index))
            if call.function in REDUCTIONS:
                target = sums.get(id(call)) or self.element(call.out, nest.shape, nest.index)
                self.lines.append(COMBINE[call.function][1].format(target, operands[0]))
                continue
            name = f"v{next(self.names)}"
            expression = ELEMENTWISE[call.function].format(*operands)
            self.lines.append(f"const {TYPES[call.out.dtype.name]} {name} = {expression};")
            made.append((call.out, name))
            if self.stored(call, nest.group):
                self.lines.append(f"{self.element(call.out, nest.shape, nest.index)} = {name};")

    def pragma(self, nest: "Nest", sums: dict[int, str]) -> str:
        """Elements are independent, but for sums: the compiler may take several at once."""
        added = [sums[id(call)] for call in nest.group if call.function == "sum" and id(call) in sums]
        if nest.lengths[-1] < 4 or any(call.function in ("max", "min") for call in nest.group):
            return ""
        return "#pragma omp simd" + (f" reduction(+ : {', '.join(added)})" if added else "")

    def fill(self, array: Array, value: str) -> None:
        """Set all elements to a number."""
        index = [f"z{axis}" for axis in range(array.ndim)]
        for name, length in zip(index, array.shape, strict=True):
            self.lines.append(f"for (int64_t {name} = 0; {name} < {length}; {name}++)")
        self.lines.append(f"{self.element(array, array.shape, index)} = {value};")

    def argmax(self, call: Call) -> None:
        """The first position of the largest along one axis; NaN counts as the largest, as in NumPy."""
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
        """An element of an array, broadcast to ``shape``, at ``index``."""
        if array.ndim == 0 and owner(array) not in self.program.changing:
            suffix = "f" if array.dtype == np.float32 else ""
            return repr(float(array)) + suffix if array.dtype.kind == "f" else str(int(array))
        name, offset = self.memory.at(array)
        terms = [str(offset)] if offset else []
        for stride, place in zip(strides_in(array, shape), index, strict=True):
            if stride and place != "0":
                terms.append(place if stride == 1 else f"{stride} * {place}")
        return f"{name}[{' + '.join(terms) or '0'}]"

    def product(self, call: Call) -> None:
        """out = a b, in tiles whose sums stay in registers."""
        a, b = call.arguments
        *stack, rows, columns = call.out.shape
        depth = a.shape[-1]
        outer = [f"n{axis}" for axis in range(len(stack))]
        loops = [
            f"for (int64_t {name} = 0; {name} < {length}; {name}++)"
            for name, length in zip(outer, stack, strict=True)
        ]

        def at(array: Array, shape: tuple[int, int]) -> At:
            return lambda row, column: self.element(array, (*stack, *shape), [*outer, row, column])

        left, right, out = at(a, (rows, depth)), at(b, (depth, columns)), at(call.out, (rows, columns))
        self.lines.append("{")
        if rows * columns * depth <= TINY:
            for row, column in np.ndindex(rows, columns):
                r, c = str(row), str(column)
                terms = " + ".join(f"{left(r, str(k))} * {right(str(k), c)}" for k in range(depth))
                self.lines += [*loops, f"{out(r, c)} = {terms};"]
            self.lines.append("}")
            return
        self.lines += [f"{loop} {{" for loop in loops]
        if columns < 4 <= rows:
            # The transposed product has long rows: outᵀ = bᵀ aᵀ.
            wide = self.packed(a.mT, lambda k, r: left(r, k), depth, rows)
            across = call.out.strides[-2] // call.out.itemsize
            self.tiles(columns, rows, depth, lambda c, k: right(k, c), wide, lambda c, r: out(r, c), across)
        else:
            wide = self.packed(b, right, depth, columns)
            across = call.out.strides[-1] // call.out.itemsize
            self.tiles(rows, columns, depth, left, wide, out, across)
        self.lines += ["}"] * len(stack) + ["}"]

    def packed(self, array: Array, at: "At", rows: int, columns: int) -> "At":
        """A matrix whose rows lie in one piece: itself, or a copy."""
        if array.strides[-1] == array.itemsize or columns == 1:
            return at
        copy = np.empty((rows, columns), array.dtype)
        self.copies.append(copy)
        index = ["r", "c"]
        place = self.element(copy, copy.shape, index)
        self.lines.append(f"for (int64_t r = 0; r < {rows}; r++) for (int64_t c = 0; c < {columns}; c++)")
        self.lines.append(f"{place} = {at('r', 'c')};")
        return lambda row, column: self.element(copy, copy.shape, [row, column])

    def tiles(
        self, rows: int, columns: int, depth: int, left: "At", right: "At", out: "At", stride: int
    ) -> None:
        """Some rows by a vector of columns at a time, as many as keep their sums in registers.

        Tiles at the edge overlap their neighbours, and compute some elements twice.
        """
        itemsize = self.program.dtype.itemsize
        widths = [size // itemsize for size in VECTOR_BYTES if size >= itemsize]
        for condition, heights in (("#ifdef __AVX512F__", (8, 4, 1)), ("#else", (4, 1))):
            self.lines.append(condition)
            for r0, r1, height in parts(rows, heights):
                for c0, c1, width in parts(columns, widths):
                    self.lines.append(f"for (int64_t r = {r0}; r < {r1}; r += {height})")
                    self.lines.append(f"for (int64_t c = {c0}; c < {c1}; c += {width}) {{")
                    self.tile(height, width, depth, left, right, out, stride)
                    self.lines.append("}")
        self.lines.append("#endif")

    def tile(
        self, height: int, width: int, depth: int, left: "At", right: "At", out: "At", stride: int
    ) -> None:
        """The sums of one tile, and where they go."""
        real, itemsize = TYPES[self.program.dtype.name], self.program.dtype.itemsize
        vector = real if width == 1 else f"vector{width * itemsize}"
        self.lines += [f"{vector} s{n} = {{0}};" for n in range(height)]
        self.lines.append(f"for (int64_t k = 0; k < {depth}; k++) {{")
        self.lines.append(f"const {vector} b = *(const {vector} *)&{right('k', 'c')};")
        self.lines += [f"s{n} += {left(f'(r + {n})', 'k')} * b;" for n in range(height)]
        self.lines.append("}")
        for n in range(height):
            if stride == 1:
                self.lines.append(f"*({vector} *)&{out(f'(r + {n})', 'c')} = s{n};")
            else:
                cell = out(f"(r + {n})", "(c + l)")
                self.lines.append(f"for (int l = 0; l < {width}; l++) {cell} = s{n}{'[l]' * (width > 1)};")


At = Callable[[str, str], str]


def parts(length: int, sizes: Sequence[int]) -> list[tuple[int, int, int]]:
    """(start, stop, size) of tiles along an axis: of the largest size that fits, the last one overlapping."""
    size = next(size for size in sizes if size <= length)
    whole = length // size * size
    rest = [(length - size, length, size)] if whole < length else []
    return [(0, whole, size), *rest]


class Nest:
    """The loops of a group: neighbouring axes that every array steps through evenly are one loop."""

    def __init__(self, group: list[Call]):
        self.group, self.shape = group, space(group[0])
        views = [a for call in group for a in (*call.arguments, call.out)]
        strides = [strides_in(view, self.shape) for view in views]
        first = strides_in(
            group[0].arguments[0] if group[0].function in REDUCTIONS else group[0].out, self.shape
        )
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

    def reduced(self, call: Call) -> list[bool]:
        """Which loops a reduction runs over."""
        return [axes[-1] in call.axes for axes in self.axes]

    def level(self, call: Call) -> int:
        """The number of loops around the accumulator of a reduction that has a scalar."""
        return self.reduced(call).index(True)

    def has_scalar(self, call: Call) -> bool:
        """Whether a reduction runs over the innermost loops alone: its accumulator is one number."""
        reduced = self.reduced(call)
        return call.function in REDUCTIONS and any(reduced) and all(reduced[reduced.index(True) :])
