"""Reads back what ``study.json`` says of a study."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nn.storage.opening import read_regular

MAX_STUDY_FACTS = 1 << 28
"""The most bytes of a study.json."""


def stored_facts(folder: Path) -> dict[str, Any]:
    """The facts of a study; none before it has come so far as to have a ``study.json``.

    Raises ValueError if the file is damaged.
    """
    file = folder / "study.json"
    if not file.exists():
        return {}
    try:
        facts = json.loads(read_regular(file, MAX_STUDY_FACTS))
        if not isinstance(facts, dict):
            raise ValueError(f"expected a mapping, got {type(facts).__name__}")
    except ValueError as error:
        raise ValueError(f"{file}: damaged: {error}; nn study {folder} writes it anew") from error
    return facts


def groups_by_variant(facts: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """Of each variant, the groups of end points of runs that missed the goal, the largest first."""
    return [one.get("groups") or [] for one in facts.get("variants") or []]
