"""Writes data sets as CSV: a header with the names of the columns, a line for each sample."""

import csv
from typing import TextIO

from nn.data.dataset import Dataset
from nn.data.labels import Label


def write_csv(dataset: Dataset, file: TextIO) -> None:
    """Write the samples under a header, inputs first, each number in the shortest form that is exact."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*dataset.inputs, *dataset.targets])
    for x, y in zip(dataset.x.tolist(), dataset.y.tolist(), strict=True):
        answer = y if dataset.classes is None else [dataset.classes[int(y[0])]]
        writer.writerow([_compact(value) for value in (*x, *answer)])


def _compact(value: Label) -> str:
    """Write a number in the shortest form that is exact: ``1`` for 1.0."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
