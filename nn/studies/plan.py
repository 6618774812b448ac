"""What a study trains: the seeds and the values of its members, and the blocks that they are trained in."""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nn.config.load import dump, load_config
from nn.config.schema import Config
from nn.training.stopping import StopAt

BLOCK_MEMBERS = 128
"""The most members of a block, the unit of work."""


@dataclass(frozen=True)
class Variant:
    """One setting of the varied keys; none where nothing varies."""

    number: int
    settings: Mapping[str, Any]
    config: Config
    """The configuration with the settings."""


@dataclass(frozen=True)
class Block:
    """Consecutive members of one variant, trained together: it holds plain values, and so goes anywhere."""

    variant: int
    config: str
    """The configuration of the variant, in YAML."""
    seeds: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Plan:
    """A configuration with seeds and values, each of which is trained with each."""

    config: Config
    vary: Mapping[str, tuple[Any, ...]]
    """The values of each key, by its full path."""
    seeds: Sequence[int]
    variants: tuple[Variant, ...]

    @classmethod
    def of(
        cls,
        config: str | Path | Mapping[str, Any],
        seeds: Sequence[int],
        vary: Mapping[str, Sequence[Any]],
        settings: Sequence[str] = (),
    ) -> "Plan":
        """Load the configuration with each combination of values; raises ConfigError with every mistake."""
        source = config if isinstance(config, Mapping) else str(config)
        values = {key: tuple(of_key) for key, of_key in vary.items()}
        variants = tuple(
            Variant(number, settings_of, load_config(source, [*settings, *as_settings(settings_of)]))
            for number, settings_of in enumerate(grid(values))
        )
        return cls(load_config(source, settings), values, tuple(seeds), variants)

    @property
    def limit(self) -> int:
        """``training.epochs``."""
        training: Any = self.config.training
        return int(training.epochs)

    @property
    def goal(self) -> StopAt | None:
        """``training.stop_at``."""
        goal: StopAt | None = self.config.training.arguments()["stop_at"]
        return goal

    @property
    def blocks(self) -> Iterator[Block]:
        """The members in blocks, variant by variant."""
        for variant in self.variants:
            text = dump(variant.config)
            for start in range(0, len(self.seeds), BLOCK_MEMBERS):
                seeds = tuple(self.seeds[start : start + BLOCK_MEMBERS])
                yield Block(variant.number, text, seeds)


def grid(vary: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """Each combination of values, that of the last key changing first."""
    for combination in itertools.product(*vary.values()):
        yield dict(zip(vary, combination, strict=True))


def as_settings(settings: Mapping[str, Any]) -> list[str]:
    """Settings as ``--set`` takes them."""
    return [f"{key}={json.dumps(value)}" for key, value in settings.items()]
