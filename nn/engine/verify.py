"""Verifies what was recorded and what was compiled before anyone trusts it, and again while it runs.

One step is compared, from equal states: trajectories are chaotic. What differs by more than sums in
another order may is still right where rounding decides. Whether it does is found by carrying out the
program several times with each result a few roundings off (Monte Carlo arithmetic: Parker, 1997): near a
sign, a kink or a tie, and where large terms cancel, the outcomes part, and each of them is right.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.program import Program, fill

Step = Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
"""A step as a function of its inputs and of what it keeps; returns what it measures."""
Once = Callable[[Any], Mapping[str, Any]]
"""A step on what a program reads and keeps, in place; it is given the batch, and returns what it measures."""
Way = Callable[[Program, Any], Mapping[str, Any]]
"""The same for any of several programs."""
Batches = Callable[[Program], Iterable[tuple[Mapping[str, Array], Any]]]
"""The batches on which a program is compared: what its inputs are to hold, and what the ways are given."""


ROUNDING = {"float64": 1e-9, "float32": 1e-4}
"""What sums in another order may change, relative to the largest number of an array."""
ROUNDINGS = 256
"""Results are moved by up to so many times the precision; a long sum is off by fewer."""
OUTCOMES = 16
"""So many steps with rounding are looked at, where something differs."""


def compare(programs: Iterable[Program], batches: Batches, found: Way, expected: Way) -> str | None:
    """The name of what one way leaves other than another, on some batches of each program."""
    for program in programs:
        if name := difference(program, batches(program), partial(found, program), partial(expected, program)):
            return name
    return None


def by(formulas: Step) -> Way:
    """The way of the formulas: on the program's own arrays."""
    return lambda program, _: formulas(program.inputs, program.kept)


@np.errstate(all="ignore")
def difference(
    program: Program, batches: Iterable[tuple[Mapping[str, Array], Any]], found: Once, expected: Once
) -> str | None:
    """The name of what one way to carry out a step leaves other than another; None where they agree.

    A batch is what the program's inputs are to hold, and what the two ways are given. All steps go from
    what is kept now, which ends as it began.
    """
    began = {name: array.copy() for name, array in program.kept.items()}
    rounding = ROUNDING[program.dtype.name]
    try:
        for inputs, batch in batches:
            for name, array in program.inputs.items():
                if array is not inputs[name]:
                    array[...] = inputs[name]
            measured = {name: np.array(value) for name, value in expected(batch).items()}
            right = measured | {name: array.copy() for name, array in program.kept.items()}
            fill(program.kept, began)
            left = {**found(batch), **program.kept}
            doubtful = [name for name, array in left.items() if not near(array, right[name], rounding)]
            pairs = {name: (np.array(left[name]), right[name]) for name in doubtful}
            for name, outcomes in roundings(program, began, doubtful).items():
                apart = ~close(*pairs[name], rounding)
                if np.any(apart & ~np.logical_and(*(between(array, outcomes) for array in pairs[name]))):
                    return name
            fill(program.kept, began)
        return None
    finally:
        fill(program.kept, began)


def near(array: Array, expected: Array, rounding: float) -> bool:
    """Whether two arrays are equal but for rounding."""
    limit = rounding * np.max(np.abs(expected), initial=0)
    if np.max(np.abs(array - expected), initial=0) <= limit < np.inf:
        return True
    return bool(np.all(close(array, expected, rounding)))


def close(array: Array, expected: Array, rounding: float) -> Array:
    """Which elements of two arrays are equal but for rounding."""
    size = np.max(np.abs(expected), initial=0, where=np.isfinite(expected))
    found: Array = np.isclose(array, expected, rtol=rounding, atol=rounding * size, equal_nan=True)
    return found


def roundings(program: Program, began: Mapping[str, Array], names: list[str]) -> dict[str, list[Array]]:
    """What rounding may make of arrays by name: the outcomes of several steps from there."""
    outcomes: dict[str, list[Array]] = {name: [] for name in names}
    rng = np.random.default_rng(0)
    for _ in range(OUTCOMES if names else 0):
        fill(program.kept, began)
        left = {**rounded(program, rng), **program.kept}
        for name in names:
            outcomes[name].append(left[name].copy())
    return outcomes


def rounded(program: Program, rng: np.random.Generator) -> Mapping[str, Array]:
    """Carry out the calls, each result as far off as rounding may take it; whole numbers count exactly."""
    for call in program.calls:
        operation, result = call.operation, call.compute()
        if result.dtype.kind == "f" and not operation.exact:
            terms = tuple(np.abs(argument) for argument in call.arguments)
            size = operation.compute(terms, call.axes) if operation.adds else np.abs(result)
            off = ROUNDINGS * np.finfo(result.dtype).eps * size * rng.uniform(-1, 1, result.shape)
            result = result + (0 if all(map(whole, call.arguments)) and whole(result) else off)
        call.out[...] = result
    return program.outputs


def whole(array: Array) -> bool:
    """Whether all numbers of an array are whole."""
    return bool(np.all(array == np.rint(array)))


def between(array: Array, outcomes: list[Array]) -> Array:
    """Which elements lie between the outcomes, or as far beyond as they are apart.

    Where some of them overflow it may be anything, where all do it must too.
    """
    low, high, finite = np.min(outcomes, axis=0), np.max(outcomes, axis=0), np.isfinite(outcomes)
    within = (2 * low - high <= array) & (array <= 2 * high - low)
    overflows = finite.any(axis=0) | ~np.isfinite(array)
    return np.where(finite.all(axis=0), within, overflows)
