"""``nn predict``: predict with a trained network."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nn.cli.arguments import data_argument, run_argument
from nn.cli.errors import failures, user_errors
from nn.cli.streams import data_input, data_output

if TYPE_CHECKING:
    from nn.model import Model


@click.command("predict")
@run_argument
@data_argument(required=True)
def command(run: Path, file: str) -> None:
    """Predict each row of FILE, a CSV file (- for standard input) or NPZ, with the network of RUN.

    Writes CSV to standard output: a header, then a line for each row. Columns are found by name; the
    target column is optional. A classification gives class labels, a regression the outputs.
    """
    from nn.runs.weights import load

    with user_errors():
        model = load(run)
        predictions = predict(model, run, file)
    with failures():
        stream = data_output()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(model.targets)
        writer.writerows(predictions)
        stream.flush()


def predict(model: "Model", run: Path, file: str) -> list[list[float | int | str]]:
    """Predict each row of a file: a class label, or a number for each target."""
    import numpy as np

    from nn.data.arrays import read_inputs
    from nn.data.reading import TableError
    from nn.runs.rows import read_like

    if Path(file).suffix.lower() == ".npz":
        x = read_inputs(file)
        if x.shape[1] != len(model.inputs):
            raise ValueError(f"{file}: expected {len(model.inputs)} inputs, got {x.shape[1]}")
    else:
        table = read_like(run, data_input() if file == "-" else file)
        encoded = model.encode(table)
        if encoded.mistakes:
            raise TableError(table.name, encoded.mistakes)
        x = encoded.x
    with np.errstate(all="ignore"):  # diverged weights give NaN, without a warning
        answers = model.labelled(model.answer(x))
        rows: list[list[float | int | str]] = answers.reshape(len(x), -1).tolist()
    return rows
