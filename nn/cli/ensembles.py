"""Options that choose members of a study, to be used as one model."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nn.cli.arguments import Decorator
from nn.cli.errors import UserError
from nn.cli.study_options import is_study
from nn.cli.text import printable

if TYPE_CHECKING:
    from nn.studies.ensemble import Ensemble

OPTIONS: tuple[Decorator, ...] = (
    click.option(
        "--best",
        type=click.IntRange(min=1),
        metavar="K",
        help="Of a study, take the K members with the lowest loss on validation; all unless given.",
    ),
    click.option("--vote", is_flag=True, help="Of a study, let members vote for a class."),
    click.option(
        "--variant",
        type=click.IntRange(min=0),
        metavar="N",
        help="Of a study of variants, take this one.",
    ),
)
interval_option: Decorator = click.option(
    "--interval",
    "level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="SHARE",
    help="Of a study, aim the interval at this share of new targets; 0.9 unless given.",
)


def ensemble_options(command: Any) -> Any:
    """Add the options that choose members of a study."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def ensemble_of(run: Path, options: dict[str, Any]) -> "Ensemble | None":
    """The members of a study that options choose, as one model; None for a run, which takes no options.

    Raises ValueError for what cannot be combined.
    """
    if not is_study(str(run)):
        if given := [f"--{name}" for name, value in options.items() if value not in (None, False)]:
            raise UserError(f"{printable(str(run))} is no study: leave {' and '.join(given)} out")
        return None
    from nn.studies.study import Study

    return Study.open(run).ensemble(options["best"], variant=options["variant"], vote=options["vote"])
