"""Gradient descent, with and without momentum."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import doc

from nn.arrays import Array
from nn.optimizers.base import FirstOrder, Momentum, State, is_set
from nn.schedules.base import Schedule
from nn.validation import IncompatibleError


@dataclass(frozen=True)
class SGD(FirstOrder):
    """θ ← θ − η g; with momentum μ: v ← μ v − η g, θ ← θ + v.

    Momentum after Polyak (1964) in the form of Sutskever, Martens, Dahl & Hinton (2013),
    equations 1 and 2: the velocity carries the learning rate. (PyTorch's does not; where a schedule
    changes the rate, that is another path.) With ``nesterov`` the step is θ ← θ + μ v − η g with the
    new v, their equations 3 and 4 written for the point where the gradient is taken. A schedule as
    ``momentum`` gives μ step by step.

    >>> parameters, sgd = np.array([1.0]), SGD(learning_rate=0.1)
    >>> sgd.step(parameters, np.array([2.0]), sgd.start(parameters)); parameters
    array([0.8])
    """

    momentum: Momentum | Schedule = 0.0
    nesterov: Annotated[bool, doc("Whether the gradient is that of the point where the momentum leads.")] = (
        False
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.nesterov and self.momentum == 0:
            raise IncompatibleError("nesterov", "SGD.nesterov needs a momentum greater than 0, got 0")

    def start(self, parameters: Array) -> State:
        own = {"velocity": np.zeros_like(parameters)} if is_set(self.momentum) else {}
        return own | super().start(parameters)

    def update(self, parameters: Array, gradients: Array, state: State, rate: Array | float) -> None:
        if not is_set(self.momentum):
            parameters -= rate * gradients
            return
        v, momentum = state["velocity"], self.now("momentum", state)
        v[...] = momentum * v - rate * gradients
        if self.nesterov:
            parameters += momentum * v - rate * gradients
        else:
            parameters += v
