"""Predicts the rows of a file: columns of text and numbers, ready to be written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from nn.arrays import Array
from nn.data.npz import read_inputs
from nn.data.reading import Mistake, Table, TableError
from nn.metrics.probabilities import are_probabilities, class_scores
from nn.model import Model
from nn.runs.rows import read_like

PREDICTION_ROWS = 1 << 14
"""Rows that are predicted together: bounds the memory that hidden layers need."""
MAX_LISTED_ROWS = 20
"""At most this many rows without an answer are listed; the others are counted."""


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers to all rows of a file; a row that cannot be used has empty cells."""

    columns: dict[str, list[Any]]
    """By their names, in the order in which they are written."""
    notes: tuple[str, ...] = ()
    """Which rows have no answer and why, and what stood in for missing and unknown cells."""

    @property
    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The cells of one row after the other."""
        return zip(*self.columns.values(), strict=True)


def answer_file(
    model: Model,
    source: str | TextIO,
    run: Path | None = None,
    *,
    probabilities: bool = False,
    keep: bool = False,
    strict: bool = False,
) -> Answers:
    """Answer the rows of a table or an NPZ file.

    run: the run directory that says how its own table was read
    probabilities: add that of each class, in the columns ``target=class``
    keep: put the columns of the table before, as written; an answer is then called ``predicted NAME`` where
        the table has a column NAME
    strict: refuse a file with rows that cannot be used

    Raises ValueError for what does not fit the model, OSError for what cannot be read.
    """
    if isinstance(source, str) and Path(source).suffix.lower() == ".npz":
        if keep:
            raise ValueError(f"{source}: an NPZ file has no columns to keep")
        x = read_inputs(source)
        if x.shape[1] != len(model.inputs):
            raise ValueError(f"{source}: expected {len(model.inputs)} inputs, got {x.shape[1]}")
        return Answers(answer_columns(model, x, np.arange(len(x)), len(x), probabilities))
    table = read_like(run, source)
    encoded = model.encode(table)
    unusable = {int(table.lines[row]): why for row, why in sorted(encoded.unusable.items())}
    if strict and unusable:
        raise TableError(table.name, [Mistake(line, None, None, why) for line, why in unusable.items()])
    rows = np.flatnonzero(encoded.usable)
    answers = answer_columns(model, encoded.x, rows, len(table), probabilities)
    notes = tuple(notes_on(table, unusable, encoded.missing, encoded.unknown))
    if not keep:
        return Answers(answers, notes)
    kept = {name: column.texts.tolist() for name, column in table.columns.items()}
    named = {f"predicted {name}" if name in kept else name: cells for name, cells in answers.items()}
    return Answers(kept | named, notes)


def answer_columns(
    model: Model, x: Array, rows: Array, number: int, probabilities: bool
) -> dict[str, list[Any]]:
    """The columns of answers to these of a number of rows of features; the others have empty cells."""
    parts = [rows[start : start + PREDICTION_ROWS] for start in range(0, max(len(rows), 1), PREDICTION_ROWS)]
    with np.errstate(all="ignore"):  # diverged weights give NaN, without a warning
        y = np.concatenate([model.answer(x[part]) for part in parts])
        answers = model.labelled(y).reshape(len(rows), len(model.targets))
    columns = dict(zip(model.targets, answers.T.tolist(), strict=True))
    if probabilities:
        columns |= probability_columns(model, y)
    return (
        columns
        if len(rows) == number
        else {name: spread(cells, rows, number) for name, cells in columns.items()}
    )


def probability_columns(model: Model, y: Array) -> dict[str, list[float]]:
    """The probability of each class, by ``target=class``; ValueError where outputs are none."""
    (target, *_), classes = model.targets, model.classes
    if classes is None:
        raise ValueError(f"there are no probabilities: {target!r} is a number, not a class")
    scores = class_scores(model.certainty(y), model.loss.threshold)
    if model.loss.threshold != 0.5 or not are_probabilities(scores):
        raise ValueError(
            "the outputs of this network are no probabilities, as those of sigmoid or softmax are"
        )
    return {f"{target}={one}": values for one, values in zip(classes, scores.T.tolist(), strict=True)}


def spread(cells: list[Any], rows: Array, number: int) -> list[Any]:
    """These cells in their rows, empty ones between."""
    column = np.full(number, "", dtype=np.object_)
    column[rows] = cells
    spread_out: list[Any] = column.tolist()
    return spread_out


def notes_on(
    table: Table, unusable: Mapping[int, str], missing: Mapping[str, int], unknown: Mapping[str, int]
) -> Iterator[str]:
    """Yield notes on the rows of a table, one sentence each."""
    for line in [*unusable][:MAX_LISTED_ROWS]:
        yield f"{table.name}:{line}: {unusable[line]}; no answer"
    if len(unusable) > MAX_LISTED_ROWS:
        yield f"and {len(unusable) - MAX_LISTED_ROWS:,} more rows without an answer"
    if missing:
        yield f"Missing cells: {counts_by_name(missing)}; what training chose stands in."
    if unknown:
        yield f"Cells with a level that training does not have: {counts_by_name(unknown)}; all 0."


def counts_by_name(counts: Mapping[str, int]) -> str:
    """``age 3, sex 1``."""
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())
