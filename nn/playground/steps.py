"""Prints the training steps of an experiment as JavaScript, from the programs that the engines run."""

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.operations import OPERATIONS, Elementwise
from nn.engine.passes import tidy
from nn.engine.program import Program, base, owner
from nn.engine.traced import NotRecordableError
from nn.experiments.experiment import Experiment
from nn.export.javascript import JavaScriptSyntax
from nn.export.layout import filled, identifier, text_of
from nn.export.recording import ExportError
from nn.export.scalar import ScalarWriter
from nn.training.batches import Samples
from nn.training.hyperparameters import named
from nn.training.runners import programs
from nn.training.step import Step

OWN_FUNCTIONS = {"exp", "expm1", "log", "log1p", "tanh"}
"""The functions that the page computes itself (``texts/functions.mjs.in``)."""
STATE = "state_"
"""Comes before the name of a part of the state that an input has too: the targets and Adam's count are t."""


class TrainingSyntax(JavaScriptSyntax):
    """JavaScript with functions of the page in place of those of ``Math`` that differ between browsers."""

    def spelling(self, operation: Elementwise) -> str:
        text = super().spelling(operation)
        return text.removeprefix("Math.") if operation.name in OWN_FUNCTIONS else text


class StepWriter(ScalarWriter):
    """The statements of a training step, whose temporaries are made once for all steps."""

    def __init__(self, program: Program, arrays: dict[str, Array]):
        self.temporaries: list[str] = []
        given = {owner(array) for array in program.inputs.values()}
        own = {name: array for name, array in arrays.items() if owner(array) not in given}
        super().__init__(program, TrainingSyntax(), {}, own)

    def declare(self, array: Array) -> None:
        before = len(self.lines)
        super().declare(array)
        self.temporaries += [line.strip() for line in self.lines[before:]]
        del self.lines[before:]


class TrainingSteps:
    """The steps of an experiment: for a full batch, and for a shorter last one where there is one.

    Raises ExportError, by name, for what a page cannot train.
    """

    def __init__(self, experiment: Experiment):
        step, samples = experiment.step()
        if not isinstance(step, Step):
            raise ExportError("a page trains by first-order methods alone; optimizer: write sgd, or adam")
        if samples.noise:
            raise ExportError("a page cannot draw the noise of dropout and the like yet; leave that layer out")
        if step.network.dtype != np.float64:
            raise ExportError("a page trains in double precision; training.dtype: write float64")
        self.experiment, self.step, self.samples = experiment, step, samples
        try:
            self.programs = [self.adjustable(one) for one in programs(step, samples, step.kept)]
        except NotRecordableError as error:
            raise ExportError(f"only what can be recorded can train on a page: {error}") from error

    @cached_property
    def hyperparameters(self) -> dict[str, float]:
        """The numbers that may be changed while it trains, by the names of their inputs."""
        free = self.programs[0].inputs.keys()
        values = {identifier(name): value for name, value in named(self.step.parts).items()}
        return {name: value for name, value in values.items() if name in free}

    @property
    def size(self) -> int:
        """The number of samples in a full batch."""
        return self.samples.size

    def adjustable(self, program: Program) -> Program:
        """Return a program of which the hyperparameters are inputs, and compute what follows from them."""
        names = map(identifier, named(self.step.parts))
        free = {owner(array) for array in program.free}
        changed = {
            name: array
            for name, array in zip(names, program.settings, strict=False)
            if owner(array) in free
        }
        depends, follow = set(map(owner, changed.values())), []
        for call in program.derivations:
            if depends & {owner(argument) for argument in call.arguments}:
                if call.function not in OPERATIONS:
                    raise ExportError(f"javascript has no np.{call.function} of hyperparameters")
                follow.append(call)
                depends.add(owner(call.out))
        found = tidy(
            Program((*follow, *program.calls), program.inputs | changed, program.kept, program.outputs)
        )
        read = {owner(argument) for call in found.calls for argument in call.arguments}
        unread = [name for name, array in changed.items() if owner(array) not in read]
        inputs = {name: array for name, array in found.inputs.items() if name not in unread}
        return replace(found, inputs=inputs)

    def arrays(self, program: Program) -> dict[str, Array]:
        """Return what a step is given, by unique names: inputs and hyperparameters, state, measures."""
        state = {
            f"{STATE}{name}" if name in program.inputs else name: array
            for name, array in program.kept.items()
        }
        found = program.inputs | state | program.outputs
        for name, array in found.items():
            if not array.flags.c_contiguous or base(array).size != array.size:
                raise ExportError(f"{name}: expected an array with memory of its own")
        return found

    @cached_property
    def state(self) -> dict[str, Array]:
        """The state before the first step, by the names that steps have for it."""
        inputs = self.programs[0].inputs
        return {f"{STATE}{name}" if name in inputs else name: array for name, array in self.step.kept.items()}

    @property
    def lines(self) -> list[str]:
        """A module that exports ``steps``: by the number of samples, a function of arrays by name."""
        lines = text_of("functions.mjs", "nn.playground").splitlines()
        for program in self.programs:
            lines += ["", *self.function(program)]
        sizes = ", ".join(f"[{rows(program)}, step{rows(program)}]" for program in self.programs)
        return [*lines, "", "/* The steps by their number of samples. */", f"const steps = new Map([{sizes}]);"]

    def function(self, program: Program) -> list[str]:
        """Write the step on a batch of one size."""
        arrays = self.arrays(program)
        writer = StepWriter(program, arrays)
        constants: list[str] = []
        for name, array in writer.constants.items():
            texts = map(writer.syntax.number, base(array).reshape(-1).tolist())
            constants += [f"const {name} = new Float64Array([", *filled(texts), "]);"]
        size = rows(program)
        return [
            f"/* One training step on {size} samples; changes the state, and tells the measures before it. */",
            f"const step{size} = (() => {{",
            *(f"    {line}" for line in (*constants, *writer.temporaries)),
            "    return ({",
            *filled(arrays, "        "),
            "    }) => {",
            *(f"    {line}" if line else "" for line in writer.lines),
            "    };",
            "})();",
        ]


def rows(program: Program) -> int:
    """The number of samples of a step."""
    size: int = program.inputs["t"].shape[-2]
    return size


def as_json(arrays: dict[str, Array]) -> dict[str, Any]:
    """Return arrays as flat lists of numbers."""
    return {name: np.asarray(array, np.float64).reshape(-1).tolist() for name, array in arrays.items()}
