"""Writes a program as loops over numbers, in any language with arrays: see ``Syntax``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import ClassVar

import numpy as np

from nn.arrays import Array
from nn.engine.codegen.fusion import Nest, is_loop, loops
from nn.engine.operations import ELEMENTWISE, Elementwise, Product, Reduction
from nn.engine.program import Call, Program, base, overlap, owner, same_elements
from nn.export.expressions import Expressions
from nn.export.indented import IndentedLines
from nn.export.squeezing import can_follow, squeezed, without_ones
from nn.export.syntax import Syntax, kind_of, unwrapped

LOOPS = "ijlmnpqr"
"""The indices of loops, from the outermost; k is that of sums."""


class ScalarWriter(IndentedLines):
    """The statements that carry out a program, such as one of a row, ``(1, columns)``.

    parameters: those of its inputs that are constants, by name
    stored: the arrays that are filled for the caller, by name
    returned: a number that is made for the caller, if any; afterwards ``result`` is its name
    """

    expressions_of: ClassVar = Expressions
    """How it writes numbers."""

    def __init__(
        self,
        program: Program,
        syntax: Syntax,
        parameters: Mapping[str, Array],
        stored: Mapping[str, Array],
        returned: Array | None = None,
    ):
        super().__init__(syntax)
        fixed = map(owner, parameters.values())
        self.expressions = self.expressions_of(program, syntax, {**program.inputs, **stored}, fixed)
        self.calls = [squeezed(call) for call in program.calls]
        self.writes = Counter(owner(call.out) for call in self.calls)
        self.last_labels = {owner(call.out): call.label for call in self.calls}
        self.readers: dict[int, list[Call]] = {}
        for call in self.calls:
            for argument in call.arguments:
                self.readers.setdefault(owner(argument), []).append(call)
        self.stored = {owner(array) for array in stored.values()}
        self.lasting = self.stored | ({owner(returned)} if returned is not None else set())
        for label, calls in groupby(self.calls, key=lambda call: call.label):
            self.write_part(label, [*calls])
        self.result = "" if returned is None else self.expressions.places[owner(returned)][0]

    def write_part(self, label: str, calls: list[Call]) -> None:
        """Write the calls of one label below a comment."""
        self.expressions.label = label
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

    def is_scalar(self, array: Array) -> bool:
        """Whether an array is a single number that is computed once: a local value."""
        root = base(array)
        return root.size == 1 and id(root) not in self.stored and self.writes[id(root)] == 1

    def is_stored(self, call: Call, group: list[Call]) -> bool:
        """Whether a result is needed outside of its group."""
        readers = self.readers.get(owner(call.out), [])
        return owner(call.out) in self.lasting or any(reader not in group for reader in readers)

    def declare(self, array: Array) -> None:
        """Declare a temporary array, unless it has a name."""
        root, places = base(array), self.expressions.places
        if id(root) not in places:
            name = self.expressions.new_name(self.last_labels.get(id(root)))
            places[id(root)] = (name, root)
            self.add(self.syntax.array(name, kind_of(root), root.size))

    def nest(self, group: list[Call], product: Call | None = None) -> None:
        """Write one nest of loops for fused elementwise calls and reductions, inside it first a product."""
        if isinstance(group[0].operation, Reduction) and not self.is_total(group[0]):
            self.reduction(group[0])
            return
        nest = Nest(group)
        sums: dict[int, str] = {}
        for call in group:
            if isinstance(call.operation, Reduction):
                sums[id(call)] = self.expressions.new_name()
                start = self.expressions.start(call)
                self.add(self.syntax.variable(sums[id(call)], kind_of(call.out), start))
            elif self.is_stored(call, group) and (nest.lengths or not self.is_scalar(call.out)):
                self.declare(call.out)
        known = []
        with self.loops(zip(LOOPS, nest.lengths, strict=False)):
            if product is not None:
                total = self.dot(product, ["0", LOOPS[0] if nest.lengths else "0"])
                known.append((without_ones(product.out, product.out.shape), total))
            self.statements(group, nest, sums, known)
        for call in group:
            if id(call) in sums:
                self.expressions.hold(call.out, sums[id(call)])

    def statements(
        self, group: list[Call], nest: Nest, sums: Mapping[int, str], known: list[tuple[Array, str]]
    ) -> None:
        """Write the body of the innermost loop: what is used once stands where it is used."""
        index = [place if place == "0" else LOOPS[int(place[1:])] for place in nest.index]
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
                text = found[-1] if found else self.expressions.at(argument, nest.shape, index)
                operands.append((text, argument))
            if id(call) in sums:
                name = sums[id(call)]
                combined = self.expressions.combined(call, name, operands[0][0])
                self.add(self.syntax.assignment(name, combined))
                continue
            assert isinstance(call.operation, Elementwise)
            text = self.expressions.spelled(call.operation, operands, call.out)
            stored = self.is_stored(call, group)
            local = stored and self.is_scalar(call.out) and not nest.lengths
            uses = sum(same_elements(argument, call.out) for other in group for argument in other.arguments)
            if local or uses > 1 or in_place or (stored and uses):
                text = self.named(call, text)
            if local:
                self.expressions.hold(call.out, text)
            elif stored:
                target = self.expressions.at(call.out, nest.shape, index)
                self.add(self.syntax.assignment(target, unwrapped(text)))
            known.append((call.out, text))

    def named(self, call: Call, text: str) -> str:
        """Give the value of a call a name; returns the name."""
        name = self.expressions.new_name()
        self.add(self.syntax.constant(name, kind_of(call.out), unwrapped(text)))
        return name

    def reduction(self, call: Call) -> None:
        """Write a reduction with loops of its own: over what stays, then over what is taken together."""
        array = call.arguments[0]
        self.declare(call.out)
        index = [LOOPS[axis] for axis in range(array.ndim)]
        kept = [axis for axis in range(array.ndim) if axis not in call.axes]
        with self.loops((index[axis], array.shape[axis]) for axis in kept):
            total = self.expressions.new_name()
            self.add(self.syntax.variable(total, kind_of(call.out), self.expressions.start(call)))
            with self.loops((index[axis], array.shape[axis]) for axis in call.axes):
                element = self.expressions.at(array, array.shape, index)
                combined = self.expressions.combined(call, total, element)
                self.add(self.syntax.assignment(total, combined))
            self.add(self.syntax.assignment(self.expressions.at(call.out, array.shape, index), total))

    def product(self, call: Call, following: list[Call]) -> None:
        """Write a product, and what follows of each of its elements in the same loop."""
        if following:
            self.nest(following, call)
            return
        self.declare(call.out)
        shape = call.out.shape
        index = [LOOPS[axis] if length > 1 else "0" for axis, length in enumerate(shape)]
        with self.loops((name, length) for name, length in zip(index, shape, strict=True) if length > 1):
            total = self.dot(call, index)
            self.add(self.syntax.assignment(self.expressions.at(call.out, shape, index), total))

    def dot(self, call: Call, index: Sequence[str]) -> str:
        """Write the sum that is one element of a product; returns its name."""
        (a, b), (*stack, row, column) = call.arguments, index
        shape, spelled = call.out.shape[:-2], self.expressions.spelled
        rows, columns = (*shape, *a.shape[-2:]), (*shape, *b.shape[-2:])
        name = self.expressions.new_name()
        if self.syntax.has_inner:
            x = self.expressions.vector(a, rows, [*stack, row])
            y = self.expressions.vector(b.mT, (*shape, *b.mT.shape[-2:]), [*stack, column])
            if x and y:
                self.add(self.syntax.constant(name, "f", self.syntax.inner(x, y)))
                return name
        self.add(self.syntax.variable(name, "f", self.syntax.number(0.0)))
        with self.loops([("k", a.shape[-1])]):
            left = self.expressions.at(a, rows, [*stack, row, "k"])
            right = self.expressions.at(b, columns, [*stack, "k", column])
            times = unwrapped(spelled(ELEMENTWISE[np.multiply], [(left, a), (right, b)], call.out))
            total = spelled(ELEMENTWISE[np.add], [(name, call.out), (times, call.out)], call.out)
            self.add(self.syntax.assignment(name, unwrapped(total)))
        return name

    def search(self, call: Call) -> None:
        """Write the search for the first largest element along an axis; NaN is the largest, as in NumPy."""
        array, (axis,) = call.arguments[0], call.axes
        index = [LOOPS[n] if length > 1 else "0" for n, length in enumerate(call.out.shape)]
        if not self.is_scalar(call.out):
            self.declare(call.out)
        at, template = self.expressions.at, self.expressions.template
        rows = zip(index, call.out.shape, strict=True)
        with self.loops((name, length) for name, length in rows if length > 1):
            name = self.expressions.new_name()
            self.add(self.syntax.variable(name, "i", "0"))
            this, best = (
                at(array, array.shape, [*index[:axis], place, *index[axis + 1 :]]) for place in ("k", name)
            )
            larger = template(ELEMENTWISE[np.greater], "f").format(this, best)
            number = template(ELEMENTWISE[np.equal], "f").format(best, best)
            neither = template(ELEMENTWISE[np.not_equal], "f").format(this, this)
            either = self.syntax.truths["or"].format(larger, neither)
            condition = unwrapped(self.syntax.truths["and"].format(either, number))
            with (
                self.block(self.syntax.loop("k", 1, array.shape[axis])),
                self.block(self.syntax.condition(condition)),
            ):
                self.add(self.syntax.assignment(name, "k"))
            if self.is_scalar(call.out):
                self.expressions.hold(call.out, name)
            else:
                self.add(self.syntax.assignment(at(call.out, array.shape, index), name))
