"""Compares the steps of a page with NumPy's, in node: single steps from equal states along a run."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nn.arrays import Array
from nn.export.layout import text_of
from nn.export.recording import ExportError
from nn.playground.steps import TrainingSteps, as_json
from nn.training.batches import Batch
from nn.training.state import TrainingState

POINTS = 20
"""States along a run from which steps are compared."""
METHOD = "method."
"""Begins the names of what belongs to the optimiser in the state of a report."""


@dataclass(frozen=True)
class Case:
    """One step: what it is given, and what NumPy's formulas make of it, by the names that a page has."""

    given: Mapping[str, Array]
    expected: Mapping[str, Array]

    def difference(self, found: Mapping[str, list[float | None]]) -> float:
        """The largest difference of an array, relative to its largest number."""
        return max(off(np.array(found[name], np.float64), array) for name, array in self.expected.items())


def off(found: Array, expected: Array) -> float:
    """The largest difference, relative to the largest number expected; infinity for another NaN."""
    expected = expected.reshape(-1)
    if not np.array_equal(np.isfinite(found), np.isfinite(expected)):
        return np.inf
    finite = np.isfinite(expected)
    largest = float(np.max(np.abs(expected[finite]), initial=0))
    difference = float(np.max(np.abs(found - expected)[finite], initial=0))
    return difference / largest if largest else difference


def states_along(steps: TrainingSteps, points: int = POINTS) -> Iterator[TrainingState]:
    """Train with NumPy; yields the states of its start and of reports, evenly spaced, its last one too."""
    network = steps.experiment.model.network
    start = network.parameters.copy()
    yield {name: array.copy() for name, array in steps.step.state().items()}
    seen: list[TrainingState] = []
    spacing = 1
    for number, report in enumerate(steps.experiment.train(engine="numpy")):
        if number % spacing and not report.stopped:
            continue
        own = {n.removeprefix(METHOD): a for n, a in report.state().items() if n.startswith(METHOD)}
        seen.append(own)
        if len(seen) > 2 * points:  # the number of reports is not known before the end
            seen, spacing = seen[::2], 2 * spacing
    network.parameters[...] = start
    places = np.unique(np.linspace(0, len(seen) - 1, points - 1).astype(int))
    yield from (seen[place] for place in places)


def cases(steps: TrainingSteps, states: Iterable[TrainingState]) -> Iterator[Case]:
    """Take a step by NumPy's formulas from each state, in turn on batches of each size."""
    rng = np.random.default_rng(0)
    samples, step = steps.samples, steps.step
    for number, state in enumerate(states):
        program = steps.programs[number % len(steps.programs)]
        size = program.inputs["t"].shape[-2]
        order = rng.permutation(len(samples))
        step.restore(state)
        given = {name: array.copy() for name, array in steps.state.items()}
        inputs = samples.inputs(Batch(order, 0, size, np.empty(0)))
        with np.errstate(all="ignore"):
            measures = step(inputs, step.kept)
        expected = {name: array.copy() for name, array in steps.state.items()}
        expected |= {name: np.array(value) for name, value in measures.items()}
        numbers = {name: np.array(value) for name, value in steps.hyperparameters.items()}
        yield Case(given | inputs | numbers, expected)


def run_in_node(steps: TrainingSteps, found: list[Case]) -> list[dict[str, list[float | None]]]:
    """Return what the steps of the page make of each case; ExportError without node, or where it fails."""
    if not shutil.which("node"):
        raise ExportError("node is not on the PATH")
    module = "\n".join([*steps.lines, "", text_of("proof.mjs", "nn.playground")])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "proof.mjs"
        file.write_text(module, encoding="utf-8")
        sizes = [len(case.given["t"]) for case in found]
        given = [
            {"size": size, "given": as_json(dict(case.given)), "made": [*case.expected]}
            for size, case in zip(sizes, found, strict=True)
        ]
        text = json.dumps(given, allow_nan=False).encode()
        done = subprocess.run(["node", str(file)], input=text, capture_output=True, check=False)
    if done.returncode:
        raise ExportError(f"the page's steps fail: {done.stderr.decode(errors='replace').strip()[-300:]}")
    results: list[dict[str, list[float | None]]] = json.loads(done.stdout)
    return results


def largest_difference(steps: TrainingSteps, points: int = POINTS) -> float:
    """The largest difference of a step from NumPy's, from states along the run."""
    found = list(cases(steps, states_along(steps, points)))
    results = run_in_node(steps, found)
    return max(case.difference(result) for case, result in zip(found, results, strict=True))
