"""The sections of a configuration and what each accepts; nn.config.data has the section of data.

A section is a class of annotated fields. The annotation of a field gives its check, its default, its text
in editors and its place in the resolved configuration, so that a new option is one line.
"""

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

from annotated_types import Ge, Gt, Le, Len, doc
from pydantic import BeforeValidator, PrivateAttr, model_validator

from nn.config.data_kinds import DataConfig
from nn.config.kinds import LayerConfig, LossConfig, OptimizerConfig, options_model
from nn.config.locations import Places
from nn.config.options import Options, Section, brief, error_at, shorten
from nn.config.seeds import SeedConfig
from nn.network import Precision
from nn.training.train import train


class ModelSection(Section):
    """The network: its layers in order."""

    layers: Annotated[list[LayerConfig], Len(1), doc("The layers, in order.")]


def check_class_weight(value: Any) -> Any:
    """Accept ``balanced``, or a weight for each label."""
    if value is None or value == "balanced":
        return value
    if not isinstance(value, dict):
        expected = "expected balanced, or a mapping from labels to weights of at least 0"
        raise ValueError(f"{expected}, got {brief(value)}")
    for label, weight in value.items():
        if not is_weight(weight):
            problem = f"expected a weight of at least 0 for '{shorten(label)}', got {brief(weight)}"
            raise error_at(label, problem, value)
    return value


def is_weight(value: Any) -> bool:
    """Whether a value is a finite number of at least 0."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf


ClassWeight = Annotated[dict[str, float] | Literal["balanced"] | None, BeforeValidator(check_class_weight)]


class Checkpoint(Section):
    """How often ``checkpoint.npz`` is written: the number of ``epochs`` or ``seconds`` between two."""

    epochs: Annotated[int | None, Ge(1), doc("Epochs between two checkpoints.")] = None
    seconds: Annotated[float | None, Gt(0), doc("Seconds between two checkpoints.")] = None

    @model_validator(mode="after")
    def check_one(self) -> Self:
        """Check that one of the two is given."""
        if (self.epochs is None) == (self.seconds is None):
            raise ValueError("expected either epochs or seconds")
        return self


SNAPSHOT_COUNT = "How many times the network is kept on the way, for pictures of how it learned."
FROM_OTHER_SECTIONS = (
    "network", "loss", "optimizer", "x", "y", "validation", "classification", "threshold", "state",
    "sample_weight", "class_weight",  # a column of the data; by number, where a configuration has labels
)  # fmt: skip
"""Arguments of train() that the ``training`` section does not take as they are."""
if TYPE_CHECKING:
    TrainingSection: TypeAlias = Options
else:
    TrainingSection = options_model(
        "training",
        train,
        without=FROM_OTHER_SECTIONS,
        class_weight=(Annotated[ClassWeight, doc("A weight for each label, or balanced.")], None),
        dtype=(
            Annotated[Precision, doc("The type of the numbers that the network computes with.")],
            "float64",
        ),
        checkpoint=(
            Annotated[Checkpoint, doc("How often training can be resumed from.")],
            Checkpoint(seconds=10.0),
        ),
        snapshots=(Annotated[int | None, Ge(2), Le(1000), doc(SNAPSHOT_COUNT)], None),
    )


FORMAT = 2
"""Of resolved configurations. Format 1, without a number, scaled nothing unless it said so."""


class Config(Section):
    """A whole experiment."""

    _places: Places | None = PrivateAttr(default=None)

    format: Annotated[
        Literal[1, 2] | None, doc("Which defaults left out options have: 2 since inputs of files are scaled.")
    ] = None
    seed: Annotated[
        SeedConfig, doc("The number that all randomness comes from, or one for each kind of randomness.")
    ] = 0
    data: Annotated[DataConfig, doc("What to learn from.")]
    model: Annotated[ModelSection, doc("The network.")]
    loss: Annotated[LossConfig, doc("How far outputs are from their targets.")]
    optimizer: Annotated[OptimizerConfig, doc("How the parameters change to make the loss small.")]
    training: Annotated[TrainingSection, doc("How long to train, in which batches, and what ends it.")]

    def __eq__(self, other: object) -> bool:
        """Whether two configurations say the same, wherever they were read from."""
        return isinstance(other, Config) and self.model_dump() == other.model_dump()

    __hash__ = None  # type: ignore[assignment]  # as lists and mappings have none

    @property
    def seed_facts(self) -> Any:
        """The seed as plain values."""
        return self.model_dump(exclude_none=True)["seed"]

    def remember_places(self, places: Places) -> None:
        """Remember where each value stands in the file."""
        self._places = places

    @property
    def places(self) -> Places | None:
        """Where each value stands in the file that the configuration was read from."""
        return self._places
