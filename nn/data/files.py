"""Reads and writes data sets as CSV: a header with the names of the columns, a line for each sample."""

import csv
from collections.abc import Sequence
from typing import TextIO

import numpy as np

from nn.arrays import Floats
from nn.data.cells import Cells, TableSource, read_cells
from nn.data.dataset import Dataset
from nn.data.labels import Label, Rule, Task, words_are_classes
from nn.validation import suggest


def read_csv(
    source: TableSource,
    target: str | Sequence[str] | None = None,
    *,
    inputs: Sequence[str] | None = None,
    weight: str | None = None,
    task: Task | Rule = words_are_classes,
    classes: Sequence[Label] | None = None,
    target_optional: bool = False,
) -> Dataset:
    """Read the samples of a CSV file, a path or open text, with columns found by their names.

    target: one column of numbers or of class labels, several columns of numbers, or none
    inputs: exactly these columns, in this order; without it all that are neither targets nor weight
    weight: a column of numbers of at least 0: how much each sample counts in training
    task: whether the one target column holds class labels or numbers, or a rule that decides; by default
        a column that is mostly numbers is one of numbers, in which a word is a bad cell, and the
        distinct words of any other column are its classes
    classes: the labels of the one target column must be among these (of a trained model, say)
    target_optional: a file that lacks the target columns is read without targets, y (samples, 0)

    The file is UTF-8 with a header; cells are separated by comma, semicolon or tab. Raises
    ValueError with file, line and column for a cell that is missing, or not a finite number where
    one is needed; OSError where the file cannot be read.
    """
    cells = read_cells(source)
    targets = [target] if isinstance(target, str) else list(target or ())
    if target_optional and not set(targets) & set(cells.columns):
        targets = []
    for position, name in enumerate(targets):
        _expect(cells, name, "target")
        if name in targets[:position]:
            raise ValueError(f"target {name!r} is named twice")
    if weight is not None:
        _expect(cells, weight, "weight")
        if weight in (*targets, *(inputs or ())):
            raise ValueError(
                f"column {weight!r} cannot be the weight and a {'target' if weight in targets else 'input'}"
            )
    if inputs is None:
        inputs = [name for name in cells.columns if name not in (*targets, weight)]
        if not inputs:
            raise ValueError(f"{cells.name}: expected input columns beside the target, got none")
    for name in inputs:
        _expect(cells, name, "input")
    y, found = _targets(cells, targets, task, classes)
    weights = None if weight is None else cells.numbers(weight, least=0)
    return Dataset(_number_columns(cells, inputs), y, tuple(inputs), tuple(targets), found, weights)


def write_csv(dataset: Dataset, file: TextIO) -> None:
    """Write the samples under a header, inputs first, each number in the shortest form that is exact."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*dataset.inputs, *dataset.targets])
    for x, y in zip(dataset.x.tolist(), dataset.y.tolist(), strict=True):
        answer = y if dataset.classes is None else [dataset.classes[int(y[0])]]
        writer.writerow([_compact(value) for value in (*x, *answer)])


def _expect(cells: Cells, name: str, role: str) -> None:
    if name not in cells.places:
        raise ValueError(f"{cells.name}: there is no {role} column {name!r}; {suggest(name, cells.columns)}")


def _targets(
    cells: Cells, targets: Sequence[str], task: Task | Rule, classes: Sequence[Label] | None
) -> tuple[Floats, tuple[Label, ...] | None]:
    """Return the target columns as numbers, or the one target column as class indices, with its classes."""
    if len(targets) == 1:
        decided = task if isinstance(task, str) else task(cells.look(targets[0]))
        if classes is not None or decided == "classification":
            return cells.indices(targets[0], classes)
    elif targets and task == "classification":
        raise ValueError(f"classes need one target column, got {len(targets)}: {list(targets)}")
    return _number_columns(cells, targets), None


def _number_columns(cells: Cells, columns: Sequence[str]) -> Floats:
    """Return columns of numbers side by side, (rows, columns)."""
    numbers = np.empty((len(cells.rows), len(columns)))
    for position, name in enumerate(columns):
        numbers[:, position] = cells.numbers(name)
    return numbers


def _compact(value: Label) -> str:
    """Write a number in the shortest form that is exact: ``1`` for 1.0."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
