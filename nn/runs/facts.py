"""Reads ``run.json``, what a run says of itself; knows no NumPy, whose threads it decides."""

import json
from pathlib import Path
from typing import Any


def read_facts(folder: Path) -> dict[str, Any]:
    """What ``run.json`` says; raises ValueError where it is damaged."""
    path = folder / "run.json"
    try:
        facts = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: not a run: {error}") from None
    if not isinstance(facts, dict):
        raise ValueError(f"{path}: not a run: expected a mapping, got {type(facts).__name__}")
    return facts
