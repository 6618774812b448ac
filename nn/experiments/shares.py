"""Splits the rows of a table into shares, and encodes each share."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from nn.arrays import Array, Floats
from nn.config.data_file import DataFile
from nn.config.seeds import SeedSection
from nn.data.columns.advice import quoted
from nn.data.columns.content import Content
from nn.data.columns.preprocessing import Encoded, Preprocessing
from nn.data.dataset import Dataset
from nn.data.folds import Fold
from nn.data.labels import Label
from nn.data.reading import Mistake, Table, TableError
from nn.data.splits import (
    PARTS,
    Rows,
    Sizes,
    parts_by_column,
    parts_by_group,
    parts_by_rule,
    parts_by_time,
)
from nn.data.targets import Targets
from nn.display import counted
from nn.experiments.roles import Roles
from nn.random import generator


def split_rows(
    table: Table,
    targets: Targets,
    roles: Roles,
    data: DataFile,
    seeds: SeedSection,
    fold: Fold | None = None,
) -> dict[str, Rows]:
    """Split the rows into shares, by the ``split`` option; a fold is the validation share."""
    if fold is None:
        return split_by_sizes(table, targets, roles, data, seeds)
    way = next(iter(data.split)) if isinstance(data.split, dict) else data.split
    if way in ("column", "time"):
        reason = (
            "names the shares" if way == "column" else "orders rows, and folds would be trained on later ones"
        )
        text = f"a {way} {reason}; for folds, leave it out or write {{group: NAME}}"
        raise TableError(table.name, [Mistake(None, None, "split", text)])
    everything = {"training": np.arange(len(table))}
    parts = (
        everything
        if data.test is None or isinstance(data.test, str)
        else split_by_sizes(table, targets, roles, data, seeds)
    )
    groups = None
    if way == "group":
        assert roles.split is not None, "a split by group names a column"
        groups = np.unique(table.column(roles.split).texts, return_inverse=True)[1]
    labels = None if targets.classes is None else targets.y[:, 0]
    return hold_fold_out(parts, fold, seeds, labels, groups, ordered=way == "ordered")


def hold_fold_out(
    parts: Mapping[str, Rows],
    fold: Fold,
    seeds: SeedSection,
    labels: Floats | None,
    groups: Array | None = None,
    *,
    ordered: bool = False,
) -> dict[str, Rows]:
    """Move the rows of a fold from training to validation; a test share stays as it is.

    Repeat r draws the folds with the seed of the split plus r.
    """
    rest = parts["training"]
    if ordered:
        held = fold.held_in_order(len(rest))
    else:
        seed = seeds.data if seeds.split is None else seeds.split
        order = generator(seed + fold.repeat, "split").permutation(len(rest))
        held = fold.held(
            order,
            None if labels is None else labels[rest],
            None if groups is None else np.unique(groups[rest], return_inverse=True)[1],
        )
    kept = np.delete(np.arange(len(rest)), held)
    return {**parts, "training": rest[kept], "validation": rest[held]}


def split_by_sizes(
    table: Table, targets: Targets, roles: Roles, data: DataFile, seeds: SeedSection
) -> dict[str, Rows]:
    """Split the rows into shares of the sizes in the options."""
    given = {name: getattr(data, name) for name in PARTS[1:]}
    sizes: Sizes = {name: size for name, size in given.items() if isinstance(size, int | float)}
    rng = generator(seeds.data, "data") if seeds.split is None else generator(seeds.split, "split")
    labels = None if targets.classes is None else targets.y[:, 0]
    if not isinstance(data.split, dict):
        return parts_by_rule(data.split, len(table), sizes, rng, labels, targets.classes or ())
    assert roles.split is not None, "a split by column, group or time names a column"
    (way,) = data.split
    column = table.column(roles.split)
    if way == "column":
        if named := [name for name, size in given.items() if size is not None]:
            text = f"column {roles.split!r} says which rows are held out; leave {' and '.join(named)} out"
            raise TableError(table.name, [Mistake(None, None, "split", text)])
        return parts_by_column(column.texts.tolist(), roles.split)
    if not sizes:
        text = f"expected a share or number of rows to hold out by {way}: validation: 0.2 or test: 0.2"
        raise TableError(table.name, [Mistake(None, None, "split", text)])
    return (
        parts_by_group(column.texts.tolist(), sizes, rng)
        if way == "group"
        else parts_by_time(time_values(table, roles.split), sizes)
    )


def time_values(table: Table, column: str) -> Floats:
    """Read a column of numbers or dates as numbers that increase with time, (rows,).

    Raises TableError for a missing cell, which is neither early nor late, and for other words.
    """
    content = Content.of(table, column)
    if content.missing.any():
        row = int(np.argmax(content.missing))
        text = "expected a number or a date to split by time, got a missing cell"
        raise TableError(table.name, [Mistake(int(table.lines[row]), column, "split", text)])
    if not content.words.any():
        return content.numbers
    texts = table.column(column).texts.tolist()
    try:
        return np.array(texts, dtype="datetime64[us]").astype(np.float64)
    except ValueError as error:
        text = f"expected numbers or dates such as 2026-11-26 to split by time: {error}"
        raise TableError(table.name, [Mistake(None, column, "split", text)]) from None


def sample_weights(table: Table, column: str) -> Floats:
    """Read a column of weights, finite numbers of at least 0, (rows,)."""
    values = table.column(column).numbers
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if len(wrong):
        row = int(wrong[0])
        text = f"expected a number of at least 0, got {quoted(str(table.column(column).texts[row]))}"
        raise TableError(table.name, [Mistake(int(table.lines[row]), column, "weight", text)])
    return values


class ShareBuilder:
    """Encodes the rows of each share alike, and notes what is lost."""

    def __init__(self, preprocessing: Preprocessing, classes: Sequence[Label] | None, roles: Roles):
        self.preprocessing, self.roles = preprocessing, roles
        self.classes = None if classes is None else tuple(classes)
        self.notes: list[str] = []

    def build(self, share: str, table: Table, y: Floats) -> Dataset:
        """Encode the rows of a share; raises TableError for cells that cannot be used."""
        encoded = self.preprocessing.encode(table)
        if encoded.mistakes:
            raise TableError(table.name, encoded.mistakes)
        usable = encoded.usable
        self.notes += self.losses(share, encoded, y)
        weights = sample_weights(table, self.roles.weight)[usable] if self.roles.weight else None
        features = self.preprocessing.features
        return Dataset(encoded.x[usable], y[usable], features, self.roles.targets, self.classes, weights)

    def losses(self, share: str, encoded: Encoded, y: Floats) -> Iterator[str]:
        """Note unknown levels, rows that are left out, and classes without a sample to train on."""
        for name, count in encoded.unknown.items():
            yield f"{share}: {counted(count, 'cell')} of {name!r} with a level that training does not have."
        if encoded.unusable:
            yield f"{share}: left out {counted(len(encoded.unusable), 'row')} with a missing cell."
        if share == "training" and self.classes is not None:
            found = set(y[:, 0])
            for number, one in enumerate(self.classes):
                if number not in found:
                    yield f"training: no sample of class {str(one)!r}, as they are all held out."
