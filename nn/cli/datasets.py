"""``nn datasets``: list tables and generators, or describe one."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from nn.cli.arguments import complete_data
from nn.cli.errors import UserError, failures, user_errors
from nn.cli.streams import data_output
from nn.cli.text import paragraph, table

if TYPE_CHECKING:
    from nn.arrays import Floats
    from nn.data.dataset import Dataset

MAX_LISTED_COLUMNS = 26


@click.command("datasets")
@click.argument("name", required=False, shell_complete=complete_data)
@click.option("--csv", "as_csv", is_flag=True, help="Write the whole table as CSV to standard output.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the samples: a .png, .svg or .pdf file.")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", default=0, help="For a generator.")
def command(name: str | None, as_csv: bool, plot: Path | None, seed: int) -> None:
    """List the bundled tables and generators, or show the one called NAME."""
    if name is None:
        if as_csv or plot:
            raise UserError("--csv and --plot need the NAME of a table")
        click.echo(catalogue())
        return
    from nn.data.bundled import load_dataset

    with user_errors():
        samples = load_dataset(name, seed=seed)
    if plot:
        from nn.plots.dataset import scatter
        from nn.plots.style import save

        with user_errors():
            classes = None if samples.classes is None else [str(label) for label in samples.classes]
            save(scatter(samples.x, samples.y, samples.inputs, samples.targets, classes, name), plot)
    if as_csv:
        with failures():
            stream = data_output()
            write_data(name, samples, stream)
            stream.flush()
    elif not plot:
        click.echo(dataset_text(name, samples))


def write_data(name: str, samples: "Dataset", file: TextIO) -> None:
    """Write a table as it stands in its file, or generated samples, as CSV."""
    from nn.data.bundled import table_file, table_names
    from nn.data.csv import write_csv

    if name in table_names():
        # Line by line, so that a reader that has seen enough ends it as any other error of writing does.
        file.writelines(table_file(name).read_text(encoding="utf-8").splitlines(keepends=True))
    else:
        write_csv(samples, file)


def documentation(name: str) -> str:
    """The docstring of a generator."""
    import inspect

    from nn.data.toy import GENERATORS

    return (inspect.getdoc(GENERATORS[name]) or "").replace("``", "")


def catalogue() -> str:
    """List all tables and generators, a line each."""
    from nn.data.bundled import read_card, table_names
    from nn.data.toy import GENERATORS

    bundled = [(f"  {name}", read_card(name).title) for name in table_names()]
    generators = [(f"  {name}", documentation(name).partition("\n")[0]) for name in GENERATORS]
    return f"Tables\n{table(bundled, '<<')}\n\nGenerators\n{table(generators, '<<')}"


def dataset_text(name: str, samples: "Dataset") -> str:
    """Describe data: its card, the range of each column, the sizes of classes, the YAML that selects it."""
    from nn.data.bundled import read_card
    from nn.data.toy import GENERATORS

    if name in GENERATORS:
        about, meaning = documentation(name).split("\n\n"), {}
        columns = [(column, values, 0) for column, values in zip(samples.inputs, samples.x.T, strict=True)]
    else:
        card = read_card(name)
        about = [card.title, card.description, f"Source: {card.source}", f"Licence: {card.licence}"]
        meaning = card.columns
        columns = [*columns_of_table(name, card.target)]
    return "\n\n".join(
        [
            *map(paragraph, about),
            column_table(columns, samples.targets, meaning),
            paragraph(balance_text(samples, len(columns))),
            paragraph(f"In a configuration: data: {data_in_yaml(name)}"),
        ]
    )


def data_in_yaml(name: str) -> str:
    """The YAML that selects the data; for a generator with all options and their defaults."""
    import inspect
    import json

    from nn.data.toy import GENERATORS

    parameters = inspect.signature(GENERATORS[name]).parameters if name in GENERATORS else {}
    options = {key: parameter.default for key, parameter in parameters.items() if key != "seed"}
    pairs = [f"name: {name}", *(f"{key}: {json.dumps(value)}" for key, value in options.items())]
    return f"{{{', '.join(pairs)}}}"


def columns_of_table(name: str, target: str) -> Iterator[tuple[str, "Floats", int]]:
    """Each input column of a bundled table: its name, its numbers, if it holds any, and its missing cells."""
    from nn.data.bundled import read_bundled
    from nn.data.columns.content import Content

    found = read_bundled(name)
    for column in found.columns:
        if column != target:
            content = Content.of(found, column)
            numbers = content.numbers[~content.missing & ~content.words]
            yield column, numbers, len(found) - content.present


def column_table(
    columns: Sequence[tuple[str, "Floats", int]], targets: Sequence[str], meaning: Mapping[str, str]
) -> str:
    """A row for each column: range and mean of numbers, meaning, how many cells are missing."""
    rows = [["column", "min", "mean", "max", "meaning"]]
    for name, values, missing in columns:
        shown = (
            [f"{number:.4g}" for number in (values.min(), values.mean(), values.max())] if len(values) else []
        )
        gaps = f" ({missing} missing)" if missing else ""
        rows.append([name, *(shown or [""] * 3), meaning.get(name, "") + gaps])
    if len(columns) >= MAX_LISTED_COLUMNS:
        rows[9:-8] = [["…", "", "", "", f"{len(rows) - 17} more"]]
    for name in targets:
        rows.append([name, "", "", "", meaning.get(name, "the target")])
    return table(rows, "<>>><")


def balance_text(samples: "Dataset", inputs: int) -> str:
    """The number of rows, also of each class if there are classes."""
    import numpy as np

    text = f"{len(samples):,} rows, {inputs} input{'s' if inputs > 1 else ''}"
    if samples.classes is None:
        lowest, highest = samples.y.min(), samples.y.max()
        return f"{text}, target {', '.join(samples.targets)} from {lowest:,.6g} to {highest:,.6g}"
    counts = np.bincount(samples.y[:, 0].astype(int), minlength=len(samples.classes))
    named = (f"{label} ({count})" for label, count in zip(samples.classes, counts, strict=True))
    return f"{text}, {len(samples.classes)} classes: {', '.join(named)}"
