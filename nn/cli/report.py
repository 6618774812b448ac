"""``nn report``: one page that explains runs."""

from pathlib import Path

import click

from nn.cli.errors import UserError, failures, user_errors
from nn.cli.text import printable


@click.command("report")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=click.Path())
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The page; of one run RUN/report.html, if not given.",
)
def command(runs: tuple[str, ...], out: Path | None) -> None:
    """Write a page on RUN, or on several side by side: one HTML file that needs nothing else.

    It shows the configuration, the course of training, the outputs and weights of the network, and how to
    repeat the run. With snapshots (training.snapshots: 20) a slider shows the network during training.
    """
    from nn.report.page import page
    from nn.runs.reading import Run
    from nn.storage.writing import write_whole

    with user_errors():
        if not out and len(runs) > 1:
            raise UserError("several runs make one page; name its file: --out FILE")
        found = [Run.of(name) for name in runs]
        text = page(found)
    file = out or found[0].folder / "report.html"
    with failures():
        write_whole(file, text.encode())
    click.echo(printable(str(file)))
