"""``nn train``: train a network and keep the run."""

from collections.abc import Generator, Iterator
from contextlib import closing, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from nn.cli.arguments import config_argument, seed_option, set_option, with_seed
from nn.cli.errors import Failure, failures, user_errors
from nn.cli.group import use_threads
from nn.cli.interrupts import Interrupts
from nn.cli.streams import data_input, piped_content
from nn.cli.text import paragraph, printable

if TYPE_CHECKING:
    from nn.cli.progress import Progress
    from nn.runs.directory import Recorder
    from nn.training.reports import Report


@click.command("train")
@config_argument
@set_option
@seed_option
@click.option("--target", metavar="COLUMN", help="Predict this column of a table; -1 is the last.")
@click.option(
    "--task",
    type=click.Choice(["classification", "regression"]),
    help="Whether its cells are classes or numbers.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Write the run here instead of runs/NAME-001.")
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
    config: str,
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
    """
    use_threads(threads)
    from nn.cli.progress import loading
    from nn.cli.tables import PIPE, open_experiment
    from nn.runs.directory import begin, expect_new

    with user_errors():
        if out:
            expect_new(out)
        chosen = [f"training.engine={engine}"] if engine else []
    with loading(quiet):
        piped = data_input() if config == PIPE else None
    experiment = open_experiment(config, target, task, [*with_seed(settings, seed), *chosen], piped)
    if not quiet:
        for note in experiment.notes:
            click.echo(paragraph(printable(note)), err=True)
    with user_errors(config):
        reports = experiment.train()
    with Interrupts() as interrupts:
        with user_errors():
            if piped is None:
                recorder = begin(experiment, Path(config).stem, out)
            else:
                recorder = begin(experiment, "stdin", out, piped_content(piped))
        with recorder.lock:
            carry_out(recorder, reports, interrupts, quiet=quiet, plot=not no_plot, sparkline=sparkline)


def carry_out(
    recorder: "Recorder",
    reports: "Iterator[Report]",
    interrupts: Interrupts,
    *,
    quiet: bool,
    plot: bool,
    sparkline: bool = False,
) -> None:
    """Train, keep the run and summarize it; exits if training failed or was interrupted."""
    from nn.cli.progress import Progress
    from nn.cli.summary import summary
    from nn.training.stopping import DivergedError

    with failures():
        progress = Progress(recorder.experiment.options["epochs"], quiet)
        stopped, error = follow(reports, recorder, progress, interrupts)
        measures = recorder.close(stopped)
        drawn = not plot or not recorder.last or draw_loss_curve(recorder, interrupts)
    interrupted = stopped == "interrupted" or not drawn
    if not quiet:
        # A closed terminal, which interrupted the run, takes no output.
        with suppress(OSError) if interrupted else nullcontext():
            click.echo(summary(recorder, stopped, measures))
            if sparkline:
                click.echo(small_curve(recorder))
    if error:
        told = recorder.findings and not quiet  # they say better what to try
        raise Failure(error.event if told and isinstance(error, DivergedError) else str(error))
    if interrupted:
        raise SystemExit(interrupts.exit_code)


def follow(
    reports: "Iterator[Report]", recorder: "Recorder", progress: "Progress", interrupts: Interrupts
) -> tuple[str, ArithmeticError | None]:
    """Train to the end; returns why training ended, and the error if it failed."""
    from nn.training.stopping import DivergedError, EngineError

    assert isinstance(reports, Generator), "train() is one"
    stopped = ""
    failed: ArithmeticError | None = None
    with closing(reports):  # the network gets its best weights back
        try:
            while True:
                with interrupts.welcome():
                    report = next(reports, None)
                if report is None:
                    break
                if recorder.last is recorder.began:
                    progress.say(report.engine_note)
                recorder.record(report)
                progress.show(report)
                stopped = report.stopped or ""
        except KeyboardInterrupt:
            stopped = stopped or "interrupted"
        except EngineError as error:
            failed = error
        except DivergedError as error:
            stopped, failed = "diverged", error
        finally:
            progress.clear()
    return stopped, failed


def small_curve(recorder: "Recorder") -> str:
    """The loss as a sparkline that fits the terminal."""
    from nn.cli.sparkline import sparkline
    from nn.cli.text import width
    from nn.runs.metrics import read_metrics

    losses = read_metrics(recorder.folder / "metrics.csv", ["loss"]).get("loss", ())
    return f"loss {sparkline(list(map(float, losses)), columns=width() - 5)}".rstrip()


def draw_loss_curve(recorder: "Recorder", interrupts: Interrupts) -> bool:
    """Draw the loss curve; returns False if interrupted."""
    from nn.plots import style
    from nn.plots.loss import loss_curve
    from nn.runs.metrics import read_metrics

    folder, best_epoch = recorder.folder, recorder.last.best_epoch if recorder.last else None
    style.reset()
    try:
        with interrupts.welcome():
            curve = loss_curve(
                read_metrics(folder / "metrics.csv"),
                title=printable(folder.name),
                best_epoch=best_epoch,
                label=recorder.experiment.model.loss_name,
            )
            style.save(curve, folder / "loss.png")
    except KeyboardInterrupt:
        return False
    return True
