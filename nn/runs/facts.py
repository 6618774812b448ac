"""``run.json``: how a run ended, on what data and with what; knows no NumPy, whose threads it decides."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from nn.opening import read

MAX_BYTES = 1 << 20


class Kind(NamedTuple):
    """What a value may be."""

    words: str
    holds: Callable[[Any], bool]


def optional(kind: Kind) -> Kind:
    """That, or nothing."""
    return Kind(f"{kind.words} or null", lambda value: value is None or kind.holds(value))


def mapping(kind: Kind) -> Kind:
    """Such values by name."""
    words = f"a mapping to {kind.words}"
    return Kind(words, lambda value: isinstance(value, dict) and all(map(kind.holds, value.values())))


TEXT = Kind("text", lambda value: isinstance(value, str))
COUNT = Kind("a whole number of at least 0", lambda value: type(value) is int and 0 <= value < 1 << 63)
NUMBER = Kind("a finite number", lambda value: type(value) in (int, float) and math.isfinite(value))
THREADS = Kind("a whole number from 1 to 1024", lambda value: type(value) is int and 1 <= value <= 1024)
FEATURES = Kind("a list of texts", lambda value: isinstance(value, list) and all(map(TEXT.holds, value)))
PROCESSOR = Kind(
    "a mapping with the text 'model' and the list 'features'",
    lambda value: (
        isinstance(value, dict)
        and TEXT.holds(value.get("model", ""))
        and FEATURES.holds(value.get("features", []))
    ),
)
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
    "cpu": optional(PROCESSOR),
    "machine": optional(TEXT),
}
"""What a run says of itself, or leaves out where null may stand; it may say more."""


def read_facts(folder: Path) -> dict[str, Any]:
    """What ``run.json`` says.

    Raises ValueError where it is damaged or not there, OSError where it cannot be read.
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
        if not kind.holds(facts.get(name)):
            got = json.dumps(facts[name]) if name in facts else "nothing"
            raise ValueError(f"{path}: not a run: expected {name!r} as {kind.words}, got {got:.60}")
    return facts
