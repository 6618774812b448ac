"""``nn playground``: write a page that trains a network in the browser."""

import shlex
import shutil
from pathlib import Path

import click

from nn.cli.arguments import config_argument, seed_option, set_option, with_seed
from nn.cli.errors import Failure, failures, user_errors
from nn.cli.text import printable


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
    are in it. It trains as nn train does, by the same steps. Where there is node, a step from the start is
    compared with NumPy's before it is written.
    """
    from nn.config.load import load_config
    from nn.config.schema import FORMAT
    from nn.experiments.experiment import Experiment
    from nn.playground.page import playground
    from nn.playground.proof import ALLOWED_DIFFERENCE, difference_at_start
    from nn.playground.steps import TrainingSteps
    from nn.storage.writing import write_whole

    file = Path(config) / "config.yaml"  # of a run
    is_run = file.is_file()
    name = Path(config).resolve().name if is_run else Path(config).stem or config
    source = str(file) if is_run else config
    with user_errors():
        resolved = load_config(source, with_seed(settings, seed), unnumbered=1 if is_run else FORMAT)
    with user_errors(config):
        experiment = Experiment.of(resolved)
        experiment.train()  # checks that all parts are compatible; training begins with the first report
        given = [option for setting in settings for option in ("--set", setting)]
        seeded = [] if seed is None else ["--seed", str(seed)]
        steps = TrainingSteps(experiment)
        text = playground(steps, name, shlex.join(["nn", "train", source, *given, *seeded]))
        difference = difference_at_start(steps) if shutil.which("node") else None
    if difference is not None and difference > ALLOWED_DIFFERENCE:
        raise Failure(f"{printable(config)}: a step of the page differs by {difference:.1e} from NumPy's")
    path = out or Path(f"{name}.html")
    with failures():
        write_whole(path, text.encode())
    click.echo(f"Wrote {printable(str(path))}: {len(text.encode()) / 1024:,.0f} KiB.")
    if difference is None:
        click.echo("Not verified: comparing its steps with NumPy's needs node.")
    else:
        click.echo(f"Verified: a step in node differs by {difference:.1e} from NumPy's (relative).")
