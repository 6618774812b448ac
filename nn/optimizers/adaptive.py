"""Optimisers that give each parameter a rate of its own, from the squares of its past gradients."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Ge, Gt, Lt, doc

from nn.arrays import Array
from nn.optimizers.base import FirstOrder, Momentum, Numbers, Rate, State, is_set
from nn.schedules.base import Schedule

Decay = Annotated[Numbers, Ge(0), Lt(1)]
"""The fraction of a running mean that stays at each step."""
MeanDecay = Annotated[Decay, doc("The decay rate of the running mean of gradients.")]
SquareDecay = Annotated[Decay, doc("The decay rate of the running mean of squared gradients.")]
Epsilon = Annotated[Numbers, Gt(0), doc("Added to the divisor, so that it is never 0.")]


@dataclass(frozen=True)
class Adagrad(FirstOrder):
    """s ← s + g², θ ← θ − η g / (√s + ε).

    Duchi, Hazan & Singer (2011), "Adaptive subgradient methods for online learning and stochastic
    optimization"; s starts at 0 (at 0.1 in Keras), and ε is outside of the root as in PyTorch.

    >>> parameters, adagrad = np.array([1.0]), Adagrad(learning_rate=0.1)
    >>> adagrad.step(parameters, np.array([2.0]), adagrad.start(parameters)); parameters.round(6)
    array([0.9])
    """

    squares: ClassVar[tuple[str, ...]] = ("s",)

    epsilon: Epsilon = 1e-10

    def start(self, parameters: Array) -> State:
        return {"s": np.zeros_like(parameters)} | super().start(parameters)

    def update(self, parameters: Array, gradients: Array, state: State, rate: Array | float) -> None:
        s = state["s"]
        s[...] = s + gradients * gradients
        parameters -= rate * gradients / (np.sqrt(s) + self.epsilon)


@dataclass(frozen=True)
class Adadelta(FirstOrder):
    """Δ = √(u + ε) / √(v + ε) g, θ ← θ − η Δ, with running means v of g² and u of Δ².

    v ← ρ v + (1 − ρ) g² before Δ, u ← ρ u + (1 − ρ) Δ² after it. Zeiler (2012), "ADADELTA: an adaptive
    learning rate method", algorithm 1, where η is 1. ε, inside of the roots, is what sets u going.

    >>> parameters, adadelta = np.array([1.0]), Adadelta(epsilon=0.25, rho=0.75)
    >>> adadelta.step(parameters, np.array([2.0]), adadelta.start(parameters)); parameters.round(6)
    array([0.105573])
    """

    squares: ClassVar[tuple[str, ...]] = ("v", "u")

    learning_rate: Rate | Schedule = 1.0
    rho: SquareDecay = 0.9
    epsilon: Epsilon = 1e-6

    def start(self, parameters: Array) -> State:
        own = {"v": np.zeros_like(parameters), "u": np.zeros_like(parameters)}
        return own | super().start(parameters)

    def update(self, parameters: Array, gradients: Array, state: State, rate: Array | float) -> None:
        v, u = state["v"], state["u"]
        v[...] = self.rho * v + (1 - self.rho) * (gradients * gradients)
        delta = np.sqrt(u + self.epsilon) / np.sqrt(v + self.epsilon) * gradients
        u[...] = self.rho * u + (1 - self.rho) * (delta * delta)
        parameters -= rate * delta


@dataclass(frozen=True)
class RMSprop(FirstOrder):
    """v ← ρ v + (1 − ρ) g², d = g / (√v + ε), θ ← θ − η d; with momentum μ: b ← μ b + d, θ ← θ − η b.

    Tieleman & Hinton (2012), "Neural networks for machine learning", lecture 6.5, there with ρ = 0.9.
    As in PyTorch, ρ is 0.99 (its ``alpha``), ε is outside of the root (inside in Keras) and b, which
    starts at 0, does not carry the learning rate.

    >>> parameters, rmsprop = np.array([1.0]), RMSprop(learning_rate=0.1, rho=0.75)
    >>> rmsprop.step(parameters, np.array([2.0]), rmsprop.start(parameters)); parameters.round(6)
    array([0.8])
    """

    squares: ClassVar[tuple[str, ...]] = ("v",)

    rho: SquareDecay = 0.99
    epsilon: Epsilon = 1e-8
    momentum: Momentum | Schedule = 0.0

    def start(self, parameters: Array) -> State:
        own = {"v": np.zeros_like(parameters)}
        if is_set(self.momentum):
            own["b"] = np.zeros_like(parameters)
        return own | super().start(parameters)

    def update(self, parameters: Array, gradients: Array, state: State, rate: Array | float) -> None:
        v = state["v"]
        v[...] = self.rho * v + (1 - self.rho) * (gradients * gradients)
        direction = gradients / (np.sqrt(v) + self.epsilon)
        if is_set(self.momentum):
            b = state["b"]
            b[...] = self.now("momentum", state) * b + direction
            direction = b
        parameters -= rate * direction


@dataclass(frozen=True)
class AdaptiveMoments(FirstOrder):
    """What Adam and its kin share: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², v̂ = v / (1 − β₂ᵗ)."""

    squares: ClassVar[tuple[str, ...]] = ("v",)

    learning_rate: Rate | Schedule = 0.001
    beta_1: MeanDecay = 0.9
    beta_2: SquareDecay = 0.999
    epsilon: Epsilon = 1e-8

    def start(self, parameters: Array) -> State:
        # The count of steps is an array too: all that changes between steps is in the state.
        own = {"m": np.zeros_like(parameters), "v": np.zeros_like(parameters), "t": np.zeros(())}
        return own | super().start(parameters)

    def average(self, gradients: Array, state: State) -> None:
        """Update the running means m and v with these gradients."""
        m, v = state["m"], state["v"]
        m[...] = self.beta_1 * m + (1 - self.beta_1) * gradients
        v[...] = self.beta_2 * v + (1 - self.beta_2) * (gradients * gradients)

    def divisor(self, v: Array, t: Array) -> Array:
        """Return √v̂ + ε, with v corrected for its start at 0."""
        v_hat = v / (1 - self.beta_2**t).astype(v.dtype)
        return np.sqrt(v_hat) + self.epsilon


@dataclass(frozen=True)
class Adam(AdaptiveMoments):
    """θ ← θ − η m̂ / (√v̂ + ε), with running means m of g and v of g², corrected for their start at 0.

    m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
    Kingma & Ba (2015), "Adam: a method for stochastic optimization", algorithm 1. With ``amsgrad`` the
    largest v so far stands in the place of v in v̂: Reddi, Kale & Kumar (2018), "On the convergence of
    Adam and beyond", algorithm 2, with the corrections kept as in PyTorch.

    >>> parameters, adam = np.array([1.0]), Adam(learning_rate=0.1)
    >>> adam.step(parameters, np.array([2.0]), adam.start(parameters)); parameters.round(6)
    array([0.9])
    """

    amsgrad: Annotated[bool, doc("Whether the divisor is the largest so far.")] = False

    def start(self, parameters: Array) -> State:
        own = {"v_max": np.zeros_like(parameters)} if self.amsgrad else {}
        return super().start(parameters) | own

    def update(self, parameters: Array, gradients: Array, state: State, rate: Array | float) -> None:
        self.average(gradients, state)
        m, v, t = state["m"], state["v"], state["t"]
        if self.amsgrad:
            state["v_max"][...] = np.maximum(state["v_max"], v)
            v = state["v_max"]
        m_hat = m / (1 - self.beta_1**t).astype(m.dtype)
        parameters -= rate * m_hat / self.divisor(v, t)


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay: θ ← θ − ηλθ before each step, with λ = 0.01 unless given.

    Loshchilov & Hutter (2019), "Decoupled weight decay regularization", algorithm 2, where of the
    rate only the schedule multiplies λ; here all of it does, as in PyTorch.

    >>> parameters, adamw = np.array([1.0]), AdamW(learning_rate=0.1, weight_decay=0.5)
    >>> adamw.step(parameters, np.array([2.0]), adamw.start(parameters)); parameters.round(6)
    array([0.85])
    """

    weight_decay: Annotated[
        Numbers, Ge(0), doc("How fast weights shrink by themselves, times the learning rate.")
    ] = field(default=0.01, kw_only=True)


@dataclass(frozen=True)
class NAdam(AdaptiveMoments):
    """Adam that looks ahead: in place of m̂ stands μₜ₊₁ m / (1 − μ₁…μₜ₊₁) + (1 − μₜ) g / (1 − μ₁…μₜ).

    The momentum grows as μₜ = β₁ (1 − ½ · 0.96^(ψt)), with ψ = ``momentum_decay``; m, v and v̂ are
    Adam's. Dozat (2016), "Incorporating Nesterov momentum into Adam", algorithm 2, with the warming
    of μ as in PyTorch (Keras has it too, with ψ = 0.004).

    >>> parameters, nadam = np.array([1.0]), NAdam(learning_rate=0.1)
    >>> nadam.step(parameters, np.array([2.0]), nadam.start(parameters)); parameters.round(6)
    array([0.894355])
    """

    learning_rate: Rate | Schedule = 0.002
    momentum_decay: Annotated[Numbers, Ge(0), doc("How fast the momentum grows.")] = 0.004

    def start(self, parameters: Array) -> State:
        product = np.ones(np.shape(self.momentum(0)))  # of the momenta of all steps
        return super().start(parameters) | {"product": product}

    def update(self, parameters: Array, gradients: Array, state: State, rate: Array | float) -> None:
        self.average(gradients, state)
        m, v, t, product = state["m"], state["v"], state["t"], state["product"]
        now, next_ = self.momentum(t), self.momentum(t + 1)
        product *= now
        of_m, of_g = next_ / (1 - product * next_), (1 - now) / (1 - product)
        ahead = of_m.astype(m.dtype) * m + of_g.astype(m.dtype) * gradients
        parameters -= rate * ahead / self.divisor(v, t)

    def momentum(self, t: Array | int) -> Array:
        """Return μₜ of step t."""
        return self.beta_1 * (1 - 0.5 * np.power(0.96, self.momentum_decay * t))
