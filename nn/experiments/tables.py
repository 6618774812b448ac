"""Prepares a table for a network: infers its columns, drops rows, splits it into shares, encodes them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from nn.config.data import DataSection
from nn.config.data_file import COLUMN_KIND_CHOICES, DataFile
from nn.config.seeds import SeedSection
from nn.data.columns.content import Content
from nn.data.columns.inference import Inferred, infer
from nn.data.columns.kinds import ColumnKind
from nn.data.columns.preprocessing import Preprocessing
from nn.data.dataset import Dataset
from nn.data.folds import Fold
from nn.data.labels import Rule, Task
from nn.data.reading import Mistake, Table, TableError, read_table
from nn.data.splits import (
    PARTS,
)
from nn.data.targets import Targets, read_targets
from nn.display import counted
from nn.experiments.roles import Roles, find_roles, kinds_of
from nn.experiments.shares import ShareBuilder, split_rows

DIALECT = ("header", "delimiter", "decimal", "encoding", "comment")
"""The options that say how a file is read."""
MAX_WRITTEN = 1000
"""Of a table with more columns, plain numbers go without saying in the resolved configuration."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """The data of a configuration, split into shares and encoded."""

    shares: dict[str, Dataset]
    """``training`` and, if held out, ``validation`` and ``test``; inputs are features, not yet scaled."""
    preprocessing: Preprocessing
    section: DataSection
    """The options of the configuration, with everything that was inferred."""
    notes: tuple[str, ...] = ()
    """What was inferred, one sentence each."""


def prepare_table(
    data: DataFile, rule: Rule, seeds: SeedSection, table: Table | None = None, fold: Fold | None = None
) -> Prepared:
    """Read the file of a configuration and prepare its rows; those of the fold are its validation share.

    Raises TableError with all that is wrong with its columns and cells, OSError if it cannot be read.
    """
    table = table or read_file(data.file, data)
    roles = find_roles(table, data)
    targets, inferred = infer_columns(table, roles, data, rule)
    kept = targets.present & ~rows_to_drop(table, inferred)
    notes = [*table.notes, *targets.notes, *inferred.notes]
    if not kept.all():
        notes += drop_notes(table, targets, kept)
        if not kept.any():
            raise TableError(table.name, [Mistake(None, None, "columns", "no row is left to train on")])
    rows = np.flatnonzero(kept)
    table, targets = table.take(rows), targets._replace(y=targets.y[rows])
    parts = split_rows(table, targets, roles, data, seeds, fold)
    training = table.take(parts["training"])
    kinds, words = inferred.kinds, inferred.missing_values
    preprocessing = Preprocessing.fit(training, kinds, words, scale_of(data))
    builder = ShareBuilder(preprocessing, targets.classes, roles)
    shares = {name: builder.build(name, table.take(rows), targets.y[rows]) for name, rows in parts.items()}
    for name in PARTS[1:]:
        if isinstance(path := getattr(data, name), str):
            other = read_file(path, data)
            task: Task = "regression" if targets.classes is None else "classification"
            found = read_targets(other, roles.targets, task, targets.classes, data.missing_values)
            rows = np.flatnonzero(found.present)
            shares[name] = builder.build(name, other.take(rows), found.y[rows])
            notes += found.notes
    section = explicit(data, table, inferred, roles, targets)
    ordered = {name: shares[name] for name in PARTS if name in shares}
    return Prepared(ordered, preprocessing, section, (*notes, *builder.notes))


def read_file(source: str | TextIO, data: DataFile) -> Table:
    """Read a file with the dialect in the options."""
    options = {name: getattr(data, name) for name in DIALECT}
    return read_table(Path(source) if isinstance(source, str) else source, **options)


def infer_columns(table: Table, roles: Roles, data: DataFile, rule: Rule) -> tuple[Targets, Inferred]:
    """Read the targets and infer the kinds of the inputs; raises TableError with the mistakes of both."""
    mistakes: list[Mistake] = []
    targets: Targets | None = None
    try:
        targets = read_targets(table, roles.targets, data.task or rule, None, data.missing_values)
    except TableError as error:
        mistakes += error.mistakes
    inferred = infer(table, roles.inputs, kinds_of(data), data.missing_values, named=roles.named)
    mistakes += inferred.mistakes
    if targets is None or mistakes:
        order = {name: place for place, name in enumerate(table.columns)}
        raise TableError(table.name, sorted(mistakes, key=lambda one: order.get(one.column or "", -1)))
    return targets, inferred


def rows_to_drop(table: Table, inferred: Inferred) -> Any:
    """Mark the rows with a missing cell in a column whose kind says ``missing: drop_row``, (rows,)."""
    mask = np.zeros(len(table), dtype=np.bool_)
    for name, kind in inferred.kinds.items():
        if getattr(kind, "missing", None) == "drop_row":
            mask |= Content.of(table, name, inferred.missing_values[name]).missing
    return mask


def drop_notes(table: Table, targets: Targets, kept: Any) -> Iterator[str]:
    """Note how many rows are left out for a missing input."""
    if count := int(np.count_nonzero(targets.present & ~kept)):
        yield f"Left out {counted(count, 'row')} with a missing cell (missing: drop_row)."


def scale_of(data: DataSection) -> Any:
    """Return what inputs are scaled to; None for nothing."""
    return None if data.scale in (None, "none") else data.scale


def explicit(data: DataFile, table: Table, inferred: Inferred, roles: Roles, targets: Targets) -> DataFile:
    """Return the options with everything that was inferred, so that they mean the same for other rows."""
    kinds: Mapping[str, ColumnKind] = inferred.kinds
    if len(kinds) > MAX_WRITTEN:
        kinds = {name: kind for name, kind in kinds.items() if kind.spec != "number"}
    dialect = {name: getattr(table.dialect, name) for name in DIALECT if table.dialect.delimiter is not None}
    return data.model_copy(
        update={
            **dialect,
            "columns": {name: COLUMN_KIND_CHOICES(kind.spec) for name, kind in kinds.items()},
            "task": "regression" if targets.classes is None else "classification",
        }
    )
