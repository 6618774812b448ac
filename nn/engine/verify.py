"""Verifies recorded and compiled programs before they are used, and again while they run.

Single steps from equal states are compared, since trajectories are chaotic. A difference larger than that of
sums in another order may still be due to rounding. To find out, the program is run several times with random
rounding errors in each result (Monte Carlo arithmetic: Parker, 1997): near a change of sign, a kink or a tie,
and where large terms cancel, the results scatter, and any result within their range is accepted.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.program import Program, fill

StepFunction = Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
"""A step as a function of its inputs and its state, which it changes in place; returns its outputs."""
StepRunner = Callable[[Any], Mapping[str, Any]]
"""Runs a step on the arrays of one program, in place: takes the batch, returns the outputs."""
ProgramRunner = Callable[[Program, Any], Mapping[str, Any]]
"""Runs a step of any program, its first argument, on a batch."""
Batches = Callable[[Program], Iterable[tuple[Mapping[str, Array], Any]]]
"""Yields pairs, the values of a program's inputs and the batch, on which two runners are compared."""


ROUNDING = {"float64": 1e-9, "float32": 1e-4}
"""The tolerance for sums in another order, relative to the largest number of an array."""
MAX_PERTURBATION = 256
"""Results are perturbed by up to this many units of the precision, more than the error of a long sum."""
PERTURBED_RUNS = 16
"""The number of perturbed steps, where something differs."""


def compare(
    programs: Iterable[Program], batches: Batches, found: ProgramRunner, expected: ProgramRunner
) -> str | None:
    """Return the name of an array in which two runners differ on some program's batches, or None."""
    for program in programs:
        if name := first_mismatch(
            program, batches(program), partial(found, program), partial(expected, program)
        ):
            return name
    return None


def run_formulas(formulas: StepFunction) -> ProgramRunner:
    """Return the runner of the formulas, on the program's own arrays."""
    return lambda program, _: formulas(program.inputs, program.kept)


@np.errstate(all="ignore")
def first_mismatch(
    program: Program,
    batches: Iterable[tuple[Mapping[str, Array], Any]],
    found: StepRunner,
    expected: StepRunner,
) -> str | None:
    """Return the name of the first array in which two runners of a step differ, or None.

    ``batches`` are pairs: values of the program's inputs, and the batch as the runners take it. All steps
    start from the current state, which is restored at the end.
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
            doubtful = [
                name for name, array in left.items() if not equal_to_rounding(array, right[name], rounding)
            ]
            pairs = {name: (np.array(left[name]), right[name]) for name in doubtful}
            for name, outcomes in perturbed_results(program, began, doubtful).items():
                apart = ~close_elements(*pairs[name], rounding)
                if np.any(apart & ~np.logical_and(*(within_range(array, outcomes) for array in pairs[name]))):
                    return name
            fill(program.kept, began)
        return None
    finally:
        fill(program.kept, began)


def equal_to_rounding(array: Array, expected: Array, rounding: float) -> bool:
    """Whether two arrays are equal but for rounding."""
    limit = rounding * np.max(np.abs(expected), initial=0)
    if np.max(np.abs(array - expected), initial=0) <= limit < np.inf:
        return True
    return bool(np.all(close_elements(array, expected, rounding)))


def close_elements(array: Array, expected: Array, rounding: float) -> Array:
    """Which elements of two arrays are equal but for rounding."""
    size = np.max(np.abs(expected), initial=0, where=np.isfinite(expected))
    found: Array = np.isclose(array, expected, rtol=rounding, atol=rounding * size, equal_nan=True)
    return found


def perturbed_results(
    program: Program, began: Mapping[str, Array], names: list[str]
) -> dict[str, list[Array]]:
    """Run several perturbed steps from a state; returns their results for each of the names."""
    outcomes: dict[str, list[Array]] = {name: [] for name in names}
    rng = np.random.default_rng(0)
    for _ in range(PERTURBED_RUNS if names else 0):
        fill(program.kept, began)
        left = {**run_perturbed(program, rng), **program.kept}
        for name in names:
            outcomes[name].append(left[name].copy())
    return outcomes


def run_perturbed(program: Program, rng: np.random.Generator) -> Mapping[str, Array]:
    """Carry out the calls with a random rounding error in each result; whole numbers stay exact."""
    for call in program.calls:
        operation, result = call.operation, call.compute()
        if result.dtype.kind == "f" and not operation.exact:
            terms = tuple(np.abs(argument) for argument in call.arguments)
            size = operation.compute(terms, call.axes) if operation.adds else np.abs(result)
            off = MAX_PERTURBATION * np.finfo(result.dtype).eps * size * rng.uniform(-1, 1, result.shape)
            result = result + (0 if all(map(whole, call.arguments)) and whole(result) else off)
        call.out[...] = result
    return program.outputs


def whole(array: Array) -> bool:
    """Whether all numbers of an array are whole."""
    return bool(np.all(array == np.rint(array)))


def within_range(array: Array, outcomes: list[Array]) -> Array:
    """Return which elements lie in the range of the outcomes, widened to three times its width.

    Where some outcomes overflow any value is accepted; where all do, the element must overflow too.
    """
    low, high, finite = np.min(outcomes, axis=0), np.max(outcomes, axis=0), np.isfinite(outcomes)
    within = (2 * low - high <= array) & (array <= 2 * high - low)
    overflows = finite.any(axis=0) | ~np.isfinite(array)
    return np.where(finite.all(axis=0), within, overflows)
