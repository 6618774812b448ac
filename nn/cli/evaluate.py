"""``nn evaluate``: evaluate a trained network on data."""

from pathlib import Path

import click

from nn.cli.arguments import data_argument, run_argument
from nn.cli.errors import user_errors
from nn.cli.streams import data_input
from nn.cli.text import printable


@click.command("evaluate")
@run_argument
@data_argument(required=False)
def command(run: Path, file: str | None) -> None:
    """Evaluate the network of RUN on the rows of FILE, a CSV (- for standard input) or NPZ file.

    Without FILE, evaluate it on the shares that the run held out, else on its training share.
    """
    from nn.cli.summary import metrics_table
    from nn.runs.directory import measure
    from nn.runs.evaluation import evaluate, rows
    from nn.runs.weights import load

    with user_errors():
        if file == "-":
            model = load(run)
            measures = {"standard input": measure(model, rows(model, data_input()))}
        else:
            measures = evaluate(run, file)
    click.echo(metrics_table({printable(name): values for name, values in measures.items()}))
