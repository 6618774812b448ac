"""``nn evaluate``: measure a trained network on data."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nn.cli.arguments import data_argument, run_argument
from nn.cli.errors import user_errors
from nn.cli.streams import data_input
from nn.cli.text import printable

if TYPE_CHECKING:
    from nn.data.dataset import Dataset
    from nn.model import Model


@click.command("evaluate")
@run_argument
@data_argument(required=False)
def command(run: Path, file: str | None) -> None:
    """Measure the network of RUN on the rows of FILE, a CSV (- for standard input) or NPZ file.

    Without FILE: on the shares that the run held out, or on its training share where it held out none.
    """
    from nn.cli.summary import measured
    from nn.runs.directory import measure
    from nn.runs.weights import load

    with user_errors():
        model = load(run)
        name = "standard input" if file == "-" else printable(Path(file or "").name)
        shares = held_out(run) if file is None else {name: read(model, file)}
        measures = {name: measure(model, share) for name, share in shares.items()}
    click.echo(measured(measures))


def held_out(run: Path) -> "dict[str, Dataset]":
    """The shares of a run's own data that it did not train on, else the one that it did."""
    from nn.config.load import load
    from nn.experiments.experiment import Experiment
    from nn.runs.facts import read_facts

    if not run.is_dir():
        raise ValueError(f"{run}: expected a run directory, got a file; to measure it, name the data as well")
    digests = read_facts(run)["data"]
    config = str(run / "config.yaml")
    resolved = load(config)
    with user_errors(config):
        shares = Experiment.of(resolved).shares
    if {name: share.digest for name, share in shares.items()} != digests:
        raise ValueError(f"{run}: its data have changed since it was trained; name the data to measure it on")
    kept = {name: share for name, share in shares.items() if name != "training"}
    return kept or shares


def read(model: "Model", file: str) -> "Dataset":
    """The rows of a file, of its test share where it has one, with the columns and classes of the model."""
    from nn.data.arrays import read_npz
    from nn.data.files import read_csv

    # A regression reads numbers; a classification knows its classes.
    if Path(file).suffix.lower() != ".npz":
        source = data_input() if file == "-" else file
        return read_csv(source, model.targets, inputs=model.inputs, task="regression", classes=model.classes)
    training, test = read_npz(file, task="regression", classes=model.classes)
    samples = test or training
    if len(samples.inputs) != len(model.inputs):
        raise ValueError(f"{file}: expected {len(model.inputs)} inputs, got {len(samples.inputs)}")
    return samples
