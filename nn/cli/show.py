"""``nn show``: a configuration with all its defaults, and the layers of its network."""

from typing import TYPE_CHECKING

import click

from nn.cli.arguments import config_argument, seed_option, set_option, with_seed
from nn.cli.errors import user_errors
from nn.cli.text import paragraph, printable, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nn.arrays import Array
    from nn.layers.base import Layer
    from nn.network import Sequential


@click.command("show")
@config_argument
@set_option
@seed_option
@click.option("--program", is_flag=True, help="Show the recorded training step instead: each call, in order.")
def command(config: str, settings: tuple[str, ...], seed: int | None, program: bool) -> None:
    """Show CONFIG with all its defaults, and the layers of its network."""
    from nn.config.load import dump, load
    from nn.config.source import about, find
    from nn.experiments.experiment import Experiment

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
    import numpy as np

    rows = [["layer", "output", "parameters", "activation", "initializer"]]
    rows.append(["input", f"(batch, {network.inputs})", "0", "", ""])
    with np.errstate(all="ignore"):  # it is the shapes that count
        describe(network.layers, np.zeros((1, network.inputs), network.dtype), rows)
    return table(rows, "<<><<")


def describe(layers: "Sequence[Layer]", x: "Array", rows: list[list[str]], indent: str = "") -> None:
    """Add the rows of layers after these inputs, inner ones indented."""
    from nn.initializers import INITIALIZERS
    from nn.layers import LAYERS
    from nn.layers.activations import ACTIVATIONS
    from nn.layers.dense import Dense
    from nn.layers.dropout import Dropout

    for layer in layers:
        kind, start = name_in(LAYERS | ACTIVATIONS, layer), ""
        is_activation = kind in ACTIVATIONS
        y = layer.forward(x)
        if is_activation and rows[-1][0] == f"{indent}dense" and not rows[-1][3]:
            rows[-1][3] = kind
        else:
            if isinstance(layer, Dense) and layer.initializer:
                start = name_in(INITIALIZERS, layer.initializer)
            rate = f" {layer.rate:g}" if isinstance(layer, Dropout) else ""
            shape = f"(batch, {y.shape[-1]})"
            activation = kind if is_activation else ""
            name = "activation" if is_activation else kind
            rows.append([indent + name + rate, shape, f"{layer.size:,}", activation, start])
            describe(getattr(layer, "layers", ()), x, rows, indent + "  ")
        x = y


def name_in(kinds: "Mapping[str, type]", item: object) -> str:
    """The name of an object's kind as in a configuration, or that of its class where it has none."""
    return next((name for name, kind in kinds.items() if type(item) is kind), type(item).__name__)
