"""``run.json``: how a run ended, on what data and with what; knows no NumPy, whose threads it decides."""

import json
from pathlib import Path
from types import NoneType
from typing import Any

KINDS: dict[str, tuple[type, ...]] = {
    "stopped": (str, NoneType),
    "epochs": (int,),
    "data": (dict,),
    "best_epoch": (int, NoneType),
    "kept_epoch": (int, NoneType),
    "metrics": (dict, NoneType),
    "engine": (str, NoneType),
    "threads": (int, NoneType),
    "versions": (dict, NoneType),
    "config": (str, NoneType),
}
"""What a run says of itself, or leaves out where None may stand; it may say more."""


def read_facts(folder: Path) -> dict[str, Any]:
    """What ``run.json`` says.

    Raises ValueError where it is damaged or not there, OSError where it cannot be read.
    """
    path = folder / "run.json"
    if not path.exists():
        got = "folder without run.json" if folder.is_dir() else "file"
        raise ValueError(f"{folder}: expected the directory of a run that has ended, got a {got}")
    try:
        facts = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: not a run: {error}") from None
    if not isinstance(facts, dict):
        raise ValueError(f"{path}: not a run: expected a mapping, got {type(facts).__name__}")
    for name, kinds in KINDS.items():
        if not isinstance(facts.get(name), kinds):
            expected, got = kinds[0].__name__, type(facts.get(name)).__name__
            raise ValueError(f"{path}: not a run: expected {name!r} as {expected}, got {got}")
    return facts
