"""The standard streams, whatever they are: closed, full, a narrow terminal, not in UTF-8."""

import io
import os
import sys
from typing import Any, TextIO


def start() -> None:
    """A closed stream is empty and takes all; what an encoding lacks (≤ in ASCII) becomes an escape."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115  # to the end
    configure(sys.stdout, errors="backslashreplace")
    configure(sys.stderr, errors="backslashreplace")


class Piped(io.BytesIO):
    """What came through standard input."""

    name = "<stdin>"


def data_input() -> TextIO:
    """Standard input as data: UTF-8 whatever the locale, like a file; other bytes are told as such.

    Raises ValueError where it is longer than a pipe may be.
    """
    from nn.storage.opening import read_piped

    piped = Piped(read_piped(sys.stdin.buffer, Piped.name))
    return io.TextIOWrapper(piped, encoding="utf-8", errors="surrogateescape", newline="")


def data_output() -> TextIO:
    """Standard output as data: UTF-8 whatever the locale, like a file."""
    return configure(sys.stdout, encoding="utf-8", newline="")


def configure(stream: TextIO, **options: Any) -> TextIO:
    """The stream with other options, where it has such."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(**options)
    return stream


def finish() -> None:
    """Drop what the streams did not take: Python would try once more at its end, and complain."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def width(stream: TextIO, otherwise: int = 100) -> int:
    """The columns of the terminal that a stream is, or ``otherwise`` where it is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or otherwise
    except (OSError, ValueError):  # not a terminal; not even a file
        return otherwise
