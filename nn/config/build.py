"""From a configuration to the objects that it describes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nn.config.schema import Config, Described, File, Shares, Table
from nn.config.schema import Layer as LayerOptions
from nn.data import tables
from nn.data.arrays import read_npz
from nn.data.dataset import Dataset, hold_out
from nn.data.files import read_csv
from nn.data.scaling import Scaling, standard, to_range
from nn.layers import Layer
from nn.losses import Loss
from nn.model import Model
from nn.network import Sequential
from nn.optimizers import Optimizer
from nn.seeds import generator
from nn.training import Report, train


def make(described: Any, **more: Any) -> Any:
    """The object that a checked part of a configuration describes."""
    if not isinstance(described, Described):
        return described
    return type(described).describes(**arguments(described), **more)


def arguments(described: Described) -> dict[str, Any]:
    """What the described class or function is called with."""
    return {name: make(getattr(described, name)) for name in type(described).takes}


def make_layers(layers: Sequence[LayerOptions]) -> Iterator[Layer]:
    """The layers of a network; a dense layer with an activation is two."""
    for layer in layers:
        yield make(layer)
        if activation := getattr(layer, "activation", None):
            yield make(activation)


@dataclass(frozen=True, eq=False)
class Experiment:
    """All that a configuration describes, ready to run."""

    config: Config
    model: Model
    optimizer: Optimizer
    shares: dict[str, Dataset]
    """``training`` and, where they are held out, ``validation`` and ``test``."""

    @classmethod
    def of(cls, config: Config) -> "Experiment":
        """Read or generate the data, hold out shares, build the network.

        Raises ValueError where the parts do not fit together, OSError for files.
        """
        loss: Loss = make(config.loss)
        shares = share_out(config.data, loss, generator(config.seed, "data"))
        samples = shares["training"]
        network = Sequential(make_layers(config.model.layers), inputs=len(samples.inputs), seed=config.seed)
        scaling = fit(config.data, samples)
        model = Model(network, loss, samples.inputs, samples.targets, samples.classes, scaling)
        return cls(config, model, make(config.optimizer), shares)

    @property
    def options(self) -> dict[str, Any]:
        """The options of train() that are not data."""
        return arguments(self.config.training)

    def train(self) -> Iterator[Report]:
        """The reports of training the model; raises ValueError at once where its parts do not fit."""
        arrays = {name: self.model.arrays(share) for name, share in self.shares.items()}
        return train(
            self.model.network,
            self.model.loss,
            self.optimizer,
            *arrays["training"],
            validation=arrays.get("validation"),
            classification=self.model.classes is not None,
            **self.options,
        )


def read(data: Shares, rng: np.random.Generator) -> tuple[Dataset, Dataset | None]:
    """The samples that the data options name, and the test share of a file that brings its own."""
    if isinstance(data, Table):
        return tables.load(data.name), None
    if not isinstance(data, File):
        dataset: Dataset = make(data, seed=rng)
        return dataset, None
    if Path(data.file).suffix.lower() == ".npz":
        if data.target is not None:
            raise ValueError("data.target is for CSV files; an NPZ file holds its targets as y")
        return read_npz(data.file)
    if data.target is None:
        raise ValueError(f"data.target is missing: which column of {data.file} is to be predicted?")
    return read_csv(data.file, data.target), None


def with_task(dataset: Dataset, data: Shares, loss: Loss) -> Dataset:
    """The samples with classes where the task is classification, with numbers where it is regression."""
    whole = bool(np.all(dataset.y == np.round(dataset.y)))
    implied = loss.link is not None and len(dataset.targets) == 1 and whole
    task = data.task or ("classification" if dataset.classes or implied else "regression")
    return dataset.classified() if task == "classification" else dataset.numbered()


def share_out(data: Shares, loss: Loss, rng: np.random.Generator) -> dict[str, Dataset]:
    """The samples in shares, for training, validation and test; each share is one of the whole."""
    dataset, test = read(data, rng)
    training = with_task(dataset, data, loss)
    shares = {}
    if test is not None:
        if data.test is not None:
            raise ValueError("data.test holds out a share, but the file has a test share of its own")
        shares["test"] = test if training.classes is None else test.classified(training.classes)
    for name, share in (("test", data.test), ("validation", data.validation)):
        if share is not None:
            of_the_rest = share * len(dataset) / len(training)
            if of_the_rest >= 1:
                raise ValueError("data.validation and data.test leave nothing to train on")
            training, shares[name] = hold_out(training, of_the_rest, rng)
    return {"training": training, **shares}


def fit(data: Shares, training: Dataset) -> Scaling | None:
    """The scaling of inputs that the data options ask for, fitted on the training share."""
    if data.scale is None:
        return None
    return standard(training.x) if data.scale == "standard" else to_range(training.x, *data.scale)
