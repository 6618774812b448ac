"""``nn predict``: predict with a trained network."""

import csv
import sys
from pathlib import Path

import click

from nn.cli.common import data_argument, failures, run_argument, user_errors


@click.command("predict")
@run_argument
@data_argument(required=True)
def command(run: Path, file: str) -> None:
    """Predict each row of FILE, a CSV file (- for standard input) or NPZ, with the network of RUN.

    Writes CSV to standard output: a header, then a line for each row. Columns are found by name; the
    target column may be there or not. A classification
    gives class labels, a regression the outputs.
    """
    from nn.data.arrays import read_npz
    from nn.data.files import read_csv
    from nn.runs.weights import load

    with user_errors():
        model = load(run)
        if Path(file).suffix.lower() == ".npz":
            x = read_npz(file)[0].x
        else:
            x = read_csv(sys.stdin if file == "-" else file, inputs=model.inputs).x
        predictions = model.predict(x)
    with failures():
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(model.targets)
        writer.writerows([row] if model.classes else row for row in predictions.tolist())
