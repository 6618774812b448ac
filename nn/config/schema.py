"""What a configuration may say as a whole: its data, its training, and the kinds of all the rest.

``config/build.py`` makes an experiment of it.
"""

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

from annotated_types import Ge, Gt, Le, Len, Lt, doc
from pydantic import BeforeValidator, PrivateAttr, model_validator

from nn.config.kinds import (
    Described,
    Kinds,
    LayerConfig,
    LossConfig,
    OptimizerConfig,
    Strict,
    at,
    cut,
    described,
    shown,
)
from nn.config.locations import Places
from nn.data import tables
from nn.data.toy import GENERATORS
from nn.network import Precision
from nn.training.train import train
from nn.validation import suggest

Share = Annotated[float, Gt(0), Lt(1)]


def check_scale(value: Any) -> Any:
    """``standard`` or two ends of a range."""
    if value is None or value == "standard":
        return value
    numbers = isinstance(value, list) and all(isinstance(end, int | float) for end in value)
    if numbers and len(value) == 2 and -math.inf < value[0] < value[1] < math.inf:
        return value
    raise ValueError(f"expected standard, or the two ends of a range as [low, high], got {cut(repr(value))}")


class Shares(Described):
    """What every kind of data has: the shares held out, the scale of inputs, what targets mean."""

    validation: Annotated[Share | None, doc("The share of the samples held out to watch training by.")] = None
    test: Annotated[
        Share | None, doc("The share of the samples held out for the result, never looked at while training.")
    ] = None
    scale: Annotated[
        Literal["standard"] | list[float] | None,
        BeforeValidator(check_scale),
        doc("What inputs are brought to: standard (mean 0, deviation 1) or a range [low, high]."),
    ] = None
    task: Annotated[
        Literal["classification", "regression"] | None,
        doc("Whether targets are classes or numbers, where that is not clear from data and loss."),
    ] = None


class Table(Shares):
    """A bundled table."""

    name: Annotated[str, doc("A bundled table or generator: nn datasets lists them.")]


def check_columns(value: Any) -> Any:
    """The name of a column, or a list of them."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return value
    raise ValueError(f"expected the name of a column, or a list of names, got {cut(repr(value))}")


class File(Shares):
    """The user's own data, CSV or NPZ."""

    file: Annotated[str, doc("A CSV or NPZ file; its path begins at the folder of this file.")]
    target: Annotated[
        str | list[str] | None,
        BeforeValidator(check_columns),
        doc("The column to predict, or a list of columns of numbers."),
    ] = None
    weight: Annotated[str | None, doc("The column that says how much each sample counts in training.")] = None


class Sources(Kinds):
    """A bundled table, a generator with its options, or a file."""

    def described(self, kind: str) -> type[Described]:
        if kind in ("table", "file"):
            return Table if kind == "table" else File
        return described(
            kind, self.table[kind], base=Shares, name=(Annotated[Literal[kind], doc("The generator.")], ...)
        )

    def chosen(self, value: Any) -> type[Described] | None:
        if not isinstance(value, dict) or ("name" in value) == ("file" in value):
            return None
        name = value.get("name")
        return self.model(
            "file" if "file" in value else name if isinstance(name, str) and name in GENERATORS else "table"
        )

    def __call__(self, value: Any) -> Described:
        if isinstance(value, Described):
            return value
        model = self.chosen(value)
        if model is None:
            raise ValueError("expected either the 'name' of a bundled table or generator, or a 'file'")
        name, known = value.get("name"), [*GENERATORS, *tables.names()]
        if "name" in value and name not in known:
            unknown = (
                f"unknown data '{cut(name)}'; {suggest(name[:60], known)}" if isinstance(name, str) else ""
            )
            raise at("name", unknown or f"expected the name of data, got {shown(name)}", value)
        return model.model_validate(value)


def check_class_weight(value: Any) -> Any:
    """``balanced``, or a weight for each label."""
    if value is None or value == "balanced":
        return value
    if not isinstance(value, dict):
        expected = "expected balanced, or a mapping from labels to weights of at least 0"
        raise ValueError(f"{expected}, got {shown(value)}")
    for label, weight in value.items():
        if not is_weight(weight):
            raise at(label, f"expected a weight of at least 0 for '{cut(label)}', got {shown(weight)}", value)
    return value


def is_weight(value: Any) -> bool:
    """Whether a value is a finite number of at least 0."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


ClassWeight = Annotated[dict[str, float] | Literal["balanced"] | None, BeforeValidator(check_class_weight)]


class Checkpoint(Strict):
    """How often ``checkpoint.npz`` is written: every so many ``epochs`` or ``seconds``."""

    epochs: Annotated[int | None, Ge(1), doc("Epochs between two checkpoints.")] = None
    seconds: Annotated[float | None, Gt(0), doc("Seconds between two checkpoints.")] = None

    @model_validator(mode="after")
    def is_one(self) -> Self:
        """One of the two is given."""
        if (self.epochs is None) == (self.seconds is None):
            raise ValueError("expected either epochs or seconds")
        return self


SNAPSHOTS = "How many times the network is kept on the way, for pictures of how it learned."
DATA_KINDS = Sources("data", GENERATORS)
Data = Annotated[Shares, DATA_KINDS]
# Its other parameters are the rest of the configuration, and classes are named by their labels.
run = ("network", "loss", "optimizer", "x", "y", "validation", "classification", "state")
weights = ("sample_weight", "class_weight")
if TYPE_CHECKING:
    Training: TypeAlias = Described
else:
    Training = described(
        "training",
        train,
        without=(*run, *weights),
        class_weight=(Annotated[ClassWeight, doc("A weight for each label, or balanced.")], None),
        dtype=(
            Annotated[Precision, doc("The type of the numbers that the network computes with.")],
            "float64",
        ),
        checkpoint=(
            Annotated[Checkpoint, doc("How often training can be resumed from.")],
            Checkpoint(seconds=10.0),
        ),
        snapshots=(Annotated[int | None, Ge(2), Le(1000), doc(SNAPSHOTS)], None),
    )


class ModelSection(Strict):
    """The network: its layers in order."""

    layers: Annotated[list[LayerConfig], Len(1), doc("The layers, in order.")]


class Config(Strict):
    """A whole experiment."""

    _places: Places | None = PrivateAttr(default=None)

    seed: Annotated[int, Ge(0), doc("The number that all randomness comes from.")] = 0
    data: Annotated[Data, doc("What to learn from.")]
    model: Annotated[ModelSection, doc("The network.")]
    loss: Annotated[LossConfig, doc("How far outputs are from their targets.")]
    optimizer: Annotated[OptimizerConfig, doc("How the parameters change to make the loss small.")]
    training: Annotated[Training, doc("How long to train, in which batches, and what ends it.")]

    def __eq__(self, other: object) -> bool:
        """Wherever they stand."""
        return isinstance(other, Config) and self.model_dump() == other.model_dump()

    __hash__ = None  # type: ignore[assignment]  # as lists and mappings have none

    def stands_in(self, places: Places) -> None:
        """Remember where each value stands."""
        self._places = places

    @property
    def places(self) -> Places | None:
        """Where each value stands in the file that it was read from."""
        return self._places
