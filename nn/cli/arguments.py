"""Arguments and options of several commands, with their shell completion."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

Decorator = Callable[[Any], Any]


def complete_config(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a bundled configuration, or a file."""
    from nn.config.source import config_names

    return completions(config_names(), incomplete) or [CompletionItem(incomplete, type="file")]


def complete_data(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a bundled table or generator."""
    from nn.data.bundled import table_names
    from nn.data.toy import GENERATORS

    return completions([*table_names(), *GENERATORS], incomplete)


def completions(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    """The completions among these words, for the shell."""
    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


config_argument: Decorator = click.argument("config", shell_complete=complete_config)
set_option: Decorator = click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Set a value, as in --set training.epochs=500 or --set model.layers.0.units=8.",
)
seed_option: Decorator = click.option(
    "--seed", type=click.IntRange(min=0), metavar="N", help="Use this seed instead of the configuration's."
)
run_argument: Decorator = click.argument("run", type=click.Path(exists=True, path_type=Path))


def data_argument(required: bool) -> Decorator:
    """A file of data, or ``-`` for standard input."""
    return click.argument(
        "file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), required=required
    )


def with_seed(settings: tuple[str, ...], seed: int | None) -> list[str]:
    """The settings, with the seed as a further one."""
    return [*settings, *([] if seed is None else [f"seed={seed}"])]
