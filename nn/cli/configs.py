"""``nn configs``: list the bundled configurations."""

import click

from nn.cli.common import table


@click.command("configs")
def command() -> None:
    """List the bundled configurations.

    nn show NAME prints one with its network, nn train NAME runs it.
    """
    from nn.config.source import about, names

    click.echo(table([[name, about(name)] for name in names()], "<<"))
