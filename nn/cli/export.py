"""``nn export``: write a trained network in another language, proved."""

from collections.abc import Iterable, Mapping
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
@click.option(
    "--check",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Write nothing; say whether this file, written before, is still what RUN is written as.",
)
def command(run: Path, to: str, out: Path | None, dtype: str | None, numpy: bool, check: Path | None) -> None:
    """Write the network of RUN as a program, with all that it needs for a row of its table.

    Cells go in as they stand in the table; answers and class come out. Before it is handed over, the file is
    run and compared with the network on the rows of its table, on random ones and on corner cases, and the
    largest difference is shown. If it is more than rounding allows, nothing is kept and the exit code is 1.
    The same network gives the same bytes: --check finds any digit that was changed since.
    """
    from nn.export.exporting import TARGETS, ProofError, export
    from nn.runs.weights import load

    named = check or out
    stem = named.stem if named else run.resolve().stem
    with user_errors():
        if check and out:
            raise ValueError("--check writes nothing: leave out --out")
        if named and not stem:
            raise ValueError("--out: expected the name of a file, got an empty text")
        if named and to == "c" and named.suffix not in ("", ".c"):
            raise ValueError(f"{named}: expected a name that ends in .c; its header is written beside it")
        if named and not named.parent.is_dir():
            raise ValueError(f"{named}: there is no folder {named.parent}; make it first")
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
    ending = named.suffix if named and named.suffix else TARGETS[to].ending
    folder = named.parent if named else Path()
    first, *others = exported.files.items()
    files = {folder / f"{stem}{ending}": first[1], **{folder / name: data for name, data in others}}
    if check:
        check_files(files, run)
        return
    with failures():
        write_all(files)
    click.echo(f"Wrote {names_of(files)}.")
    if exported.note:
        click.echo(printable(exported.note))
    if exported.verdict:
        click.echo(f"Verified: {exported.verdict}.")
        if not exported.verdict.known and run.is_dir():
            click.echo("The run's own table is not at hand any more: its rows were not compared.")
    else:
        click.echo(f"Not verified: running it needs {exported.needed}.")


def names_of(files: Iterable[Path]) -> str:
    """Return the names of files as part of a sentence."""
    return " and ".join(printable(str(path)) for path in files)


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write files; if one cannot be written, none of them stays that was not there before."""
    from nn.storage.writing import write_whole

    new = [path for path in files if not path.exists()]
    try:
        for path, data in files.items():
            write_whole(path, data)
    except OSError:
        for path in new:
            path.unlink(missing_ok=True)
        raise


def check_files(files: Mapping[Path, bytes], run: Path) -> None:
    """Compare files with what a run is written as; Failure with the first place where they differ."""
    for path, made in files.items():
        with failures():
            found = path.read_bytes()
        own, expected = (data.replace(b"\r\n", b"\n") for data in (found, made))
        if own != expected:
            pairs = enumerate(zip(own, expected, strict=False))
            same = next((place for place, (a, b) in pairs if a != b), min(len(own), len(expected)))
            line = own[:same].count(b"\n") + 1
            where = f"byte {same + 1}" if b"\0" in expected else f"line {line}"
            raise Failure(f"{printable(str(path))}: {where} is not as {printable(str(run))} is written")
    click.echo(f"{names_of(files)}: exactly as {printable(str(run))} is written.")
