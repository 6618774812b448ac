"""Compares the steps of a page with NumPy's, in node: single steps from equal states along a run."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nn.arrays import Array
from nn.engine import verify
from nn.engine.program import fill
from nn.playground.node import in_node
from nn.playground.printing import state_names
from nn.playground.steps import TrainingSteps
from nn.training.batches import Batch
from nn.training.state import TrainingState

ALLOWED_DIFFERENCE = verify.ROUNDING
"""By type. A page whose step from the start differs by more is not written; sums in another order do not."""
UNEXCUSED_DIFFERENCE = {"float64": 1e-12, "float32": 1e-5}
"""Steps that differ by more, relative to the largest number of an array, need an excuse."""
COMPARED_STATES = 20
"""States along a run from which steps are compared."""
METHOD = "method."
"""Begins the names of what belongs to the optimiser in the state of a report."""


@dataclass(frozen=True, eq=False)
class Case:
    """One step: what it is given, and what NumPy's formulas make of it, by the names that a page has."""

    given: Mapping[str, Array]
    expected: Mapping[str, Array]

    def difference(self, found: Mapping[str, Sequence[float | None]]) -> float:
        """The largest difference of an array, relative to its largest number."""
        return max(off(np.array(found[name], np.float64), array) for name, array in self.expected.items())


def off(found: Array, expected: Array) -> float:
    """The largest difference, relative to the largest number expected; infinite where one is not finite."""
    expected = expected.reshape(-1)
    if not (np.isfinite(found).all() and np.isfinite(expected).all()):
        return np.inf
    difference = float(np.max(np.abs(found - expected), initial=0))
    return difference / (float(np.max(np.abs(expected), initial=0)) or 1)


def states_along(steps: TrainingSteps, points: int = COMPARED_STATES) -> list[TrainingState]:
    """Train with NumPy; returns states from the start to the end, and goes back to the start."""
    began = {name: array.copy() for name, array in steps.step.state().items()}
    seen: list[TrainingState] = []
    spacing = 1
    for number, report in enumerate(steps.experiment.train(engine="numpy"), 1):
        if number % spacing and not report.stopped:
            continue
        state = report.state().items()
        seen.append({name.removeprefix(METHOD): array for name, array in state if name.startswith(METHOD)})
        if len(seen) > 2 * points:  # how many reports there will be is not known before the end
            seen, spacing = seen[1::2], 2 * spacing
    steps.step.restore(began)
    places = np.unique(np.linspace(0, len(seen) - 1, points - 1).astype(int))
    return [began, *(seen[place] for place in places)]


def cases(steps: TrainingSteps, states: Iterable[TrainingState]) -> list[Case]:
    """Take a step by NumPy's formulas from each state, on batches of each size in turn; goes back to now."""
    rng, step, sizes = np.random.default_rng(0), steps.step, [*steps.programs]
    now, found = {name: array.copy() for name, array in step.kept.items()}, []
    numbers = {name: np.array(value) for name, value in steps.hyperparameters.items()}
    for number, state in enumerate(states):
        order, size = rng.permutation(len(steps.samples)), sizes[number % len(sizes)]
        noise = rng.random((size, steps.samples.noise), step.network.dtype.type)
        inputs = steps.samples.inputs(Batch(order, 0, size, noise))
        step.restore(state)
        given = {name: array.copy() for name, array in steps.state.items()} | inputs | numbers
        with np.errstate(all="ignore"):
            measures = step(inputs, step.kept)
        made = {name: array.copy() for name, array in steps.state.items()}
        found.append(Case(given, made | {name: np.array(value) for name, value in measures.items()}))
    fill(step.kept, now)
    return found


def run_in_node(steps: TrainingSteps, found: Sequence[Case]) -> list[dict[str, list[float | None]]]:
    """Return what the steps of the page make of each case; ExportError without node, or where they fail."""
    given = [
        {
            "size": len(case.given["t"]),
            "given": as_lists(case.given),
            "singles": [name for name, array in case.given.items() if array.dtype == np.float32],
            "made": [*case.expected],
        }
        for case in found
    ]
    results: list[dict[str, list[float | None]]] = in_node(steps.lines, "proof", given)
    return results


def as_lists(arrays: Mapping[str, Array]) -> dict[str, list[float]]:
    """Return arrays as flat lists of numbers."""
    return {name: np.asarray(array, np.float64).reshape(-1).tolist() for name, array in arrays.items()}


def difference_along(steps: TrainingSteps, points: int = COMPARED_STATES) -> float:
    """The largest relative difference of a step of the page from NumPy's, from states along the run."""
    return step_differences(steps, cases(steps, states_along(steps, points))).largest


def difference_at_start(steps: TrainingSteps) -> float:
    """The same from the start, on a batch of each size."""
    return step_differences(steps, cases(steps, [steps.step.state()] * len(steps.programs))).largest


class StepDifferences(NamedTuple):
    """What steps of the page from several states differ by."""

    largest: float
    """The largest relative difference, of steps that are not excused."""
    excused: int
    """The number of steps that differ by more, but by no more than rounding may."""


def step_differences(steps: TrainingSteps, found: Sequence[Case]) -> StepDifferences:
    """Compare what the steps of the page make of cases."""
    largest, excused, limit = 0.0, 0, UNEXCUSED_DIFFERENCE[steps.step.network.dtype.name]
    for case, result in zip(found, run_in_node(steps, found), strict=True):
        difference = case.difference(result)
        if difference > limit and is_rounding(steps, case, result):
            excused += 1
        else:
            largest = max(largest, difference)
    return StepDifferences(largest, excused)


@np.errstate(all="ignore")
def is_rounding(steps: TrainingSteps, case: Case, found: Mapping[str, Sequence[float | None]]) -> bool:
    """Whether all that differs lies where random rounding errors scatter NumPy's results: see ``verify``.

    So it does where a sign or a tie is in doubt, and where large terms cancel.
    """
    program = steps.programs[len(case.given["t"])]
    names = {own: name for own, name in state_names(program).items() if name in case.expected}
    names |= {name: name for name in program.outputs}
    now = {name: array.copy() for name, array in program.kept.items()}
    began = {own: case.given[name] for own, name in state_names(program).items()}
    fill(program.inputs, case.given)
    outcomes = verify.perturbed_results(program, began, [*names])
    fill(program.kept, now)
    for own, name in names.items():
        expected = case.expected[name]
        made = np.array(found[name], float).reshape(expected.shape)
        apart = ~verify.close_elements(made, expected, UNEXCUSED_DIFFERENCE[program.dtype.name])
        if np.any(
            apart & ~np.logical_and(*(verify.within_range(a, outcomes[own]) for a in (made, expected)))
        ):
            return False
    return True
