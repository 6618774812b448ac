"""What a page is given beside its programs: samples, starts, rules, words."""

import base64
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.export.layout import identifier
from nn.playground.printing import state_names
from nn.playground.starts import STARTS, SeededStart, starts
from nn.playground.steps import ANSWERED, TrainingSteps
from nn.training.hyperparameters import hyperparameters_of

EXACT_KINDS = {"u1": "<u1", "f4": "<f4", "f8": "<f8"}
"""The types that numbers are shipped as, by their names on the page: the first that holds all exactly."""


def material(steps: TrainingSteps, most_starts: int = STARTS) -> dict[str, Any]:
    """Return the data of a page, to be written as JSON, with so many starts at most."""
    samples, network = steps.samples, steps.step.network
    model = steps.experiment.model
    words = {
        identifier(name): name.replace(".", ": ").replace("_", " ")
        for name in hyperparameters_of(steps.step.parts)
    }
    return {
        "rows": len(samples),
        "size": samples.size,
        "noise": samples.noise,
        "inputs": network.inputs,
        "outputs": network.outputs,
        "answered": ANSWERED,
        "features": [*model.features],
        "targets": [*model.targets],
        "classes": None if model.classes is None else [str(label) for label in model.classes],
        "threshold": model.threshold,
        "epochs": steps.rules["epochs"],
        "rules": steps.rules,
        "parameters": int(network.parameters.size),
        "measures": steps.measures,
        "doubles": [name for name, array in steps.state.items() if array.dtype == np.float64],
        "samples": {name: in_base64(array) for name, array in samples.arrays.items()},
        "validation": {name: in_base64(array) for name, array in steps.held_out.items()} or None,
        "hyperparameters": steps.hyperparameters,
        "words": {name: words[name] for name in steps.hyperparameters},
        "starts": shipped_starts(steps, most_starts),
    }


def shipped_starts(steps: TrainingSteps, count: int) -> list[dict[str, Any]]:
    """Return starts, the first with all of the state, the others with what they have of their own."""
    names = state_names(steps.first)
    shipped: list[dict[str, Any]] = []
    known = steps.state
    for start in starts(steps.experiment, count):
        state = {names[own]: array for own, array in start.state.items()}
        if shipped:
            state = {name: array for name, array in state.items() if not np.array_equal(array, known[name])}
        else:
            state = known = known | state
        shipped.append(
            {
                "seed": str(start.seed),  # a word: a number of JavaScript has 53 bits
                "config": start.config,
                "state": {name: in_base64(array) for name, array in state.items()},
                "random": generator_places(start),
            }
        )
    return shipped


def generator_places(start: SeededStart) -> dict[str, str]:
    """The positions of the generators that a start has."""
    return {
        name: f"u8:{encoded(place.astype('<u8'))}" for name, place in start.positions.items() if place.size
    }


def in_base64(array: Array) -> str:
    """Write the numbers of an array, row by row, exactly and shortly.

    So that is their type and base64; of few different ones ``table:`` those ``:`` the place of each; of a
    single one ``all:`` it ``:`` how many.
    """
    numbers = np.ascontiguousarray(array, np.float64).reshape(-1)
    different, places = np.unique(numbers, return_inverse=True)
    if len(different) == 1 and np.isfinite(different[0]):
        return f"all:{float(different[0])!r}:{numbers.size}"
    with np.errstate(all="ignore"):
        found = {kind: numbers.astype(dtype) for kind, dtype in EXACT_KINDS.items()}
    kind = next(kind for kind, cast in found.items() if np.array_equal(cast, numbers) or kind == "f8")
    if kind != "u1" and len(different) <= min(256, numbers.size // 8):
        return f"table:{encoded(different.astype('<f8'))}:{encoded(places.astype('u1'))}"
    return f"{kind}:{encoded(found[kind])}"


def encoded(array: Array) -> str:
    """Return the bytes of an array as base64."""
    return base64.b64encode(array.tobytes()).decode("ascii")
