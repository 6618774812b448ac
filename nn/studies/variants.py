"""The variants of a study: a configuration with each combination of the varied values."""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nn.config.load import load_config
from nn.config.locations import ConfigError, ConfigMistake
from nn.config.schema import Config
from nn.config.seeds import SeedSection, seeds_of
from nn.random import STREAMS, Stream
from nn.runs.differences import value_text
from nn.training.stopping import StopAt
from nn.validation import suggest

OF_A_MEMBER: tuple[Stream, ...] = ("weights", "order", "noise")
"""The kinds of randomness that a member has a seed of its own for, unless others are varied."""


@dataclass(frozen=True)
class Variant:
    """One setting of the varied keys, which all seeds are trained with; ``{}`` where nothing varies."""

    number: int
    settings: Mapping[str, Any]
    config: Config
    """The configuration with the settings."""
    seeds: tuple[int, ...]
    """In ascending order."""
    follows: tuple[Stream, ...] = OF_A_MEMBER
    """The kinds of randomness that have the member's seed; the others have the configuration's own."""
    engine: str = "auto"
    """What runs the steps: of all members, so that none depends on how many there are."""

    @property
    def label(self) -> str:
        """What sets it apart: ``optimizer.learning_rate=0.1``, ``seed.order varies``."""
        parts = [f"{key}={setting_value(value)}" for key, value in self.settings.items()]
        return ", ".join(
            parts if self.follows == OF_A_MEMBER else [*parts, f"{seed_key(self.follows)} varies"]
        )

    def seed_section(self, seed: int) -> SeedSection:
        """The seed of each kind of randomness of the member with this seed."""
        return seeds_of(self.config.seed).model_copy(update=dict.fromkeys(self.follows, seed))

    @property
    def goal(self) -> StopAt | None:
        """``training.stop_at``."""
        goal: StopAt | None = self.config.training.arguments()["stop_at"]
        return goal

    @property
    def limit(self) -> int:
        """``training.epochs``."""
        training: Any = self.config.training
        return int(training.epochs)


def seed_key(follows: tuple[Stream, ...]) -> str:
    """The key whose values the seeds of a variant are: ``seed.order``, or ``seed`` for all randomness."""
    return f"seed.{follows[0]}" if len(follows) == 1 else "seed"


def column_of(key: str) -> str:
    """The column of a varied key in the table of members: its full path, where a metric is not called so."""
    return "loss.type" if key == "loss" else key


def setting_value(value: Any) -> str:
    """A value of a varied key, as in a configuration; a path whole, as others may end alike."""
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, dict | list) else value_text(value)


def setting_cell(value: Any) -> str | int | float:
    """A value of a varied key in a table that is read again: whole, and as YAML has it."""
    return (
        value if isinstance(value, str | int | float) and not isinstance(value, bool) else json.dumps(value)
    )


def is_seed(key: str) -> bool:
    """Whether a varied key is a kind of randomness."""
    return key == "seed" or key.startswith("seed.")


def follows_of(key: str) -> tuple[Stream, ...]:
    """The kinds of randomness that a key names; ConfigError for one that there is not."""
    if key == "seed":
        return STREAMS[:-1]  # the split follows the data
    name = key.removeprefix("seed.")
    for stream in STREAMS:
        if name == stream:
            return (stream,)
    raise ConfigError(ConfigMistake((), f"seed has no key '{name}'; {suggest(name, STREAMS)}"))


def load_variants(
    source: str | Mapping[str, Any], settings: Sequence[str], grid: Mapping[str, tuple[Any, ...]]
) -> list[tuple[dict[str, Any], Config]]:
    """Load each combination of values, that of the last key changing first.

    Each value is tried with the first values of the other keys to begin with; all their mistakes are told
    at once.
    """
    for key, values in grid.items():
        if not values:
            raise ValueError(f"{key}: expected at least one value, got none")
    first = {key: values[0] for key, values in grid.items()}
    neighbours = [first | {key: value} for key, values in grid.items() for value in values]
    loaded: dict[str, Config] = {}
    mistakes: dict[str, ConfigMistake] = {}
    for chosen in neighbours:
        try:
            loaded[str(chosen)] = load_config(source, settings, varied=as_settings(chosen))
        except ConfigError as error:
            for one in error.mistakes:
                mistakes.setdefault(one.problem, one._replace(span=error.places.find(one)))
    if mistakes:
        raise ConfigError(*mistakes.values())
    combinations = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    return [
        (chosen, loaded.get(str(chosen)) or load_config(source, settings, varied=as_settings(chosen)))
        for chosen in combinations
    ]


def as_settings(values: Mapping[str, Any]) -> list[str]:
    """Values of keys as ``--set`` takes them."""
    return [f"{key}={json.dumps(value)}" for key, value in values.items()]
