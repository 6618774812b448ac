"""The standard streams, whatever they are: closed, full, a narrow terminal, not in UTF-8."""

import io
import os
import sys
from typing import TextIO


def start() -> None:
    """What a stream's encoding lacks (≤ in ASCII) is written as an escape; a closed stream takes all."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  # to the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def finish() -> None:
    """Drop what standard output did not take: Python would try once more at its end, and complain."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def width(stream: TextIO, otherwise: int = 100) -> int:
    """The columns of the terminal that a stream is, or ``otherwise`` where it is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or otherwise
    except (OSError, ValueError):  # not a terminal; not even a file
        return otherwise
