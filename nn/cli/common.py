"""What several commands share: arguments that complete, and errors that are one line."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem


class UserError(click.ClickException):
    """A mistake in what the user gave: a message, exit code 2."""

    exit_code = 2


class Failure(click.ClickException):
    """It ran and failed: a message, exit code 1."""

    exit_code = 1


def message(error: Exception) -> str:
    """An error in a line that names the thing."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror.lower()}" if error.filename else error.strerror.lower()
    if isinstance(error, MemoryError):
        return f"this needs more memory than there is: {error}"
    return str(error)


@contextmanager
def user_errors() -> Iterator[None]:
    """Show what is wrong with what the user gave (a configuration, a file) as a message."""
    try:
        yield
    except (ValueError, TypeError, OSError, MemoryError) as error:
        raise UserError(message(error)) from error


@contextmanager
def failures() -> Iterator[None]:
    """Show what stopped a command that had begun (a full disk, say) as a message."""
    try:
        yield
    except (OSError, MemoryError) as error:
        raise Failure(message(error)) from error


def complete_config(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Bundled names that begin so, else files."""
    from nn.config.source import names

    return completions(names(), incomplete) or [CompletionItem(incomplete, type="file")]


def complete_data(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Bundled tables and generators that begin so."""
    from nn.data.tables import names
    from nn.data.toy import GENERATORS

    return completions([*names(), *GENERATORS], incomplete)


def completions(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    """The words that begin so, for the shell."""
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]

config_argument: Decorator[Any] = click.argument("config", shell_complete=complete_config)
set_option: Decorator[Any] = click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Set a value, as in --set training.epochs=500.",
)
seed_option: Decorator[Any] = click.option(
    "--seed", type=click.IntRange(min=0), help="Use this seed instead of the configuration's."
)


run_argument: Decorator[Any] = click.argument("run", type=click.Path(exists=True, path_type=Path))


def data_argument(required: bool) -> Decorator[Any]:
    """A file of data, or ``-`` for standard input."""
    return click.argument(
        "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), required=required
    )


def with_seed(settings: tuple[str, ...], seed: int | None) -> list[str]:
    """The settings, and the seed as one more."""
    return [*settings, *([] if seed is None else [f"seed={seed}"])]


def table(rows: list[list[str]], align: str) -> str:
    """Rows in columns, each aligned to the left (``<``) or to the right (``>``)."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(align))]
    lines = (
        "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(row, align, widths, strict=True))
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
