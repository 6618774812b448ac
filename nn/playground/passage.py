"""The program of one sample on its way forward to the loss and back, with what each layer has of it."""

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.program import Program
from nn.engine.record import record
from nn.layers.base import Activation, Layer, backward, every, forward
from nn.network import Sequential
from nn.playground.steps import TrainingSteps, adjustable
from nn.training.objective import Objective
from nn.training.step import Evaluation


class PassageOfSample(Evaluation):
    """One sample forward to its loss, without penalties, and back: what each layer returns and receives.

    Of each layer, numbered as ``every`` yields them, it returns ``output1``, the gradient of the loss with
    respect to it, ``arriving1``, and of a function of each unit alone its derivative, ``slope1``; the
    gradients of the parameters it keeps. A last layer that the loss includes has its output only.
    """

    def __init__(self, network: Sequential, objective: Objective):
        super().__init__(copy.deepcopy(network), objective)
        self.loss = copy.deepcopy(objective.loss)
        self.before, self.within = self.network.split(self.loss)
        for number, layer in enumerate(every(self.network.layers), 1):
            self.watch(number, layer)

    @property
    def parts(self) -> list[object]:
        return [*every(self.network.layers), self.loss]

    def watch(self, number: int, layer: Layer) -> None:
        """Wrap the methods of a layer so that they note what they return and receive."""
        forwards, backwards = layer.forward, layer.backward

        def noted_forward(x: Array) -> Array:
            y = forwards(x)
            self.notes[f"output{number}"] = y.copy()
            return y

        def noted_backward(dy: Array) -> Array:
            self.notes[f"arriving{number}"] = dy.copy()
            if isinstance(layer, Activation) and layer.elementwise:
                self.notes[f"slope{number}"] = backwards(np.ones_like(dy)).copy()
            return backwards(dy)

        layer.forward, layer.backward = noted_forward, noted_backward  # type: ignore[method-assign]

    def __call__(self, inputs: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
        """Forward, backward; returns the notes and the loss."""
        self.notes: dict[str, Any] = {}
        self.network.bind(kept["parameters"], kept["gradients"])
        self.network.bind_noise(None)
        z = forward(self.before, inputs["x"])
        loss = self.loss.forward(z, inputs["t"], inputs.get("w"))
        forward(self.within, z)
        backward(self.before, self.loss.backward())
        return self.notes | {"loss": loss}


def passage_program(steps: TrainingSteps) -> Program:
    """Record the way of one sample; the hyperparameters of layers and loss are inputs."""
    passage = PassageOfSample(steps.step.network, steps.step.objective)
    arrays = steps.samples.arrays.items()
    first = {name: array[:1].copy() for name, array in arrays}
    last = {name: array[-1:].copy() for name, array in arrays}
    found = record(passage, first, passage.kept, [last], bound=passage.bound)
    return adjustable(found, passage.parts)
