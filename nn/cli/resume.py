"""``nn resume``: resume a stopped run."""

from pathlib import Path
from typing import Any

import click

from nn.cli.arguments import run_argument
from nn.cli.carrying_out import carry_out
from nn.cli.errors import user_errors
from nn.cli.group import use_threads
from nn.cli.interrupts import Interrupts
from nn.cli.text import printable
from nn.display import counted


@click.command("resume")
@run_argument
@click.option("--epochs", type=click.IntRange(min=1), metavar="N", help="Train so many epochs in all.")
@click.option("--quiet", "-q", is_flag=True, help="Show errors only.")
def command(run: Path, epochs: int | None, quiet: bool) -> None:
    """Resume RUN, with bit-identical results as if it had never stopped.

    With --epochs it trains longer, as if its configuration had said N.
    """
    with user_errors():
        use_threads(threads_of(run))
        from nn.runs.resuming import claim, ended, reopen

        lock = claim(run)
    with lock:
        with user_errors():
            if facts := ended(run, epochs):
                if not quiet:
                    click.echo(f"{printable(str(run))} is finished: {finished_text(facts, epochs)}")
                return
            recorder, reports = reopen(run, lock, epochs)
        with Interrupts() as interrupts:
            carry_out(recorder, reports, interrupts, quiet=quiet, plot=True)


def threads_of(run: Path) -> int:
    """The number of threads that a run began with; called before NumPy is imported."""
    from nn.runs.facts import read_facts

    facts = read_facts(run) if (run / "run.json").exists() else {}
    return facts.get("threads") or 1


def finished_text(facts: dict[str, Any], epochs: int | None) -> str:
    """Explain why nothing is left to train."""
    how = {
        "epochs": "it trained",
        "stop_at": "it reached its goal",
        "early_stopping": "it made no progress and stopped early",
        "diverged": "it diverged",
        "minimum_gradient": "its gradient became no larger than min_gradient",
        "maximum_damping": "no damping lowered its loss any further",
        "no_progress": "no step lowered its loss any further",
    }.get(facts["stopped"], f"it ended ({facts['stopped']})")
    epochs_done = facts["epochs"] if facts.get("reached") is None else facts["reached"]
    text = f"{how} after {counted(epochs_done, 'epoch')}"
    if facts["stopped"] == "epochs":
        return text.replace(" after", "") + "; train longer with --epochs N."
    return text + ("; more epochs would change nothing." if epochs else ".")
