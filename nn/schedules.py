"""Schedules: the learning rate as a formula of the number of steps done.

A schedule is a frozen set of constants. ``rate(t)`` is the rate of the step after ``t`` steps: the first
step has t = 0. It is computed inside each training step, so that the rate changes from step to step, not
from epoch to epoch.
"""

from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, Self

import numpy as np
from annotated_types import Ge, Gt, Lt, doc

from nn.arrays import Array
from nn.validation import Checked, IncompatibleError

Monitor = Literal["loss", "accuracy", "val_loss", "val_accuracy"]
"""What training can be judged by."""


Start = Annotated[float, Gt(0), doc("The learning rate at the start.")]


@dataclass(frozen=True)
class Schedule(Checked):
    """η(t), the learning rate after t steps; with ``warmup`` w it begins when a linear rise ends.

    η(t) = (t + 1) / (w + 1) η(0) for t < w, and from then on the schedule counts from t = w. Goyal et
    al. (2017), section 2.2, whose rise may start anywhere; here no step has a rate of 0.
    """

    warmup: Annotated[int, Ge(0), doc("Steps in which the rate rises before the schedule begins.")] = field(
        default=0, kw_only=True
    )

    def rate(self, t: Array) -> Array:
        """The learning rate after ``t`` steps."""
        if not self.warmup:
            return self.after_warmup(t)
        share = np.minimum((t + 1) / (self.warmup + 1), 1)
        return share * self.after_warmup(np.maximum(t - self.warmup, 0))

    def after_warmup(self, t: Array) -> Array:
        """The learning rate ``t`` steps after the warm-up."""
        raise NotImplementedError

    def over(self, steps: int) -> Self:
        """The same schedule in a training of so many steps: what has no length of its own fills it."""
        return self


@dataclass(frozen=True)
class Constant(Schedule):
    """η(t) = η₀: as a number, but for its warm-up.

    >>> Constant(0.5, warmup=4).rate(np.arange(6))
    array([0.1, 0.2, 0.3, 0.4, 0.5, 0.5])
    """

    start: Start

    def after_warmup(self, t: Array) -> Array:
        return self.start + 0 * t


@dataclass(frozen=True)
class StepDecay(Schedule):
    """η(t) = η₀ γ^⌊t/n⌋: every n steps the rate is multiplied by the ``factor`` γ.

    >>> StepDecay(1.0, every=2, factor=0.5).rate(np.arange(6))
    array([1.  , 1.  , 0.5 , 0.5 , 0.25, 0.25])
    """

    start: Start
    every: Annotated[int, Ge(1), doc("Steps after which the rate is multiplied by the factor.")]
    factor: Annotated[float, Gt(0), Lt(1), doc("The factor of the rate after so many steps.")] = 0.1

    def after_warmup(self, t: Array) -> Array:
        # np.power, because ** rounds otherwise for a single number than for arrays.
        return self.start * np.power(self.factor, np.floor(t / self.every))


@dataclass(frozen=True)
class Spanning(Schedule):
    """A schedule with a length: ``steps`` after the warm-up, or all steps of the training."""

    steps: Annotated[int | None, Ge(1), doc("Its length; left out, that of the training.")] = field(
        default=None, kw_only=True
    )

    def over(self, steps: int) -> Self:
        return self if self.steps else replace(self, steps=max(steps - self.warmup, 1))

    @property
    def length(self) -> int:
        """The number of steps, which must be known by now."""
        if self.steps is None:
            raise ValueError(f"{type(self).__name__}: expected a number of steps, got none; see over(steps)")
        return self.steps


@dataclass(frozen=True)
class ExponentialDecay(Spanning):
    """η(t) = η₀ γ^(t/T): after T ``steps`` the rate has come down to the ``factor`` γ, and goes on.

    With ``steps=1`` the factor is that of a single step.

    >>> ExponentialDecay(1.0, factor=0.25, steps=2).rate(np.arange(4))
    array([1.   , 0.5  , 0.25 , 0.125])
    """

    start: Start
    factor: Annotated[float, Gt(0), Lt(1), doc("The rate at the end, as a share of that at the start.")] = 0.1

    def after_warmup(self, t: Array) -> Array:
        return self.start * np.power(self.factor, t / self.length)


@dataclass(frozen=True)
class CosineDecay(Spanning):
    """η(t) = η₁ + (η₀ − η₁) (1 + cos πt/T) / 2: half a wave from ``start`` to ``end`` in T ``steps``.

    Afterwards the rate stays at its end. Loshchilov & Hutter (2017), "SGDR: stochastic gradient descent
    with warm restarts", equation 5, of which this is one run without restarts.

    >>> CosineDecay(1.0, steps=4).rate(np.arange(6)).round(3)
    array([1.   , 0.854, 0.5  , 0.146, 0.   , 0.   ])
    """

    start: Start
    end: Annotated[float, Ge(0), doc("The learning rate at the end.")] = 0.0

    def after_warmup(self, t: Array) -> Array:
        return anneal(self.start, self.end, t / self.length)


@dataclass(frozen=True)
class OneCycle(Spanning):
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

    def after_warmup(self, t: Array) -> Array:
        last = self.length - 1
        top = self.rise * self.length - 1
        up = anneal(self.start_factor, 1, t / top)
        down = anneal(1, self.end_factor, (t - top) / (last - top))
        return self.peak * np.where(t <= top, up, down)


def anneal(start: float, end: float, share: Array) -> Array:
    """Half a cosine wave from ``start`` to ``end`` while ``share`` goes from 0 to 1."""
    return end + (start - end) * (1 + np.cos(np.pi * np.minimum(share, 1))) / 2


@dataclass(frozen=True)
class ReduceOnPlateau(Schedule):
    """η ← max(γ η, η_min) whenever the ``monitor`` has not improved for ``patience`` epochs.

    ``factor`` is γ and ``min_rate`` η_min; an improvement is one by more than ``min_delta``. After a
    reduction patience starts anew. Training looks at its reports and reduces the rate of the steps to
    come, for each network of a stack by itself. The monitor is the validation loss unless given, or the
    training loss where nothing is held out. Patience is as in Keras and in EarlyStopping; PyTorch's is
    one epoch longer.

    >>> from nn import SGD
    >>> SGD(ReduceOnPlateau(0.1, factor=0.5, patience=20)).learning_rate.min_rate
    0.0
    """

    start: Start
    factor: Annotated[float, Gt(0), Lt(1), doc("The factor of the rate where there is no progress.")] = 0.1
    patience: Annotated[int, Ge(1), doc("Epochs without progress before the rate is reduced.")] = 10
    min_delta: Annotated[float, Ge(0), doc("How much less the measure must be to count as progress.")] = 0.0
    min_rate: Annotated[float, Ge(0), doc("The rate is never reduced below this.")] = 0.0
    monitor: Annotated[
        Monitor | None, doc("What progress is judged by; left out, val_loss or else the loss.")
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.min_rate >= self.start:
            raise IncompatibleError(
                "min_rate",
                f"ReduceOnPlateau.min_rate must be less than start, {self.start:g}, got {self.min_rate:g}",
            )

    def after_warmup(self, t: Array) -> Array:
        return self.start + 0 * t


SCHEDULES: dict[str, type[Schedule]] = {
    "constant": Constant,
    "step": StepDecay,
    "exponential": ExponentialDecay,
    "cosine": CosineDecay,
    "one_cycle": OneCycle,
    "reduce_on_plateau": ReduceOnPlateau,
}
