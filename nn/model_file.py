"""Writes model files: layers, weights and loss, with the names and arrays of a model."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nn.arrays import Array
from nn.layers.base import Layer
from nn.layers.description import describe, describe_layers
from nn.losses import LOSSES
from nn.losses.base import Loss
from nn.storage.archive import save_archive


def write_model_file(
    path: str | Path,
    layers: Sequence[Layer],
    parameters: Array,
    loss: Loss,
    names: Mapping[str, Any],
    scales: Mapping[str, Array] = MappingProxyType({}),
    *,
    described: Sequence[Mapping[str, Any]] | None = None,
) -> None:
    """Write a model file, whole at any instant.

    parameters: the weights of a single network, ``(n_parameters,)``
    names: ``inputs``, ``targets``, and ``classes`` and ``preprocessing`` where there are any
    scales: the arrays of the scalings, by name
    described: the layers as a configuration describes them; by default they are described as they are

    Raises ValueError for a stack, a loss that does not go with the last layer, and layers of one's own;
    OSError where the file cannot be written.
    """
    if parameters.ndim > 1:
        raise ValueError(f"save: expected a single network, got a stack of {parameters.shape[:-1]}")
    loss.check_last(layers[-1])
    described = describe_layers(layers) if described is None else described
    metadata = {"model": {"layers": described}, "loss": describe(loss, LOSSES), **names}
    save_archive(Path(path), {"parameters": parameters, **scales}, metadata)


def numbered_columns(letter: str, count: int) -> list[str]:
    """Return names of columns: x1, x2, …; y if there is one target."""
    return [letter] if letter == "y" and count == 1 else [f"{letter}{n}" for n in range(1, count + 1)]
