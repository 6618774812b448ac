"""``nn verify``: train a run again and compare the results."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nn.cli.arguments import run_argument
from nn.cli.errors import failures, user_errors
from nn.cli.group import use_threads
from nn.cli.interrupts import Interrupts
from nn.cli.text import printable, table

if TYPE_CHECKING:
    from nn.experiments.experiment import Experiment
    from nn.training.reports import Report


@click.command("verify")
@run_argument
@click.option("--quiet", "-q", is_flag=True, help="Show errors only; the exit code tells.")
def command(run: Path, quiet: bool) -> None:
    """Train RUN again in a scratch folder and compare the results, bit for bit.

    It is trained with the engine and the number of threads in its run.json. The exit code is 1 if the results
    differ; then the first difference is shown, and what has changed since RUN was trained.
    """
    from nn.runs.facts import read_facts

    with user_errors():
        facts = read_facts(run)
    use_threads(facts.get("threads") or 1)
    from nn.runs.verify import changed, circumstances, run_differences

    experiment, reports = prepare(run, facts)
    with user_errors():
        different, around = changed(run, experiment), list[str]()
    if not different:
        with Interrupts() as interrupts, tempfile.TemporaryDirectory(prefix="tiny-nn-") as scratch:
            again = Path(scratch) / run.name
            retrain(experiment, reports, again, interrupts, quiet)
            with user_errors():
                different, around = run_differences(run, again), circumstances(run, again)
            if different and not around:
                around = ["no difference is known"]
    if not quiet:
        click.echo(verdict(run, facts, different, around))
    if different:
        raise SystemExit(1)


def prepare(run: Path, facts: dict[str, Any]) -> "tuple[Experiment, Iterator[Report]]":
    """Prepare a run to be trained again up to its last epoch."""
    from nn.config.load import load_config
    from nn.experiments.experiment import Experiment
    from nn.runs.verify import until

    config, engine, epochs = str(run / "config.yaml"), facts.get("engine"), facts["epochs"]
    interrupted = facts.get("stopped") == "interrupted"
    with user_errors():
        if facts.get("stopped") is None:
            raise ValueError(f"{run}: expected a run that has ended, got one that was killed or still trains")
        if interrupted and not epochs:
            raise ValueError(f"{run}: was interrupted before its first report; there is nothing to compare")
        resolved = load_config(config, [f"training.engine={engine}"] if engine else [])
    with user_errors(config):
        experiment = Experiment.of(resolved)
        reports = experiment.train()
    return experiment, until(reports, epochs) if interrupted else reports


def retrain(
    experiment: "Experiment",
    reports: "Iterator[Report]",
    folder: Path,
    interrupts: Interrupts,
    quiet: bool,
) -> None:
    """Train into a new folder; exits if interrupted."""
    from nn.cli.carrying_out import follow
    from nn.cli.progress import Progress
    from nn.runs.directory import begin

    with failures():
        recorder = begin(experiment, folder.name, folder)
        progress = Progress(experiment.options["epochs"], quiet)
        with recorder.lock:
            stopped, _ = follow(reports, recorder, progress, interrupts)
            recorder.close(stopped)
    if interrupts.first:
        raise SystemExit(interrupts.exit_code)


def verdict(run: Path, facts: dict[str, Any], different: list[str], around: list[str]) -> str:
    """Format the result."""
    from nn.runs.verify import sizes

    rows = [["Not the same", line] for line in different]
    if not different:
        rows.append(["Identical", f"{sizes(run)}, bit for bit (engine {facts.get('engine')})"])
    rows += [["Environment", line] for line in around]
    before = ["", *(label for label, _ in rows)]
    shown = ["" if row[0] == label else row[0] for row, label in zip(rows, before, strict=False)]
    return table([[label, printable(line)] for label, (_, line) in zip(shown, rows, strict=True)], "<<")
