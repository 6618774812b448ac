"""``nn configs``: list the bundled configurations."""

import click

from nn.cli.text import table


@click.command("configs")
def command() -> None:
    """List the bundled configurations.

    nn show NAME prints one with its network, nn train NAME runs it.
    """
    from nn.config.source import about, config_names, find_config

    click.echo(table([(name, "".join(about(find_config(name))[:1])) for name in config_names()], "<<"))
