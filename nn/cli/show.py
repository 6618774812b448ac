"""``nn show``: a configuration with all its defaults, and the layers of its network."""

from typing import TYPE_CHECKING

import click

from nn.cli.arguments import config_argument, seed_option, set_option, with_seed
from nn.cli.errors import user_errors
from nn.cli.text import paragraph, table

if TYPE_CHECKING:
    from nn.network import Sequential


@click.command("show")
@config_argument
@set_option
@seed_option
@click.option("--program", is_flag=True, help="Show the recorded training step instead: each call, in order.")
def command(config: str, settings: tuple[str, ...], seed: int | None, program: bool) -> None:
    """Show CONFIG with all its defaults, and the layers of its network."""
    from nn.config.build import Experiment
    from nn.config.files import dump, load
    from nn.config.source import about, find

    with user_errors():
        resolved = load(config, with_seed(settings, seed))
        teaches = about(find(config))
    with user_errors(config):
        experiment = Experiment.of(resolved)
        experiment.train()  # checks that all fits together; training itself begins with the first report
    if program:
        click.echo(experiment.program())
        return
    if teaches:
        click.echo("\n#\n".join(paragraph(f"# {text}", indent="# ") for text in teaches))
    click.echo(dump(resolved))
    click.echo(layers(experiment.model.network))
    samples = ", ".join(f"{len(share):,} for {name}" for name, share in experiment.shares.items())
    click.echo(f"\n{experiment.model.network.parameters.size:,} parameters; samples: {samples}")


def layers(network: "Sequential") -> str:
    """A row for each dense layer with the activation behind it: output shape, parameters, start."""
    from nn.activations import ACTIVATIONS
    from nn.initializers import INITIALIZERS
    from nn.layers import Dense

    activations = {kind: name for name, kind in ACTIVATIONS.items()}
    initializers = {kind: name for name, kind in INITIALIZERS.items()}
    rows = [["layer", "output", "parameters", "activation", "initializer"]]
    rows.append(["input", f"(batch, {network.inputs})", "0", "", ""])
    for layer in network.layers:
        if isinstance(layer, Dense):
            start = initializers[type(layer.initializer)] if layer.initializer else ""
            rows.append(["dense", f"(batch, {layer.units})", f"{layer.size:,}", "", start])
        elif rows[-1][0] == "dense" and not rows[-1][3]:
            rows[-1][3] = activations[type(layer)]
        else:
            rows.append(["activation", rows[-1][1], "0", activations[type(layer)], ""])
    return table(rows, "<<><<")
