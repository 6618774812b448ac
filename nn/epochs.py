"""The training step as engines take it, and the choice of one."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal, Protocol

import numpy as np

from nn.arrays import Array
from nn.engine.compiler import CompilerError, compiler
from nn.engine.native import Native, operations
from nn.engine.program import Program
from nn.engine.record import record
from nn.engine.replay import Replay
from nn.engine.samples import Samples
from nn.engine.tape import NotRecordableError
from nn.network import Sequential
from nn.objective import Objective
from nn.optimizers import Optimizer

EngineName = Literal["auto", "formulas", "numpy", "native"]


class Engine(Protocol):
    """Runs epochs."""

    name: str

    def run(self, epochs: int) -> Array:
        """Train; the measures ``(epochs, 3, *stack)``: loss, accuracy, largest error.

        Fewer epochs where training ends: the goal is reached, or no loss is finite.
        """


class Step:
    """One step of training as a function of its batch and of what it keeps."""

    def __init__(self, network: Sequential, objective: Objective, optimizer: Optimizer):
        self.network, self.objective, self.optimizer = network, objective, optimizer
        own = {"parameters": network.parameters, "gradients": network.gradients}
        self.kept = own | optimizer.start(network.parameters)

    def __call__(self, inputs: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
        """Forward, backward, update; returns the measures before the update."""
        parameters, gradients, *_ = kept.values()
        state = {name: array for name, array in kept.items() if name not in ("parameters", "gradients")}
        self.network.bind(parameters, gradients)
        measures = self.objective.forward(inputs["x"], inputs["t"])
        self.objective.backward()
        self.optimizer.step(parameters, gradients, state)
        return {name: value for name, value in measures._asdict().items() if value is not None}


class Formulas:
    """Runs the formulas as they stand, and allocates as they do: the judge of the other engines."""

    name = "formulas"

    def __init__(self, step: Step, samples: Samples):
        self.step, self.samples = step, samples

    def run(self, epochs: int) -> Array:
        """Train; the measures of each epoch."""
        with np.errstate(all="ignore"):
            return self.samples.run(self.batch, epochs)

    def batch(self, rows: Array | None) -> Mapping[str, Array]:
        """One step on these rows, or on all samples."""
        x, t = self.samples.x, self.samples.t
        inputs = {"x": x, "t": t} if rows is None else {"x": x[rows], "t": t[rows]}
        return self.step(inputs, self.step.kept)


def programs(step: Step, samples: Samples) -> list[Program]:
    """The step recorded for a whole batch, and for a shorter last one where there is one."""
    found = []
    arrays = {"x": samples.x, "t": samples.t}
    try:
        for size in dict.fromkeys(stop - start for start, stop in samples.batches):
            rows = np.broadcast_to(np.arange(size), (*samples.stack, size))
            inputs = {name: array[rows] for name, array in arrays.items()} if samples.draw else arrays
            other = {name: array[::-1][:size].copy() for name, array in arrays.items()}
            found.append(record(step, inputs, step.kept, other))
    finally:
        step.network.bind(step.kept["parameters"], step.kept["gradients"])
    return found


COMPILING_SECONDS = 1.0
"""Compiling is worth it for a run that would take longer than this with NumPy."""


def choose(name: EngineName, step: Step, samples: Samples, epochs: int) -> Engine:
    """The engine of this name, ready to run.

    ``auto`` decides from the work and from whether there is a compiler, never from a clock or a
    cache, so that a run repeats: C where compiling pays, else NumPy; the formulas themselves where
    they cannot be recorded. Raises CompilerError and NotRecordableError where a name insists.
    """
    if name == "formulas":
        return Formulas(step, samples)
    try:
        recorded = programs(step, samples)
    except NotRecordableError:
        if name != "auto":
            raise
        return Formulas(step, samples)
    if name == "native":
        return Native(recorded, samples)
    if (
        name == "auto"
        and compiler()
        and replay_seconds(recorded[0]) * len(samples.batches) * epochs > COMPILING_SECONDS
    ):
        with suppress(CompilerError):
            return Native(recorded, samples)
    return Replay(recorded, samples)


def replay_seconds(program: Program) -> float:
    """About how long a step takes with NumPy on a machine of 2020: 0.4 µs a call, 1 ns a number."""
    return 0.4e-6 * len(program.calls) + 1e-9 * operations(program)
