"""Runs second-order methods: an epoch is an iteration."""

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
from nn.training.evaluations import Gradients, LossFunction, Residuals
from nn.training.objective import Objective
from nn.training.runners import EngineName, note
from nn.training.state import TrainingState

NUMBERS = ("gradient_norm", "damping", "effective_parameters")
"""What a status says while training goes on."""


class Iterating:
    """The iterations of a method over evaluations on one of the other engines, whose name it has."""

    @np.errstate(all="ignore")  # a step too far is seen in its loss
    def __init__(self, method: SecondOrder, evaluations: LossFunction, samples: Samples):
        self.method, self.evaluations, self.samples = method, evaluations, samples
        self.name, self.note = evaluations.engine.name, evaluations.engine.note
        self.place = method.begin(evaluations, evaluations.network.parameters.astype(float))

    @property
    def status(self) -> Status:
        """What the method says of itself, its own end too."""
        return self.place.status

    @np.errstate(all="ignore")
    def run(self, epochs: int) -> Array:
        """Iterate; the measures before each iteration."""
        seen: list[Array] = []
        try:
            while len(seen) < epochs and not self.status.ended:
                seen.append(self.evaluations.measures)
                if self.samples.goal.ends(seen[-1]):
                    break
                self.place = self.method.iterate(self.evaluations, self.place)
        finally:
            self.evaluations.network.parameters[...] = self.place.parameters  # not those of a trial
        return np.array(seen)

    def last_rate(self) -> None:
        """None: it finds the length of each step itself."""

    def overflowed(self) -> Array:
        """False: it keeps no squares."""
        return np.array(False)

    def difference(self, formulas: Any = None) -> str | None:
        """What an evaluation from here leaves other than the formulas do; None where they agree."""
        return self.evaluations.difference()

    def state(self) -> dict[str, Any]:
        """The place, what its status says (no number, or one), and what was measured there."""
        place, said = dict(vars(self.place)), vars(self.status)
        del place["status"]
        said = {f"said_{name}": [number for number in [said[name]] if number is not None] for name in NUMBERS}
        return place | said | {"measures": self.evaluations.measures}

    def restore(self, state: TrainingState) -> None:
        """Go on from a place."""
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
    """What a method asks of a network, all of it recorded for one engine, that of this name."""
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
    """The engine of a method, ready to run from the network's parameters."""
    evaluations = network_evaluations(method, name, network, objective, samples, epochs)
    return Iterating(method, evaluations, samples)
