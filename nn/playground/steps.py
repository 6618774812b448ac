"""The training steps of an experiment as JavaScript, from the programs that the engines run."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np

from nn.arrays import Array
from nn.engine.operations import OPERATIONS
from nn.engine.passes import tidy
from nn.engine.program import Call, Program, owner
from nn.engine.traced import NotRecordableError
from nn.experiments.experiment import Experiment
from nn.export.layout import identifier, text_of
from nn.export.recording import ExportError
from nn.playground.printing import function, state_names
from nn.training.hyperparameters import named
from nn.training.runners import programs
from nn.training.step import Step


class TrainingSteps:
    """The steps of an experiment: on a full batch, and on a shorter last one where there is one.

    Raises ExportError, by name, for what a page cannot train.
    """

    def __init__(self, experiment: Experiment):
        step, samples = experiment.step()
        if not isinstance(step, Step):
            raise ExportError("optimizer: a page trains by first-order methods alone; write sgd, or adam")
        if samples.noise:
            raise ExportError("model.layers: a page has no random numbers yet; leave out dropout and noise")
        if step.network.dtype != np.float64:
            raise ExportError("training.dtype: a page trains in double precision; write float64")
        self.experiment, self.step, self.samples = experiment, step, samples
        try:
            recorded = programs(step, samples, step.kept)
        except NotRecordableError as error:
            raise ExportError(f"a page trains only what can be recorded: {error}") from error
        self.programs = {rows(one): self.adjustable(one) for one in recorded}
        """By the number of samples; the hyperparameters are inputs."""

    @cached_property
    def hyperparameters(self) -> dict[str, float]:
        """The numbers that may be changed while it trains, by the names of their inputs; none to or from 0."""
        inputs = {name for program in self.programs.values() for name in program.inputs}
        given = {identifier(name): value for name, value in named(self.step.parts).items()}
        return {name: value for name, value in given.items() if name in inputs}

    @property
    def state(self) -> dict[str, Array]:
        """The current state, by the names that a page has for its parts."""
        first = next(iter(self.programs.values()))
        return {name: self.step.kept[own] for own, name in state_names(first).items()}

    def adjustable(self, program: Program) -> Program:
        """Return a program of which the hyperparameters are inputs, and which computes what follows from them.

        What it does not read is left out.
        """
        names = map(identifier, named(self.step.parts))
        free = {owner(array) for array in program.free}
        numbers = {
            name: array for name, array in zip(names, program.settings, strict=False) if owner(array) in free
        }
        calls = (*followers(program, numbers), *program.calls)
        found = tidy(Program(calls, program.inputs | numbers, program.kept, program.outputs))
        read = {owner(argument) for call in found.calls for argument in call.arguments}
        inputs = {
            name: array for name, array in found.inputs.items() if name not in numbers or owner(array) in read
        }
        return replace(found, inputs=inputs)

    @property
    def lines(self) -> list[str]:
        """The text of ``steps``, a map from the number of samples to a function of arrays by name."""
        lines = text_of("functions.mjs", "nn.playground").splitlines()
        for size, program in self.programs.items():
            about = f"A training step on {size} samples: changes the state, measures the loss before it."
            lines += ["", *function(f"step{size}", about, program)]
        entries = ", ".join(f"[{size}, step{size}]" for size in self.programs)
        return [*lines, "", f"const steps = new Map([{entries}]);"]


def rows(program: Program) -> int:
    """The number of samples of a step."""
    size: int = program.inputs["t"].shape[-2]
    return size


def followers(program: Program, numbers: dict[str, Array]) -> Iterator[Call]:
    """Yield the calls that make settings of these; ExportError for one that JavaScript has not."""
    changing = {owner(array) for array in numbers.values()}
    for call in program.derivations:
        if changing & {owner(argument) for argument in call.arguments}:
            if call.function not in OPERATIONS:
                raise ExportError(f"a page has no np.{call.function} of hyperparameters")
            changing.add(owner(call.out))
            yield call
