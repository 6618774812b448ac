"""From a configuration to the objects that it describes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from nn import given
from nn.checks import MisfitError, suggest
from nn.config import places
from nn.config.places import ConfigError, Mistake, dotted
from nn.config.schema import Config, Described, File, Shares, Table, make_layers
from nn.data import tables
from nn.data.arrays import read_npz
from nn.data.dataset import Dataset, hold_out
from nn.data.files import read_csv
from nn.data.scaling import Scaling, standard, to_range
from nn.engine.program import listing
from nn.epochs import Step, programs
from nn.loop import Report
from nn.losses import Loss
from nn.method import Method
from nn.misfits import misfits
from nn.model import Model
from nn.network import Sequential
from nn.objective import Objective
from nn.optimizers import Optimizer
from nn.second_order.base import SecondOrder
from nn.second_order.engine import evaluate
from nn.seeds import generator
from nn.state import State
from nn.training import train

ARGUMENTS: dict[str, places.Path] = {
    "network": ("model", "layers"),
    "loss": ("loss",),
    "optimizer": ("optimizer",),
    "x": ("data",),
    "y": ("data",),
}
"""Where a configuration says what train() takes; the rest under ``training``."""


@contextmanager
def part(*path: str, at: places.Path | None = None) -> Iterator[None]:
    """What is found wrong in here names this part of the configuration, or the argument that is to blame.

    It is pointed ``at`` another place than the whole part where one is given.
    """
    name = dotted(path)
    try:
        yield
    except ConfigError:
        raise
    except OSError as error:
        problem = f"{name}: {error.filename}: {str(error.strerror).lower()}"
        raise ConfigError(Mistake((*path, "file"), problem)) from error
    except MemoryError as error:
        raise ConfigError(Mistake(path, f"{name}: more than fits into memory: {error}")) from error
    except MisfitError as error:
        raise ConfigError(misfit(error)) from error
    except ValueError as error:
        raise ConfigError(Mistake(at or path, f"{name}: {error}")) from error


def misfit(error: MisfitError, layers: Sequence[Described] = ()) -> Mistake:
    """The mistake that an objection of train() is, at the argument that is to blame."""
    first, *rest = error.argument.split(".")
    place: places.Path = (*ARGUMENTS.get(first, ("training", first)), *rest)
    if first == "network" and rest and layers:  # a dense layer with an activation is two
        owners = [
            n for n, one in enumerate(layers) for _ in range(1 + bool(getattr(one, "activation", None)))
        ]
        place = (*ARGUMENTS[first], owners[int(rest[0])], *rest[1:])
    return Mistake(place, f"{dotted(place[:1])}: {error}")


class Findings:
    """Mistakes in parts that can be checked one without the other, told together."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake | str] = []

    @contextmanager
    def part(self, *path: str, at: places.Path | None = None) -> Iterator[None]:
        """Go on after what is found wrong in here."""
        try:
            with part(*path, at=at):
                yield
        except ConfigError as error:
            self.mistakes += error.mistakes

    def tell(self) -> None:
        """Raise ConfigError where anything was found."""
        if self.mistakes:
            raise ConfigError(*self.mistakes)


@contextmanager
def pointed(config: Config) -> Iterator[None]:
    """Mistakes are shown where they stand in the file of the configuration."""
    try:
        yield
    except ConfigError as error:
        raise error.within(config.places) from error


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
        with pointed(config):
            return cls.built(config)

    @classmethod
    def built(cls, config: Config) -> "Experiment":
        """The same; mistakes have no place yet."""
        found = Findings()
        loss: Loss = config.loss.make()
        optimizer: Method = config.optimizer.make()
        layers = [*make_layers(config.model.layers, optimizer.suits)]
        shares: dict[str, Dataset] = {}
        with found.part("data"):
            shares = share_out(config.data, loss, generator(config.seed, "data"))
        if not shares:  # else train() tells of it, with the rest
            with found.part("loss"):
                loss.check_last(layers[-1])
        found.tell()
        samples = shares["training"]
        with part("model", "layers"):
            training: Any = config.training
            network = Sequential(layers, inputs=len(samples.inputs), seed=config.seed, dtype=training.dtype)
        scaling = fit(config.data, samples)
        model = Model(network, loss, samples.inputs, samples.targets, samples.classes, scaling)
        return cls(config, model, optimizer, shares)

    @property
    def options(self) -> dict[str, Any]:
        """The options of train() that are not data."""
        return self.config.training.arguments()

    @property
    def weights(self) -> dict[str, Any]:
        """The options of train() that say how much samples and classes count."""
        training: Any = self.config.training
        samples = self.shares["training"]
        by_class = class_weights(training.class_weight, samples)
        return {"sample_weight": samples.weights, "class_weight": by_class}

    def train(self, state: State | None = None, engine: str | None = None) -> Iterator[Report]:
        """The reports of training the model, from a state on, on the engine that reached it.

        Raises ConfigError at once where its parts do not fit.
        """
        model, found = self.model, Findings()
        with pointed(self.config):
            with found.part("model", "layers", at=self.outputs):
                self.shares["training"].encoded(model.network.outputs)
            with found.part("loss"):
                model.network.split(model.loss)
            with found.part("training", "class_weight"):
                weights = self.weights
            found.mistakes += [misfit(one, self.config.model.layers) for one in self.misfits]
            found.tell()
            with part("loss"):
                arrays = {name: model.arrays(share) for name, share in self.shares.items()}
        with pointed(self.config), part("training"):
            return train(
                model.network,
                model.loss,
                self.optimizer,
                *arrays["training"],
                validation=arrays.get("validation"),
                classification=model.classes is not None,
                **(self.options | weights | ({"engine": engine} if engine else {})),
                state=state,
            )

    @property
    def misfits(self) -> Iterator[MisfitError]:
        """Each objection of train()."""
        options = {name: self.options[name] for name in ("batch_size", "stop_at", "early_stopping")}
        return misfits(
            self.model.network,
            self.model.loss,
            self.optimizer,
            samples=len(self.shares["training"]),
            validation="validation" in self.shares,
            classification=self.model.classes is not None,
            class_weight=None,  # has been looked at by its labels
            **options,
        )

    @property
    def outputs(self) -> places.Path:
        """Where the number of outputs stands: at the last layer that has units."""
        layers = self.config.model.layers
        last = [number for number, one in enumerate(layers) if "units" in type(one).model_fields]
        return ("model", "layers", last[-1], "units") if last else ("model", "layers")

    def program(self) -> str:
        """The training step on a whole batch as it is recorded, a call a line."""
        model = self.model
        objective = Objective(model.network, model.loss, classification=model.classes is not None)
        samples = given.samples(
            model.network,
            model.loss,
            *model.arrays(self.shares["training"]),
            **self.weights,
            batch_size=self.options["batch_size"],
        )
        if isinstance(self.optimizer, SecondOrder):
            evaluations = evaluate(self.optimizer, "numpy", model.network, objective, samples, epochs=1)
            step, samples = evaluations.step, evaluations.part
        else:
            assert isinstance(self.optimizer, Optimizer), "there are two kinds"
            steps = self.options["epochs"] * len(samples.batches)
            step = Step(model.network, objective, self.optimizer.over(steps))
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
        if data.weight is not None:
            raise ValueError("'weight' is for CSV files; an NPZ file holds its weights as w")
        return read_npz(data.file)
    if data.target is None:
        raise ValueError(f"'target' is missing: which column of {data.file} is to be predicted?")
    return read_csv(data.file, data.target, weight=data.weight), None


def class_weights(
    chosen: Literal["balanced"] | dict[str, float] | None, samples: Dataset
) -> dict[int, float] | None:
    """The weight of each class by its number; balanced ones are n / (k · count), as in scikit-learn."""
    if chosen is None:
        return None
    if samples.classes is None:
        raise ValueError("needs classes, but the task is a regression")
    if chosen == "balanced":
        numbers, counts = np.unique(samples.y, return_counts=True)
        weights = len(samples) / (len(numbers) * counts)
        return {int(number): float(weight) for number, weight in zip(numbers, weights, strict=True)}
    labels = [str(label) for label in samples.classes]
    for label in chosen:
        if label not in labels:
            raise ValueError(f"unknown label '{label}'; {suggest(label, labels)}")
    return {labels.index(label): weight for label, weight in chosen.items()}


def with_task(dataset: Dataset, data: Shares, loss: Loss) -> Dataset:
    """The samples with classes where the task is classification, with numbers where it is regression."""
    whole = bool(np.all(dataset.y == np.round(dataset.y)))
    implied = loss.classifies(1) and len(dataset.targets) == 1 and whole
    task = data.task or ("classification" if dataset.classes or implied else "regression")
    return dataset.classified() if task == "classification" else dataset.numbered()


def share_out(data: Shares, loss: Loss, rng: np.random.Generator) -> dict[str, Dataset]:
    """The samples in shares, for training, validation and test; each share is one of the whole."""
    with part("data"):
        dataset, test = read(data, rng)
        training = with_task(dataset, data, loss)
    shares: dict[str, Dataset] = {}
    if test is not None:
        with part("data", "test"):
            if data.test is not None:
                raise ValueError("expected no share here, as the file has a test share of its own")
            shares["test"] = (
                test.numbered() if training.classes is None else test.classified(training.classes)
            )
    for name, share in (("test", data.test), ("validation", data.validation)):
        if share is not None:
            with part("data", name):
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
