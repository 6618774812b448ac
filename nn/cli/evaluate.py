"""``nn evaluate``: measure a trained network on data."""

from dataclasses import replace
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
    from nn.config.build import Experiment
    from nn.config.files import load
    from nn.runs.facts import read_facts

    if not run.is_dir():
        raise ValueError(f"{run}: expected a run directory, got a file; to measure it, name the data as well")
    digests = read_facts(run)["data"]
    config = str(run / "config.yaml")
    with user_errors(config):
        shares = Experiment.of(load(config)).shares
    if {name: share.digest for name, share in shares.items()} != digests:
        raise ValueError(f"{run}: its data have changed since it was trained; name the data to measure it on")
    kept = {name: share for name, share in shares.items() if name != "training"}
    return kept or shares


def read(model: "Model", file: str) -> "Dataset":
    """The rows of a file with the columns that the model knows, its target among them."""
    from nn.data.files import read_csv

    if Path(file).suffix.lower() == ".npz":
        return read_arrays(model, file)
    return read_csv(
        data_input() if file == "-" else file, model.targets, inputs=model.inputs, classes=model.classes
    )


def read_arrays(model: "Model", file: str) -> "Dataset":
    """The samples in an NPZ file, of its test share where it has one, with the classes of the model."""
    from nn.data.arrays import read_npz
    from nn.data.dataset import class_indices

    training, test = read_npz(file)
    samples = test or training
    if len(samples.inputs) != len(model.inputs):
        raise ValueError(f"{file}: expected {len(model.inputs)} inputs, got {len(samples.inputs)}")
    if model.classes is None:
        return samples.numbered()
    if samples.classes is None:
        return samples.classified(model.classes)
    labels = [samples.classes[int(index)] for index in samples.y[:, 0]]
    y = class_indices(labels, model.classes, f"{file}: target")
    return replace(samples, y=y, classes=model.classes)
