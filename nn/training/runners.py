"""Records steps, and runs them with NumPy: as recorded, or as they stand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine import verify
from nn.engine.program import Program, contiguous_stack
from nn.engine.record import record
from nn.engine.replay import Replay
from nn.training.batches import AGAIN, ALL_LIVE, Batch, Samples, Stretch
from nn.training.step import Evaluation


class Replayed:
    """Steps over samples as replays, which allocate no memory."""

    BLOCK = 1024
    """The number of small networks that run side by side."""
    LEFT = 256
    """The number where networks leave at a goal: those that remain then fill fewer blocks."""
    MAX_OUTPUTS = 1024
    """Side by side is faster up to this many outputs of units for a batch: 3 times at 600, 1.3 at 1,300; at
    2,000 both are equal."""
    MAX_PARAMETERS = 3000
    """And up to this many of a network: 1.5 times at 1,100, 1.2 at 2,300; one by one is 1.2 times faster at
    4,200, and 2.4 times at 16,500."""
    name = "numpy"
    note = ""

    @classmethod
    def width(cls, networks: int, *, leave: bool) -> int:
        """The number of networks in a block: two at least, as NumPy lays out one of one differently."""
        return min(cls.LEFT if leave else cls.BLOCK, max(networks, 2))

    def __init__(self, programs: Sequence[Program], samples: Samples):
        self.samples, self.programs = samples, programs
        self.steps = {program.inputs["t"].shape[-2]: Replay(program) for program in programs}
        self.rate = programs[0].kept.get("rate")

    def run(self, measures: Array, live: Array = ALL_LIVE, first_only: bool = False) -> Stretch:
        """Train; see ``Engine.run``."""
        with np.errstate(all="ignore"):
            return self.samples.run(self.step, measures, live, first_only, self.rate)

    def evaluate(self) -> Sequence[Array]:
        """Run one step on all samples; see ``Engine.evaluate``."""
        return self.step(None)

    def step(self, rows: Array | None) -> Sequence[Array]:
        """One step on these rows, or on all samples."""
        samples = self.samples
        step = self.steps[samples.size if rows is None else rows.shape[-1]]
        inputs = step.program.inputs
        if rows is not None:
            for name, array in samples.arrays.items():
                array.take(rows, 0, inputs[name], "clip")
        if samples.noise:
            inputs["noise"][...] = samples.draw_noise(inputs["noise"].shape[-2])
        for function, arguments in step.primitives:
            function(*arguments)
        return step.outputs

    def difference(self, formulas: verify.StepFunction) -> str | None:
        """Return the name of an array in which a step and the formulas differ; None where they agree."""
        pairs = self.samples.pairs(AGAIN)
        return verify.compare(self.programs, pairs, self.once, verify.run_formulas(formulas))

    def once(self, program: Program, batch: Batch) -> Mapping[str, Array]:
        """Run one step on the current inputs of the program."""
        return self.steps[batch.size]()


class Formulas:
    """Runs the formulas without recording them: the reference for the other engines."""

    name = "formulas"
    note = ""

    def __init__(self, step: Evaluation, samples: Samples, kept: dict[str, Array]):
        self.step, self.samples, self.kept = step, samples, kept

    def run(self, measures: Array, live: Array = ALL_LIVE, first_only: bool = False) -> Stretch:
        """Train; see ``Engine.run``."""
        with np.errstate(all="ignore"), self.bound():
            return self.samples.run(self.batch, measures, live, first_only, self.kept.get("rate"))

    def evaluate(self) -> Sequence[Array]:
        """Run one step on all samples; see ``Engine.evaluate``."""
        with self.bound():
            return self.batch(None)

    @contextmanager
    def bound(self) -> Iterator[None]:
        """Give the network its own parameters back, as steps bind those that run."""
        own = self.step.kept
        try:
            yield
        finally:
            self.step.network.bind(own["parameters"], own["gradients"])

    def batch(self, rows: Array | None) -> Sequence[Array]:
        """One step on these rows, or on all samples."""
        samples = self.samples
        inputs = {name: array if rows is None else array[rows] for name, array in samples.arrays.items()}
        if samples.noise:
            inputs["noise"] = samples.draw_noise(inputs["x"].shape[-2])
        return tuple(self.step(inputs, self.kept).values())

    def difference(self, formulas: Any) -> None:
        """None: these are the formulas."""


def programs(
    step: Evaluation,
    samples: Samples,
    kept: dict[str, Array],
    sizes: Iterable[int] | None = None,
    *,
    verified: bool = True,
) -> list[Program]:
    """Record the step for a full batch, and for a shorter last one where there is one; or for these sizes."""
    found = []
    stack = samples.members.size if samples.members.ndim else 0
    with step.network.undisturbed():
        for size in dict.fromkeys(samples.sizes if sizes is None else sizes):
            inputs = first_rows(samples, size)
            for name in inputs.keys() - (samples.arrays if size == len(samples) else {}).keys():
                inputs[name] = contiguous_stack(inputs[name], stack)
            step.expect_forgetful(inputs, kept)
            batches = map(samples.inputs, samples.drawn(size) if verified else ())
            found.append(record(step, inputs, kept, batches, stack, step.bound))
    return found


def first_rows(samples: Samples, size: int) -> dict[str, Array]:
    """Return the inputs of a step on the first samples, with some noise."""
    rows = np.broadcast_to(np.arange(size), (*samples.members.shape, size))
    noise = np.random.default_rng(1).random((*rows.shape, samples.noise))
    return samples.inputs(Batch(rows, 0, size, noise.astype(samples.arrays["x"].dtype)))
