"""Writes programs as C: loops over fixed shapes, with elementwise calls fused.

Loops that occur more than once, but for the places of their arrays, are written once, as a function: equal
layers compile as one.
"""

from collections.abc import Sequence
from dataclasses import replace

from nn.engine.codegen.fusion import Nest, loops, terms
from nn.engine.codegen.groups import GroupWriter
from nn.engine.codegen.places import Memory, Parameters
from nn.engine.codegen.products import adds_rows
from nn.engine.codegen.signs import shorter_c
from nn.engine.operations import Elementwise, Product
from nn.engine.program import Call, Program, owner

MIN_TERMS = 200
"""Loops with fewer terms are written where they stand, as calls would cost some percent of them. From here on
steps are as fast with functions, up to 1.25 times faster: compilers do better with short ones."""


class StepWriter:
    """The body of a step in C."""

    def __init__(self, program: Program, memory: Memory):
        self.program, self.memory = program, memory
        self.readers: dict[int, list[Call]] = {}
        for call in program.calls:
            for argument in call.arguments:
                self.readers.setdefault(owner(argument), []).append(call)
        self.lasting = {owner(array) for array in (*program.kept.values(), *program.outputs.values())}
        self.groups = loops(program.calls, self.adds_stored_rows)

    def body(self, functions: "Functions | None" = None) -> list[str]:
        """Write all groups of calls, as loops or as calls of functions; returns the lines."""
        lines = []
        for group in self.groups:
            call = functions and functions.call(group, self.memory)
            lines += [call] if call else GroupWriter(self, self.memory).write(group)
        return lines

    def stored(self, call: Call, group: list[Call]) -> bool:
        """Whether a result is needed outside of its group."""
        readers = self.readers.get(owner(call.out), [])
        return owner(call.out) in self.lasting or any(reader not in group for reader in readers)

    def adds_stored_rows(self, call: Call) -> bool:
        """Whether a call adds up the rows of a matrix that is in memory anyway, for a product."""
        if not adds_rows(call):
            return False
        readers = self.readers[owner(call.arguments[0])]
        return any(isinstance(reader.operation, Product) for reader in readers)

    def shorter(self, operation: Elementwise, call: Call, nest: Nest) -> Elementwise:
        """Return the operation as it is written of what this call computes it of."""
        if call.function == "divide" and nest.repeats(call.arguments[1]):
            return replace(operation, c=operation.c | {"f": "OVER({0}, {1})"})
        before = self.program.calls[: self.program.calls.index(call)]
        return replace(operation, c=operation.c | shorter_c(operation, call, before))


class Functions:
    """Functions for the groups of calls that occur more than once in some steps."""

    def __init__(self, steps: Sequence[StepWriter]):
        found: dict[str, list[tuple[Call, Parameters]]] = {}
        for step in steps:
            for group in step.groups:
                if terms(group) >= MIN_TERMS:
                    parameters = Parameters(group)
                    lines = GroupWriter(step, parameters).write(group)
                    text = "\n".join([f"({parameters.declarations()}) {{", *lines, "}"])
                    found.setdefault(text, []).append((group[0], parameters))
        self.lines: list[str] = []
        self.calls: dict[Call, tuple[str, Parameters]] = {}
        """The function of each such group and the arguments that it takes, by the first call of the group."""
        for text, places in found.items():
            if len(places) > 1:
                name, scratch = f"f{len(self.lines)}", places[0][1].scratch
                self.lines.append(f"static __attribute__((noinline)) void {name}{text}")
                for first, parameters in places:
                    parameters.scratch = scratch  # one for all calls, which stays in a cache
                    self.calls[first] = name, parameters

    def call(self, group: list[Call], memory: Memory) -> str | None:
        """Write the call of a group's function; None where it has none."""
        if group[0] not in self.calls:
            return None
        name, parameters = self.calls[group[0]]
        return f"{name}({parameters.arguments(memory)});"
