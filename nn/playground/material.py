"""What a page is given beside its programs: samples, the start, orders of batches, words."""

import base64
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.export.layout import identifier
from nn.export.recording import ExportError
from nn.playground.steps import ANSWERED, TrainingSteps
from nn.training.hyperparameters import hyperparameters_of

MAX_SAMPLES = 1 << 16
ORDER_BYTES = 1 << 19
"""Orders of epochs are shipped up to this size."""


def material(steps: TrainingSteps) -> dict[str, Any]:
    """Return the data of a page, to be written as JSON; arrays are base64 of little-endian numbers."""
    samples, network = steps.samples, steps.step.network
    model, config, options = steps.experiment.model, steps.experiment.config, steps.experiment.options
    if len(samples) >= MAX_SAMPLES:
        raise ExportError(f"data: a page holds fewer than {MAX_SAMPLES:,} samples, got {len(samples):,}")
    orders = shipped_orders(steps)
    words = {
        identifier(name): name.replace(".", ": ").replace("_", " ")
        for name in hyperparameters_of(steps.step.parts)
    }
    return {
        "rows": len(samples),
        "size": samples.size,
        "inputs": network.inputs,
        "outputs": network.outputs,
        "answered": ANSWERED,
        "features": [*model.features],
        "targets": [*model.targets],
        "classes": None if model.classes is None else [str(label) for label in model.classes],
        "threshold": model.threshold,
        "epochs": options["epochs"],
        "ends": [name for name in ("stop_at", "early_stopping") if options[name]],
        "seed": config.seed,
        "parameters": int(network.parameters.size),
        "measures": steps.measures,
        "samples": {name: encoded(array) for name, array in samples.arrays.items()},
        "validation": {name: encoded(array) for name, array in steps.held_out.items()} or None,
        "state": {name: encoded(array) for name, array in steps.state.items()},
        "hyperparameters": steps.hyperparameters,
        "words": {name: words[name] for name in steps.hyperparameters},
        "orders": None if orders is None else encoded(orders, "<u2"),
        "orderedEpochs": 0 if orders is None else len(orders),
    }


def shipped_orders(steps: TrainingSteps) -> Array | None:
    """Return the orders of the first epochs, ``(epochs, samples)``; None where samples come as they are."""
    samples = steps.samples
    if samples.whole or samples.generators is None:
        return None
    epochs = min(steps.experiment.options["epochs"], max(ORDER_BYTES // (2 * len(samples)), 1))
    place = {name: np.array(value) for name, value in samples.state().items()}
    orders = samples.orders(epochs)
    samples.restore(place)
    return orders


def encoded(array: Array, dtype: str = "<f8") -> str:
    """Write the numbers of an array, row by row, as base64."""
    return base64.b64encode(np.ascontiguousarray(array, dtype).tobytes()).decode("ascii")
