"""Reads and writes data sets as CSV: a header with the names of the columns, a line for each sample."""

import csv
import math
import re
import reprlib
from collections.abc import Sequence
from typing import TextIO

import numpy as np

from nn.arrays import Floats
from nn.data.dataset import Dataset
from nn.data.labels import (
    Label,
    Rule,
    TargetSummary,
    Task,
    class_positions,
    distinct,
    label,
    parse_number,
    words_are_classes,
)
from nn.data.reading import Column, Mistake, Table, TableError, read_table
from nn.data.reading.mistakes import MOST_MISTAKES
from nn.data.reading.text import TableSource
from nn.validation import suggest

FOLDED_LINE_BREAK = re.compile(r"\s*[\r\n]\s*")
"""Characters that a label has a blank for."""
NOT_FINITE = re.compile(r"[-+]?(nan|inf|infinity)", re.IGNORECASE)
"""Text that Python reads as a number and that is not a label."""


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

    The file is any that ``read_table`` takes. Raises ValueError with file, line and column for cells
    that are missing, or not a finite number where one is needed; OSError where the file cannot be read.
    """
    table = read_table(source)
    targets = [target] if isinstance(target, str) else list(target or ())
    if target_optional and not set(targets) & set(table.columns):
        targets = []
    for position, name in enumerate(targets):
        _expect(table, name, "target")
        if name in targets[:position]:
            raise ValueError(f"target {name!r} is named twice")
    if weight is not None:
        _expect(table, weight, "weight")
        if weight in (*targets, *(inputs or ())):
            raise ValueError(
                f"column {weight!r} cannot be the weight and a {'target' if weight in targets else 'input'}"
            )
    if inputs is None:
        inputs = [name for name in table.columns if name not in (*targets, weight)]
        if not inputs:
            raise ValueError(f"{table.name}: expected input columns beside the target, got none")
    for name in inputs:
        _expect(table, name, "input")
    y, found = _targets(table, targets, task, classes)
    weights = None if weight is None else _number_columns(table, [weight], least=0)[:, 0]
    return Dataset(_number_columns(table, inputs), y, tuple(inputs), tuple(targets), found, weights)


def write_csv(dataset: Dataset, file: TextIO) -> None:
    """Write the samples under a header, inputs first, each number in the shortest form that is exact."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*dataset.inputs, *dataset.targets])
    for x, y in zip(dataset.x.tolist(), dataset.y.tolist(), strict=True):
        answer = y if dataset.classes is None else [dataset.classes[int(y[0])]]
        writer.writerow([_compact(value) for value in (*x, *answer)])


def _expect(table: Table, name: str, role: str) -> None:
    if name not in table.columns:
        raise ValueError(f"{table.name}: there is no {role} column {name!r}; {suggest(name, table.columns)}")


def _targets(
    table: Table, targets: Sequence[str], task: Task | Rule, classes: Sequence[Label] | None
) -> tuple[Floats, tuple[Label, ...] | None]:
    """Return the target columns as numbers, or the one target column as class indices, with its classes."""
    if len(targets) == 1:
        decided = task if isinstance(task, str) else task(_summary(table.column(targets[0])))
        if classes is not None or decided == "classification":
            return _label_indices(table, targets[0], classes)
    elif targets and task == "classification":
        raise ValueError(f"classes need one target column, got {len(targets)}: {list(targets)}")
    return _number_columns(table, targets), None


def _summary(column: Column) -> TargetSummary:
    """Summarize a column, to decide its task."""
    codes, texts = column.levels()
    numbers = [parse_number(text) for text in texts]
    known = np.array([number is not None for number in numbers])
    return TargetSummary(
        numbers=bool(known.all()),
        whole=all(number is not None and number.is_integer() for number in numbers),
        words=bool(2 * np.count_nonzero(~known[codes]) >= len(codes)),
        labels=len({FOLDED_LINE_BREAK.sub(" ", text) for text in texts}),
    )


def _number_columns(table: Table, columns: Sequence[str], least: float = -math.inf) -> Floats:
    """Return columns of finite numbers of at least ``least`` side by side, (rows, columns).

    Raises TableError with the line of the first other cell of each column.
    """
    numbers = np.empty((len(table), len(columns)))
    mistakes = []
    for place, name in enumerate(columns):
        numbers[:, place] = values = table.column(name).numbers
        bad = ~(np.isfinite(values) & (values >= least))
        if np.any(bad):
            row = int(np.argmax(bad))
            cell = table.column(name).take([row]).texts[0]
            expected = "a number" if parse_number(cell) is None else "a finite number"
            expected = f"at least {least:g}" if np.isfinite(values[row]) else expected
            mistakes.append(_bad_cell(table, row, name, f"expected {expected}, got {_shown(cell)}"))
    if mistakes:
        raise TableError(table.name, mistakes[:MOST_MISTAKES])
    return numbers


def _label_indices(
    table: Table, name: str, classes: Sequence[Label] | None
) -> tuple[Floats, tuple[Label, ...]]:
    """Return class labels as indices, (rows, 1), into the classes: those given, or the column's own.

    Raises TableError with the line of the first cell that is empty, nan or infinite, or of no class.
    """
    codes, texts = table.column(name).levels()
    cells = [FOLDED_LINE_BREAK.sub(" ", text) for text in texts]
    bad = [not cell or NOT_FINITE.fullmatch(cell) is not None for cell in cells]
    if any(bad):
        row = int(np.argmax(np.array(bad)[codes]))
        text = f"expected a class label, got {_shown(cells[codes[row]])}"
        raise TableError(table.name, [_bad_cell(table, row, name, text)])
    labels = [label(cell) for cell in cells]
    if classes is None:
        classes = distinct(labels, f"{table.name}: target {name!r}")
    places = class_positions(labels, classes)[codes]
    if np.any(places < 0):
        row = int(np.argmax(places < 0))
        unknown = labels[codes[row]]
        text = f"unknown label {reprlib.repr(unknown)}; {suggest(str(unknown), map(str, classes))}"
        raise TableError(table.name, [_bad_cell(table, row, name, text)])
    return places[:, None].astype(np.float64), tuple(classes)


def _bad_cell(table: Table, row: int, column: str, text: str) -> Mistake:
    return Mistake(int(table.lines[row]), column, None, text)


def _shown(cell: str) -> str:
    """Return a cell for a message: quoted, escaped, shortened."""
    return reprlib.repr(cell) if cell else "an empty cell"


def _compact(value: Label) -> str:
    """Write a number in the shortest form that is exact: ``1`` for 1.0."""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
