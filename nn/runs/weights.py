"""Saves and loads trained models: weights, layers, loss, scaling, column and class names in one file."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
from annotated_types import Len
from numpy.typing import NDArray
from pydantic import BeforeValidator, ValidationError

from nn.config.data import check_class_targets
from nn.config.kinds import LossConfig
from nn.config.messages import explain
from nn.config.options import Section, make_layers
from nn.config.schema import ModelSection
from nn.data.columns.preprocessing import Preprocessing
from nn.data.dataset import Dataset
from nn.data.scaling import Scaling
from nn.experiments.experiment import Experiment
from nn.model import Model
from nn.model_file import write_model_file
from nn.network import Sequential
from nn.resources import __version__
from nn.storage.archive import Arrays, load_archive, saving_version

NOT_A_MODEL = (KeyError, ValueError, TypeError, OverflowError, MemoryError)
"""The errors of building a model from a file that describes something else."""


class Description(Section):
    """The metadata of a model file."""

    model: ModelSection
    loss: LossConfig
    inputs: Annotated[list[str], Len(1)]
    targets: Annotated[list[str], Len(1)]
    classes: list[str | int | float] | None = None
    class_targets: Annotated[list[float] | None, BeforeValidator(check_class_targets)] = None
    preprocessing: dict[str, Any] | None = None
    """The kinds of columns, where they are not all numbers."""


def save_model(path: Path, experiment: Experiment) -> None:
    """Write the model with its current weights, described as in its configuration."""
    model, config = experiment.model, experiment.config
    layers = config.model.model_dump(exclude_none=True)["layers"]
    write_model_file(
        path,
        model.network.layers,
        model.network.parameters,
        model.loss,
        model.names,
        model.scales,
        described=layers,
    )


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
    preprocessing = restored_preprocessing(arrays, description)
    features = preprocessing.features
    network = Sequential(layers, inputs=len(features), dtype=precision)
    network.split(loss)
    if classes is not None and (len(targets) > 1 or len(set(classes)) < len(classes)):
        raise ValueError(f"expected distinct classes of one target, got {classes} of {targets}")
    none = Dataset(np.empty((0, len(features))), np.empty((0, len(targets))), features, targets, classes)
    none.encoded(network.outputs)
    expect_shape("parameters", parameters, network.parameters.shape)
    network.parameters[...] = parameters
    of_targets = restored_scaling(arrays, len(targets), "target_")
    low_high: Any = None if description.class_targets is None else tuple(description.class_targets)
    return Model(network, loss, inputs, targets, classes, preprocessing, of_targets, low_high)


def restored_preprocessing(arrays: Arrays, description: Description) -> Preprocessing:
    """Build the preprocessing of a file: of numbers, where the file describes none."""
    if description.preprocessing is None:
        return Preprocessing.of_numbers(description.inputs, restored_scaling(arrays, len(description.inputs)))
    found = Preprocessing.restored(arrays, description.preprocessing)
    if found.inputs != tuple(description.inputs):
        raise ValueError(f"expected a preprocessing of {description.inputs}, got one of {found.inputs}")
    return found


def restored_scaling(arrays: Arrays, columns: int, prefix: str = "") -> Scaling | None:
    """Build the scaling of a number of columns; None where the file has none."""
    names = [name for name in ("shift", "scale", "offset") if f"{prefix}{name}" in arrays]
    if not names:
        return None
    return Scaling(**{name: expect_shape(name, arrays[f"{prefix}{name}"], (columns,)) for name in names})


def expect_shape(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Return the array if it has numbers of this shape; NumPy would broadcast a single one."""
    if array.shape != shape or array.dtype.kind != "f":
        raise ValueError(f"expected {name} of shape {shape}, got {array.shape} of {array.dtype}")
    return array
