"""Writes a program as loops over numbers, in any language with arrays: see ``Syntax``."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np

from nn.arrays import Array
from nn.engine.codegen.fusion import Nest, is_loop, loops, strides_in
from nn.engine.operations import ELEMENTWISE, Elementwise, Product, Reduction
from nn.engine.program import Call, Program, base, overlap, owner, same_elements
from nn.export.layout import identifier, letters
from nn.export.recording import ExportError
from nn.export.squeezing import can_follow, counts_up, squeezed, without_ones
from nn.export.syntax import OF_INTEGERS, OF_TRUTHS, NumberKind, Syntax, kind_of, unwrapped, wrapped

LOOPS = "ijlmnpqr"
"""The indices of loops, from the outermost; k is that of sums."""
LONG_LITERAL = 12
"""Numbers with more characters become constants with a name."""


class ScalarWriter:
    """The statements that carry out a program, such as one of a row, ``(1, columns)``.

    parameters: those of its inputs that are constants, by name
    stored: the arrays that are filled for the caller, by name
    returned: a number that is made for the caller, if any; afterwards ``result`` is its name
    """

    def __init__(
        self,
        program: Program,
        syntax: Syntax,
        parameters: Mapping[str, Array],
        stored: Mapping[str, Array],
        returned: Array | None = None,
    ):
        self.program, self.syntax = program, syntax
        self.lines: list[str] = []
        self.depth = 1
        given = {**program.inputs, **stored}
        self.taken = Counter([*given])
        self.places = {owner(array): (name, base(array)) for name, array in given.items()}
        self.fixed = {owner(array) for array in parameters.values()}
        self.constants: dict[str, Array] = {}
        """What the program needs as constants, by name, in the order in which it is used."""
        self.spellings: set[str] = set()
        """The texts of the operations that it uses."""
        self.scalars: set[int] = set()
        self.calls = [squeezed(call) for call in program.calls]
        self.writes = Counter(owner(call.out) for call in self.calls)
        self.last_labels = {owner(call.out): call.label for call in self.calls}
        self.readers: dict[int, list[Call]] = {}
        for call in self.calls:
            for argument in call.arguments:
                self.readers.setdefault(owner(argument), []).append(call)
        self.stored = {owner(array) for array in stored.values()}
        self.lasting = self.stored | ({owner(returned)} if returned is not None else set())
        self.label = ""
        for label, calls in groupby(self.calls, key=lambda call: call.label):
            self.write_part(label, [*calls])
        self.result = "" if returned is None else self.places[owner(returned)][0]

    def write_part(self, label: str, calls: list[Call]) -> None:
        """Write the calls of one label below a comment."""
        self.label = label
        if label:
            self.lines.append("")
            self.add(self.syntax.comment(label))
        groups = [part for group in loops(calls) for part in self.separable(group)]
        while groups:
            group = groups.pop(0)
            if isinstance(group[0].operation, Product):
                alone = not groups or self.is_stored(group[0], groups[0])
                following = [] if alone or not can_follow(group[0], groups[0]) else groups.pop(0)
                self.product(group[0], following)
            elif is_loop(group[0]):
                self.nest(group)
            else:
                self.search(group[0])

    def separable(self, group: list[Call]) -> list[list[Call]]:
        """Return a group, and each reduction that is not to a single number alone after it.

        Where a later call writes over what such a reduction reads, all calls stand alone.
        """
        alone = [call for call in group if isinstance(call.operation, Reduction) and not self.is_total(call)]
        for call in alone:
            if any(overlap(call.arguments[0], later.out) for later in group[group.index(call) + 1 :]):
                return [[each] for each in group]
        together = [call for call in group if call not in alone]
        return ([together] if together else []) + [[call] for call in alone]

    def is_total(self, call: Call) -> bool:
        """Whether a reduction makes a single number, which is a local value."""
        return self.is_scalar(call.out) and len(call.axes) == call.arguments[0].ndim

    def add(self, line: str) -> None:
        """Add a line at the current depth."""
        self.lines.append("    " * self.depth + line)

    def open(self, line: str) -> None:
        """Add a line that begins a block."""
        self.add(line)
        self.depth += 1

    def close(self) -> None:
        """End a block."""
        self.depth -= 1
        if self.syntax.end:
            self.add(self.syntax.end)

    def name(self, array: Array | None = None) -> str:
        """Return a new name, after the label of what writes an array last, or else of now."""
        label = self.label if array is None else self.last_labels.get(owner(array), self.label)
        root = identifier(label.partition(":")[0]) or "t"
        number = self.taken[root]
        self.taken[root] += 1
        name = f"{root}_{letters(number)}"
        return name if name not in self.taken else self.name(array)

    def is_scalar(self, array: Array) -> bool:
        """Whether an array is a single number that is computed once: a local value."""
        root = base(array)
        return root.size == 1 and id(root) not in self.stored and self.writes[id(root)] == 1

    def declare(self, array: Array) -> None:
        """Declare a temporary array, unless it has a name."""
        root = base(array)
        if id(root) not in self.places:
            name = self.name(root)
            self.places[id(root)] = (name, root)
            self.add(self.syntax.array(name, kind_of(root), root.size))

    def at(self, array: Array, shape: Sequence[int], index: Sequence[str]) -> str:
        """Write an element of an array, broadcast to ``shape``, at ``index``."""
        root = base(array)
        fixed = id(root) in self.fixed or id(root) not in self.program.changing
        if fixed and root.ndim == 0:
            return self.literal(array)
        if id(root) not in self.places:
            self.places[id(root)] = (self.name(), root)
        name, first = self.places[id(root)]
        if id(root) in self.scalars:
            return name
        offset = (array.ctypes.data - first.ctypes.data) // array.itemsize
        terms = [str(offset)] if offset else []
        for stride, place in zip(strides_in(array, shape), index, strict=True):
            if stride and place != "0":
                terms.append(place if stride == 1 else f"{stride} * {place}")
        where = " + ".join(reversed(terms)) or "0"
        if fixed and counts_up(root):
            return self.syntax.converted(f"({where})" if len(terms) > 1 else where, "i", kind_of(root))
        if fixed:
            self.constants.setdefault(name, root)
        return f"{name}[{where}]"

    def literal(self, array: Array) -> str:
        """Write a constant number; a long one gets a name."""
        if array.dtype.kind != "f":
            return (
                self.syntax.converted(str(int(array)), "i", kind_of(array))
                if array.dtype.kind == "b"
                else (str(int(array)))
            )
        value = float(array)
        if not np.isfinite(value):
            return (
                self.syntax.nan
                if value != value
                else (self.syntax.infinity if value > 0 else f"(-{self.syntax.infinity})")
            )
        text = self.syntax.number(value)
        if len(text) <= LONG_LITERAL:
            return f"({text})" if text.startswith("-") else text
        root = base(array).reshape(1)
        name = next(
            (name for name, known in self.constants.items() if known.tobytes() == root.tobytes()), None
        )
        if name is None:
            name = self.name()
            self.constants[name] = root
        return f"{name}[0]"

    def spelled(self, operation: Elementwise, operands: list[tuple[str, Array]], out: Array) -> str:
        """Write one element of an elementwise operation."""
        target, kinds = kind_of(out), [kind_of(array) for _, array in operands]
        if isinstance(operation.numpy, np.ufunc):
            dtypes = tuple(array.dtype for _, array in operands)
            *types, result = operation.numpy.resolve_dtypes((*dtypes, None))
            kind, made = kind_of(types[0]), kind_of(result)
            texts = [
                self.syntax.converted(text, own, kind) for (text, _), own in zip(operands, kinds, strict=True)
            ]
        else:  # a copy, or a choice behind its condition
            kind = made = target
            texts = [text for text, _ in operands[:-2]] + [
                self.syntax.converted(text, own, kind)
                for (text, _), own in [*zip(operands, kinds, strict=True)][-2:]
            ]
        template = self.template(operation, kind)
        inside = unwrapped if re.match(r"[\w.{}]+\({", template) else wrapped
        text = template.format(*map(inside, texts), f=self.syntax.suffix)
        return self.syntax.converted(text, made, target)

    def template(self, operation: Elementwise, kind: NumberKind) -> str:
        """Return the text of an operation on a kind of numbers; ExportError where there is none."""
        text = self.syntax.spelling(operation)
        if kind == "b" and operation.spelling.truth:
            return self.syntax.truths[operation.spelling.truth]
        known = {"f": {operation.name}, "i": OF_INTEGERS, "b": OF_TRUTHS}[kind]
        if not text or operation.name not in known:
            words = {"f": "real numbers", "i": "integers", "b": "truth values"}[kind]
            raise ExportError(f"{self.syntax.language} has no np.{operation.name} of {words}")
        self.spellings.add(text)
        return text

    def combined(self, call: Call, total: str, element: str) -> str:
        """Write the combination of a reduction's total with one more element."""
        operation = call.operation
        assert isinstance(operation, Reduction)
        text = self.syntax.converted(element, kind_of(call.arguments[0]), kind_of(call.out))
        return unwrapped(
            self.spelled(ELEMENTWISE[operation.ufunc], [(total, call.out), (text, call.out)], call.out)
        )

    def start(self, call: Call) -> str:
        """Write what a reduction starts from."""
        operation, kind = call.operation, kind_of(call.out)
        assert isinstance(operation, Reduction)
        largest = operation.ufunc is np.maximum
        if kind == "i" and not operation.adds:
            raise ExportError(f"{self.syntax.language} has no np.{operation.name} of integers")
        if kind == "b":
            return self.syntax.converted("0" if largest else "1", "i", "b")
        zero = self.syntax.number(0.0) if kind == "f" else "0"
        return zero if operation.adds else f"-{self.syntax.infinity}" if largest else self.syntax.infinity

    def nest(self, group: list[Call], product: Call | None = None) -> None:
        """Write one nest of loops for fused elementwise calls and reductions, inside it first a product."""
        if isinstance(group[0].operation, Reduction) and not self.is_total(group[0]):
            self.reduction(group[0])
            return
        nest = Nest(group)
        sums: dict[int, str] = {}
        for call in group:
            if isinstance(call.operation, Reduction):
                sums[id(call)] = self.name()
                self.add(self.syntax.variable(sums[id(call)], kind_of(call.out), self.start(call)))
            elif self.is_stored(call, group) and (nest.lengths or not self.is_scalar(call.out)):
                self.declare(call.out)
        for level, length in enumerate(nest.lengths):
            self.open(self.syntax.loop(LOOPS[level], 0, length))
        known = []
        if product is not None:
            total = self.dot(product, ["0", LOOPS[0] if nest.lengths else "0"])
            known.append((without_ones(product.out, product.out.shape), total))
        self.statements(group, nest, sums, known)
        for _ in nest.lengths:
            self.close()
        for call in group:
            if id(call) in sums:
                self.scalars.add(owner(call.out))
                self.places[owner(call.out)] = (sums[id(call)], base(call.out))

    def is_stored(self, call: Call, group: list[Call]) -> bool:
        """Whether a result is needed outside of its group."""
        readers = self.readers.get(owner(call.out), [])
        return owner(call.out) in self.lasting or any(reader not in group for reader in readers)

    def statements(
        self, group: list[Call], nest: Nest, sums: Mapping[int, str], known: list[tuple[Array, str]]
    ) -> None:
        """Write the body of the innermost loop: what is used once stands where it is used."""
        in_place = any(
            overlap(call.out, array)
            for place, call in enumerate(group)
            for earlier in group[: place + 1]
            for array in earlier.arguments
        )
        for call in group:
            operands = []
            for argument in call.arguments:
                found = [text for array, text in known if same_elements(array, argument)]
                operands.append(
                    (found[-1] if found else self.at(argument, nest.shape, index_of(nest)), argument)
                )
            if id(call) in sums:
                name = sums[id(call)]
                self.add(self.syntax.assignment(name, self.combined(call, name, operands[0][0])))
                continue
            assert isinstance(call.operation, Elementwise)
            text = self.spelled(call.operation, operands, call.out)
            stored = self.is_stored(call, group)
            uses = sum(same_elements(argument, call.out) for other in group for argument in other.arguments)
            kind = kind_of(call.out)
            if stored and self.is_scalar(call.out) and not nest.lengths:
                name = self.name()
                self.add(self.syntax.constant(name, kind, unwrapped(text)))
                self.places[owner(call.out)] = (name, base(call.out))
                self.scalars.add(owner(call.out))
                text = name
            elif stored and not (uses or in_place):
                self.add(
                    self.syntax.assignment(self.at(call.out, nest.shape, index_of(nest)), unwrapped(text))
                )
            elif stored or uses > 1 or in_place:
                name = self.name()
                self.add(self.syntax.constant(name, kind, unwrapped(text)))
                text = name
                if stored:
                    self.add(self.syntax.assignment(self.at(call.out, nest.shape, index_of(nest)), name))
            known.append((call.out, text))

    def reduction(self, call: Call) -> None:
        """Write a reduction with loops of its own: over what stays, then over what is taken together."""
        array = call.arguments[0]
        self.declare(call.out)
        index = [LOOPS[axis] for axis in range(array.ndim)]
        kept = [axis for axis in range(array.ndim) if axis not in call.axes]
        for axis in kept:
            self.open(self.syntax.loop(index[axis], 0, array.shape[axis]))
        total = self.name()
        self.add(self.syntax.variable(total, kind_of(call.out), self.start(call)))
        for axis in call.axes:
            self.open(self.syntax.loop(index[axis], 0, array.shape[axis]))
        self.add(
            self.syntax.assignment(total, self.combined(call, total, self.at(array, array.shape, index)))
        )
        for _ in call.axes:
            self.close()
        self.add(self.syntax.assignment(self.at(call.out, array.shape, index), total))
        for _ in kept:
            self.close()

    def product(self, call: Call, following: list[Call]) -> None:
        """Write a product, and what follows of each of its elements in the same loop."""
        if following:
            self.nest(following, call)
            return
        self.declare(call.out)
        index = [LOOPS[axis] if length > 1 else "0" for axis, length in enumerate(call.out.shape)]
        for name, length in zip(index, call.out.shape, strict=True):
            if length > 1:
                self.open(self.syntax.loop(name, 0, length))
        total = self.dot(call, index)
        self.add(self.syntax.assignment(self.at(call.out, call.out.shape, index), total))
        for length in call.out.shape:
            if length > 1:
                self.close()

    def dot(self, call: Call, index: Sequence[str]) -> str:
        """Write the sum that is one element of a product; returns its name."""
        (a, b), (*stack, row, column) = call.arguments, index
        shape = call.out.shape[:-2]
        name = self.name()
        self.add(self.syntax.variable(name, "f", self.syntax.number(0.0)))
        self.open(self.syntax.loop("k", 0, a.shape[-1]))
        left = self.at(a, (*shape, *a.shape[-2:]), [*stack, row, "k"])
        right = self.at(b, (*shape, *b.shape[-2:]), [*stack, "k", column])
        times = self.spelled(ELEMENTWISE[np.multiply], [(left, a), (right, b)], call.out)
        total = self.spelled(ELEMENTWISE[np.add], [(name, call.out), (unwrapped(times), call.out)], call.out)
        self.add(self.syntax.assignment(name, unwrapped(total)))
        self.close()
        return name

    def search(self, call: Call) -> None:
        """Write the search for the first largest element along an axis; NaN is the largest, as in NumPy."""
        array, (axis,) = call.arguments[0], call.axes
        index = [LOOPS[n] if length > 1 else "0" for n, length in enumerate(call.out.shape)]
        if not self.is_scalar(call.out):
            self.declare(call.out)
        rows = [(name, length) for name, length in zip(index, call.out.shape, strict=True) if length > 1]
        for name, length in rows:
            self.open(self.syntax.loop(name, 0, length))
        name = self.name()
        self.add(self.syntax.variable(name, "i", "0"))
        self.open(self.syntax.loop("k", 1, array.shape[axis]))
        this, best = (
            self.at(array, array.shape, [*index[:axis], place, *index[axis + 1 :]]) for place in ("k", name)
        )
        greater, same = ELEMENTWISE[np.greater], ELEMENTWISE[np.equal]
        larger = self.template(greater, "f").format(this, best)
        number = self.template(same, "f").format(best, best)
        neither = self.template(ELEMENTWISE[np.not_equal], "f").format(this, this)
        either = self.syntax.truths["or"].format(larger, neither)
        self.open(self.syntax.condition(unwrapped(self.syntax.truths["and"].format(either, number))))
        self.add(self.syntax.assignment(name, "k"))
        self.close()
        self.close()
        if self.is_scalar(call.out):
            self.places[owner(call.out)] = (name, base(call.out))
            self.scalars.add(owner(call.out))
        else:
            self.add(self.syntax.assignment(self.at(call.out, array.shape, index), name))
        for _ in rows:
            self.close()


def index_of(nest: Nest) -> list[str]:
    """Return the place of an element in the loops of a nest, an index for each axis."""
    return [place if place == "0" else LOOPS[int(place[1:])] for place in nest.index]
