"""Measures the constants of ``nn/training/estimates.py``: ``python scripts/measure_engines.py [--shapes N]``.

Trains networks of random shapes with NumPy and as compiled C, and fits processor seconds of an epoch to the
counts of its steps, and those of compiling to calls and lines: least squares of relative errors without
negative terms (Lawson & Hanson 1974). Needs SciPy. Prints each constant beside the one in use, and how far
estimates are off. The shapes are others than those of ``scripts/benchmark.py --grid``.
"""

import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import nnls  # type: ignore[import-untyped,import-not-found,unused-ignore]

sys.path.insert(0, str(Path(__file__).parent))

from contenders.choices import processor_seconds
from contenders.rounds import ONE_THREAD, environment
from contenders.shapes import Shape, draw_shapes

from nn.training import batches, choice, estimates
from nn.training.estimates import Counts
from nn.training.native import Native
from nn.training.objective import Objective
from nn.training.runners import Replayed
from nn.training.step import Step

SEED = 0
LEAST_SECONDS = 0.1
"""An epoch is the mean of so many as take this time."""
EXACT = 0.05
"""Relative errors below this one count alike; larger ones count less, as some shapes miss the caches."""


class Samples:
    """What was measured of one quantity: counts and seconds."""

    def __init__(self, title: str, names: Sequence[str], used: Sequence[float]):
        self.title, self.names, self.used = title, names, used
        self.counts: list[Sequence[float]] = []
        self.seconds: list[float] = []

    def add(self, counts: Sequence[float], seconds: float) -> None:
        """Note a measurement."""
        self.counts.append(counts)
        self.seconds.append(seconds)

    def __str__(self) -> str:
        """The constants as they are in use and as fitted, and quantiles of estimate ÷ measured."""
        if len(self.seconds) <= len(self.names):
            return f"{self.title}: too few shapes"
        relative = np.array(self.counts, float) / np.array(self.seconds)[:, np.newaxis]
        weights = np.ones(len(relative))
        for _ in range(30):
            fitted = nnls(relative * weights[:, np.newaxis], weights)[0]
            off = np.abs(np.log(np.maximum(relative @ fitted, 1e-3)))
            weights = 1 / np.sqrt(np.maximum(off, EXACT))
        lines = [f"{self.title} ({len(relative)} shapes)"]
        for name, used, found in zip(self.names, self.used, fitted, strict=True):
            lines.append(f"    {name:10} {used:8.2g} in use, {found:8.2g} fitted")
        for word, constants in (("in use", np.array(self.used)), ("fitted", fitted)):
            low, middle, high = np.quantile(relative @ constants, [0.1, 0.5, 0.9])
            lines.append(f"    estimates {word}: {middle:.2f} of what was measured, {low:.2f} to {high:.2f}")
        return "\n".join(lines)


def prepare(shape: Shape) -> tuple[Step, batches.Samples]:
    """The step of a shape, and its samples."""
    given = shape.training()
    network, loss = given["network"], given["loss"]
    samples = batches.samples(network, loss, given["x"], given["y"], batch_size=shape.batch)
    objective = Objective(network, loss, classification=False)
    return Step(network, objective, given["optimizer"].over(1)), samples


def epoch_seconds(rounds: Any) -> float:
    """Processor seconds of an epoch of all networks."""
    epochs, seconds = 1, 0.0
    rounds.run(1)
    while seconds < LEAST_SECONDS:
        epochs = min(20 * epochs, math.ceil(1.2 * epochs * LEAST_SECONDS / seconds)) if seconds else epochs
        began = time.process_time()
        rounds.run(epochs)
        seconds = time.process_time() - began
    return seconds / epochs


def measure(shape: Shape, engines: dict[str, Samples], compiling: dict[float, Samples]) -> None:
    """Measure both engines at a shape."""
    for engine in (Replayed, Native):
        recorded = choice.Recorded(engine, *prepare(shape))
        blocks = recorded.blocks
        work = recorded.work(1)
        counts = np.array(work.block(blocks.size)) * work.steps * math.ceil(work.networks / blocks.size)
        if engine is Native:
            began = processor_seconds()
            source = recorded.source()
            writing = processor_seconds() - began
            began = processor_seconds(resource.RUSAGE_CHILDREN)
            rounds = recorded.rounds()
            compiled = processor_seconds(resource.RUSAGE_CHILDREN) - began
            each = estimates.line_seconds(small=source.small, width=blocks.size)
            lines = source.text.count("\n") - estimates.COMMON_LINES
            compiling[each].add([1, recorded.calls, lines], writing + compiled)
        else:
            rounds = recorded.rounds()
        kind = "NATIVE" if engine is Native else "NUMPY" if blocks.size == 1 else "NUMPY_STACKED"
        engines[kind].add(counts.tolist(), epoch_seconds(rounds))


def main(count: int) -> None:
    """Measure, and print."""
    engines = {
        name: Samples(name, Counts._fields, getattr(estimates, name))
        for name in ("NUMPY", "NUMPY_STACKED", "NATIVE")
    }
    compiling = {}
    for name in ("LINE_SECONDS", "STACKED_LINE_SECONDS", "REGISTERS_LINE_SECONDS"):
        each = getattr(estimates, name)
        used = estimates.COMPILER_SECONDS, estimates.WRITING_SECONDS, each
        compiling[each] = Samples(name, ("start", "calls", "lines"), used)
    for number, shape in enumerate(islice(draw_shapes(SEED), count), start=1):
        measure(shape, engines, compiling)
        print(f"\r{number} of {count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(*engines.values(), *compiling.values(), sep="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shapes", type=int, default=100, help="shapes to measure (default 100)")
    given = parser.parse_args()
    if ONE_THREAD.items() <= os.environ.items():
        main(given.shapes)
    else:  # NumPy reads the number of threads before anything else runs
        with tempfile.TemporaryDirectory() as cache:
            command = [sys.executable, __file__, "--shapes", str(given.shapes)]
            sys.exit(subprocess.run(command, env=environment(True, cache), check=False).returncode)
