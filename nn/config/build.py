"""From a configuration to the objects that it describes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nn.config.schema import Config, File, Shares, Table
from nn.config.schema import Layer as LayerOptions
from nn.config.source import ConfigError
from nn.data import tables
from nn.data.arrays import read_npz
from nn.data.dataset import Dataset, hold_out
from nn.data.files import read_csv
from nn.data.scaling import Scaling, standard, to_range
from nn.engine.program import listing
from nn.engine.samples import Samples
from nn.epochs import Step, programs
from nn.initializers import Initializer
from nn.layers import Dense, Layer
from nn.losses import Loss
from nn.method import Method
from nn.model import Model
from nn.network import Sequential
from nn.objective import Objective
from nn.optimizers import Optimizer
from nn.second_order.base import SecondOrder
from nn.second_order.engine import evaluate
from nn.seeds import generator
from nn.training import Report, train


@contextmanager
def part(path: str) -> Iterator[None]:
    """What is found wrong in here names this part of the configuration."""
    try:
        yield
    except ConfigError:
        raise
    except OSError as error:
        raise ConfigError(f"{path}: {error.filename}: {str(error.strerror).lower()}") from error
    except MemoryError as error:
        raise ConfigError(f"{path}: more than fits into memory: {error}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: {error}") from error


def make_layers(layers: Sequence[LayerOptions], start: Initializer | None = None) -> Iterator[Layer]:
    """The layers of a network; a dense layer with an activation is two.

    Dense layers that do not say how they start do so as ``start`` says, where it does.
    """
    for options in layers:
        layer = options.make()
        if isinstance(layer, Dense) and layer.initializer is None:
            layer.initializer = start
        yield layer
        if activation := getattr(options, "activation", None):
            yield activation.make()


@dataclass(frozen=True, eq=False)
class Experiment:
    """All that a configuration describes, ready to run."""

    config: Config
    model: Model
    optimizer: Method
    shares: dict[str, Dataset]
    """``training`` and, where they are held out, ``validation`` and ``test``."""

    @classmethod
    def of(cls, config: Config) -> "Experiment":
        """Read or generate the data, hold out shares, build the network.

        Raises ConfigError, naming the part, where that cannot be done.
        """
        loss: Loss = config.loss.make()
        optimizer: Method = config.optimizer.make()
        shares = share_out(config.data, loss, generator(config.seed, "data"))
        samples = shares["training"]
        inputs = len(samples.inputs)
        with part("model.layers"):
            training: Any = config.training
            network = Sequential(
                make_layers(config.model.layers, optimizer.suits),
                inputs=inputs,
                seed=config.seed,
                dtype=training.dtype,
            )
        scaling = fit(config.data, samples)
        model = Model(network, loss, samples.inputs, samples.targets, samples.classes, scaling)
        return cls(config, model, optimizer, shares)

    @property
    def options(self) -> dict[str, Any]:
        """The options of train() that are not data."""
        return self.config.training.arguments()

    def train(self) -> Iterator[Report]:
        """The reports of training the model; raises ConfigError at once where its parts do not fit."""
        model = self.model
        with part("model.layers"):
            self.shares["training"].encoded(model.network.outputs)
        with part("loss"):
            model.network.split(model.loss)
            arrays = {name: model.arrays(share) for name, share in self.shares.items()}
        with part("training"):
            return train(
                model.network,
                model.loss,
                self.optimizer,
                *arrays["training"],
                validation=arrays.get("validation"),
                classification=model.classes is not None,
                **self.options,
            )

    def program(self) -> str:
        """The training step on a whole batch as it is recorded, a call a line."""
        model = self.model
        x, t = model.arrays(self.shares["training"])
        objective = Objective(model.network, model.loss, classification=model.classes is not None)
        samples = Samples(x, t, self.options["batch_size"] or len(x), None, np.array(0))
        if isinstance(self.optimizer, SecondOrder):
            evaluations = evaluate(self.optimizer, "numpy", model.network, objective, samples, epochs=1)
            step, samples = evaluations.step, evaluations.part
        else:
            assert isinstance(self.optimizer, Optimizer), "there are two kinds"
            step = Step(model.network, objective, self.optimizer)
        return listing(programs(step, samples, step.kept)[0])


def read(data: Shares, rng: np.random.Generator) -> tuple[Dataset, Dataset | None]:
    """The samples that the data options name, and the test share of a file that brings its own."""
    if isinstance(data, Table):
        return tables.load(data.name), None
    if not isinstance(data, File):
        dataset: Dataset = data.make(seed=rng)
        return dataset, None
    if Path(data.file).suffix.lower() == ".npz":
        if data.target is not None:
            raise ValueError("'target' is for CSV files; an NPZ file holds its targets as y")
        return read_npz(data.file)
    if data.target is None:
        raise ValueError(f"'target' is missing: which column of {data.file} is to be predicted?")
    return read_csv(data.file, data.target), None


def with_task(dataset: Dataset, data: Shares, loss: Loss) -> Dataset:
    """The samples with classes where the task is classification, with numbers where it is regression."""
    whole = bool(np.all(dataset.y == np.round(dataset.y)))
    implied = loss.link is not None and len(dataset.targets) == 1 and whole
    task = data.task or ("classification" if dataset.classes or implied else "regression")
    return dataset.classified() if task == "classification" else dataset.numbered()


def share_out(data: Shares, loss: Loss, rng: np.random.Generator) -> dict[str, Dataset]:
    """The samples in shares, for training, validation and test; each share is one of the whole."""
    with part("data"):
        dataset, test = read(data, rng)
        training = with_task(dataset, data, loss)
    shares: dict[str, Dataset] = {}
    if test is not None:
        with part("data.test"):
            if data.test is not None:
                raise ValueError("expected no share here, as the file has a test share of its own")
            shares["test"] = (
                test.numbered() if training.classes is None else test.classified(training.classes)
            )
    for name, share in (("test", data.test), ("validation", data.validation)):
        if share is not None:
            with part(f"data.{name}"):
                training, shares[name] = split_off(training, share, len(dataset), rng)
    shares["training"] = training
    return {name: shares[name] for name in ("training", "validation", "test") if name in shares}


def split_off(rest: Dataset, share: float, whole: int, rng: np.random.Generator) -> tuple[Dataset, Dataset]:
    """A share of ``whole`` samples, taken from those that rest: what rests then, and the share."""
    rows = int(share * whole + 1e-9)  # as hold_out counts
    if not 0 < rows < len(rest):
        wrong = "leaves none to train on" if rows else "is less than one"
        raise ValueError(f"a share of {share:g} of {whole} samples {wrong}")
    return hold_out(rest, share * whole / len(rest), rng)


def fit(data: Shares, training: Dataset) -> Scaling | None:
    """The scaling of inputs that the data options ask for, fitted on the training share."""
    if data.scale is None:
        return None
    return standard(training.x) if data.scale == "standard" else to_range(training.x, *data.scale)
