"""``nn predict``: predict with a trained network."""

import csv
import io
from pathlib import Path

import click

from nn.cli.arguments import data_argument, run_argument
from nn.cli.errors import failures, user_errors
from nn.cli.streams import data_input, data_output
from nn.cli.text import printable


@click.command("predict")
@run_argument
@data_argument(required=True)
@click.option("--proba", is_flag=True, help="Add the probability of each class.")
@click.option("--keep", is_flag=True, help="Put the columns of FILE before the answers, as written.")
@click.option("--strict", is_flag=True, help="Refuse a file with a row that cannot be used.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to standard output."
)
def command(run: Path, file: str, proba: bool, keep: bool, strict: bool, out: Path | None) -> None:
    """Predict each row of FILE, a table (- for standard input) or NPZ, with the network of RUN.

    Writes CSV: a header, then a line for each row. Columns are found by name; others, the target and those
    that the run ignores may be there or not. A classification gives class labels, a regression numbers in
    the unit of the target. A row with a cell that cannot be used has an empty answer, and standard error
    says why.
    """
    from nn.cli.progress import loading
    from nn.runs.answers import answer_file
    from nn.runs.weights import load
    from nn.storage.writing import write_whole

    with user_errors(), loading():
        source = data_input() if file == "-" else file
        answers = answer_file(load(run), source, run, probabilities=proba, keep=keep, strict=strict)
    for note in answers.notes:
        click.echo(printable(note), err=True)
    with failures():
        stream = io.StringIO(newline="") if out else data_output()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(answers.columns)
        writer.writerows(answers.rows)
        if isinstance(stream, io.StringIO) and out:
            write_whole(out, stream.getvalue().encode())
        else:
            stream.flush()
