"""Prepares the rows of a table: which columns are what, which rows are left out, the shares, the features."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nn.config.data import DataSection
from nn.config.data_file import COLUMN_KIND_CHOICES, DataFile
from nn.config.seeds import SeedSection
from nn.data.columns.advice import plural, quoted
from nn.data.columns.content import Content
from nn.data.columns.inference import Inferred, infer
from nn.data.columns.kinds import ColumnKind
from nn.data.columns.preprocessing import Preprocessing
from nn.data.dataset import Dataset
from nn.data.labels import Label, Rule, Task
from nn.data.reading import Mistake, Table, TableError, read_table
from nn.data.splits import (
    PARTS,
    Rows,
    Sizes,
    ordered_parts,
    parts_by_column,
    parts_by_group,
    parts_by_time,
    random_parts,
)
from nn.data.targets import Targets, read_targets
from nn.experiments.roles import Roles, find_roles, kinds_of
from nn.random import generator

DIALECT = ("header", "delimiter", "decimal", "encoding", "comment")
"""The options that say how a file is read."""
MAX_WRITTEN = 1000
"""Of a table with more columns, plain numbers go without saying in the resolved configuration."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """The data of a configuration, ready for a network."""

    shares: dict[str, Dataset]
    """``training`` and, if held out, ``validation`` and ``test``; inputs are features, not yet scaled."""
    preprocessing: Preprocessing
    section: DataSection
    """The options with all that was inferred."""
    notes: tuple[str, ...] = ()
    """What was inferred, a sentence each."""


def prepare_table(data: DataFile, rule: Rule, seeds: SeedSection, table: Table | None = None) -> Prepared:
    """Read the file of a configuration and prepare its rows.

    Raises TableError with all that is wrong with its columns and cells, OSError if it cannot be read.
    """
    table = table or read_file(data.file, data)
    roles = find_roles(table, data)
    targets, inferred = understood(table, roles, data, rule)
    kept = targets.present & ~dropped(table, inferred)
    notes = [*table.notes, *targets.notes, *inferred.notes]
    if not kept.all():
        notes += said_of_drops(table, targets, kept)
        if not kept.any():
            raise TableError(table.name, [Mistake(None, None, "columns", "no row is left to train on")])
    rows = np.flatnonzero(kept)
    table, targets = table.take(rows), targets._replace(y=targets.y[rows])
    parts = deal(table, targets, roles, data, seeds)
    training = table.take(parts["training"])
    kinds, words = inferred.kinds, inferred.missing_values
    preprocessing = Preprocessing.fit(training, kinds, words, scale_of(data))
    maker = Maker(preprocessing, targets.classes, roles)
    shares = {name: maker.dataset(name, table.take(parts[name]), targets.y[parts[name]]) for name in parts}
    for name in PARTS[1:]:
        if isinstance(path := getattr(data, name), str):
            other = read_file(path, data)
            task: Task = "regression" if targets.classes is None else "classification"
            found = read_targets(other, roles.targets, task, targets.classes, data.missing_values)
            rows = np.flatnonzero(found.present)
            shares[name] = maker.dataset(name, other.take(rows), found.y[rows])
            notes += found.notes
    section = explicit(data, table, inferred, roles, targets)
    ordered = {name: shares[name] for name in PARTS if name in shares}
    return Prepared(ordered, preprocessing, section, (*notes, *maker.notes))


def read_file(path: str, data: DataFile) -> Table:
    """Read a file as the options say."""
    return read_table(Path(path), **{name: getattr(data, name) for name in DIALECT})


def understood(table: Table, roles: Roles, data: DataFile, rule: Rule) -> tuple[Targets, Inferred]:
    """Read the targets and infer what the inputs are; TableError with all mistakes of both."""
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


def dropped(table: Table, inferred: Inferred) -> Any:
    """Which rows have a missing cell in a column whose kind says ``missing: drop_row``, (rows,)."""
    mask = np.zeros(len(table), dtype=np.bool_)
    for name, kind in inferred.kinds.items():
        if getattr(kind, "missing", None) == "drop_row":
            mask |= Content.of(table, name, inferred.missing_values[name]).missing
    return mask


def said_of_drops(table: Table, targets: Targets, kept: Any) -> Iterator[str]:
    """How many rows are left out for a missing input."""
    if count := int(np.count_nonzero(targets.present & ~kept)):
        yield f"Left out {plural(count, 'row')} with a missing cell (missing: drop_row)."


def deal(table: Table, targets: Targets, roles: Roles, data: DataFile, seeds: SeedSection) -> dict[str, Rows]:
    """Deal the rows out to the shares."""
    given = {name: getattr(data, name) for name in PARTS[1:]}
    sizes: Sizes = {name: size for name, size in given.items() if isinstance(size, int | float)}
    rng = generator(seeds.data, "data") if seeds.split is None else generator(seeds.split, "split")
    labels = None if targets.classes is None else targets.y[:, 0]
    if data.split == "random":
        return random_parts(len(table), sizes, rng, labels, targets.classes or ())
    if data.split == "ordered":
        return ordered_parts(len(table), sizes)
    assert roles.split is not None, "it is the column of one of the ways below"
    (way,) = data.split
    cells = table.column(roles.split).texts.tolist()
    if way == "column":
        if named := [name for name, size in given.items() if size is not None]:
            text = f"column {roles.split!r} says which rows are held out; leave {' and '.join(named)} out"
            raise TableError(table.name, [Mistake(None, None, "split", text)])
        return parts_by_column(cells, roles.split)
    if not sizes:
        text = f"expected a share or number of rows to hold out by {way}: validation: 0.2 or test: 0.2"
        raise TableError(table.name, [Mistake(None, None, "split", text)])
    return (
        parts_by_group(cells, sizes, rng)
        if way == "group"
        else parts_by_time(times(table, roles.split), sizes)
    )


def times(table: Table, column: str) -> Any:
    """The numbers or dates of a column as numbers that rise with time, (rows,)."""
    content = Content.of(table, column)
    if not content.words.any() and not content.missing.any():
        return content.numbers
    texts = table.column(column).texts.tolist()
    try:
        return np.array(texts, dtype="datetime64[us]").astype(np.float64)
    except ValueError as error:
        text = f"expected numbers or dates such as 2026-11-26 to split by time: {error}"
        raise TableError(table.name, [Mistake(None, column, "split", text)]) from None


def sample_weights(table: Table, column: str) -> Any:
    """A column of weights, finite numbers of at least 0, (rows,)."""
    values = table.column(column).numbers
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if len(wrong):
        row = int(wrong[0])
        text = f"expected a number of at least 0, got {quoted(str(table.column(column).texts[row]))}"
        raise TableError(table.name, [Mistake(int(table.lines[row]), column, "weight", text)])
    return values


def scale_of(data: DataSection) -> Any:
    """What inputs are scaled to."""
    return None if data.scale in (None, "none") else data.scale


class Maker:
    """Makes data sets of rows, all with the same features, and says what it met."""

    def __init__(self, preprocessing: Preprocessing, classes: Sequence[Label] | None, roles: Roles):
        self.preprocessing, self.roles = preprocessing, roles
        self.classes = None if classes is None else tuple(classes)
        self.notes: list[str] = []

    def dataset(self, share: str, table: Table, y: Any) -> Dataset:
        """The data set of these rows; TableError for cells that cannot be used."""
        encoded = self.preprocessing.encode(table)
        if encoded.mistakes:
            raise TableError(table.name, encoded.mistakes)
        usable = encoded.usable
        self.notes += [
            f"{share}: {plural(count, 'cell')} of {name!r} with a level that training does not have."
            for name, count in encoded.unknown.items()
        ]
        weights = sample_weights(table, self.roles.weight)[usable] if self.roles.weight else None
        features = self.preprocessing.features
        return Dataset(encoded.x[usable], y[usable], features, self.roles.targets, self.classes, weights)


def explicit(data: DataFile, table: Table, inferred: Inferred, roles: Roles, targets: Targets) -> DataFile:
    """The options with all that was inferred, so that they mean the same for other rows."""
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
