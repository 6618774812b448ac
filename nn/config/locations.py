"""Places of keys and values in a configuration, and messages with the line and a caret; no YAML here."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices that lead to a value: ``("model", "layers", 0, "units")``."""
MAX_SHOWN_CHARACTERS = 90
"""Characters; of a longer line only the part around the mistake is shown."""
MAX_SHOWN_MISTAKES = 20
"""The number of mistakes that are shown; the rest are counted."""


def printable(text: str) -> str:
    r"""Escape the characters of a text that cannot be printed: ``\x1b`` for Escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def dotted(path: Path) -> str:
    """Join a path with dots: ``model.layers.0.units``."""
    return ".".join(map(str, path))


@dataclass(frozen=True)
class Span:
    """Characters in a line of a file or, without a line number, of the command line."""

    name: str
    number: int | None
    line: str
    column: int
    """Counted from 0."""
    width: int

    @property
    def order(self) -> tuple[bool, int, int]:
        """The sort key of mistakes: down the file, then the command line."""
        return self.number is None, self.number or 0, self.column

    def show(self, problem: str) -> str:
        """Format a problem with its place, the line, and a caret under each character."""
        first = max(0, min(self.column - MAX_SHOWN_CHARACTERS // 3, len(self.line) - MAX_SHOWN_CHARACTERS))
        line = self.line[first : first + MAX_SHOWN_CHARACTERS]
        start = self.column - first
        before, marked = printable(line[:start]), printable(line[start : start + max(self.width, 1)])
        gutter = f"{self.number}" if self.number else ""
        carets = " " * text_columns(before) + "^" * max(text_columns(marked), 1)
        place = f"{self.name}:{self.number}:{self.column + 1}: " if self.number else ""
        left = f"  {gutter} | " if self.number else "  "
        under = f"  {' ' * len(gutter)} | " if self.number else "  "
        return f"{place}{problem}\n{left}{printable(line).rstrip()}\n{under}{carets}"


def text_columns(text: str) -> int:
    """The number of terminal columns of a printable text."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


class ConfigMistake(NamedTuple):
    """A problem and its place: a path (``at_key`` where the key itself is wrong) or a ``span``."""

    path: Path
    problem: str
    at_key: bool = False
    span: Span | None = None


@dataclass
class Places:
    """Where keys and values stand in the file, by their paths."""

    name: str = ""
    """The name of the configuration in messages."""
    keys: dict[Path, Span] = field(default_factory=dict)
    values: dict[Path, Span] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    """Standard keys, and the alias that a file may have instead."""

    def find(self, mistake: ConfigMistake) -> Span | None:
        """Find the place of a mistake: its key or value, else what it contains, else what contains it."""
        path = self.written(mistake.path)
        if mistake.span or (mistake.at_key and path in self.keys):
            return mistake.span or self.keys[path]
        while path:
            inside = (span for key, span in self.keys.items() if key[: len(path)] == path)
            if found := self.values.get(path) or next(inside, None):
                return found
            path = path[:-1]
        return None

    def written(self, path: Path) -> Path:
        """The path with the aliases that the file has."""
        found: Path = ()
        for part in path:
            other = self.aliases.get(str(part))
            as_other = (*found, other) if other else ()
            found = as_other if as_other in self.keys else (*found, part)
        return found

    def show(self, mistakes: Iterable[ConfigMistake]) -> Iterator[str]:
        """Format each mistake once, in the order of their places; those without a place first."""
        found = [(self.find(mistake), mistake) for mistake in dict.fromkeys(mistakes)]
        found.sort(key=lambda one: one[0].order if one[0] else (False, 0, 0))
        for span, mistake in found[:MAX_SHOWN_MISTAKES]:
            problem = printable(mistake.problem)
            yield span.show(problem) if span else f"{self.name}: {problem}" if self.name else problem
        if len(found) > MAX_SHOWN_MISTAKES:
            yield f"and {len(found) - MAX_SHOWN_MISTAKES:,} more"

    def replace(self, path: Path, other: "Places") -> None:
        """Replace the places under a path by those of another configuration."""
        for spans, new in ((self.keys, other.keys), (self.values, other.values)):
            for old in [old for old in spans if old[: len(path)] == path]:
                del spans[old]
            spans |= {(*path, *rest): span for rest, span in new.items()}


class ConfigError(ValueError):
    """A configuration cannot be used; ``mistakes`` has every reason."""

    def __init__(self, *mistakes: ConfigMistake | str, places: Places | None = None) -> None:
        self.mistakes = [ConfigMistake((), one) if isinstance(one, str) else one for one in mistakes]
        self.places = places or Places()
        self.shown = [*self.places.show(self.mistakes)]
        super().__init__("\n".join(self.shown))

    def within(self, places: Places | None) -> "ConfigError":
        """The same error, with these places in its message."""
        return ConfigError(*self.mistakes, places=places)
