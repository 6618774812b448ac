"""Records a training step and carries it out call by call, keeping all intermediate values."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.engine.program import Call, owner
from nn.engine.record import record
from nn.engine.tape import Tape
from nn.engine.traced import Traced
from nn.layers.base import Layer, every
from nn.losses.base import Loss
from nn.network import Sequential
from nn.optimizers.base import FirstOrder
from nn.training.objective import Objective
from nn.training.step import Step


@dataclass(frozen=True, eq=False)
class MethodCall:
    """A method call of a layer or the loss: the array that it returned, and the calls that it made.

    Calls of nested layers belong to these.
    """

    owner: Layer | Loss
    method: str
    calls: range
    result: Array


@dataclass(frozen=True, eq=False)
class ExecutedCall:
    """A call that was carried out, with copies of what it read and computed."""

    call: Call
    read: tuple[Array, ...]
    made: Array


class Recording:
    """The recorded step on one batch: its calls with their values, and the layers that made them."""

    def __init__(
        self, network: Sequential, loss: Loss, optimizer: FirstOrder, inputs: dict[str, Array], **options: Any
    ):
        self.network = copy.deepcopy(network)
        objective = Objective(self.network, loss, **options)
        self.loss = objective.loss
        self.inputs = {name: array.copy() for name, array in inputs.items()}
        self.passages: list[MethodCall] = []
        step = Step(self.network, objective, optimizer)
        self.kept = step.kept
        parts: list[Layer | Loss] = [*every(self.network.layers), self.loss]
        for part in parts:
            for method in ("forward", "backward"):
                setattr(part, method, self.noted(part, method))

        def noting(inputs: Mapping[str, Any], kept: Mapping[str, Any]) -> Mapping[str, Any]:
            self.tape: Tape | None = getattr(inputs["x"], "tape", None)
            tape = self.tape
            outputs = step(inputs, kept)
            if tape is not None:
                self.calls = tuple(tape.calls)
            return outputs

        other = {name: array[::-1].copy() for name, array in self.inputs.items()}
        record(noting, self.inputs, self.kept, [other])
        with np.errstate(all="ignore"):
            self.done = [self.carry_out(call) for call in self.calls]

    def noted(self, part: Layer | Loss, method: str) -> Callable[..., Any]:
        """Wrap a method so that it notes its calls while it is recorded."""
        run = getattr(part, method)

        def noting(*arguments: Any) -> Any:
            if self.tape is None:  # the verification of the recording runs on plain arrays
                return run(*arguments)
            start, passed = len(self.tape.calls), len(self.passages)
            result = run(*arguments)
            if isinstance(result, Traced):
                within = [passage.calls.stop for passage in self.passages[passed:]]
                calls = range(max([start, *within]), len(self.tape.calls))
                self.passages.append(MethodCall(part, method, calls, result.array))
            return result

        return noting

    def carry_out(self, call: Call) -> ExecutedCall:
        """Carry out a call as a replay does, and keep copies of what it read and computed."""
        read = tuple(array.copy() for array in call.arguments)
        call.out[...] = call.compute()
        return ExecutedCall(call, read, call.out.copy())


def place(array: Array, index: tuple[int, ...], within: Array) -> tuple[int, ...] | None:
    """Return the index in ``within`` of an element of ``array``; None if it is not there."""
    if owner(array) != owner(within):
        return None
    steps = sum(i * stride for i, stride in zip(index, array.strides, strict=True))
    offset = array.ctypes.data + steps - within.ctypes.data
    found = [0] * within.ndim
    for axis in sorted(range(within.ndim), key=lambda axis: -within.strides[axis]):
        if within.shape[axis] > 1:
            found[axis], offset = divmod(offset, within.strides[axis])
    inside = all(0 <= i < length for i, length in zip(found, within.shape, strict=True))
    return tuple(found) if inside and offset == 0 else None
