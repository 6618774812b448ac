"""Lessons: files of text that lead through a page that trains, step by step."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from annotated_types import Ge, Len, doc
from pydantic import Field, PrivateAttr, ValidationError, model_validator

from nn.config.load import load_config
from nn.config.locations import ConfigError, ConfigMistake, Places
from nn.config.messages import explain
from nn.config.options import Section
from nn.config.schema import Config
from nn.config.source import config_names, find_config, read_source

NonEmptyText = Annotated[str, Len(1)]


Speed: TypeAlias = Literal["step", 1, 3, 10, 30, 100, 300, 1000, "fast"]
"""Those that a page has, in epochs a second."""


class SetUp(Section):
    """What the button of a step does: go to a start, change hyperparameters, train."""

    seed: Annotated[
        int | None, Ge(0), doc("Go back to the start of this seed, everything as configured.")
    ] = None
    rewind: Annotated[bool, doc("Go back to the start, all as configured.")] = False
    set: Annotated[dict[str, float], doc("Change these hyperparameters: learning_rate, momentum, …")] = Field(
        default_factory=dict
    )
    speed: Annotated[Speed | None, doc("Epochs a second; step: 5 steps a second; fast: all it can.")] = None
    until: Annotated[int | None, Ge(1), doc("Train until so many epochs since the start are over.")] = None

    @model_validator(mode="after")
    def check_something(self) -> Self:
        """Check that the button does something."""
        if self.seed is None and not (self.rewind or self.set or self.speed or self.until):
            raise ValueError("expected at least one of seed, rewind, set, speed and until")
        return self


class LessonStep(Section):
    """A step: what to do and what to look at."""

    title: Annotated[NonEmptyText, doc("Its heading.")]
    text: Annotated[NonEmptyText, doc("Paragraphs, with an empty line between two.")]
    setup: Annotated[SetUp | None, doc("What a button of the step does; left out, it has none.")] = None


class LessonConfig(Section):
    """A lesson: a network, and steps that lead through its training."""

    called: ClassVar[str] = "a lesson"
    _places: Places = PrivateAttr(default_factory=Places)

    title: Annotated[NonEmptyText, doc("The heading of the page.")]
    config: Annotated[
        NonEmptyText, doc("A bundled configuration by name, or a file, relative to the lesson.")
    ]
    set: Annotated[dict[str, Any], doc("Values set over the configuration: data.samples: 40.")] = Field(
        default_factory=dict
    )
    text: Annotated[NonEmptyText, doc("What it is about: paragraphs, with an empty line between two.")]
    steps: Annotated[list[LessonStep], Len(1), doc("The steps, in order.")]

    @property
    def places(self) -> Places:
        """Where each value stands in the file."""
        return self._places

    @property
    def source(self) -> str:
        """The configuration: the name of a bundled one, or a path."""
        named = self.config in config_names()
        return self.config if named else str(Path(self._places.name).parent / self.config)

    @property
    def settings(self) -> list[str]:
        """What is set over the configuration, as the command line has it."""
        return [f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in self.set.items()]

    def configuration(self, settings: Sequence[str]) -> Config:
        """Load the configuration with what the lesson sets, and with further settings over that.

        Raises ConfigError, whose mistakes in what the lesson sets are shown in its file.
        """
        try:
            return load_config(self.source, [*self.settings, *settings])
        except ConfigError as error:
            mistakes = [self._moved(mistake, error.places) for mistake in error.mistakes]
            raise ConfigError(*mistakes, places=error.places) from None

    def _moved(self, mistake: ConfigMistake, places: Places) -> ConfigMistake:
        """The same mistake, in the file of the lesson where that has set what is wrong."""
        span = places.find(mistake)
        if span is None or span.number is not None:
            return mistake
        key = span.line.removeprefix("--set ").partition("=")[0]
        here = (
            self._places.find(ConfigMistake(("set", key), "", at_key=mistake.at_key))
            if key in self.set
            else None
        )
        return mistake._replace(span=here or span)


def load_lesson(file: str) -> LessonConfig | None:
    """Load a lesson; None where the file is a configuration, which has no key of a lesson.

    Raises ConfigError with every mistake and its place, OSError if the file cannot be read.
    """
    if file in config_names():
        return None
    source = read_source(find_config(file), file)
    keys = source.data if isinstance(source.data, dict) else {}
    if not keys.keys() & LessonConfig.model_fields.keys():
        return None
    try:
        lesson = LessonConfig.model_validate(source.data)
    except ValidationError as error:
        mistakes = explain(error, LessonConfig, source.data)
        raise ConfigError(*source.mistakes, *mistakes, places=source.places) from None
    if source.mistakes:
        raise ConfigError(*source.mistakes, places=source.places)
    lesson._places = source.places
    return lesson
