"""``nn train``: train networks and keep the runs."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TextIO

import click

from nn.cli.arguments import complete_config, seed_option, set_option, with_seed
from nn.cli.carrying_out import carry_out
from nn.cli.errors import UserError, user_errors
from nn.cli.group import use_threads
from nn.cli.interrupts import Interrupts
from nn.cli.streams import data_input, piped_content
from nn.cli.tables import PIPE
from nn.cli.text import paragraph, printable
from nn.display import counted

if TYPE_CHECKING:
    from nn.experiments.experiment import Experiment
    from nn.training.reports import Report


@click.command("train")
@click.argument("configs", metavar="CONFIG...", nargs=-1, shell_complete=complete_config)
@click.option("--all", "bundled", is_flag=True, help="Train all bundled configurations.")
@set_option
@seed_option
@click.option("--target", metavar="COLUMN", help="Predict this column of a table; -1 is the last.")
@click.option(
    "--task",
    type=click.Choice(["classification", "regression"]),
    help="Whether its cells are classes or numbers.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the run here instead of runs/NAME-001; several runs to OUT/NAME.",
)
@click.option(
    "--engine",
    type=click.Choice(["auto", "numpy", "native"]),
    help="What runs the steps: NumPy calls recorded once, or compiled C. auto takes C where compiling pays.",
)
@click.option("--quiet", "-q", is_flag=True, help="Show errors only.")
@click.option("--sparkline", is_flag=True, help="End with the loss as a small curve in the terminal.")
@click.option("--no-plot", is_flag=True, help="Draw no loss curve.")
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    metavar="N",
    default=1,
    show_default=True,
    help="For linear algebra; results may differ in the last bits.",
)
def command(
    configs: tuple[str, ...],
    bundled: bool,
    settings: tuple[str, ...],
    seed: int | None,
    target: str | None,
    task: Literal["classification", "regression"] | None,
    out: Path | None,
    engine: str | None,
    quiet: bool,
    sparkline: bool,
    no_plot: bool,
    threads: int,
) -> None:
    """Train a network as CONFIG says and keep the run.

    CONFIG is a YAML file or the name of a bundled configuration (see: nn configs). It may also be a table,
    a file that is called otherwise, with the column to predict as its --target: nn train people.csv
    --target income trains a default network, and leaves the configuration in the run; - is standard input.

    Several are trained one after the other, with the same options, each as if it were alone. A mistake in
    one is told before any is trained. One that fails in training does not stop the others, and the exit code
    is the highest of all; Ctrl-C ends them all.
    """
    use_threads(threads)
    names = chosen_names(configs, bundled)
    folders = chosen_folders(names, out)
    words = [*with_seed(settings, seed), *([f"training.engine={engine}"] if engine else [])]
    several = len(names) > 1

    def opened(config: str, folder: Path | None) -> Opened:
        notes_of = f"{config}: " if several else ""
        return open_run(config, target, task, words, folder, quiet=quiet, notes_of=notes_of)

    def train(run: Opened) -> None:
        keep_run(run, quiet=quiet, plot=not no_plot, sparkline=sparkline)

    if several:
        train_several(open_all(names, folders, opened), train, quiet=quiet)
    else:
        train(opened(names[0], folders[0]))


def chosen_names(configs: Sequence[str], bundled: bool) -> Sequence[str]:
    """The configurations and tables to train, at least one."""
    from nn.config.source import config_names

    if bundled and configs:
        raise click.UsageError("--all trains all bundled configurations; name none beside it")
    if not bundled and not configs:
        raise click.MissingParameter(param_hint="'CONFIG'", param_type="argument")
    if configs.count(PIPE) > 1:
        raise click.UsageError("- is standard input, which can be read once; got it twice")
    return config_names() if bundled else configs


def chosen_folders(configs: Sequence[str], out: Path | None) -> list[Path | None]:
    """The new folder of each run, if it is chosen."""
    from nn.runs.directory import expect_new

    if out is None:
        return [None] * len(configs)
    names = [run_name(config) for config in configs]
    for name in names:
        if names.count(name) > 1:
            raise UserError(
                f"--out: two of these runs would be {printable(str(out / name))}; train them apart"
            )
    folders = [out / name for name in names] if len(names) > 1 else [out]
    with user_errors():
        for folder in folders:
            expect_new(folder)
    return [*folders]


def run_name(config: str) -> str:
    """The name of the run of a configuration or table."""
    return "stdin" if config == PIPE else Path(config).stem


class Opened(NamedTuple):
    """A configuration or table that is ready to train."""

    config: str
    experiment: "Experiment"
    reports: "Iterator[Report]"
    piped: TextIO | None
    folder: Path | None


def open_run(
    config: str,
    target: str | None,
    task: Literal["classification", "regression"] | None,
    settings: list[str],
    folder: Path | None,
    *,
    quiet: bool,
    notes_of: str,
) -> Opened:
    """Read a configuration and its data; raises ClickException with every mistake in them."""
    from nn.cli.progress import loading
    from nn.cli.tables import open_experiment

    with loading(quiet):
        piped = data_input() if config == PIPE else None
    experiment = open_experiment(config, target, task, settings, piped)
    if not quiet:
        for note in experiment.notes:
            click.echo(paragraph(printable(notes_of + note)), err=True)
    with user_errors(config):
        return Opened(config, experiment, experiment.train(), piped, folder)


def keep_run(run: Opened, *, quiet: bool, plot: bool, sparkline: bool) -> None:
    """Train in a new run directory; exits if training fails or is interrupted."""
    from nn.runs.directory import begin

    with Interrupts() as interrupts:
        with user_errors():
            piped = None if run.piped is None else piped_content(run.piped)
            recorder = begin(run.experiment, run_name(run.config), run.folder, piped)
        with recorder.lock:
            carry_out(recorder, run.reports, interrupts, quiet=quiet, plot=plot, sparkline=sparkline)


def open_all(
    configs: Sequence[str],
    folders: Sequence[Path | None],
    open_one: "Callable[[str, Path | None], Opened]",
) -> Iterator[Opened]:
    """Open them all before the first one trains; exits if there are mistakes, with those of all of them."""
    ready, mistakes = deque[Opened](), dict[str, click.ClickException]()
    for config, folder in zip(configs, folders, strict=True):
        try:
            ready.append(open_one(config, folder))
        except click.ClickException as error:
            mistakes.setdefault(error.format_message(), error)  # one in the options is told once
    for mistake in mistakes.values():
        mistake.show()
    if mistakes:
        raise SystemExit(max(mistake.exit_code for mistake in mistakes.values()))
    while ready:
        yield ready.popleft()  # its data are freed when it has been trained


def train_several(runs: Iterable[Opened], train: Callable[[Opened], None], *, quiet: bool) -> None:
    """Train one after the other; exits with the highest code of those that fail, an interrupt at once."""
    failed: list[str] = []
    code = number = 0
    for number, run in enumerate(runs, start=1):
        name = printable(run.config)
        if not quiet:
            click.echo(f"\n{name}" if number > 1 else name)
        try:
            train(run)
        except click.ClickException as error:
            click.echo(f"Error: {name}: {error.format_message()}", err=True)
            failed.append(name)
            code = max(code, error.exit_code)
    if failed:
        click.echo(f"Error: {len(failed)} of {counted(number, 'run')} failed: {', '.join(failed)}", err=True)
        raise SystemExit(code)
