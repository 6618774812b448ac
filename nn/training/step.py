"""What engines record of a network: evaluations of its loss and gradient, and the training step."""

import copy
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.memory import remembered
from nn.engine.program import fill
from nn.engine.traced import NotRecordableError
from nn.layers.base import every
from nn.network import Sequential
from nn.optimizers.base import FirstOrder
from nn.training.hyperparameters import bound
from nn.training.objective import Objective
from nn.training.state import TrainingState


class Evaluation:
    """Evaluates loss and metrics, as a function of a batch and of the state."""

    any_rows = True
    """Whether the state is the same for any number of rows."""

    def __init__(self, network: Sequential, objective: Objective):
        self.network, self.objective = network, objective
        self.kept = {"parameters": network.parameters, "gradients": network.gradients}

    @property
    def parts(self) -> list[object]:
        """The objects whose methods are the formulas."""
        return [*every(self.network.layers), self.objective.loss]

    def __call__(self, inputs: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
        """Forward; returns the measures."""
        self.network.bind(kept["parameters"], kept["gradients"])
        measures = self.objective.forward(**inputs, samples=self.objective.samples)
        return {name: value for name, value in measures._asdict().items() if value is not None}

    def bound(self, make: Callable[[float], Any]) -> AbstractContextManager[None]:
        """Return a context in which all hyperparameters are replaced by a function of them."""
        return bound(self.parts, make)

    def expect_forgetful(self, inputs: dict[str, Array], kept: dict[str, Array]) -> None:
        """Raise NotRecordableError where formulas keep state that is not part of ``kept``."""
        began = {name: array.copy() for name, array in kept.items()}

        def once() -> None:
            fill(kept, began)
            self(inputs, kept)

        with np.errstate(all="ignore"):
            name = remembered(self.parts, once)
        fill(kept, began)
        if name:
            raise NotRecordableError(f"{name} changes from step to step, which cannot be recorded")


class GradientEvaluation(Evaluation):
    """Evaluates loss, metrics and gradient."""

    def __call__(self, inputs: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
        """Forward, backward; returns the measures."""
        measures = super().__call__(inputs, kept)
        self.objective.backward()
        return measures


class Step(GradientEvaluation):
    """A training step: evaluates the gradient, then updates the parameters by an optimiser."""

    def __init__(self, network: Sequential, objective: Objective, optimizer: FirstOrder):
        super().__init__(network, objective)
        # A copy: while the step is recorded, its numbers stand for any others.
        self.optimizer = copy.deepcopy(optimizer)
        self.each = {
            f"optimizer.{name}": np.reshape(values, (*network.stack, 1)).astype(float)
            for name, values in optimizer.sequences.items()
        }
        """Hyperparameters of which each network has its own, ``(*stack, 1)``: state that never changes."""
        self.bind(self.each)
        self.optimizer_state = self.optimizer.start(network.parameters)
        self.kept |= self.optimizer_state | self.each

    @property
    def parts(self) -> list[object]:
        """The objects whose methods are the formulas: the optimiser and its schedules too."""
        return [self.optimizer, *self.optimizer.schedules.values(), *super().parts]

    def bind(self, kept: Mapping[str, Any]) -> None:
        """Set the optimiser's hyperparameters to those of these networks."""
        for name in self.each:
            object.__setattr__(self.optimizer, name.removeprefix("optimizer."), kept[name])

    def __call__(self, inputs: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
        """Forward, backward, update, constraint; returns the measures before the update."""
        self.bind(kept)
        measures = super().__call__(inputs, kept)
        state = {name: kept[name] for name in self.optimizer_state}
        self.optimizer.step(kept["parameters"], kept["gradients"], state)
        self.network.constrain()
        self.bind(self.each)
        return measures

    def last_rate(self) -> Array | float:
        """Return the learning rate of the last step."""
        rate: Any = self.optimizer.last_rate(self.optimizer_state)
        return rate[..., 0] if "optimizer.learning_rate" in self.each else rate

    def overflowed(self) -> Array:
        """Whether squares that the optimiser keeps are no longer finite, ``(*stack,)``."""
        return self.optimizer.overflowed(self.optimizer_state)

    def state(self) -> TrainingState:
        """Return the arrays that a step changes and the next one reads, which excludes gradients."""
        own = {"gradients", *self.each}
        return {name: array for name, array in self.kept.items() if name not in own}

    def restore(self, state: TrainingState) -> None:
        """Continue from such a state."""
        for name, array in state.items():
            self.kept[name][...] = array
