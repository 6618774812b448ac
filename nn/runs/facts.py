"""Reads ``run.json``: how a run ended, on which data and machine. NumPy is not imported here."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from nn.storage.opening import read_regular

MAX_FACTS_BYTES = 1 << 20


class FactType(NamedTuple):
    """The type of a value and, for a mapping, of its values."""

    words: str
    holds: Callable[[Any], bool]
    values: "FactType | None" = None


def optional(kind: FactType) -> FactType:
    """A kind that may be null."""
    return kind._replace(
        words=f"{kind.words} or null", holds=lambda value: value is None or kind.holds(value)
    )


def mapping(values: FactType) -> FactType:
    """A mapping of names to such values."""
    return FactType("a mapping", lambda value: isinstance(value, dict), values)


def is_text(value: Any) -> bool:
    """Whether a value is text."""
    return isinstance(value, str)


TEXT = FactType("text", is_text)
TEXTS = FactType(
    "text or a list of it", lambda v: is_text(v) or (isinstance(v, list) and all(map(is_text, v)))
)
COUNT = FactType("a whole number of at least 0", lambda value: type(value) is int and 0 <= value < 1 << 63)
NUMBER = FactType("a finite number", lambda value: type(value) in (int, float) and math.isfinite(value))
FINITE_NUMBERS = FactType(
    "a list of finite numbers", lambda value: isinstance(value, list) and all(map(NUMBER.holds, value))
)
TEXT_LIST = FactType("a list of texts", lambda value: isinstance(value, list) and all(map(is_text, value)))
FINDING_KEYS = ("id", "text", "setting")
THREADS = FactType("a whole number from 1 to 1024", lambda value: type(value) is int and 1 <= value <= 1024)
FINDINGS = FactType(
    "a list of findings",
    lambda value: (
        isinstance(value, list)
        and all(isinstance(one, dict) and all(is_text(one.get(key)) for key in FINDING_KEYS) for one in value)
    ),
)
FACT_TYPES = {
    "stopped": optional(TEXT),
    "epochs": COUNT,
    "best_epoch": optional(COUNT),
    "reached": optional(COUNT),
    "kept_epoch": optional(COUNT),
    "seconds": optional(NUMBER),
    "metrics": optional(mapping(mapping(optional(NUMBER)))),
    "assessment": optional(mapping(mapping(mapping(optional(NUMBER))))),
    "remarks": optional(mapping(TEXT)),
    "baseline": optional(mapping(FINITE_NUMBERS)),
    "findings": optional(FINDINGS),
    "notes": optional(TEXT_LIST),
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
        facts = json.loads(read_regular(path, MAX_FACTS_BYTES))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: not a run: {error}") from None
    if not isinstance(facts, dict):
        raise ValueError(f"{path}: not a run: expected a mapping, got {json.dumps(facts):.40}")
    for name, kind in FACT_TYPES.items():
        if found := fact_error(name, kind, facts.get(name)):
            raise ValueError(f"{path}: not a run: {found}")
    return facts


def fact_error(place: str, kind: FactType, value: Any) -> str:
    """Describe what is wrong with a value, with its place; empty if nothing is."""
    if not kind.holds(value):
        return f"expected {place!r} as {kind.words}, got {json.dumps(value):.40}"
    if kind.values is None or value is None:
        return ""
    parts = (fact_error(f"{place}.{name}", kind.values, part) for name, part in value.items())
    return next(filter(None, parts), "")
