"""The lines that a message advises to write: YAML in one line, names quoted where they must be."""

import json
import re
from collections.abc import Mapping, Sequence

PLAIN_YAML = re.compile(r"[A-Za-z_](?:[\w .%/()+-]*[\w.%/()+])?", re.ASCII)
"""What YAML reads as text without quotes, but for ``RESERVED`` words."""
RESERVED = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
MAX_CELL_LENGTH, MAX_LISTED_CELLS = 40, 3
"""The maximum numbers of characters quoted from a cell, and of cells listed."""


def yaml_text(text: str) -> str:
    """Write a text as YAML has it within a line.

    >>> print(yaml_text("sex"), yaml_text("no"), yaml_text("1"), yaml_text("a: b"))
    sex "no" "1" "a: b"
    """
    plain = PLAIN_YAML.fullmatch(text) and text.lower() not in RESERVED
    return text if plain else json.dumps(text, ensure_ascii=False)


def yaml_line(value: object) -> str:
    """Write a value as YAML has it within a line.

    >>> print(yaml_line({"city": {"type": "category", "top": 20}}))
    {city: {type: category, top: 20}}
    """
    if isinstance(value, Mapping):
        return (
            f"{{{', '.join(f'{yaml_text(str(key))}: {yaml_line(inner)}' for key, inner in value.items())}}}"
        )
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(yaml_line, value))}]"
    return yaml_text(value) if isinstance(value, str) else json.dumps(value)


def columns_line(name: str, kind: object) -> str:
    """Write the line that gives a column its kind: ``columns: {sex: category}``."""
    return f"columns: {yaml_line({name: kind})}"


def quoted(text: str) -> str:
    """Quote and escape a cell for a message, shortened."""
    return repr(shortened(text)) if text else "an empty cell"


def first_few(texts: Sequence[str], most: int = MAX_LISTED_CELLS) -> str:
    """List the first few cells, each in one line: ``male, female``, ``a, b, c and 12 more``."""
    shown = ", ".join(" ".join(shortened(text).split()) for text in texts[:most])
    return shown if len(texts) <= most else f"{shown} and {len(texts) - most:,} more"


def shortened(text: str) -> str:
    """Cut a long text."""
    return text if len(text) <= MAX_CELL_LENGTH else text[:MAX_CELL_LENGTH] + "…"
