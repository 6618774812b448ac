"""``nn evaluate``: measure a trained network on data."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nn.cli.common import data_argument, run_argument, user_errors

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
    from nn.runs.directory import numbers
    from nn.runs.weights import load

    with user_errors():
        model = load(run)
        shares = held_out(run) if file is None else {Path(file).name: read(model, file)}
        measures = {name: numbers(model.evaluate(share)) for name, share in shares.items()}
    click.echo(measured(measures))


def held_out(run: Path) -> "dict[str, Dataset]":
    """The shares of a run's own data that it did not train on, else the one that it did."""
    from nn.config.build import Experiment
    from nn.config.files import load
    from nn.runs.directory import read_facts

    if not run.is_dir():
        raise ValueError(f"{run} is a file; to measure it, name the data as well")
    shares = Experiment.of(load(str(run / "config.yaml"))).shares
    if {name: share.digest for name, share in shares.items()} != read_facts(run)["data"]:
        raise ValueError(f"{run}: its data have changed since it was trained; name the data to measure it on")
    kept = {name: share for name, share in shares.items() if name != "training"}
    return kept or shares


def read(model: "Model", file: str) -> "Dataset":
    """The rows of a file with the columns that the model knows, its target among them."""
    import sys

    from nn.data.arrays import read_npz
    from nn.data.files import read_csv

    if Path(file).suffix.lower() == ".npz":
        training, test = read_npz(file)
        samples = test or training
        return samples.classified(model.classes) if model.classes else samples
    source = sys.stdin if file == "-" else file
    return read_csv(source, model.targets, inputs=model.inputs, classes=model.classes)
