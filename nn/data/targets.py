"""The target columns of a table, as numbers or as class labels."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.data.columns.advice import first_few, quoted
from nn.data.columns.content import Content, MissingValues
from nn.data.labels import Label, Rule, TargetSummary, Task, class_positions, distinct, label
from nn.data.reading import Mistake, Table, TableError
from nn.display import counted
from nn.validation import suggest

LABEL_BREAK = re.compile(r"\s*[\r\n]\s*")
"""A line break within a label, with the blanks around it: replaced by one blank."""
MAX_BAD_CELLS = 3
"""The maximum number of bad cells listed of a column."""


class Targets(NamedTuple):
    """The targets of the rows of a table."""

    y: Floats
    """(rows, targets) numbers, or (rows, 1) indices of classes; NaN in rows without."""
    classes: tuple[Label, ...] | None
    present: NDArray[np.bool_]
    """Which rows have all their targets, (rows,)."""
    notes: tuple[str, ...]
    """The number of rows without a target, and how to keep the words that mean so as labels."""


def read_targets(
    table: Table,
    names: Sequence[str],
    task: Task | Rule,
    classes: Sequence[Label] | None = None,
    missing_values: MissingValues = None,
) -> Targets:
    """Read the target columns: class labels where the task is a classification, else numbers.

    task: or the rule that decides it by what the one target holds
    classes: the labels must be among these; without it the classes are those of the column
    missing_values: the words that mean a missing cell, in all columns or by column

    Raises TableError with every cell that is neither.
    """
    if absent := [name for name in names if name not in table.columns]:
        known = suggest(absent[0], table.columns)
        text = f"there is no target column {absent[0]!r}; {known}"
        raise TableError(table.name, [Mistake(None, None, "target", text)])
    contents = [Content.of(table, name, missing_values) for name in names]
    present = ~np.any([content.missing for content in contents], axis=0)
    if not present.any():
        text = f"holds no value: there is nothing to learn ({counted(len(table), 'row')})"
        raise TableError(table.name, [contents[0].mistake(text)])
    if len(contents) == 1:
        decided = task if isinstance(task, str) else task(summarize_target(contents[0]))
        if classes is not None or decided == "classification":
            y, found = label_indices(table, contents[0], classes)
            return Targets(y, found, present, tuple(missing_target_notes(contents[0], as_labels=True)))
    elif task == "classification":
        text = f"classes need one target column, got {len(names)}: {', '.join(names)}"
        raise TableError(table.name, [Mistake(None, None, "target", text)])
    if mistakes := [mistake for content in contents for mistake in bad_numbers(content)]:
        raise TableError(table.name, mistakes)
    y = np.stack([np.where(present, content.numbers, np.nan) for content in contents], axis=-1)
    notes = tuple(note for content in contents for note in missing_target_notes(content, as_labels=False))
    return Targets(y, None, present, notes)


def summarize_target(content: Content) -> TargetSummary:
    """Summarize a target column, to decide its task."""
    words = int(np.count_nonzero(content.words))
    numbers = content.numbers[~content.missing & ~content.words]
    return TargetSummary(
        numbers=words == 0,
        whole=words == 0 and bool(np.all(numbers == np.round(numbers))),
        words=2 * words >= content.present,
        labels=len(content.levels[1]),
    )


def label_indices(
    table: Table, content: Content, classes: Sequence[Label] | None
) -> tuple[Floats, tuple[Label, ...]]:
    """The index of each row's class, (rows, 1), NaN where the label is missing; and the classes."""
    codes, texts = content.levels
    labels = [label(LABEL_BREAK.sub(" ", text)) for text in texts]
    endless = [text for text in texts if text.lower().lstrip("+-") in ("inf", "infinity")]
    found = tuple(distinct(labels, f"{table.name}: target {content.name!r}") if classes is None else classes)
    places = class_positions(labels, found)
    wrong = dict.fromkeys(endless, "expected a class label")
    for text, one, place in zip(texts, labels, places, strict=True):
        if place < 0:
            wrong.setdefault(text, f"unknown label {quoted(str(one))}; {suggest(str(one), map(str, found))}")
    if wrong:
        rows = [int(np.argmax(codes == texts.index(text))) for text in wrong]
        told = zip(wrong.items(), rows, strict=True)
        raise TableError(
            table.name,
            [
                content.mistake(text if "unknown" in text else f"{text}, got {quoted(cell)}", row)
                for (cell, text), row in sorted(told, key=lambda pair: pair[1])[:MAX_BAD_CELLS]
            ],
        )
    y = np.where(codes < 0, np.nan, places[codes].astype(np.float64))
    return y[:, np.newaxis], found


def bad_numbers(content: Content) -> list[Mistake]:
    """Return mistakes for the first few cells that are neither finite numbers nor missing."""
    rows = np.flatnonzero(content.words)[:MAX_BAD_CELLS]
    return [
        content.mistake(
            f"expected a {'finite ' if spells_infinity(cell) else ''}number, got {quoted(cell)}", int(row)
        )
        for row, cell in zip(rows, content.texts(rows), strict=True)
    ]


def spells_infinity(cell: str) -> bool:
    """Whether a cell spells an infinite number."""
    return cell.lower().lstrip("+-") in ("inf", "infinity")


def missing_target_notes(content: Content, as_labels: bool) -> list[str]:
    """Note how many rows have no target and, for classes, how to keep the words that mean so as labels."""
    rows = np.flatnonzero(content.missing)
    if not len(rows):
        return []
    words = sorted({cell for cell in content.texts(rows) if cell})
    note = f"Left out {counted(len(rows), 'row')} without a target ({content.name!r} is missing)"
    keeps = f"; missing_values: [''] keeps {first_few(words)} as a label" if words and as_labels else ""
    return [f"{note}{keeps}."]
