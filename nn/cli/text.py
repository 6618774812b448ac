"""Text for people: tables and paragraphs that fit the terminal, in characters that cannot command it."""

import textwrap

from nn.config.locations import printable as printable
from nn.display import table as table
from nn.display import width as width


def paragraph(text: str, indent: str = "") -> str:
    """A text as wide as the terminal; lines after the first are indented."""
    return textwrap.fill(" ".join(text.split()), width(), subsequent_indent=indent)
