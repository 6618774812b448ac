"""``nn train``: train a network and keep the run."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nn.cli import use_threads
from nn.cli.common import Failure, config_argument, failures, seed_option, set_option, user_errors, with_seed

if TYPE_CHECKING:
    from nn.cli.progress import Progress
    from nn.runs.directory import Recorder
    from nn.training import Report


@click.command("train")
@config_argument
@set_option
@seed_option
@click.option("--out", type=click.Path(path_type=Path), help="Write the run here instead of runs/NAME-001.")
@click.option("--quiet", "-q", is_flag=True, help="Show errors only.")
@click.option("--no-plot", is_flag=True, help="Draw no loss curve.")
@click.option(
    "--threads", type=click.IntRange(min=1), default=1, show_default=True, help="For linear algebra."
)
def command(
    config: str,
    settings: tuple[str, ...],
    seed: int | None,
    out: Path | None,
    quiet: bool,
    no_plot: bool,
    threads: int,
) -> None:
    """Train a network as CONFIG says and keep the run.

    CONFIG is a YAML file or the name of a bundled configuration (see: nn configs).
    """
    use_threads(threads)
    from nn.cli.progress import Progress
    from nn.cli.summary import summary
    from nn.config.build import Experiment
    from nn.config.files import load
    from nn.runs.directory import Recorder, create, remove

    with user_errors():
        experiment = Experiment.of(load(config, with_seed(settings, seed)))
        reports = experiment.train()
        folder = create(Path(config).stem, out)
    with failures():
        try:
            recorder = Recorder(folder, experiment)
        except OSError:
            remove(folder)
            raise
        stopped, failure = follow(reports, recorder, Progress(experiment.options["epochs"], quiet))
        measures = recorder.close(stopped)
        if not no_plot and recorder.last:
            from nn.plots.loss import loss_curve
            from nn.plots.style import save
            from nn.runs.metrics import read

            curve = loss_curve(
                read(folder / "metrics.csv"), title=folder.name, best_epoch=recorder.last.best_epoch
            )
            save(curve, folder / "loss.png")
    if not quiet:
        click.echo(summary(recorder, stopped, measures))
    if failure:
        raise failure
    if stopped == "interrupted":
        raise SystemExit(130)


def follow(
    reports: "Iterator[Report]", recorder: "Recorder", progress: "Progress"
) -> tuple[str, Failure | None]:
    """Train to the end, whichever comes; returns why it ended, and the failure if it is one."""
    from nn.stopping import DivergedError

    stopped, failure = "", None
    try:
        for report in reports:
            recorder.record(report)
            progress.show(report)
            stopped = str(report.stopped)
    except KeyboardInterrupt:
        stopped = "interrupted"
    except DivergedError as error:
        stopped, failure = "diverged", Failure(str(error))
    finally:
        progress.clear()
    return stopped, failure
