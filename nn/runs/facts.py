"""Reads ``run.json``: how a run ended, on which data and machine. NumPy is not imported here."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from nn.storage.opening import read

MAX_BYTES = 1 << 20


class Kind(NamedTuple):
    """The type of a value and, for a mapping, of its values."""

    words: str
    holds: Callable[[Any], bool]
    values: "Kind | None" = None


def optional(kind: Kind) -> Kind:
    """A kind that may be null."""
    return kind._replace(
        words=f"{kind.words} or null", holds=lambda value: value is None or kind.holds(value)
    )


def mapping(values: Kind) -> Kind:
    """A mapping of names to such values."""
    return Kind("a mapping", lambda value: isinstance(value, dict), values)


def is_text(value: Any) -> bool:
    """Whether a value is text."""
    return isinstance(value, str)


TEXT = Kind("text", is_text)
TEXTS = Kind("text or a list of it", lambda v: is_text(v) or (isinstance(v, list) and all(map(is_text, v))))
COUNT = Kind("a whole number of at least 0", lambda value: type(value) is int and 0 <= value < 1 << 63)
NUMBER = Kind("a finite number", lambda value: type(value) in (int, float) and math.isfinite(value))
THREADS = Kind("a whole number from 1 to 1024", lambda value: type(value) is int and 1 <= value <= 1024)
KINDS = {
    "stopped": optional(TEXT),
    "epochs": COUNT,
    "best_epoch": optional(COUNT),
    "reached": optional(COUNT),
    "kept_epoch": optional(COUNT),
    "seconds": optional(NUMBER),
    "metrics": optional(mapping(mapping(optional(NUMBER)))),
    "config": optional(TEXT),
    "data": mapping(TEXT),
    "engine": optional(TEXT),
    "compiler": optional(TEXT),
    "threads": optional(THREADS),
    "versions": optional(mapping(TEXT)),
    "cpu": optional(mapping(TEXTS)),
    "machine": optional(TEXT),
}
"""The facts of a run; those that may be null may be absent, and there may be others."""


def read_facts(folder: Path) -> dict[str, Any]:
    """Read ``run.json``.

    Raises ValueError if it is damaged or missing, OSError if it cannot be read.
    """
    path = folder / "run.json"
    if not path.exists():
        got = "folder without run.json" if folder.is_dir() else "file"
        raise ValueError(f"{folder}: expected the directory of a run that has ended, got a {got}")
    try:
        facts = json.loads(read(path, MAX_BYTES))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: not a run: {error}") from None
    if not isinstance(facts, dict):
        raise ValueError(f"{path}: not a run: expected a mapping, got {json.dumps(facts):.40}")
    for name, kind in KINDS.items():
        if found := mistake(name, kind, facts.get(name)):
            raise ValueError(f"{path}: not a run: {found}")
    return facts


def mistake(place: str, kind: Kind, value: Any) -> str:
    """Describe what is wrong with a value, with its place; empty if nothing is."""
    if not kind.holds(value):
        return f"expected {place!r} as {kind.words}, got {json.dumps(value):.40}"
    if kind.values is None or value is None:
        return ""
    parts = (mistake(f"{place}.{name}", kind.values, part) for name, part in value.items())
    return next(filter(None, parts), "")
