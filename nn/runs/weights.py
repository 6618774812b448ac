"""A trained model in one file: weights, layers, loss, scaling, column and class names."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nn.config import schema
from nn.config.build import Experiment
from nn.data.scaling import Scaling
from nn.model import Model
from nn.network import Sequential
from nn.runs import archive


class Description(schema.Strict):
    """What a model file says of its arrays."""

    model: schema.Model
    loss: schema.Loss
    inputs: list[str]
    targets: list[str]
    classes: list[str | int | float] | None = None


def save(path: Path, experiment: Experiment) -> None:
    """Write the model with the weights that it has now; the file is whole at any instant."""
    model, config = experiment.model, experiment.config
    arrays = {"parameters": model.network.parameters}
    if model.scaling:
        arrays |= {"shift": model.scaling.shift, "scale": model.scaling.scale}
    description = Description(
        model=config.model,
        loss=config.loss,
        inputs=list(model.inputs),
        targets=list(model.targets),
        classes=None if model.classes is None else list(model.classes),
    )
    archive.save(path, arrays, description.model_dump(exclude_none=True))


def load(run: str | Path) -> Model:
    """The trained network of a run, with the scaling of its inputs and its class names.

    ``run`` is a run directory or a model file. Raises ValueError for a folder without a model and for
    a damaged file, OSError for one that cannot be read.
    """
    path = Path(run)
    if path.is_dir():
        path /= "model.npz"
        if not path.exists():
            raise ValueError(f"{run}: expected a run that has been trained, got a folder without model.npz")
    arrays, metadata = archive.load(path)
    try:
        description = Description.model_validate(metadata)
        layers = schema.make_layers(description.model.layers)
        parameters = arrays["parameters"]
        precision: Any = parameters.dtype.name
        network = Sequential(layers, inputs=len(description.inputs), dtype=precision)
        network.parameters[...] = parameters
        return Model(
            network,
            description.loss.make(),
            tuple(description.inputs),
            tuple(description.targets),
            None if description.classes is None else tuple(description.classes),
            Scaling(arrays["shift"], arrays["scale"]) if "scale" in arrays else None,
        )
    except (KeyError, ValueError, ValidationError) as error:
        raise ValueError(f"{path}: not a model that this version reads ({error})") from None
