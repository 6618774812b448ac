"""The base classes of all optimisers, and of first-order ones, which update along the gradient.

An optimiser is a frozen set of constants. What a first-order method remembers between steps is its state,
a dictionary of arrays made by ``start``; ``step`` fills the parameters and the state in place. Parameters,
gradients and their like have the shape ``(*stack, n_parameters)``, numbers of a whole network
``(*stack, 1)``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeAlias

import numpy as np
from annotated_types import Ge, Gt, Lt, doc

from nn.arrays import Array, within_norm
from nn.initializers.base import Initializer
from nn.schedules.base import Schedule
from nn.schedules.plateau import ReduceOnPlateau
from nn.validation import Checked, IncompatibleError, check, matches_type

State = dict[str, Array]
if TYPE_CHECKING:
    Numbers: TypeAlias = Any
else:
    Numbers = float
"""A number for all networks, or a sequence with one for each of a stack: ``float | Sequence[float]``.

Type checkers take any value: in formulas a sequence is an array, which that union does not say. At run time
it is ``float``, as a configuration has it; ``FirstOrder`` looks at each number of a sequence.
"""


def is_set(number: Array | float | Schedule) -> bool:
    """Whether an option is nonzero, a schedule, or has a number for each network of a stack."""
    return isinstance(number, Schedule) or np.ndim(number) > 0 or bool(number)


Rate = Annotated[Numbers, Gt(0), doc("The learning rate: a number or a schedule.")]
Momentum = Annotated[
    Numbers, Ge(0), Lt(1), doc("The share of the last step that the next one keeps: a number or a schedule.")
]


@dataclass(frozen=True)
class Optimizer(Checked):
    """A method that minimises a loss: its options, and its requirements on training."""

    default_initializer: ClassVar[Initializer | None] = None
    """The default initialiser of dense layers in a configuration with this method; None keeps theirs."""
    full_batch: ClassVar[bool] = False
    """Whether each step needs all samples, as it compares gradients of successive steps."""
    iterates: ClassVar[bool] = False
    """Whether an epoch is one iteration, of several evaluations of the loss of a single network."""
    least_squares: ClassVar[bool] = False
    """Whether it minimises a sum of squared residuals by their Jacobian."""

    @property
    def schedule(self) -> Schedule | None:
        """The schedule of its learning rate, where it has one."""
        return None


@dataclass(frozen=True)
class FirstOrder(Optimizer):
    """A step: clip the gradients g, find the learning rate η, decay the parameters θ, update them.

    ``learning_rate`` is a number or a schedule. For a stack of networks every number may be a sequence, with
    one for each network: ``SGD([0.1, 0.5, 2.0])`` for ``Sequential(…, seed=[7, 7, 7])``. A single network,
    a schedule and a configuration take numbers alone. ``clip_value`` c keeps each element of g within ±c;
    ``clip_norm`` c then makes g ← g · min(1, c/‖g‖), with the norm over all parameters of a network
    (Pascanu, Mikolov & Bengio, 2013, algorithm 1; PyTorch divides by ‖g‖ + 10⁻⁶).
    ``weight_decay`` λ is decoupled from the gradient: θ ← θ − ηλθ before the update, for biases too
    (Loshchilov & Hutter, 2019, "Decoupled weight decay regularization", multiplied by η as in PyTorch).
    """

    learning_rate: Rate | Schedule = 0.01
    clip_norm: Annotated[Numbers | None, Gt(0), doc("The maximum L2 norm of the gradient.")] = field(
        default=None, kw_only=True
    )
    clip_value: Annotated[
        Numbers | None, Gt(0), doc("The maximum absolute value of each element of the gradient.")
    ] = field(default=None, kw_only=True)
    weight_decay: Annotated[
        Numbers,
        Ge(0),
        doc("Decoupled weight decay: weights shrink by learning_rate * weight_decay of themselves."),
    ] = field(default=0.0, kw_only=True)

    squares: ClassVar[tuple[str, ...]] = ()
    """The names of the state that holds squares of gradients, by whose roots it divides."""

    def __post_init__(self) -> None:
        for name, values in self.sequences.items():
            for value in values:
                check(value, float, f"{type(self).__name__}.{name}: each of its numbers")
            object.__setattr__(self, name, tuple(map(float, values)))
        if self.networks is None:
            super().__post_init__()
        for place in range(self.networks or 0):
            self.of(place)  # raises where it is wrong for one network
        for name, schedule in self.other_schedules.items():
            if not schedule.largest < 1:
                got = type(schedule).__name__
                got += f" up to {schedule.largest:g}" if schedule.largest < np.inf else ""
                problem = f"{type(self).__name__}.{name} needs a schedule that stays below 1, got {got}"
                raise IncompatibleError(name, problem)

    @property
    def schedule(self) -> Schedule | None:
        return self.learning_rate if isinstance(self.learning_rate, Schedule) else None

    @property
    def schedules(self) -> dict[str, Schedule]:
        """The options that are schedules, by name."""
        options = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in options.items() if isinstance(value, Schedule)}

    @property
    def other_schedules(self) -> dict[str, Schedule]:
        """Those but of the learning rate, which each step copies to its state under their names."""
        return {name: schedule for name, schedule in self.schedules.items() if name != "learning_rate"}

    @property
    def sequences(self) -> dict[str, Sequence[float]]:
        """The options that have a number for each network of a stack."""
        numbers = [field.name for field in fields(self) if matches_type(0.5, field.type)]
        kinds = (list, tuple, np.ndarray)
        return {name: getattr(self, name) for name in numbers if isinstance(getattr(self, name), kinds)}

    @property
    def networks(self) -> int | None:
        """The number of networks that its sequences are for, None where it has none; raises ValueError."""
        lengths = {name: len(values) for name, values in self.sequences.items()}
        if len({*lengths.values()}) > 1 or 0 in lengths.values():
            each = ", ".join(f"{length} of {name}" for name, length in lengths.items())
            raise ValueError(f"{type(self).__name__}: expected a number for each network, got {each}")
        return next(iter(lengths.values()), None)

    def of(self, place: int) -> Self:
        """Return the optimiser of one network of a stack."""
        return replace(self, **{name: values[place] for name, values in self.sequences.items()})

    def start(self, parameters: Array) -> State:
        """Return the state before the first step."""
        if not self.schedules:
            return {}
        # Steps are counted in float64, where the count is exact whatever the type of the parameters.
        state = {"t": np.zeros(())}
        if self.schedule:
            state["rate"] = np.zeros_like(parameters[..., :1])
        if isinstance(self.schedule, ReduceOnPlateau):
            state["scale"] = np.ones_like(parameters[..., :1])
        return state | {name: np.zeros_like(parameters[..., :1]) for name in self.other_schedules}

    def step(self, parameters: Array, gradients: Array, state: State) -> None:
        """Update the parameters and the state in place."""
        gradients = self.clipped(gradients)
        rate = self.rate(state)
        for name, schedule in self.other_schedules.items():
            state[name][...] = schedule.rate(state["t"])
        if "t" in state:
            state["t"] += 1
        if is_set(self.weight_decay):
            parameters *= 1 - rate * self.weight_decay
        self.update(parameters, gradients, state, rate)

    def update(self, parameters: Array, gradients: Array, state: State, rate: Array | float) -> None:
        """Move the parameters against the gradients; ``state["t"]``, where kept, counts this step too."""
        raise NotImplementedError

    def clipped(self, gradients: Array) -> Array:
        """Clip the gradients, in a new array where there are limits."""
        if self.clip_value is not None:
            gradients = np.minimum(np.maximum(gradients, -self.clip_value), self.clip_value)
        if self.clip_norm is not None:
            gradients = within_norm(gradients, self.clip_norm, axis=-1)
        return gradients

    def rate(self, state: State) -> Array | float:
        """Return the learning rate of the next step; that of a schedule is also kept in the state."""
        if not isinstance(self.learning_rate, Schedule):
            return self.learning_rate
        rate = self.learning_rate.rate(state["t"])
        state["rate"][...] = rate * state["scale"] if "scale" in state else rate
        return state["rate"]

    def now(self, name: str, state: State) -> Array | float:
        """Return an option in this step, a number or what its schedule has come to."""
        value: Array | float = state[name] if name in self.schedules else getattr(self, name)
        return value

    def last_rate(self, state: State) -> Array | float:
        """Return the learning rate of the last step; an array ``(*stack,)`` for a schedule."""
        if not isinstance(self.learning_rate, Schedule):
            return self.learning_rate
        return np.copy(state["rate"][..., 0])[()]

    def overflowed(self, state: State) -> Array:
        """Whether squares of gradients are no longer finite, ``(*stack,)``: all steps are then 0."""
        if not self.squares:
            return np.array(False)
        return np.any([np.any(~np.isfinite(state[name]), axis=-1) for name in self.squares], axis=0)

    def over(self, steps: int) -> Self:
        """Return the same optimiser for a training of ``steps`` steps; see ``Schedule.over``."""
        return replace(self, **{name: schedule.over(steps) for name, schedule in self.schedules.items()})
