"""``nn datasets``: list tables and generators, or describe one."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nn.cli.arguments import complete_data
from nn.cli.errors import UserError, failures, user_errors
from nn.cli.streams import data_output
from nn.cli.text import paragraph, table

if TYPE_CHECKING:
    from nn.data.dataset import Dataset

MAX_LISTED_COLUMNS = 20


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
    from nn.data.tables import load_dataset

    with user_errors():
        samples = load_dataset(name, seed=seed)
    if plot:
        from nn.plots.dataset import scatter
        from nn.plots.style import save

        with user_errors():
            classes = None if samples.classes is None else [str(label) for label in samples.classes]
            save(scatter(samples.x, samples.y, samples.inputs, samples.targets, classes, name), plot)
    if as_csv:
        from nn.data.files import write_csv

        with failures():
            stream = data_output()
            write_csv(samples, stream)
            stream.flush()
    elif not plot:
        click.echo(dataset_text(name, samples))


def documentation(name: str) -> str:
    """The docstring of a generator."""
    import inspect

    from nn.data.toy import GENERATORS

    return (inspect.getdoc(GENERATORS[name]) or "").replace("``", "")


def catalogue() -> str:
    """List all tables and generators, a line each."""
    from nn.data import tables
    from nn.data.toy import GENERATORS

    bundled = [(f"  {name}", tables.read_card(name).title) for name in tables.table_names()]
    generators = [(f"  {name}", documentation(name).partition("\n")[0]) for name in GENERATORS]
    return f"Tables\n{table(bundled, '<<')}\n\nGenerators\n{table(generators, '<<')}"


def dataset_text(name: str, samples: "Dataset") -> str:
    """Describe data: its card, the range of each column, the sizes of classes, the YAML that selects it."""
    from nn.data import tables
    from nn.data.toy import GENERATORS

    if name in GENERATORS:
        about, meaning = documentation(name).split("\n\n"), {}
    else:
        card = tables.read_card(name)
        about = [card.title, card.description, f"Source: {card.source}", f"Licence: {card.licence}"]
        meaning = card.columns
    return "\n\n".join(
        [
            *map(paragraph, about),
            column_table(samples, meaning),
            paragraph(balance_text(samples)),
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


def column_table(samples: "Dataset", meaning: dict[str, str]) -> str:
    """A row for each column: range, mean and meaning."""
    rows = [["column", "min", "mean", "max", "meaning"]]
    for name, values in zip(samples.inputs, samples.x.T, strict=True):
        numbers = (values.min(), values.mean(), values.max())
        rows.append([name, *(f"{number:.4g}" for number in numbers), meaning.get(name, "")])
    if len(rows) > MAX_LISTED_COLUMNS:
        rows[9:-8] = [["…", "", "", "", f"{len(rows) - 17} more"]]
    for name in samples.targets:
        rows.append([name, "", "", "", meaning.get(name, "the target")])
    return table(rows, "<>>><")


def balance_text(samples: "Dataset") -> str:
    """The number of rows, also of each class if there are classes."""
    import numpy as np

    inputs = len(samples.inputs)
    text = f"{len(samples):,} rows, {inputs} input{'s' if inputs > 1 else ''}"
    if samples.classes is None:
        lowest, highest = samples.y.min(), samples.y.max()
        return f"{text}, target {', '.join(samples.targets)} from {lowest:.4g} to {highest:.4g}"
    counts = np.bincount(samples.y[:, 0].astype(int), minlength=len(samples.classes))
    named = (f"{label} ({count})" for label, count in zip(samples.classes, counts, strict=True))
    return f"{text}, {len(samples.classes)} classes: {', '.join(named)}"
