"""What is taken from a page: its configuration as YAML, and its weights in a file that ``nn`` reads."""

import base64
import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from nn.config.load import dump
from nn.config.locations import Path as Keys
from nn.config.options import Options
from nn.export.layout import identifier, text_of
from nn.playground.steps import TrainingSteps
from nn.runs.weights import save_model
from nn.storage.archive import DIGEST_MEMBER, digested_heading, read_members
from nn.training.hyperparameters import hyperparameters, hyperparameters_of

SEED = "seed"
"""The place of the seed among those of numbers; no hyperparameter is called so, as all name their part."""


def configuration_paths(steps: TrainingSteps) -> dict[str, Keys]:
    """Where in the configuration the seed and each hyperparameter of the page stand, by its name there."""
    config, step = steps.experiment.config, steps.step
    schedules: list[Keys] = [("optimizer", name) for name in step.optimizer.schedules]
    layers = layer_paths(config.model.layers, ("model", "layers"))
    parts = zip(step.parts, [("optimizer",), *schedules, *layers, ("loss",)], strict=True)
    paths = [(*path, name) for part, path in parts for name in hyperparameters(part)]
    found = dict(zip(map(identifier, hyperparameters_of(step.parts)), paths, strict=True))
    return {SEED: (SEED,)} | {name: found[name] for name in steps.hyperparameters}


def layer_paths(layers: Sequence[Options], path: Keys) -> Iterator[Keys]:
    """Yield the paths of the layers that options make, in the order of ``every``."""
    for place, options in enumerate(layers):
        yield from layer_paths(getattr(options, "layers", ()), (*path, place, "layers"))
        yield (*path, place)
        if getattr(options, "activation", None):
            yield (*path, place, "activation")


def yaml_with_places(steps: TrainingSteps) -> list[str]:
    """Return the resolved configuration in pieces: a text, the name of a number, a text, and so on."""
    config, paths = steps.experiment.config, configuration_paths(steps)
    mark = "number"
    while mark in dump(config):
        mark += "x"
    marks = {f"{mark}{place}": name for place, name in enumerate(paths)}
    text = dump(config, {paths[name]: token for token, name in marks.items()})
    pieces = re.split(rf"\b({mark}\d+)\b", text)
    return [marks.get(piece, piece) for piece in pieces]


def archive_pieces(steps: TrainingSteps) -> dict[str, Any]:
    """Return the members of the model file that ``nn train`` writes, in the order in which they are digested.

    Each has the ``heading`` that is digested before its bytes, the ``header`` of its array, and its bytes but
    for the parameters, which are those that the page has then.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.npz"
        save_model(file, steps.experiment)
        members, _ = read_members(file)
    pieces = [
        {
            "name": name,
            "heading": digested_heading(name, array).decode(),
            "header": npy_header(array),
            "data": None if name == "parameters" else base64.b64encode(array.tobytes()).decode("ascii"),
        }
        for name, array in sorted(members.items())
    ]
    return {
        "members": pieces,
        "digest": {"name": DIGEST_MEMBER, "header": npy_header(np.zeros(32, np.uint8))},
    }


def npy_header(array: NDArray[Any]) -> str:
    """Return what comes before the bytes of an array in an ``.npy`` file, as base64."""
    stream = io.BytesIO()
    npy.write_array(stream, array, version=(1, 0), allow_pickle=False)
    return base64.b64encode(stream.getvalue()[: stream.tell() - array.nbytes]).decode("ascii")


def taking_lines(steps: TrainingSteps) -> list[str]:
    """Return the text of ``configuration``, ``changedOptions`` and ``modelFile``."""
    return [
        line
        for name in ("archive.mjs", "configuration.mjs")
        for line in text_of(name, "nn.playground").splitlines()
    ]


def taking_data(steps: TrainingSteps) -> dict[str, Any]:
    """Return the pieces of the YAML, the options of ``nn train`` by hyperparameter, those of a model file."""
    options = {name: ".".join(map(str, path)) for name, path in configuration_paths(steps).items()}
    return {"yaml": yaml_with_places(steps), "options": options, "archive": archive_pieces(steps)}
