"""Schedule: the learning rate after t steps, with a warm-up."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Self

import numpy as np
from annotated_types import Ge, Gt, doc

from nn.arrays import Array
from nn.validation import Checked

Start = Annotated[float, Gt(0), doc("The learning rate at the start.")]


@dataclass(frozen=True)
class Schedule(Checked):
    """η(t), the learning rate after t steps; with ``warmup`` w it begins after w steps of a linear rise.

    η(t) = (t + 1) / (w + 1) η(0) for t < w, and from then on the schedule counts from t = w. Goyal et
    al. (2017), section 2.2, whose rise may start anywhere; here the first step has a rate above 0.
    """

    warmup: Annotated[int, Ge(0), doc("Steps in which the rate rises before the schedule begins.")] = field(
        default=0, kw_only=True
    )

    @property
    def largest(self) -> float:
        """Its largest value; infinite where that is not known."""
        return np.inf

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
        """Return the schedule for a training of ``steps`` steps, its length unless it has one of its own."""
        return self


@dataclass(frozen=True)
class FiniteSchedule(Schedule):
    """A schedule with a length: ``steps`` after the warm-up, or all steps of the training."""

    steps: Annotated[int | None, Ge(1), doc("Its length; left out, that of the training.")] = field(
        default=None, kw_only=True
    )

    def over(self, steps: int) -> Self:
        return self if self.steps else replace(self, steps=max(steps - self.warmup, 1))

    @property
    def length(self) -> int:
        """The number of steps; raises ValueError if it is not known."""
        if self.steps is None:
            raise ValueError(f"{type(self).__name__}: expected a number of steps, got none; see over(steps)")
        return self.steps
