"""The hyperparameters of a page with the ranges that their fields declare."""

from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any, get_args

from annotated_types import Ge, Gt, Le, Lt

from nn.export.layout import identifier
from nn.playground.steps import TrainingSteps
from nn.training.hyperparameters import hyperparameters, hyperparameters_of
from nn.validation import matches_type


def ranges(steps: TrainingSteps) -> dict[str, dict[str, Any]]:
    """Return the range of each hyperparameter, to be written as JSON.

    ``low`` and ``high`` are its bounds or None, ``above`` and ``below`` whether it lies beyond them, not on
    them, and ``whole`` whether it is a whole number.
    """
    declared = [field for part in steps.step.parts for field in hyperparameter_fields(part)]
    names = map(identifier, hyperparameters_of(steps.step.parts))
    return {
        name: range_of(field.type)
        for name, field in zip(names, declared, strict=True)
        if name in steps.hyperparameters
    }


def hyperparameter_fields(part: Any) -> Iterator[Field[Any]]:
    """Yield the fields of an object that hold its hyperparameters, in their order."""
    found = {field.name: field for field in fields(part)} if hyperparameters(part) else {}
    for name in hyperparameters(part):
        yield found[name]


def range_of(annotation: Any) -> dict[str, Any]:
    """Return the range that an annotation declares for a number."""
    limits = [*constraints(annotation)]
    lows: list[Any] = [
        one.gt if isinstance(one, Gt) else one.ge for one in limits if isinstance(one, Gt | Ge)
    ]
    highs: list[Any] = [
        one.lt if isinstance(one, Lt) else one.le for one in limits if isinstance(one, Lt | Le)
    ]
    return {
        "low": max(lows, default=None),
        "high": min(highs, default=None),
        "above": any(isinstance(one, Gt) for one in limits),
        "below": any(isinstance(one, Lt) for one in limits),
        "whole": not matches_type(0.5, annotation),
    }


def constraints(annotation: Any) -> Iterator[Gt | Ge | Lt | Le]:
    """Yield the bounds within an annotation."""
    for part in get_args(annotation):
        if isinstance(part, Gt | Ge | Lt | Le):
            yield part
        else:
            yield from constraints(part)
