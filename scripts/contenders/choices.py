"""Whether ``auto`` takes the faster engine: whole trainings of many shapes, set-up and compiling included.

``python -m contenders.choices COUNT SEED`` trains so many shapes and writes a line of JSON for each.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from contenders.rounds import SCRIPTS, environment

ENGINES = ("numpy", "native", "auto")
SHAPES = 60
SEED = 16
"""Another than the one whose shapes the estimates were fitted to."""
ROUNDS, ENOUGH_SECONDS = 3, 0.5
"""Of so many rounds, or of those that fit into this time, the fastest counts."""
LIMIT = 1.3
"""``auto`` may take so many times as long as the better of both."""


class Choice(NamedTuple):
    """A shape, the processor seconds of each engine, and which of both ``auto`` took."""

    shape: dict[str, Any]
    seconds: dict[str, float]
    taken: str

    @property
    def ratio(self) -> float:
        """What ``auto`` takes to what the better engine does."""
        return self.seconds["auto"] / min(self.seconds[name] for name in ENGINES[:2])

    @property
    def cells(self) -> list[str]:
        """The row of a table."""
        shape = self.shape
        network = f"{shape['inputs']}-{shape['units']}" + f" × {shape['depth']}" * (shape["depth"] > 1)
        kind = " ".join(shape[name] for name in ("activation", "loss", "optimizer", "dtype"))
        numbers = [f"{shape[name]:,}" for name in ("seeds", "samples", "batch", "epochs")]
        seconds = [f"{self.seconds[name]:.3f}" for name in ENGINES]
        return [network, kind, *numbers, *seconds, self.taken, f"{self.ratio:.2f}"]


HEADINGS = ["network", "kind", "seeds", "samples", "batch", "epochs", *ENGINES, "taken", "ratio"]
WIDTHS = (13, -32, 5, 7, 7, 6, 7, 7, 7, 6, 5)
"""Of the columns on a terminal; words stand to the left."""


def line(cells: Iterable[str]) -> str:
    """A row for the terminal."""
    pairs = zip(cells, WIDTHS, strict=True)
    return "  ".join(cell.rjust(width) if width > 0 else cell.ljust(-width) for cell, width in pairs)


def measure(count: int = SHAPES, seed: int = SEED) -> Iterator[Choice]:
    """Train the first shapes of a seed, in a process on one thread."""
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "contenders.choices", str(count), str(seed)]
        surroundings = environment(True, cache)
        with subprocess.Popen(
            command, cwd=SCRIPTS, env=surroundings, text=True, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout, "a pipe"
            for line in process.stdout:
                yield Choice(*json.loads(line))
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def summary(choices: Iterable[Choice]) -> str:
    """How well ``auto`` chose."""
    found = sorted(choice.ratio for choice in choices)
    within = sum(ratio <= LIMIT for ratio in found)
    worst, middle = found[-1], found[len(found) // 2]
    return f"worst {worst:.2f}, median {middle:.2f}; {within} of {len(found)} within {LIMIT}"


def processor_seconds(*whose: int) -> float:
    """What this process and the compilers that it ran have used, or one of both."""
    used = map(resource.getrusage, whose or (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def train_once(arguments: dict[str, Any], engine: Any) -> tuple[float, str]:
    """Train with an empty cache of libraries; returns the processor seconds, and the engine that ran."""
    from nn import train
    from nn.engine import libraries

    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        libraries.cache_folder.cache_clear()
        began = processor_seconds()
        *_, report = train(**arguments, engine=engine)
        return processor_seconds() - began, report.engine


def main(count: int, seed: int) -> None:
    """Train shapes with each engine."""
    from contenders.shapes import draw_shapes

    first = next(draw_shapes(0))
    for engine in ENGINES:  # what is imported or allocated once
        train_once(first.training(), engine)
    for shape in islice(draw_shapes(seed), count):
        fastest, taken = {}, ""
        for engine in ENGINES:
            rounds: list[float] = []
            began = time.perf_counter()
            while len(rounds) < ROUNDS and (not rounds or time.perf_counter() - began < ENOUGH_SECONDS):
                seconds, taken = train_once(shape.training(), engine)
                rounds.append(seconds)
            fastest[engine] = min(rounds)
        print(json.dumps([shape._asdict(), fastest, taken]), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
