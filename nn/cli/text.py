"""Text for people: tables and paragraphs that fit the terminal, in characters that cannot command it."""

import shutil
import textwrap
from collections.abc import Sequence

from nn.config.locations import printable as printable

WIDEST = 100
"""Longer lines are hard to read."""


def width() -> int:
    """How many columns there are for text."""
    return min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)


def table(rows: Sequence[Sequence[str]], align: str) -> str:
    """Rows in columns, each to the left (``<``) or right (``>``); a last one to the left wraps."""
    *widths, last = (max(len(row[column]) for row in rows) for column in range(len(align)))
    if align[-1] == "<":
        last = min(last, max(width() - sum(widths) - 2 * len(widths), 20))
    lines = []
    for row in rows:
        wrapped = textwrap.wrap(row[-1], last) or [""]
        for number, end in enumerate(wrapped):
            cells = [*(row[:-1] if number == 0 else [""] * len(widths)), end]
            lines.append("  ".join(map(cell, cells, align, [*widths, last])).rstrip())
    return "\n".join(lines)


def cell(text: str, side: str, columns: int) -> str:
    """A text in a cell of a table."""
    return f"{text:{side}{columns}}"


def paragraph(text: str, indent: str = "") -> str:
    """A text as wide as the terminal; lines after the first are indented."""
    return textwrap.fill(" ".join(text.split()), width(), subsequent_indent=indent)
