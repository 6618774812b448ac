"""Shows errors to users, a line each: exit code 2 for a user's mistake, 1 for a run that failed."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import click

from nn.cli.text import printable
from nn.config.locations import ConfigError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""Errors that are not the user's: the disk is full or damaged."""


class UserError(click.ClickException):
    """A mistake of the user: a message, exit code 2."""

    exit_code = 2


class Failure(click.ClickException):
    """A command that ran and failed: a message, exit code 1."""

    exit_code = 1


def message(error: Exception, thing: str = "") -> str:
    """Format each mistake on a line, after the file that it is about; control characters are escaped."""
    if isinstance(error, OSError) and error.strerror:
        named = error.filename or thing
        lines = [f"{named}: {error.strerror.lower()}" if named else error.strerror.lower()]
    elif isinstance(error, MemoryError):
        lines = [f"more than fits into memory: {error}"]
    elif isinstance(error, ConfigError):
        lines = [line for mistake in error.shown for line in mistake.split("\n")]
    elif hasattr(error, "mistakes"):  # of a table, which would bring NumPy along
        lines = str(error).split("\n")
    else:
        lines = [str(error)]
    return "\n".join(map(printable, lines))


@contextmanager
def user_errors(thing: str = "") -> Iterator[None]:
    """Turn errors in a configuration or file of the user into a message that begins with its name."""
    try:
        yield
    except (ValueError, TypeError, OSError, MemoryError) as error:
        text = message(error)
        kind = Failure if isinstance(error, OSError) and error.errno in FULL else UserError
        named = thing and not isinstance(error, ConfigError)
        raise kind(f"{printable(thing)}: {text}" if named else text) from error


@contextmanager
def failures() -> Iterator[None]:
    """Turn errors of a command that has begun, such as a full disk, into a message."""
    try:
        yield
    except BrokenPipeError:  # the reader has closed the pipe; click exits silently
        raise
    except (OSError, MemoryError) as error:
        raise Failure(message(error, "standard output")) from error
