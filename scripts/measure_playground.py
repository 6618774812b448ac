"""Prints how far pages are from NumPy and the compiled engine, and how long a step takes in node.

    python scripts/measure_playground.py xor moons sine
    python scripts/measure_playground.py --functions

Without names it takes all bundled experiments, in some minutes. The figures of docs/playground.md are what
it prints: the largest difference of a single step from 20 states along the run; then, after the whole run,
the distances of the page and of the NumPy engine from the compiled one, relative to the largest weight.
With ``--functions`` it prints the largest errors of the functions of a page, in units in the last place.
"""

import sys
from functools import partial

import numpy as np

from nn.config.load import load_config
from nn.config.seeds import network_seeds
from nn.config.source import config_names
from nn.experiments.experiment import Experiment
from nn.export.layout import text_of
from nn.export.recording import ExportError
from nn.playground.node import in_node
from nn.playground.proof import cases, states_along, step_differences
from nn.playground.steps import TrainingSteps
from nn.playground.whole_run import run_to_the_end

ROUNDING = 2.0**-53
"""The unit of rounding: no distance counts as less in a ratio."""
ARGUMENTS = 60_000


def main(names: list[str]) -> None:
    """Print a row for each experiment."""
    print("| experiment | step | excused | ends after | page | NumPy | ratio | µs a step |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name in names or config_names():
        try:
            steps = TrainingSteps(Experiment.of(load_config(name)))
        except ExportError as error:
            print(f"| {name} | {error} |")
            continue
        step = step_differences(steps, cases(steps, states_along(steps)))
        page = run_to_the_end(steps)
        native, numpy = (trained(steps.experiment, engine) for engine in ("native", "numpy"))
        size = np.max(np.abs(native))
        off, ours = (np.max(np.abs(found - native)) / size for found in (np.array(page.parameters), numpy))
        ratio = max(off, ROUNDING) / max(ours, ROUNDING)
        print(
            f"| {name} | {step.largest:.1e} | {step.excused} | {page.epoch:,} epochs "
            f"| {off:.1e} | {ours:.1e} | {ratio:.1f} | {page.microseconds:.1f} |",
            flush=True,
        )


def trained(experiment: Experiment, engine: str) -> np.ndarray:
    """The weights at the end of a run from the start."""
    fresh = experiment.seeded(network_seeds(experiment.config.seed))
    for report in fresh.train(engine=engine):
        state = report.state()
    return state["method.parameters"]


def functions() -> None:
    """Print the errors of the page's functions, of Math's and of NumPy's."""
    rng = np.random.default_rng(0)
    uniform = partial(rng.uniform, size=ARGUMENTS)
    steps = np.floor(np.exp(uniform(0, 9)))
    given = {
        "exp": (np.exp, [uniform(-700, 700)]),
        "expm1": (np.expm1, [uniform(-5, 5)]),
        "log": (np.log, [np.exp(uniform(-300, 300))]),
        "log1p": (np.log1p, [uniform(-0.99, 5)]),
        "tanh": (np.tanh, [uniform(-4, 4)]),
        "sin": (np.sin, [uniform(-1000, 1000)]),
        "cos": (np.cos, [uniform(-1000, 1000)]),
        "atan": (np.arctan, [uniform(-9, 9)]),
        "pow": (np.power, [np.exp(-uniform(0, 1) * 600 / steps), steps]),
    }
    operands = {name: [array.tolist() for array in arrays] for name, (_, arrays) in given.items()}
    found = in_node(text_of("functions.mjs", "nn.playground").splitlines(), "errors", operands)
    print("| | the page's | Math's | NumPy's | other than NumPy's: the page's | Math's |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, (function, arrays) in given.items():
        exact = function(*(array.astype(np.longdouble) for array in arrays))
        units = np.spacing(np.abs(exact).astype(float))
        ours = function(*arrays)
        made = [*map(np.array, found[name]), ours]
        errors = " | ".join(f"{np.max(np.abs(one - exact) / units):.2f}" for one in made)
        others = " | ".join(f"{100 * np.mean(one != ours):.0f} %" for one in made[:2])
        print(f"| {name} | {errors} | {others} |")


if __name__ == "__main__":
    functions() if sys.argv[1:] == ["--functions"] else main(sys.argv[1:])
