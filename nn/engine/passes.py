"""Passes that simplify a recorded program: each returns another program with the same results."""

from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np

from nn.arrays import Array
from nn.engine.program import Call, Program, overlap, owner, same_elements


def tidy(program: Program) -> Program:
    """Eliminate common subexpressions, needless copies and unused calls."""
    return _without_unused(_without_copies(_without_repetitions(program)))


def _without_repetitions(program: Program) -> Program:
    """Eliminate common subexpressions.

    Each formula is independent, and several compute the same σ of the same numbers. A call is replaced by an
    equal earlier one where no argument has changed in between.
    """
    writes = Counter(owner(call.out) for call in program.calls)
    lasting = {owner(array) for array in (*program.kept.values(), *program.outputs.values())}
    calls: list[Call] = []
    instead: dict[int, tuple[Array, Array]] = {}
    """By the owner of a result that is not computed: the result, and the one that replaces it."""
    for call in program.calls:
        call = replace(call, arguments=tuple(substitute(argument, instead) for argument in call.arguments))
        once = writes[owner(call.out)] == 1 and owner(call.out) not in lasting
        equal = _equal_before(call, calls) if once else None
        if equal and equal.out.strides == call.out.strides and writes[owner(equal.out)] == 1:
            instead[owner(call.out)] = (call.out, equal.out)
        else:
            calls.append(call)
    return replace(program, calls=tuple(calls))


def substitute(array: Array, instead: dict[int, tuple[Array, Array]]) -> Array:
    """Return the same view of the array that replaces a result; both have the same memory layout."""
    if owner(array) not in instead:
        return array
    result, equal = instead[owner(array)]
    memory = equal.transpose(np.argsort(equal.strides)[::-1]).reshape(-1, copy=False)
    offset = array.ctypes.data - result.ctypes.data
    return np.ndarray(array.shape, array.dtype, memory, offset, array.strides)


def _equal_before(call: Call, calls: list[Call]) -> Call | None:
    """Return the last call that computes the same, if no argument has changed since."""
    memory = {owner(argument) for argument in call.arguments}
    for earlier in reversed(calls):
        if owner(earlier.out) in memory and any(overlap(array, earlier.out) for array in call.arguments):
            return None
        alike = (earlier.function, earlier.axes, earlier.out.dtype) == (
            call.function,
            call.axes,
            call.out.dtype,
        )
        if alike and all(map(same_elements, earlier.arguments, call.arguments)):
            return earlier
    return None


def _without_copies(program: Program) -> Program:
    """Replace ``temporary ← f(…); place ← temporary`` by ``place ← f(…)``.

    Only where the temporary has no other use and is no output, and the place is neither read nor written in
    between or by f itself.
    """
    calls, needless = list(program.calls), set()
    measured = {owner(array) for array in program.outputs.values()}
    readers, writers = defaultdict(list), defaultdict(list)
    for number, call in enumerate(calls):
        writers[owner(call.out)].append(number)
        for key in {owner(argument) for argument in call.arguments}:
            readers[key].append(number)
    for end, copy in enumerate(calls):
        if copy.operation.numpy is not np.copy:
            continue
        source, place = copy.arguments[0], copy.out
        if owner(source) in measured:
            continue
        uses, makers = readers[owner(source)], writers[owner(source)]
        if uses != [end] or len(makers) != 1 or source.shape != place.shape or source.dtype != place.dtype:
            continue
        start = makers[0]
        touched = [a for call in calls[start:end] for a in (*call.arguments, call.out)]
        if same_elements(calls[start].out, source) and not any(
            np.may_share_memory(place, a) for a in touched
        ):
            calls[start] = replace(calls[start], out=place)
            writers[owner(place)].append(start)
            needless.add(end)
    return replace(program, calls=tuple(call for n, call in enumerate(calls) if n not in needless))


def _without_unused(program: Program) -> Program:
    """Remove calls that neither the state nor an output depends on."""
    wanted = {owner(array) for array in (*program.kept.values(), *program.outputs.values())}
    calls = []
    for call in reversed(program.calls):
        if owner(call.out) in wanted:
            calls.append(call)
            wanted |= {owner(array) for array in call.arguments}
    return replace(program, calls=tuple(reversed(calls)))
