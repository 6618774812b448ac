"""``nn data``: show what a table holds, and the configuration to paste."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import click

from nn.cli.errors import UserError, user_errors
from nn.cli.streams import data_input
from nn.cli.tables import PIPE, advised
from nn.cli.text import paragraph, printable, table, width
from nn.display import counted

if TYPE_CHECKING:
    from nn.data.columns.profile import ColumnProfile, Profile
    from nn.experiments.defaults import TableOfFile

READING = ("header", "delimiter", "decimal", "encoding", "comment", "missing_values")
"""The options that may be set here: those that say how a file is read."""
NARROW = 60
"""On a terminal of fewer columns each column is a paragraph."""
MAX_SHOWN_COLUMNS, MAX_NAME_LENGTH = 100, 30
"""The maximum numbers of columns shown of a table, and of characters of a name."""


@click.command("data")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--target", metavar="COLUMN", help="The column to predict; -1 is the last.")
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Say how the file is read, as in --set data.header=false.",
)
def command(file: str, target: str | None, settings: tuple[str, ...]) -> None:
    """Show what each column of the table in FILE holds, what is odd, and a configuration to paste.

    With --target it is a whole configuration: write it to a file, and nn train that file.
    """
    from nn.cli.progress import loading
    from nn.data.columns.profile import profile
    from nn.experiments.defaults import TableOfFile

    with user_errors(), advised(target):
        with loading():
            options = [*map(reading_option, settings)]
        piped = data_input() if file == PIPE else None
        given = TableOfFile.read(file, target, settings=options, piped=piped)
        words = given.data.missing_values
        if isinstance(words, dict):
            raise ValueError("data.missing_values: expected a list of words, for all columns")
        found = profile(given.table, given.targets[0] if target else None, words)
        shown = f"{profile_text(found)}\n\n{yaml_of(found, given, settings)}"
    click.echo("\n".join(map(printable, shown.split("\n"))))


def reading_option(setting: str) -> str:
    """A setting that says how the file is read; UserError for any other."""
    key = setting.partition("=")[0]
    if key not in {f"data.{name}" for name in READING}:
        expected = ", ".join(f"data.{name}" for name in READING)
        raise UserError(f"--set {printable(key)}: expected what says how the file is read: {expected}")
    return setting


def profile_text(found: "Profile") -> str:
    """Size, columns, what is odd about them, what was inferred, what is to be decided."""
    columns = len(found.columns)
    parts = [
        f"{found.name}: {counted(found.rows, 'row')}, {counted(columns, 'column')}",
        columns_text(found.columns[:MAX_SHOWN_COLUMNS]),
        f"… and {columns - MAX_SHOWN_COLUMNS:,} more columns" if columns > MAX_SHOWN_COLUMNS else "",
        "\n".join(listed(f"{one.name} {'; '.join(one.remarks)}" for one in found.columns if one.remarks)),
        "\n".join(map(paragraph, found.notes)),
    ]
    if found.mistakes:
        decide = [f"{one.column}: {one.text}" if one.column else one.text for one in found.mistakes]
        parts.append("\n".join(["To decide before training:", *listed(decide)]))
    return "\n\n".join(filter(None, parts))


def listed(texts: Iterable[str]) -> Iterator[str]:
    """Each text as an item of a list, wrapped."""
    return (paragraph(f"- {text}", indent="  ") for text in texts)


def columns_text(columns: "Sequence[ColumnProfile]") -> str:
    """What each column holds: a table, or on a narrow terminal a paragraph for each column."""
    if width() < NARROW:
        return "\n".join(
            paragraph(
                f"{one.name}: {one.kind}, {one.missing:,} missing, {one.distinct:,} distinct: {values(one)}",
                "  ",
            )
            for one in columns
        )
    rows = [["column", "kind", "missing", "distinct", "values"]]
    rows += [
        [shortened_name(one.name), one.kind, f"{one.missing:,}", f"{one.distinct:,}", values(one)]
        for one in columns
    ]
    return table(rows, "<<>><")


def shortened_name(name: str) -> str:
    """A name that leaves room for the rest of its line."""
    return name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH - 1]}…"


def values(column: "ColumnProfile") -> str:
    """The levels with their numbers of rows, the range, or a few cells."""
    if column.balance:
        more = column.distinct - len(column.balance)
        levels = [f"{level} {count:,}" for level, count in column.balance]
        return ", ".join([*levels, *([f"{more:,} more"] if more > 0 else [])])
    if column.extent:
        return " … ".join(map(short_number, column.extent))
    return ", ".join(column.examples)


def short_number(text: str) -> str:
    """A number in six digits; a date as it is."""
    try:
        return f"{float(text):.6g}"
    except ValueError:
        return text


def yaml_of(found: "Profile", given: "TableOfFile", settings: Sequence[str]) -> str:
    """The configuration to paste: of the data alone where there is no target."""
    from nn.data.columns.advice import yaml_line
    from nn.experiments.defaults import default_config

    lines = found.lines.splitlines()
    if len(lines) > MAX_SHOWN_COLUMNS:  # what is left out is inferred again
        lines = [line for line in lines if not line.endswith(": number")]
    lines[2:2] = [
        f"  {key.removeprefix('data.')}: {value}" for key, _, value in (s.partition("=") for s in settings)
    ]
    if found.target is None:
        return "\n".join(
            [*lines, "  # target: the column to predict; with --target this is a whole configuration"]
        )
    config = default_config(found.name, found.target, given.purpose)
    lines += [
        f"  {name}: {config['data'][name]}" for name in ("validation", "test") if name in config["data"]
    ]
    layers = [f"    - {yaml_line(layer)}" for layer in config["model"]["layers"]]
    rest = [f"{key}: {yaml_line(config[key])}" for key in ("loss", "optimizer", "training")]
    return "\n".join(["seed: 0", *lines, "model:", "  layers:", *layers, *rest])
