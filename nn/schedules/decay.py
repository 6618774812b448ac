"""Schedules that depend on the step alone: constant, piecewise, in steps, exponential, cosine, one cycle."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt, Len, Lt, doc

from nn.arrays import Array
from nn.schedules.base import FiniteSchedule, Schedule, Start
from nn.validation import IncompatibleError, check


@dataclass(frozen=True)
class Constant(Schedule):
    """η(t) = η₀: like a number, but with a warm-up.

    >>> Constant(0.5, warmup=4).rate(np.arange(6))
    array([0.1, 0.2, 0.3, 0.4, 0.5, 0.5])
    """

    start: Start

    @property
    def largest(self) -> float:
        return self.start

    def after_warmup(self, t: Array) -> Array:
        return self.start + 0 * t


@dataclass(frozen=True)
class Piecewise(Schedule):
    """η(t) = values[k] after so many of the ``boundaries`` k: constant from each to the next.

    Boundaries are numbers of steps; with whole batches an epoch is one step. A momentum of 0.5 that becomes
    0.9 once the first large gradients are past is advised in Hinton (2010), "A practical guide to training
    restricted Boltzmann machines", section 9.

    >>> Piecewise(values=[0.5, 0.9], boundaries=[3]).rate(np.arange(5))
    array([0.5, 0.5, 0.5, 0.9, 0.9])
    """

    values: Annotated[Sequence[float], Len(1), doc("The value before the first boundary, and after each.")]
    boundaries: Annotated[Sequence[int], doc("The numbers of steps after which the next value holds.")]

    def __post_init__(self) -> None:
        super().__post_init__()
        for value in self.values:
            check(value, Annotated[float, Ge(0)], "Piecewise.values: each of them")
        for boundary in self.boundaries:
            check(boundary, Annotated[int, Ge(1)], "Piecewise.boundaries: each of them")
        if any(before >= after for before, after in pairwise(self.boundaries)):
            raise IncompatibleError("boundaries", f"Piecewise.boundaries must rise, got {self.boundaries}")
        if len(self.values) != len(self.boundaries) + 1:
            raise IncompatibleError(
                "values",
                f"Piecewise.values must be one more than boundaries, {len(self.boundaries) + 1}, "
                f"got {len(self.values)}",
            )
        if not any(self.values):
            raise IncompatibleError("values", "Piecewise.values: one of them must be greater than 0")
        object.__setattr__(self, "values", tuple(self.values))
        object.__setattr__(self, "boundaries", tuple(self.boundaries))

    @property
    def largest(self) -> float:
        return max(self.values)

    def after_warmup(self, t: Array) -> Array:
        rate = self.values[0] + 0 * t
        for boundary, value in zip(self.boundaries, self.values[1:], strict=True):
            rate = np.where(t >= boundary, value + 0 * t, rate)
        return rate


@dataclass(frozen=True)
class StepDecay(Schedule):
    """η(t) = η₀ γ^⌊t/n⌋: every n steps the rate is multiplied by the ``factor`` γ.

    >>> StepDecay(1.0, every=2, factor=0.5).rate(np.arange(6))
    array([1.  , 1.  , 0.5 , 0.5 , 0.25, 0.25])
    """

    type_name = "step"

    start: Start
    every: Annotated[int, Ge(1), doc("Steps after which the rate is multiplied by the factor.")]
    factor: Annotated[float, Gt(0), Lt(1), doc("The factor by which the rate changes each time.")] = 0.1

    @property
    def largest(self) -> float:
        return self.start

    def after_warmup(self, t: Array) -> Array:
        # np.power, because ** rounds otherwise for a single number than for arrays.
        return self.start * np.power(self.factor, np.floor(t / self.every))


@dataclass(frozen=True)
class ExponentialDecay(FiniteSchedule):
    """η(t) = η₀ γ^(t/T): after T ``steps`` the rate is γ η₀, with γ the ``factor``, and falls further.

    With ``steps=1`` the factor is that of a single step.

    >>> ExponentialDecay(1.0, factor=0.25, steps=2).rate(np.arange(4))
    array([1.   , 0.5  , 0.25 , 0.125])
    """

    type_name = "exponential"

    start: Start
    factor: Annotated[float, Gt(0), Lt(1), doc("The rate at the end, as a share of that at the start.")] = 0.1

    @property
    def largest(self) -> float:
        return self.start

    def after_warmup(self, t: Array) -> Array:
        return self.start * np.power(self.factor, t / self.length)


@dataclass(frozen=True)
class CosineDecay(FiniteSchedule):
    """η(t) = η₁ + (η₀ − η₁) (1 + cos πt/T) / 2: half a wave from ``start`` to ``end`` in T ``steps``.

    Afterwards the rate stays at its end. Loshchilov & Hutter (2017), "SGDR: stochastic gradient descent
    with warm restarts", equation 5, of which this is one run without restarts.

    >>> CosineDecay(1.0, steps=4).rate(np.arange(6)).round(3)
    array([1.   , 0.854, 0.5  , 0.146, 0.   , 0.   ])
    """

    type_name = "cosine"

    start: Start
    end: Annotated[float, Ge(0), doc("The learning rate at the end.")] = 0.0

    @property
    def largest(self) -> float:
        return max(self.start, self.end)

    def after_warmup(self, t: Array) -> Array:
        return anneal(self.start, self.end, t / self.length)


@dataclass(frozen=True)
class OneCycle(FiniteSchedule):
    """Up to the ``peak`` along half a cosine, then down along another: a and b are factors of the peak.

    From ``start_factor`` a the rate rises for the share ``rise`` of all T ``steps``, so that the step
    r = rise · T − 1 has the peak; the last step, T − 1, has ``end_factor`` b. Smith & Topin (2018),
    "Super-convergence", in PyTorch's form and with its constants: the paper's rise is a straight line.
    The momentum stays as it is.

    >>> OneCycle(1.0, steps=10, rise=0.3).rate(np.arange(10)).round(2)
    array([0.04, 0.52, 1.  , 0.95, 0.81, 0.61, 0.39, 0.19, 0.05, 0.  ])
    """

    peak: Annotated[float, Gt(0), doc("The highest learning rate.")]
    rise: Annotated[float, Gt(0), Lt(1), doc("The share of the steps in which the rate rises.")] = 0.3
    start_factor: Annotated[float, Gt(0), Lt(1), doc("The rate at the start, as a share of the peak.")] = 0.04
    end_factor: Annotated[float, Ge(0), Lt(1), doc("The rate at the end, as a share of the peak.")] = 4e-6

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.steps and self.rise * self.steps <= 1:
            raise IncompatibleError(
                "rise",
                f"OneCycle.rise of {self.rise:g} must be more than 1 of all steps, got {self.steps} steps",
            )

    @property
    def largest(self) -> float:
        return self.peak

    def after_warmup(self, t: Array) -> Array:
        last = self.length - 1
        top = self.rise * self.length - 1
        up = anneal(self.start_factor, 1, t / top)
        down = anneal(1, self.end_factor, (t - top) / (last - top))
        return self.peak * np.where(t <= top, up, down)


def anneal(start: float, end: float, share: Array) -> Array:
    """Half a cosine wave from ``start`` to ``end`` while ``share`` goes from 0 to 1."""
    return end + (start - end) * (1 + np.cos(np.pi * np.minimum(share, 1))) / 2
