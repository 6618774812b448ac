"""The hyperparameters of a page with the ranges that their fields declare."""

from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any

from nn.export.layout import identifier
from nn.playground.ranges import range_of
from nn.playground.steps import TrainingSteps
from nn.training.hyperparameters import hyperparameters, hyperparameters_of


def ranges(steps: TrainingSteps) -> dict[str, dict[str, Any]]:
    """Return the range of each hyperparameter, to be written as JSON.

    ``low`` and ``high`` are its bounds or None, ``above`` and ``below`` whether it lies beyond them, not on
    them, ``whole`` whether it is a whole number, and ``zero`` whether it may be 0.
    """
    declared = [field for part in steps.step.parts for field in hyperparameter_fields(part)]
    names = map(identifier, hyperparameters_of(steps.step.parts))
    return {
        name: range_of(field.type) | {"zero": name in steps.may_be_zero}
        for name, field in zip(names, declared, strict=True)
        if name in steps.hyperparameters
    }


def hyperparameter_fields(part: Any) -> Iterator[Field[Any]]:
    """Yield the fields of an object that hold its hyperparameters, in their order."""
    found = {field.name: field for field in fields(part)} if hyperparameters(part) else {}
    for name in hyperparameters(part):
        yield found[name]
