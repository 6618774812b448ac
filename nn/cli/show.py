"""``nn show``: a configuration with all its defaults, and the layers of its network."""

from typing import TYPE_CHECKING

import click

from nn.cli.arguments import config_argument, seed_option, set_option, with_seed
from nn.cli.errors import user_errors
from nn.cli.text import paragraph, printable, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.layer import Layer
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
        click.echo("\n#\n".join(paragraph(f"# {printable(text)}", indent="# ") for text in teaches))
    click.echo("\n".join(map(printable, dump(resolved).split("\n"))))
    click.echo(layers(experiment.model.network))
    samples = ", ".join(f"{len(share):,} for {name}" for name, share in experiment.shares.items())
    click.echo(f"\n{experiment.model.network.parameters.size:,} parameters; samples: {samples}")


def layers(network: "Sequential") -> str:
    """A row for each layer, an activation beside its dense one: output shape, parameters, start."""
    rows = [["layer", "output", "parameters", "activation", "initializer"]]
    rows.append(["input", f"(batch, {network.inputs})", "0", "", ""])
    describe(network.layers, network.inputs, rows)
    return table(rows, "<<><<")


def describe(layers: "Sequence[Layer]", width: int, rows: list[list[str]], indent: str = "") -> int:
    """Add the rows of layers after so many inputs, inner ones indented; returns the number of outputs."""
    from nn.activations import ACTIVATIONS
    from nn.initializers import INITIALIZERS
    from nn.layers import Dense, Dropout, Shortcut

    activations = {kind: name for name, kind in ACTIVATIONS.items()}
    initializers = {kind: name for name, kind in INITIALIZERS.items()}
    for layer in layers:
        start, name = "", "activation"
        if isinstance(layer, Dense):
            name, width = "dense", layer.units
            start = initializers[type(layer.initializer)] if layer.initializer else ""
        elif isinstance(layer, Dropout):
            name = f"dropout {layer.rate:g}"
        elif isinstance(layer, Shortcut):
            rows.append(row := [f"{indent}shortcut", "", f"{layer.size:,}", "", ""])
            width += describe(layer.layers, width, rows, indent + "  ")
            row[1] = f"(batch, {width})"
            continue
        elif rows[-1][0] == f"{indent}dense" and not rows[-1][3]:
            rows[-1][3] = activations[type(layer)]
            continue
        size = layer.size
        rows.append(
            [indent + name, f"(batch, {width})", f"{size:,}", activations.get(type(layer), ""), start]
        )
    return width
