"""``nn show``: a configuration with all its defaults, and the layers of its network."""

import click

from nn.cli.arguments import config_argument, seed_option, set_option, with_seed
from nn.cli.errors import user_errors
from nn.cli.text import paragraph, printable


@click.command("show")
@config_argument
@set_option
@seed_option
@click.option("--program", is_flag=True, help="Show the recorded training step instead: each call, in order.")
def command(config: str, settings: tuple[str, ...], seed: int | None, program: bool) -> None:
    """Show CONFIG with all its defaults, and the layers of its network."""
    from nn.config.load import dump, load_config
    from nn.config.source import about, find_config
    from nn.experiments.experiment import Experiment

    with user_errors():
        resolved = load_config(config, with_seed(settings, seed))
        teaches = about(find_config(config))
    with user_errors(config):
        experiment = Experiment.of(resolved)
        experiment.train()  # checks that all parts are compatible; training begins with the first report
    if program:
        click.echo(experiment.program())
        return
    if teaches:
        click.echo("\n#\n".join(paragraph(f"# {printable(text)}", indent="# ") for text in teaches))
    click.echo("\n".join(map(printable, dump(experiment.config).split("\n"))))
    preprocessing = experiment.model.preprocessing
    if preprocessing is not None and not preprocessing.plain:
        click.echo("\n".join(map(printable, repr(preprocessing).split("\n"))) + "\n")
    click.echo(experiment.model.network.table())
    samples = ", ".join(f"{len(share):,} for {name}" for name, share in experiment.shares.items())
    click.echo(f"\n{experiment.model.network.parameters.size:,} parameters; samples: {samples}")
