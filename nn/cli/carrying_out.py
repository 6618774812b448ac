"""Carries a run out: trains, shows progress, keeps the run, draws its loss and summarizes it."""

from collections.abc import Generator, Iterator
from contextlib import closing, nullcontext, suppress
from typing import TYPE_CHECKING

import click

from nn.cli.errors import Failure, failures
from nn.cli.interrupts import Interrupts
from nn.cli.text import printable

if TYPE_CHECKING:
    from nn.cli.progress import Progress
    from nn.runs.directory import Recorder
    from nn.training.reports import Report, ReportGenerator


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
            while report := trained(reports, recorder.stride, interrupts):
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


def trained(reports: "ReportGenerator", stride: int | None, interrupts: Interrupts) -> "Report | None":
    """Train up to the next report; an interrupt waits for the end of a stride, of which no epoch is lost."""
    from nn.runs.strides import next_report

    with interrupts.welcome():
        if not stride:
            return next_report(reports, None)
    return next_report(reports, stride)


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
