"""Formats text for the terminal: tables and paragraphs that fit, control characters escaped."""

import textwrap

from nn.config.locations import printable as printable
from nn.display import table as table
from nn.display import width as width


def paragraph(text: str, indent: str = "") -> str:
    """Wrap a text to the width of the terminal; lines after the first are indented."""
    return textwrap.fill(" ".join(text.split()), width(), subsequent_indent=indent)
