"""``nn evaluate``: evaluate a trained network, or the members of a study, on data."""

import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from nn.cli.arguments import data_argument, run_argument
from nn.cli.ensembles import ensemble_of, ensemble_options
from nn.cli.errors import user_errors
from nn.cli.streams import data_input
from nn.cli.text import printable

if TYPE_CHECKING:
    from nn.metrics.assessment import Assessment


@click.command("evaluate")
@run_argument
@data_argument(required=False)
@ensemble_options
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "markdown", "latex"]),
    default="text",
    show_default=True,
    help="How the metrics are written.",
)
def command(run: Path, file: str | None, form: str, **chosen: Any) -> None:
    """Evaluate the network of RUN on the rows of FILE, a CSV (- for standard input) or NPZ file.

    Without FILE, evaluate it on the shares that the run held out, else on its training share.

    Metrics are defined as in scikit-learn. The baseline is the mean of the training targets or the most
    frequent class. A 95 % interval lies between percentiles of bootstrap resamples of the rows (Efron 1979);
    there is none for fewer than 20 rows, nor for rows that the network was trained on.

    RUN may be a study, whose members answer together; beside their metrics stand the mean of each member's
    own and those of the best member, which has the lowest loss on validation.
    """
    from nn.cli.progress import loading
    from nn.metrics.writers import WRITERS
    from nn.runs.evaluation import RowsLeftOutWarning

    with user_errors(), loading(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", RowsLeftOutWarning)
        assessments, notes = assess_chosen(run, data_input() if file == "-" else file, chosen)
    for note in (*notes, *(str(one.message) for one in caught)):
        click.echo(printable(note), err=True)
    for_people = {printable(name): printable_names(one) for name, one in assessments.items()}
    click.echo(WRITERS[form](assessments if form in ("json", "csv") else for_people))


def assess_chosen(
    run: Path, file: str | TextIO | None, chosen: dict[str, Any]
) -> "tuple[Mapping[str, Assessment], tuple[str, ...]]":
    """The assessments of a run or of members of a study, by share, and what is to be said of it."""
    from nn.runs.evaluation import assess_run
    from nn.studies.evaluation import assess_ensemble, assessment_notes

    ensemble = ensemble_of(run, chosen)
    if ensemble is None:
        return assess_run(run, file), ()
    return assess_ensemble(ensemble, file, run), (*ensemble.notes, *assessment_notes(ensemble, file))


def printable_names(assessment: "Assessment") -> "Assessment":
    """An assessment whose names are printable."""
    return replace(
        assessment,
        parts=tuple(map(printable, assessment.parts)),
        always=printable(assessment.always),
    )
