"""Overrides values of a configuration from the command line: ``training.epochs=500``."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from nn.config.locations import ConfigError, ConfigMistake, Span
from nn.config.seeds import OF_ONE_SEED
from nn.config.source import LINE_BREAK, ConfigSource, parse_yaml


def override(source: ConfigSource, settings: Iterable[str], option: str = "--set") -> None:
    """Set values by ``a.b=value``, where the value is YAML and items of a list are numbers from 0.

    ``option`` is what messages call the option of the command line.
    """
    for setting in settings:
        try:
            Setting(setting, option).apply(source)
        except ConfigError as error:
            source.mistakes += error.mistakes


class Setting:
    """One ``KEY=VALUE`` of the command line."""

    def __init__(self, setting: str, option: str):
        name, equals, self.text = setting.partition("=")
        self.names, self.option = name.split("."), option
        self.line = f"{option} {LINE_BREAK.sub(' ', setting)}"
        self.start = len(option) + 1
        if not equals or not all(self.names):
            problem = f"'{setting}': expected KEY=VALUE, as in training.epochs=500"
            whole = Span(option, None, self.line, self.start, len(self.line) - self.start)
            raise ConfigError(ConfigMistake((), problem, span=whole))

    def span(self, number: int) -> Span:
        """The place of one of the names."""
        before = sum(len(name) + 1 for name in self.names[:number])
        return Span(self.option, None, self.line, self.start + before, len(self.names[number]))

    def in_value(self, span: Span) -> Span:
        """Convert a place in the value to one in the whole setting."""
        lines = LINE_BREAK.split(self.text)
        start = len(self.line) - len(" ".join(lines))
        before = sum(len(line) + 1 for line in lines[: (span.number or 1) - 1])
        return replace(span, number=None, line=self.line, column=start + before + span.column)

    def value(self) -> ConfigSource:
        """Parse the value; raises ConfigError."""
        try:
            value = parse_yaml(self.text, self.option)
        except ConfigError as error:
            raise ConfigError(*map(self.moved, error.mistakes)) from None
        for spans in (value.places.keys, value.places.values):
            spans |= {path: self.in_value(span) for path, span in spans.items()}
        value.mistakes = [*map(self.moved, value.mistakes)]
        return value

    def moved(self, mistake: ConfigMistake) -> ConfigMistake:
        """Convert a mistake in the value to one in the whole setting."""
        assert mistake.span, "parse() knows where"
        return mistake._replace(span=self.in_value(mistake.span))

    def apply(self, source: ConfigSource) -> None:
        """Set the value; raises ConfigError where the key leads nowhere."""
        root: dict[str, Any] = {"": source.data}
        place: Any = root
        key: str | int = ""
        path: list[str | int] = []
        for number, name in enumerate(self.names):
            if isinstance(place[key], str):
                place[key] = {"type": place[key]}
            elif place[key] is None:
                place[key] = {}
            elif path == ["seed"] and type(place[key]) is int:
                place[key] = dict.fromkeys(OF_ONE_SEED, place[key])
            place, key = place[key], name
            if isinstance(place, list):
                if not re.fullmatch("[0-9]{1,9}", name) or int(name) >= len(place):
                    items = f"the number of an item, 0 to {len(place) - 1}" if place else "a list with items"
                    problem = f"expected {items}, got '{name}'"
                    raise ConfigError(ConfigMistake((), problem, span=self.span(number)))
                key = int(name)
            elif isinstance(place, dict):
                place.setdefault(name, None)
            else:
                problem = f"expected a mapping or list to set '{name}' in, got a single value"
                raise ConfigError(ConfigMistake((), problem, span=self.span(number)))
            path.append(key)
        value = self.value()
        place[key], source.data = value.data, root[""]
        source.places.replace(tuple(path), value.places)
        source.places.keys[tuple(path)] = self.span(len(path) - 1)
        source.mistakes += value.mistakes
