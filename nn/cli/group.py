"""The group of commands; each is imported when used, so that ``nn --help`` answers at once."""

import os
import sys
from importlib import import_module
from typing import Any

import click

from nn.resources import __version__

COMMANDS = {
    "train": "Train a network and keep the run.",
    "resume": "Go on with a run that was stopped.",
    "study": "Train with many seeds and values: how often, how fast?",
    "evaluate": "Measure a trained network on data.",
    "predict": "Predict with a trained network.",
    "export": "Write a trained network in another language, proved.",
    "playground": "Write a page that trains in the browser.",
    "verify": "Train a run again: does it come out the same?",
    "plot": "Draw runs, or an activation.",
    "compare": "Compare runs in a table.",
    "report": "Write a page that explains runs.",
    "show": "Show a configuration and its network.",
    "check": "Check the gradients of a network.",
    "trace": "Write out one training step by hand.",
    "data": "Show what a table holds.",
    "datasets": "List the data, or show one table.",
    "configs": "List the bundled configurations.",
    "schema": "Print the JSON Schema of configurations.",
}
"""The commands, each in the module of its name, with a line of help."""


class Commands(click.Group):
    """The group of commands, which imports a command when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"nn.cli.{name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        unknown = args and args[0] not in COMMANDS and not args[0].startswith("-")
        if unknown and not ctx.resilient_parsing:
            from nn.validation import suggest

            raise click.UsageError(f"there is no command {args[0]!r}; {suggest(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, *args: Any, **extra: Any) -> Any:
        try:
            return super().main(*args, **extra)
        except OSError as error:  # errors of files have been shown where they are read and written
            from nn.cli.errors import Failure, message

            Failure(message(error, "standard output")).show()
            sys.exit(1)
        except (MemoryError, ImportError, SystemError) as error:  # usually too little memory to start
            told = "" if isinstance(error, SystemError) else str(error)  # which Python says of itself
            said = [line for line in told.splitlines() if line.strip()] or ["more than fits into memory"]
            click.echo(f"Error: cannot start: {said[-1]}", err=True)
            sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="nn")
def commands() -> None:
    """Train tiny neural networks from YAML configurations.

    Begin with: nn train xor
    """
    use_threads(1)


def use_threads(number: int) -> None:
    """Set the number of threads of linear algebra; must be called before NumPy is imported.

    Small products are slower on several threads, and the last bits of results depend on the number.
    """
    for library in ("OPENBLAS_NUM", "OMP_NUM", "MKL_NUM", "VECLIB_MAXIMUM"):
        os.environ[f"{library}_THREADS"] = str(number)
