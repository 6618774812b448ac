"""``nn export``: write a trained network in another language, proved."""

from pathlib import Path

import click

from nn.cli.arguments import run_argument
from nn.cli.errors import Failure, failures, user_errors
from nn.cli.study_options import is_study
from nn.cli.text import printable


@click.command("export")
@run_argument
@click.option(
    "--to",
    required=True,
    type=click.Choice(["c", "python", "javascript", "onnx", "formula"]),
    help="The language or format.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write here; by default in the working folder, named after RUN. C has a header beside it.",
)
@click.option(
    "--dtype",
    type=click.Choice(["float32", "float64"]),
    help="The type of its numbers; by default that of the network, where the language has it.",
)
@click.option("--numpy", is_flag=True, help="Python that computes many rows at once with NumPy.")
def command(run: Path, to: str, out: Path | None, dtype: str | None, numpy: bool) -> None:
    """Write the network of RUN as a program, with all that it needs for a row of its table.

    Cells go in as they stand in the table; answers and class come out. Before it is handed over, the file is
    run and compared with the network on the rows of its table, on random ones and on corner cases, and the
    largest difference is shown. If it is more than rounding allows, nothing is kept and the exit code is 1.
    """
    from nn.export.exporting import TARGETS, ProofError, export
    from nn.runs.weights import load
    from nn.storage.writing import write_whole

    stem = out.stem if out else run.resolve().stem
    with user_errors():
        if out and out.suffix and to == "c" and out.suffix == ".h":
            raise ValueError(f"{out}: expected the name of the C file; its header is written beside it")
        if is_study(str(run)):
            raise ValueError(
                f"{run}: expected a run, got a study; train one of its seeds: nn train CONFIG --seed N"
            )
        if numpy and to != "python":
            raise ValueError(f"--numpy is for --to python, not {to}")
        model = load(run)
    to = "numpy" if numpy else to
    try:
        with user_errors(str(run)):
            exported = export(model, to, stem, run=run, dtype=dtype)
    except ProofError as error:
        raise Failure(printable(str(error))) from error
    ending = out.suffix if out and out.suffix else TARGETS[to].ending
    folder = out.parent if out else Path()
    names = []
    with failures():
        for place, (name, data) in enumerate(exported.files.items()):
            path = folder / (name if place else f"{stem}{ending}")
            write_whole(path, data)
            names.append(printable(str(path)))
    click.echo(f"Wrote {' and '.join(names)}.")
    if exported.note:
        click.echo(printable(exported.note))
    if exported.verdict:
        click.echo(f"Verified: {exported.verdict}.")
        if not exported.verdict.known and run.is_dir():
            click.echo("The run's own table is not at hand any more: its rows were not compared.")
    else:
        click.echo(f"Not verified: running it needs {exported.needed}.")
