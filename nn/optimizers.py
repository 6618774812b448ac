"""Optimisers: arrays in, arrays changed.

An optimiser is a frozen set of constants. What it remembers between steps is its state, a
dictionary of arrays made by ``start``; ``step`` fills the parameters and the state in place.
Parameters, gradients and their like have the shape ``(*stack, n_parameters)``.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt, Lt

from nn.arrays import Array
from nn.method import Method

State = dict[str, Array]


@dataclass(frozen=True)
class Optimizer(Method):
    """Moves parameters against their gradient."""

    learning_rate: Annotated[float, Gt(0)] = 0.01

    def start(self, parameters: Array) -> State:
        """The state before the first step."""
        return {}

    def step(self, parameters: Array, gradients: Array, state: State) -> None:
        """Update the parameters and the state in place."""
        raise NotImplementedError


@dataclass(frozen=True)
class SGD(Optimizer):
    """θ ← θ − η g; with momentum μ: v ← μ v − η g, θ ← θ + v.

    Momentum after Polyak (1964) in the form of Sutskever, Martens, Dahl & Hinton (2013),
    equations 1 and 2: the velocity carries the learning rate. With ``nesterov`` the step is
    θ ← θ + μ v − η g with the new v, their equations 3 and 4 written for the point where the
    gradient is taken.

    >>> parameters, sgd = np.array([1.0]), SGD(learning_rate=0.1)
    >>> sgd.step(parameters, np.array([2.0]), sgd.start(parameters)); parameters
    array([0.8])
    """

    momentum: Annotated[float, Ge(0), Lt(1)] = 0.0
    nesterov: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.nesterov and self.momentum == 0:
            raise ValueError("SGD.nesterov needs a momentum greater than 0, got 0")

    def start(self, parameters: Array) -> State:
        return {"velocity": np.zeros_like(parameters)} if self.momentum else {}

    def step(self, parameters: Array, gradients: Array, state: State) -> None:
        if not self.momentum:
            parameters -= self.learning_rate * gradients
            return
        v = state["velocity"]
        v[...] = self.momentum * v - self.learning_rate * gradients
        if self.nesterov:
            parameters += self.momentum * v - self.learning_rate * gradients
        else:
            parameters += v


@dataclass(frozen=True)
class Adam(Optimizer):
    """θ ← θ − η m̂ / (√v̂ + ε), with running means m of g and v of g², corrected for their start at 0.

    m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
    Kingma & Ba (2015), "Adam: a method for stochastic optimization", algorithm 1.

    >>> parameters, adam = np.array([1.0]), Adam(learning_rate=0.1)
    >>> adam.step(parameters, np.array([2.0]), adam.start(parameters)); parameters.round(6)
    array([0.9])
    """

    learning_rate: Annotated[float, Gt(0)] = 0.001
    beta_1: Annotated[float, Ge(0), Lt(1)] = 0.9
    beta_2: Annotated[float, Ge(0), Lt(1)] = 0.999
    epsilon: Annotated[float, Gt(0)] = 1e-8

    def start(self, parameters: Array) -> State:
        # The count of steps is an array too: all that changes between steps is in the state.
        count = np.zeros((), parameters.dtype)
        return {"m": np.zeros_like(parameters), "v": np.zeros_like(parameters), "t": count}

    def step(self, parameters: Array, gradients: Array, state: State) -> None:
        m, v, t = state["m"], state["v"], state["t"]
        t += 1
        m[...] = self.beta_1 * m + (1 - self.beta_1) * gradients
        v[...] = self.beta_2 * v + (1 - self.beta_2) * (gradients * gradients)
        m_hat = m / (1 - self.beta_1**t)
        v_hat = v / (1 - self.beta_2**t)
        parameters -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": SGD, "adam": Adam}
