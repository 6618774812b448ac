"""``nn report``: one page that explains runs, or a study."""

from collections.abc import Sequence
from pathlib import Path

import click

from nn.cli.errors import UserError, failures, user_errors
from nn.cli.study_options import is_study
from nn.cli.text import printable


@click.command("report")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=click.Path())
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The page; of one run RUN/report.html, if not given.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "text", "markdown", "latex", "csv"]),
    default="html",
    show_default=True,
    help="A page; of a study also its tables alone, as text, or for a paper.",
)
def command(runs: tuple[str, ...], out: Path | None, form: str) -> None:
    """Write a page on RUN, on several side by side or on a study: one HTML file that needs nothing else.

    It shows the configuration, the course of training, the outputs and weights of the network, and how to
    repeat the run. With snapshots (training.snapshots: 20) a slider shows the network during training. Of a
    study it shows its picture and tables, the conditions, and where the runs ended that missed the goal.
    """
    if form != "html":
        write_tables(runs, out, form)
        return
    from nn.storage.writing import write_whole

    with user_errors():
        if not out and len(runs) > 1:
            raise UserError("several runs make one page; name its file: --out FILE")
        text = report(runs)
    file = out or Path(runs[0]) / "report.html"
    with failures():
        write_whole(file, text.encode())
    click.echo(printable(str(file)))


def write_tables(folders: Sequence[str], out: Path | None, form: str) -> None:
    """Write the tables of a study to a file, or print them."""
    from nn.storage.writing import write_whole
    from nn.studies.study import Study
    from nn.studies.summary import summarize
    from nn.studies.tables import STUDY_WRITERS

    if len(folders) != 1 or not is_study(folders[0]):
        other = f"of a run, nn evaluate RUN --format {form} writes the metrics"
        raise UserError(f"--format {form} writes the tables of one study, named alone; {other}")
    with user_errors():
        text = STUDY_WRITERS[form](summarize(Study.open(folders[0])))
    if out is None:
        click.echo("\n".join(map(printable, text.split("\n"))) if form == "text" else text)
        return
    with failures():
        write_whole(out, f"{text}\n".encode())
    click.echo(printable(str(out)))


def report(folders: Sequence[str]) -> str:
    """The page of runs, or of a study."""
    studies = [name for name in folders if is_study(name)]
    if len(folders) == 1 and studies:
        from nn.report.study import study_page

        return study_page(Path(folders[0]))
    if studies:
        raise UserError(f"{printable(studies[0])} is a study, which has a page of its own: name it alone")
    from nn.report.page import page
    from nn.runs.reading import Run

    return page([Run.of(name) for name in folders])
