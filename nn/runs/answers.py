"""Predicts the rows of a file: columns of text and numbers, ready to be written."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, TextIO, TypeAlias

import numpy as np

from nn.arrays import Array
from nn.data.npz import read_inputs
from nn.data.reading import Mistake, Table, TableError
from nn.metrics.probabilities import are_probabilities, class_scores
from nn.model import Model
from nn.runs.rows import RowReader, read_like

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

    def after(self, notes: Iterable[str]) -> "Answers":
        """The same answers, with further notes in front."""
        return replace(self, notes=(*notes, *self.notes))


AnswerColumns: TypeAlias = Callable[[Array], dict[str, list[Any]]]
"""Gives the columns of answers to features ``(rows, features)``."""


def answer_file(
    reader: RowReader,
    source: str | TextIO,
    answers: AnswerColumns,
    run: Path | None = None,
    *,
    keep: bool = False,
    strict: bool = False,
) -> Answers:
    """Answer the rows of a table or an NPZ file.

    run: the folder that says how its own table was read
    keep: put the columns of the table before, as written; an answer is then called ``predicted NAME`` where
        the table has a column NAME
    strict: refuse a file with rows that cannot be used

    Raises ValueError for what does not fit the reader, OSError for what cannot be read.
    """
    if isinstance(source, str) and Path(source).suffix.lower() == ".npz":
        if keep:
            raise ValueError(f"{source}: an NPZ file has no columns to keep")
        x = read_inputs(source)
        if x.shape[1] != len(reader.inputs):
            raise ValueError(f"{source}: expected {len(reader.inputs)} inputs, got {x.shape[1]}")
        return Answers(answer_columns(answers, reader.features_of(x), np.arange(len(x)), len(x)))
    table = read_like(run, source)
    encoded = reader.encode(table)
    unusable = {int(table.lines[row]): why for row, why in sorted(encoded.unusable.items())}
    if strict and unusable:
        raise TableError(table.name, [Mistake(line, None, None, why) for line, why in unusable.items()])
    columns = answer_columns(answers, encoded.x, np.flatnonzero(encoded.usable), len(table))
    notes = tuple(notes_on(table, unusable, encoded.missing, encoded.unknown))
    if not keep:
        return Answers(columns, notes)
    kept = {name: column.texts.tolist() for name, column in table.columns.items()}
    named = {f"predicted {name}" if name in kept else name: cells for name, cells in columns.items()}
    return Answers(kept | named, notes)


def answer_columns(answers: AnswerColumns, x: Array, rows: Array, number: int) -> dict[str, list[Any]]:
    """The columns of answers to these of a number of rows of features; the others have empty cells."""
    starts = range(0, max(len(rows), 1), PREDICTION_ROWS)
    with np.errstate(all="ignore"):  # diverged weights give NaN, without a warning
        parts = [answers(x[rows[start : start + PREDICTION_ROWS]]) for start in starts]
    columns = {name: [*chain.from_iterable(part[name] for part in parts)] for name in parts[0]}
    return (
        columns
        if len(rows) == number
        else {name: spread(cells, rows, number) for name, cells in columns.items()}
    )


def model_columns(model: Model, x: Array, *, probabilities: bool = False) -> dict[str, list[Any]]:
    """The columns of a model's answers; with those of each class's probability, ``target=class``."""
    y = model.answer(x)
    answers = model.labelled(y).reshape(len(x), len(model.targets))
    columns = dict(zip(model.targets, answers.T.tolist(), strict=True))
    return columns | (probability_columns(model, y) if probabilities else {})


def probability_columns(model: Model, y: Array) -> dict[str, list[float]]:
    """The probability of each class, by ``target=class``; ValueError where outputs are none."""
    expect_classes(model)
    scores = class_scores(model.certainty(y), model.loss.threshold)
    if model.loss.threshold != 0.5 or not are_probabilities(scores):
        raise ValueError(
            "the outputs of this network are no probabilities, as those of sigmoid or softmax are"
        )
    names = (f"{model.targets[0]}={one}" for one in model.classes or ())
    return dict(zip(names, scores.T.tolist(), strict=True))


def expect_classes(model: Model) -> None:
    """Raise ValueError for the probabilities of a number."""
    if model.classes is None:
        raise ValueError(f"there are no probabilities: {model.targets[0]!r} is a number, not a class")


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
