"""The full-batch optimisers of the classic literature, which compare the gradient with the previous one."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Gt, Lt, doc

from nn.arrays import Array
from nn.optimizers.base import FirstOrder, Numbers, Rate, State
from nn.schedules.base import Schedule
from nn.validation import IncompatibleError


@dataclass(frozen=True)
class Rprop(FirstOrder):
    """θ ← θ − sign(g) Δ: of the slope only the sign counts, and each parameter has a step size Δ of its own.

    With the slope g′ of the step before: Δ ← min(η⁺ Δ, Δ_max) where g g′ > 0, Δ ← max(η⁻ Δ, Δ_min)
    where g g′ < 0. There the step went too far, and in place of θ ← θ − sign(g) Δ

    - ``irprop_minus`` stays; Igel & Hüsken (2000), "Improving the Rprop learning algorithm". It is
      what PyTorch calls Rprop;
    - ``rprop_plus`` takes the last step back; Riedmiller & Braun (1993), "A direct adaptive method for
      faster backpropagation learning: the RPROP algorithm", which also gives the constants.

    Both then set g′ = 0, so that Δ stays in the next step. ``learning_rate`` is the first Δ, a number
    (PyTorch's is 0.01); nothing but weight decay uses it later. For full batches: the gradients of
    different samples differ in sign too.

    >>> parameters, rprop = np.array([1.0, 1.0]), Rprop()
    >>> rprop.step(parameters, np.array([2.0, -3e-9]), rprop.start(parameters)); parameters
    array([0.9, 1.1])
    """

    learning_rate: Annotated[Numbers, Gt(0), doc("The first step of each weight.")] = 0.1
    variant: Annotated[
        Literal["irprop_minus", "rprop_plus"], doc("What happens where a gradient changes its sign.")
    ] = "irprop_minus"
    eta_plus: Annotated[Numbers, Gt(1), doc("The factor of a step while the gradient keeps its sign.")] = 1.2
    eta_minus: Annotated[
        Numbers, Gt(0), Lt(1), doc("The factor of a step where the gradient changes its sign.")
    ] = 0.5
    max_step: Annotated[Numbers, Gt(0), doc("The largest step.")] = 50.0
    min_step: Annotated[Numbers, Gt(0), doc("The smallest step.")] = 1e-6

    full_batch: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if np.any(np.greater_equal(self.min_step, self.max_step)):
            raise IncompatibleError(
                "min_step",
                f"Rprop.min_step must be less than max_step, {self.max_step:g}, got {self.min_step:g}",
            )

    def start(self, parameters: Array) -> State:
        state = {"slope": np.zeros_like(parameters), "size": np.full_like(parameters, self.learning_rate)}
        if self.variant == "rprop_plus":
            state["moved"] = np.zeros_like(parameters)
        return state | super().start(parameters)

    def update(self, parameters: Array, gradients: Array, state: State, rate: Array | float) -> None:
        slope, size = state["slope"], state["size"]
        agreement = np.sign(gradients) * np.sign(slope)
        smaller = np.maximum(self.eta_minus * size, self.min_step)
        larger = np.minimum(self.eta_plus * size, self.max_step)
        size[...] = np.where(agreement > 0, larger, np.where(agreement < 0, smaller, size))
        slope[...] = np.where(agreement < 0, 0, gradients)
        step = -np.sign(slope) * size
        if self.variant == "rprop_plus":
            moved = state["moved"]
            moved[...] = np.where(agreement < 0, -moved, step)
            step = moved
        parameters += step


@dataclass(frozen=True)
class Quickprop(FirstOrder):
    """Δ ← g / (g′ − g) Δ, θ ← θ + Δ: to the minimum of the parabola through the last two slopes g′ and g.

    Each parameter for itself. Fahlman (1988), "An empirical study of learning speed in
    back-propagation networks", with the conventions of its program:

    - The first step is Δ = −η g, as is any after a Δ of 0. The same −η g is added wherever g has the
      sign that g′ had; η is ``learning_rate``, not divided by a unit's inputs.
    - No step is more than ``max_growth`` μ = 1.75 times the one before, apart from −η g: where g is
      too near to g′ or beyond it, g ≥ μ/(1 + μ) g′ for a positive g′, the step is μ Δ.
    - No weight decay unless asked for (his was 0.0001, added to the slope), no constant added to
      sigmoid′ (his was 0.1).

    For full batches: the parabola needs two slopes of one function.

    >>> parameters, quickprop = np.array([1.0]), Quickprop(learning_rate=0.25)
    >>> state = quickprop.start(parameters)
    >>> for _ in range(2):  # of θ²: a step to 0.5, then to the minimum, and −η g beyond it
    ...     quickprop.step(parameters, 2 * parameters, state); parameters.item()
    0.5
    -0.25
    """

    learning_rate: Rate | Schedule = 0.1
    max_growth: Annotated[Numbers, Gt(0), doc("How many times as long as the last one a step may be.")] = 1.75

    full_batch: ClassVar[bool] = True

    def start(self, parameters: Array) -> State:
        own = {"slope": np.zeros_like(parameters), "moved": np.zeros_like(parameters)}
        return own | super().start(parameters)

    def update(self, parameters: Array, gradients: Array, state: State, rate: Array | float) -> None:
        slope, moved = state["slope"], state["moved"]
        # g and g′ where g′ counts as positive: what follows is one case, not two.
        here, before = gradients * np.sign(slope), np.abs(slope)
        too_far = here >= self.max_growth / (1 + self.max_growth) * before
        growth = np.where(too_far, self.max_growth, here / np.where(too_far, 1, before - here))
        downhill = np.where(here > 0, gradients, np.where(moved == 0, gradients, 0))
        moved[...] = growth * moved - rate * downhill
        slope[...] = gradients
        parameters += moved
