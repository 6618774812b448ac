"""Opens what commands are given, a configuration or a table without one, and says how to mend a table."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from nn.cli.errors import UserError, message, user_errors
from nn.cli.text import printable

if TYPE_CHECKING:
    from nn.experiments.experiment import Experiment

CONFIG_ENDINGS = (".yaml", ".yml")
PIPE = "-"
"""What stands for standard input."""


def is_table(config: str, target: str | None) -> bool:
    """Whether an argument is a table: it ends like no configuration, and no bundled one has that name.

    A file without an ending is a configuration unless a target is named.
    """
    from nn.config.source import config_names

    if config == PIPE:
        return True
    ending = Path(config).suffix.lower()
    return ending not in CONFIG_ENDINGS and config not in config_names() and bool(ending or target)


def open_experiment(
    config: str,
    target: str | None,
    task: Literal["classification", "regression"] | None,
    settings: list[str],
    piped: TextIO | None,
) -> "Experiment":
    """The experiment of a configuration, or the default one on a table, which may come through a pipe."""
    from nn.config.load import load_config
    from nn.experiments.defaults import experiment_of_table
    from nn.experiments.experiment import Experiment

    if is_table(config, target):
        with user_errors(), advised(target):
            return experiment_of_table(config, target, task, settings, piped)
    if target or task:
        with user_errors():
            load_config(config)  # says where there is no such file
        raise UserError(f"{printable(config)}: --target and --task are for tables; its data.target says it")
    with user_errors():
        resolved = load_config(config, settings)
    with user_errors(config):
        return Experiment.of(resolved)


@contextmanager
def advised(target: str | None) -> Iterator[None]:
    """Follow mistakes of a table by how what they advise is written in a command."""
    from nn.config.locations import ConfigError
    from nn.data.reading import TableError

    try:
        yield
    except TableError as error:
        keys = [one.key for one in error.mistakes if one.key]
        raise UserError(message(error) + advice(keys, target)) from error
    except ConfigError as error:
        paths = [one.path for one in error.mistakes]
        keys = [str(path[1]) for path in paths if path[:1] == ("data",) and len(path) > 1]
        raise UserError(message(error) + advice(keys, target)) from error


def advice(keys: list[str], target: str | None) -> str:
    """How what mistakes advise is written in a command, where it is an option of data."""
    if target is None and keys == ["target"]:
        return "\nIn the command: --target COLUMN"
    if {*keys} == {"header"}:
        return "\nIn the command: --set data.header=false"
    if "decimal" in keys:
        return "\nIn the command: --set 'data.decimal=\",\"'"
    if not any(key.startswith("columns") for key in keys):
        return ""
    return (
        "\nIn the command, such options are written --set 'data.columns={sex: category}', several columns"
        " within the braces, or --set 'data.drop=[sex]'; nn data FILE shows what all columns hold."
    )
