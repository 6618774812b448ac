"""Errors as people see them: one line each, exit code 2 for a user's mistake, 1 for a run that failed."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import click

from nn.cli.text import printable
from nn.config.locations import ConfigError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What no user did wrong: the disk is full or damaged."""


class UserError(click.ClickException):
    """A mistake in what the user gave: a message, exit code 2."""

    exit_code = 2


class Failure(click.ClickException):
    """It ran and failed: a message, exit code 1."""

    exit_code = 1


def message(error: Exception, thing: str = "") -> str:
    """A line that names the thing, for each mistake; nothing in it can command a terminal."""
    if isinstance(error, OSError) and error.strerror:
        named = error.filename or thing
        lines = [f"{named}: {error.strerror.lower()}" if named else error.strerror.lower()]
    elif isinstance(error, MemoryError):
        lines = [f"more than fits into memory: {error}"]
    elif isinstance(error, ConfigError):
        lines = [line for mistake in error.shown for line in mistake.split("\n")]
    else:
        lines = [str(error)]
    return "\n".join(map(printable, lines))


@contextmanager
def user_errors(thing: str = "") -> Iterator[None]:
    """Show what is wrong with what the user gave (a configuration, a file), after the name of the thing."""
    try:
        yield
    except (ValueError, TypeError, OSError, MemoryError) as error:
        text = message(error)
        kind = Failure if isinstance(error, OSError) and error.errno in FULL else UserError
        named = thing and not isinstance(error, ConfigError)
        raise kind(f"{printable(thing)}: {text}" if named else text) from error


@contextmanager
def failures() -> Iterator[None]:
    """Show what stopped a command that had begun (a full disk, say)."""
    try:
        yield
    except BrokenPipeError:  # the reader has seen enough; click ends quietly
        raise
    except (OSError, MemoryError) as error:
        raise Failure(message(error, "standard output")) from error
