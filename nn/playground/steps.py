"""The programs of a page: training steps, the measures of samples held out, and answers to points."""

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.operations import OPERATIONS
from nn.engine.passes import tidy
from nn.engine.program import Call, Program, owner
from nn.engine.record import record
from nn.engine.traced import NotRecordableError
from nn.experiments.experiment import Experiment
from nn.export.layout import identifier, text_of
from nn.export.recording import ExportError
from nn.playground.printing import function, kind_of_array, state_names
from nn.playground.rules import rules
from nn.playground.zeros import Place, same_at_zero
from nn.training.hyperparameters import hyperparameters, hyperparameters_of
from nn.training.runners import programs
from nn.training.step import Evaluation, Step

ANSWERED = 64
"""As many points are answered at once."""


class TrainingSteps:
    """What a page computes of an experiment; its steps are on a full batch and on a shorter last one.

    Raises ExportError, by name, for what a page cannot train.
    """

    def __init__(self, experiment: Experiment):
        step, samples = experiment.step()
        if not isinstance(step, Step):
            raise ExportError("optimizer: a page trains by first-order methods alone; write sgd, or adam")
        self.experiment, self.step, self.samples = experiment, step, samples
        try:
            recorded = programs(step, samples, step.kept)
        except NotRecordableError as error:
            raise ExportError(f"a page trains only what can be recorded: {error}") from error
        self.programs = {rows(one): adjustable(one, step.parts) for one in recorded}
        """By the number of samples; the hyperparameters are inputs."""

    @cached_property
    def may_be_zero(self) -> list[str]:
        """The hyperparameters that may become 0, as the formula is the same then: a momentum, a penalty."""
        fields = [Place(part, name) for part in self.step.parts for name in hyperparameters(part)]
        places = dict(zip(map(identifier, hyperparameters_of(self.step.parts)), fields, strict=True))
        inputs = self.samples.inputs(next(self.samples.drawn(self.samples.size))) | self.hyperparameters
        return [
            name
            for name in self.hyperparameters
            if places[name].takes_zero
            and same_at_zero(self.step, self.first, inputs | {name: 0.0}, places[name])
        ]

    @cached_property
    def hyperparameters(self) -> dict[str, float]:
        """The numbers that may be changed while it trains, by the names of their inputs."""
        inputs = {name for program in self.programs.values() for name in program.inputs}
        given = {identifier(name): value for name, value in hyperparameters_of(self.step.parts).items()}
        return {name: value for name, value in given.items() if name in inputs}

    @property
    def state(self) -> dict[str, Array]:
        """The current state, by the names that a page has for its parts."""
        return {name: self.step.kept[own] for own, name in state_names(self.first).items()}

    @property
    def first(self) -> Program:
        """The step on a full batch."""
        return next(iter(self.programs.values()))

    @property
    def measures(self) -> list[str]:
        """The names of what a step measures."""
        return [*self.first.outputs]

    @cached_property
    def held_out(self) -> dict[str, Array]:
        """The samples of the validation share; empty without one."""
        share = self.experiment.shares.get("validation")
        return {} if share is None else dict(zip("xt", self.experiment.model.arrays(share), strict=True))

    def evaluation(self, arrays: Mapping[str, Array], samples: int | None) -> Program:
        """Record the measures of some of so many samples, without noise."""
        objective = copy.copy(self.step.objective)
        objective.samples = samples
        evaluation = Evaluation(self.step.network, objective)
        inputs = {name: array.copy() for name, array in arrays.items()}
        with self.step.network.undisturbed():
            found = record(evaluation, inputs, evaluation.kept, [inputs], bound=evaluation.bound)
        return adjustable(found, evaluation.parts)

    def answering(self) -> Program:
        """Record the outputs of the network for points, scaled as it takes them."""
        network = self.step.network

        def answer(inputs: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
            network.bind(kept["parameters"], kept["gradients"])
            return {"outputs": network.forward(inputs["points"]).copy()}

        points = np.random.default_rng(0).normal(size=(ANSWERED, network.inputs)).astype(network.dtype)
        kept = {"parameters": network.parameters, "gradients": network.gradients}
        with network.undisturbed():
            return record(answer, {"points": points}, kept, [{"points": -2 * points}])

    @property
    def lines(self) -> list[str]:
        """The text of ``steps``, a map from the number of samples to a function of arrays by name."""
        lines = text_of("functions.mjs", "nn.playground").splitlines()
        for size, program in self.programs.items():
            about = f"A training step on {size} samples: changes the state, measures the loss before it."
            lines += ["", *function(f"step{size}", about, program)]
        entries = ", ".join(f"[{size}, step{size}]" for size in self.programs)
        kind = kind_of_array(self.step.network.parameters)
        return [*lines, "", f"const steps = new Map([{entries}]), Numbers = {kind};"]

    @property
    def trainer_lines(self) -> list[str]:
        """The text of ``Trainer``, which trains in the order of ``nn train``, with all that it needs."""
        lines = [*self.lines, "", *function("answer", "The outputs of the network.", self.answering())]
        if self.held_out:
            program = self.evaluation(self.held_out, None)
            lines += ["", *function("evaluate", "The measures of the samples held out.", program)]
        program = self.evaluation(self.samples.arrays, len(self.samples))
        lines += ["", *function("measureAll", "The measures of all samples to train on.", program)]
        for part in ("random", "ending", "trainer"):
            lines += ["", *text_of(f"{part}.mjs", "nn.playground").splitlines()]
        return lines

    @cached_property
    def rules(self) -> dict[str, Any]:
        """When training ends, and what is kept."""
        return rules(self.experiment, self.step, self.samples)


def rows(program: Program) -> int:
    """The number of samples of a step."""
    size: int = program.inputs["t"].shape[-2]
    return size


def adjustable(program: Program, parts: Iterable[object]) -> Program:
    """Return a program of which those hyperparameters of its parts are inputs that it reads.

    What follows from them is computed in each step.
    """
    free = {owner(array) for array in program.free}
    names = map(identifier, hyperparameters_of(parts))
    numbers = {
        name: array for name, array in zip(names, program.settings, strict=False) if owner(array) in free
    }
    calls = (*followers(program, numbers), *program.calls)
    found = tidy(Program(calls, program.inputs | numbers, program.kept, program.outputs))
    read = {owner(argument) for call in found.calls for argument in call.arguments}
    unread = {name for name, array in numbers.items() if owner(array) not in read}
    return replace(found, inputs={n: array for n, array in found.inputs.items() if n not in unread})


def followers(program: Program, numbers: Mapping[str, Array]) -> Iterator[Call]:
    """Yield the calls that make settings of these; ExportError for one that JavaScript has not."""
    changing = {owner(array) for array in numbers.values()}
    for call in program.derivations:
        if changing & {owner(argument) for argument in call.arguments}:
            if call.function not in OPERATIONS:
                raise ExportError(f"a page has no np.{call.function} of hyperparameters")
            changing.add(owner(call.out))
            yield call
