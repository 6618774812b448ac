"""Prepares the standard streams, which may be closed, full, a narrow terminal or not in UTF-8."""

import io
import os
import sys
from typing import Any, TextIO


def prepare_streams() -> None:
    """Replace closed streams by empty ones, and escape characters that an encoding lacks (≤ in ASCII)."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115  # to the end
    configure(sys.stdout, errors="backslashreplace")
    configure(sys.stderr, errors="backslashreplace")


class Piped(io.BytesIO):
    """Data from standard input."""

    name = "<stdin>"


def data_input() -> TextIO:
    """Read standard input as data: UTF-8 in every locale, like a file; other bytes are an error.

    Raises ValueError if it is larger than the limit for pipes.
    """
    from nn.storage.opening import read_piped

    piped = Piped(read_piped(sys.stdin.buffer, Piped.name))
    return io.TextIOWrapper(piped, encoding="utf-8", errors="surrogateescape", newline="")


def piped_content(stream: TextIO) -> bytes:
    """All bytes of what ``data_input`` returned."""
    assert isinstance(stream, io.TextIOWrapper), "it is one"
    piped = stream.buffer
    assert isinstance(piped, Piped), "it is one"
    return piped.getvalue()


def data_output() -> TextIO:
    """Standard output for data: UTF-8 in every locale, like a file."""
    return configure(sys.stdout, encoding="utf-8", newline="")


def configure(stream: TextIO, **options: Any) -> TextIO:
    """Reconfigure a stream, if it can be."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(**options)
    return stream


def flush_streams() -> None:
    """Discard what the streams did not accept; Python would try to write it again at exit, and complain."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def terminal_columns(stream: TextIO, otherwise: int = 100) -> int:
    """The columns of a terminal, or ``otherwise`` if the stream is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or otherwise
    except (OSError, ValueError):  # not a terminal, or not even a file
        return otherwise
