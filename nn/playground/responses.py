"""The diagram of a page: its layout as data, and the recorded program of what its units respond."""

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np

from nn.diagram.layout import Layout, UnitColumn, abbreviated, network_layout
from nn.diagram.probes import Probe, probe_of
from nn.diagram.responses import SCALE_STEPS, SHARED_WITHIN, bound_of, unit_values
from nn.engine.program import Program
from nn.engine.record import record
from nn.export.layout import text_of
from nn.layers.base import every
from nn.network import Sequential
from nn.playground.material import in_base64
from nn.playground.printing import function
from nn.playground.saturation import hidden_activations
from nn.playground.steps import ANSWERED, TrainingSteps, adjustable
from nn.training.hyperparameters import bound


def page_layout(steps: TrainingSteps, network: Sequential) -> Layout:
    """Lay out the network of a page; ValueError for one that cannot be drawn."""
    model = steps.experiment.model
    classes = [str(label) for label in model.classes or ()]
    return network_layout(
        network, model.features, classes if network.outputs > 1 and classes else model.targets
    )


def page_probe(steps: TrainingSteps) -> Probe:
    """Choose what the units of a page are asked."""
    model, training = steps.experiment.model, steps.experiment.shares["training"]
    classes = None if model.classes is None else [str(label) for label in model.classes]
    return probe_of(steps.samples.arrays["x"], training.y, model.features, classes)


def responses_program(steps: TrainingSteps) -> Program:
    """Record what the drawn units respond to points: ``response1 (points, units)`` of column 1, …."""
    network = copy.deepcopy(steps.step.network)
    layout, parts = page_layout(steps, network), [*every(network.layers)]
    kept = {"parameters": network.parameters, "gradients": network.gradients}
    points = np.random.default_rng(0).normal(size=(ANSWERED, network.inputs)).astype(network.dtype)

    def step(inputs: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
        network.bind(kept["parameters"], kept["gradients"])
        network.bind_noise(None)
        values = enumerate(unit_values(network, layout, inputs["points"]))
        return {f"response{number}": y.copy() for number, y in values if is_asked(layout, number)}

    found = record(
        step, {"points": points}, kept, [{"points": -2 * points}], bound=lambda make: bound(parts, make)
    )
    return adjustable(found, parts)


def is_asked(layout: Layout, number: int) -> bool:
    """Whether a column shows responses, and not inputs or weights."""
    return number > 0 and not layout.columns[number].pixels


def why_undrawn(steps: TrainingSteps) -> str | None:
    """Say why the network of a page cannot be drawn; None for one that can."""
    try:
        page_layout(steps, steps.step.network)
    except ValueError as error:
        return str(error)
    return None


def response_lines(steps: TrainingSteps) -> list[str]:
    """Return the text of ``Portrait``, the numbers of the diagram."""
    return [
        *function("respond", "What the units of the diagram respond to points.", responses_program(steps)),
        "",
        *text_of("responses.mjs", "nn.playground").splitlines(),
    ]


def diagram_data(steps: TrainingSteps) -> dict[str, Any]:
    """Return the layout and what is asked."""
    layout, probe = page_layout(steps, steps.step.network), page_probe(steps)
    return {
        "sizes": layout.sizes,
        "notes": layout.notes,
        "steps": SCALE_STEPS,
        "sharedWithin": SHARED_WITHIN,
        "columns": [column_data(steps, layout, number) for number in range(len(layout.columns))],
        "connections": [[*line.start, *line.end, line.parameter] for line in layout.connections],
        "probe": {
            "kind": probe.kind,
            "about": probe.about,
            "names": [*probe.names],
            "groups": probe.groups.tolist() if probe.kind == "groups" else [],
            "samples": [*probe.samples],
            "inputs": None if probe.samples else in_base64(probe.inputs),
        },
    }


def column_data(steps: TrainingSteps, layout: Layout, number: int) -> dict[str, Any]:
    """Return a column as data."""
    column: UnitColumn = layout.columns[number]
    hidden = [layer for _, layer in hidden_activations(steps.step.network)]
    pixels = column.pixels
    return {
        "title": column.title,
        "about": column.about,
        "names": [abbreviated(name) for name in column.names],
        "biases": [*column.biases],
        "response": f"response{number}" if is_asked(layout, number) else None,
        "bound": bound_of(column),
        "pixels": None if pixels is None else [pixels.rows, pixels.columns],
        "weights": None if pixels is None else [[*places] for places in pixels.weights],
        "activation": hidden.index(column.activation) if column.activation in hidden else None,
    }
