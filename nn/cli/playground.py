"""``nn playground``: write a page that trains a network in the browser."""

import shlex
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from nn.cli.arguments import config_argument, seed_option, set_option, with_seed
from nn.cli.errors import Failure, failures, user_errors
from nn.cli.text import printable

if TYPE_CHECKING:
    from nn.config.lesson import LessonConfig
    from nn.config.schema import Config


@click.command("playground")
@config_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write here; by default in the working folder, named after CONFIG.",
)
@set_option
@seed_option
def command(config: str, out: Path | None, settings: tuple[str, ...], seed: int | None) -> None:
    """Write a page that trains the network of CONFIG, or of a run, in a browser.

    It is one file, which asks for nothing else: the data, the network, its start and the order of samples
    are in it. It trains as nn train does, by the same steps. Where there is node, a step from the start and
    the first orders and noise are compared with NumPy's before it is written.

    CONFIG may also be a lesson: steps of text beside the network that they are about.
    """
    from nn.experiments.experiment import Experiment
    from nn.playground.page import playground
    from nn.playground.proof import ALLOWED_DIFFERENCE, difference_at_start
    from nn.playground.steps import TrainingSteps
    from nn.playground.whole_run import draws_alike
    from nn.storage.writing import write_whole

    with user_errors():
        subject = read_subject(config, settings, seed)
    with user_errors(config):
        experiment = Experiment.of(subject.config)
        experiment.train()  # checks that all parts are compatible; training begins with the first report
        steps = TrainingSteps(experiment)
        command = shlex.join(["nn", "train", *subject.arguments])
        text = playground(steps, subject.title, command, subject.lesson)
        runs = shutil.which("node") is not None
        difference = difference_at_start(steps) if runs else None
        alike = draws_alike(steps) if runs else True
    if difference is not None and difference > ALLOWED_DIFFERENCE[steps.step.network.dtype.name]:
        raise Failure(f"{printable(config)}: a step of the page differs by {difference:.1e} from NumPy's")
    if not alike:
        raise Failure(f"{printable(config)}: the page draws other random numbers than NumPy")
    path = out or Path(f"{subject.name}.html")
    with failures():
        write_whole(path, text.encode())
    click.echo(f"Wrote {printable(str(path))}: {len(text.encode()) / 1024:,.0f} KiB.")
    if difference is None:
        click.echo("Not verified: comparing its steps with NumPy's needs node.")
    else:
        click.echo(f"Verified: a step in node differs by {difference:.1e} from NumPy's (relative).")


class Subject(NamedTuple):
    """What a page is made of; ``arguments`` are those of ``nn train``."""

    name: str
    title: str
    config: "Config"
    arguments: list[str]
    lesson: "LessonConfig | None" = None


def read_subject(argument: str, settings: tuple[str, ...], seed: int | None) -> Subject:
    """Read the configuration, the run or the lesson that the argument of the command names."""
    from nn.config.lesson import load_lesson
    from nn.config.load import load_config
    from nn.config.schema import FORMAT

    given = with_seed(settings, seed)
    seeded = [] if seed is None else ["--seed", str(seed)]
    file, name = Path(argument) / "config.yaml", Path(argument).stem or argument
    if file.is_file():  # a run
        config = load_config(str(file), given, unnumbered=1)
        name = Path(argument).resolve().name
        return Subject(name, name, config, [str(file), *options(settings), *seeded])
    lesson = load_lesson(argument)
    if lesson is None:
        config = load_config(argument, given, unnumbered=FORMAT)
        return Subject(name, name, config, [argument, *options(settings), *seeded])
    arguments = [lesson.source, *options((*lesson.settings, *settings)), *seeded]
    return Subject(name, lesson.title, lesson.configuration(given), arguments, lesson)


def options(settings: Iterable[str]) -> list[str]:
    """Return settings as options of the command line."""
    return [option for setting in settings for option in ("--set", setting)]
