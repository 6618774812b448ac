"""``nn predict``: predict with a trained network, or with the members of a study."""

import csv
import io
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nn.cli.arguments import data_argument, run_argument
from nn.cli.ensembles import ensemble_of, ensemble_options, interval_option
from nn.cli.errors import failures, user_errors
from nn.cli.streams import data_input, data_output
from nn.cli.text import printable

if TYPE_CHECKING:
    from nn.runs.answers import Answers


@click.command("predict")
@run_argument
@data_argument(required=True)
@click.option("--proba", is_flag=True, help="Add the probability of each class.")
@ensemble_options
@interval_option
@click.option("--keep", is_flag=True, help="Put the columns of FILE before the answers, as written.")
@click.option("--strict", is_flag=True, help="Refuse a file with a row that cannot be used.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write here, not to standard output."
)
def command(run: Path, file: str, out: Path | None, **options: Any) -> None:
    """Predict each row of FILE, a table (- for standard input) or NPZ, with the network of RUN.

    Writes CSV: a header, then a line for each row. Columns are found by name; others, the target and those
    that the run ignores may be there or not. A classification gives class labels, a regression numbers in
    the unit of the target. A row with a cell that cannot be used has an empty answer, and standard error
    says why.

    RUN may be a study, whose members answer together. Beside a number stand their spread and an interval,
    and standard error says how many of the rows held out it covers; beside a class, how many members agree.
    """
    from nn.cli.progress import loading
    from nn.storage.writing import write_whole

    with user_errors(), loading():
        answers = answers_of(run, file, **options)
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


def answers_of(
    run: Path, file: str, *, proba: bool, keep: bool, strict: bool, level: float | None, **chosen: Any
) -> "Answers":
    """The answers to the rows of a file, by the network of a run or by members of a study."""
    from nn.runs.answers import answer_file, model_columns
    from nn.runs.weights import load
    from nn.studies.prediction import ensemble_answers

    source = data_input() if file == "-" else file
    ensemble = ensemble_of(run, {**chosen, "interval": level})
    if ensemble:
        columns, notes = ensemble_answers(ensemble, probabilities=proba, level=level)
        return answer_file(ensemble, source, columns, run, keep=keep, strict=strict).after(notes)
    model = load(run)
    of_model = partial(model_columns, model, probabilities=proba)
    return answer_file(model, source, of_model, run, keep=keep, strict=strict)
