"""Hyperparameters that may become 0: those of which the formula is the same then."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np

from nn.engine import verify
from nn.engine.program import Program, fill
from nn.playground.ranges import range_of
from nn.training.step import Step

BATCH = "x", "t", "w", "noise"
"""The inputs of a step that are no hyperparameters."""
WITNESSES = "parameters", "gradients"
"""What is compared of the state; the rest does not matter where a formula leaves it out."""


class Place(NamedTuple):
    """A field of an object."""

    part: Any
    name: str

    @property
    def takes_zero(self) -> bool:
        """Whether its range ends with 0."""
        limits = range_of(next(field.type for field in fields(self.part) if field.name == self.name))
        return limits["low"] == 0 and not limits["above"]


@contextmanager
def left_out(place: Place) -> Iterator[None]:
    """Let a field be 0, and restore it at the end."""
    own = getattr(*place)
    object.__setattr__(*place, 0.0)
    try:
        yield
    finally:
        object.__setattr__(*place, own)


@np.errstate(all="ignore")
def same_at_zero(step: Step, program: Program, inputs: Mapping[str, Any], place: Place) -> bool:
    """Whether a program does at these inputs what the formulas do with this field 0.

    So it does where nothing but rounding is between the measures, gradients and weights that both leave.
    """
    began = {name: array.copy() for name, array in program.kept.items()}
    rounding = verify.ROUNDING[program.dtype.name]
    try:
        fill(program.inputs, inputs)
        for call in program.calls:
            call.out[...] = call.compute()
        found = {name: array.copy() for name, array in program.outputs.items()}
        found |= {name: program.kept[name].copy() for name in WITNESSES}
        fill(program.kept, began)
        batch: dict[str, Any] = {name: program.inputs[name] for name in BATCH if name in program.inputs}
        with left_out(place):
            expected = {name: np.array(value) for name, value in step(batch, step.kept).items()}
        expected |= {name: step.kept[name].copy() for name in WITNESSES}
        return all(verify.equal_to_rounding(found[name], expected[name], rounding) for name in expected)
    finally:
        fill(program.kept, began)
