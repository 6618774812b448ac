"""Saves and loads trained models: weights, layers, loss, scaling, column and class names in one file."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
from annotated_types import Len
from numpy.typing import NDArray
from pydantic import ValidationError

from nn.config.kinds import LossConfig
from nn.config.messages import explain
from nn.config.options import Section, make_layers
from nn.config.schema import ModelSection
from nn.data.dataset import Dataset
from nn.data.scaling import Scaling
from nn.experiments.experiment import Experiment
from nn.model import Model
from nn.network import Sequential
from nn.resources import __version__
from nn.storage.archive import Arrays, load_archive, save_archive, saving_version

NOT_A_MODEL = (KeyError, ValueError, TypeError, OverflowError, MemoryError)
"""The errors of building a model from a file that describes something else."""


class Description(Section):
    """The metadata of a model file."""

    model: ModelSection
    loss: LossConfig
    inputs: Annotated[list[str], Len(1)]
    targets: Annotated[list[str], Len(1)]
    classes: list[str | int | float] | None = None


def save_model(path: Path, experiment: Experiment) -> None:
    """Write the model with its current weights, described as in its configuration."""
    model, config = experiment.model, experiment.config
    description = Description(model=config.model, loss=config.loss, **model.names)
    arrays = {"parameters": model.network.parameters, **model.scales}
    save_archive(path, arrays, description.model_dump(exclude_none=True))


def load(run: str | Path) -> Model:
    """Load the trained model of a run, with the scaling of its inputs and its class names.

    ``run`` is a run directory or a model file. Raises ValueError for a folder without a model and for
    a damaged file, OSError for one that cannot be read.
    """
    path = Path(run)
    if path.is_dir():
        path /= "model.npz"
        if not path.exists():
            raise ValueError(f"{run}: expected a run that has been trained, got a folder without model.npz")
    arrays, metadata = load_archive(path)
    try:
        return restored_model(arrays, Description.model_validate(metadata))
    except NOT_A_MODEL as error:
        wrong: object = error
        if isinstance(error, ValidationError):
            wrong = "; ".join(one.problem for one in explain(error, Description, metadata))
        saved_by = f"saved by tiny-nn {saving_version(path)}, this is {__version__}"
        raise ValueError(f"{path}: not a model that this version reads ({saved_by}): {wrong}") from None


def restored_model(arrays: Arrays, description: Description) -> Model:
    """Build the model of a file; raises one of ``NOT_A_MODEL`` if arrays and description are inconsistent."""
    loss, layers = description.loss.make(), make_layers(description.model.layers)
    parameters = arrays["parameters"]
    precision: Any = parameters.dtype.name
    inputs, targets = tuple(description.inputs), tuple(description.targets)
    classes = None if description.classes is None else tuple(description.classes)
    network = Sequential(layers, inputs=len(inputs), dtype=precision)
    network.split(loss)
    if classes is not None and (len(targets) > 1 or len(set(classes)) < len(classes)):
        raise ValueError(f"expected distinct classes of one target, got {classes} of {targets}")
    none = Dataset(np.empty((0, len(inputs))), np.empty((0, len(targets))), inputs, targets, classes)
    none.encoded(network.outputs)
    expect_shape("parameters", parameters, network.parameters.shape)
    network.parameters[...] = parameters
    scaling = None
    if arrays.keys() & {"shift", "scale", "offset"}:
        names = [name for name in ("shift", "scale", "offset") if name != "offset" or name in arrays]
        scaling = Scaling(*(expect_shape(name, arrays[name], (len(inputs),)) for name in names))
    return Model(network, loss, inputs, targets, classes, scaling)


def expect_shape(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Return the array if it has numbers of this shape; NumPy would broadcast a single one."""
    if array.shape != shape or array.dtype.kind != "f":
        raise ValueError(f"expected {name} of shape {shape}, got {array.shape} of {array.dtype}")
    return array
