"""Runs second-order methods: an epoch is an iteration."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.compiler import CompilerError
from nn.engine.traced import NotRecordableError
from nn.network import Sequential
from nn.optimizers.second_order.base import SecondOrder
from nn.optimizers.second_order.status import Status
from nn.training.batches import NO_GOAL, Samples
from nn.training.choice import EngineName, note
from nn.training.evaluations import Gradients, LossFunction, Residuals
from nn.training.objective import Objective
from nn.training.state import TrainingState

NUMBERS = ("gradient_norm", "damping", "effective_parameters")
"""The numbers in a status while training continues."""


class Iterating:
    """Runs the iterations of a method, whose evaluations run on another engine, as an engine of that name."""

    @np.errstate(all="ignore")  # divergence shows in the loss
    def __init__(self, method: SecondOrder, evaluations: LossFunction, samples: Samples):
        self.method, self.evaluations, self.samples = method, evaluations, samples
        self.name, self.note = evaluations.engine.name, evaluations.engine.note
        self.place = method.begin(evaluations, evaluations.network.parameters.astype(float))
        self.statuses = list[Status]()
        """Its status after each iteration of the last run."""

    @property
    def status(self) -> Status:
        """The status of the method, with the reason where it has ended."""
        return self.place.status

    @np.errstate(all="ignore")
    def run(self, epochs: int) -> Array:
        """Iterate; returns the measures before each iteration, ``(epochs, measured)``."""
        members, seen, self.statuses = self.samples.networks, list[Array](), []
        try:
            going = True
            while going and len(seen) < epochs and not self.status.ended:
                measures = self.evaluations.measures
                seen.append(measures)
                members.measures[:, 0] = measures
                going = math.isfinite(measures[0])
                # The weights are those measured: no step was taken.
                if self.samples.goal is not NO_GOAL and self.samples.goal.met(measures):
                    epoch = members.now + len(seen)
                    members.end(np.array([0]), "stop_at", epoch - 1, epoch)
                    going = False
                if going:
                    self.place = self.method.iterate(self.evaluations, self.place)
                self.statuses.append(self.status)
        finally:
            self.evaluations.network.parameters[...] = self.place.parameters  # not those of a trial
        return np.array(seen)

    def last_rate(self) -> None:
        """Return None: the method chooses the length of each step."""

    def overflowed(self) -> Array:
        """Return False: the method keeps no squares."""
        return np.array(False)

    def difference(self, formulas: Any = None) -> str | None:
        """Return the name of an array in which an evaluation and the formulas differ, or None."""
        return self.evaluations.difference()

    def state(self) -> dict[str, Any]:
        """Return the iterate, the numbers of its status (each none or one), and the measures there."""
        place, said = dict(vars(self.place)), vars(self.status)
        del place["status"]
        said = {f"said_{name}": [number for number in [said[name]] if number is not None] for name in NUMBERS}
        return place | said | {"measures": self.evaluations.measures}

    def restore(self, state: TrainingState) -> None:
        """Continue from such a state."""
        values: dict[str, Any] = {name: a if a.ndim else a.item() for name, a in state.items()}
        self.evaluations.measures = values.pop("measures")
        said: dict[str, Any] = {name: values.pop(f"said_{name}") for name in NUMBERS}
        status = Status(**{name: number.item() for name, number in said.items() if len(number)})
        self.place = replace(self.place, **values, status=status)
        self.evaluations.network.parameters[...] = self.place.parameters


def network_evaluations(
    method: SecondOrder,
    name: EngineName,
    network: Sequential,
    objective: Objective,
    samples: Samples,
    epochs: int,
) -> Gradients | Residuals:
    """Record what a method evaluates for the engine of this name, all of it for the same one."""
    kind = Residuals if method.least_squares else Gradients
    # Trials have no goal: what an epoch reached is seen when it is over.
    of: Any = objective, network, replace(samples, goal=NO_GOAL), epochs
    if name != "auto":
        return kind(name, *of)
    why = ""
    chosen: tuple[EngineName, ...] = "auto", "numpy"
    for engine in chosen:
        try:
            return kind(engine, *of).because(why)
        except (CompilerError, NotRecordableError) as error:
            why = why or note(error)
    return kind("formulas", *of).because(why)


def iterate(
    method: SecondOrder,
    name: EngineName,
    network: Sequential,
    objective: Objective,
    samples: Samples,
    epochs: int,
) -> Iterating:
    """Return the engine of a method, ready to run from the network's parameters."""
    evaluations = network_evaluations(method, name, network, objective, samples, epochs)
    return Iterating(method, evaluations, samples)
