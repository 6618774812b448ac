"""Reads rows for a trained model: a table as that of its run was read, or the arrays of an NPZ file."""

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TextIO

import numpy as np

from nn.arrays import Array
from nn.config.data_file import DataFile
from nn.config.load import load_config
from nn.data.columns.preprocessing import Encoded
from nn.data.dataset import Dataset
from nn.data.labels import Label, Task
from nn.data.npz import read_npz
from nn.data.reading import Table, TableError, read_table
from nn.data.targets import read_targets
from nn.display import counted
from nn.experiments.tables import DIALECT


class RowReader(Protocol):
    """What makes features of columns of a table: a model, or several as one."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the columns that are inputs."""

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features."""

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the columns that are targets."""

    @property
    def classes(self) -> tuple[Label, ...] | None:
        """The labels of a classification."""

    def encode(self, x: Any) -> Encoded:
        """Encode a table as features."""

    def features_of(self, x: Any) -> Array:
        """The features of inputs, ``(rows, features)``."""


class RowsRead(NamedTuple):
    """Samples of a file, and what was left out of it, a sentence each."""

    samples: Dataset
    notes: tuple[str, ...]


def read_rows(model: RowReader, source: str | TextIO, run: Path | None = None) -> RowsRead:
    """Read the rows of a file (of its test share if it has one) with the columns and classes of the model.

    ``run`` is the run directory that says how its own table was read. Rows without a target are left out.
    Raises ValueError for what does not fit the model, OSError for what cannot be read.
    """
    task: Task = "regression" if model.classes is None else "classification"
    if isinstance(source, str) and Path(source).suffix.lower() == ".npz":
        training, test = read_npz(source, task="regression", classes=model.classes)
        samples = test or training
        if len(samples.inputs) != len(model.inputs):
            raise ValueError(f"{source}: expected {len(model.inputs)} inputs, got {len(samples.inputs)}")
        return RowsRead(replace(samples, x=model.features_of(samples.x), inputs=model.features), ())
    table, data = read_like(run, source), data_section(run)
    words = None if data is None else data.missing_values
    targets = read_targets(table, model.targets, task, model.classes, words)
    rows = np.flatnonzero(targets.present)
    encoded = model.encode(table.take(rows))
    if encoded.mistakes:
        raise TableError(table.name, encoded.mistakes)
    usable = encoded.usable
    samples = Dataset(
        encoded.x[usable], targets.y[rows][usable], model.features, model.targets, targets.classes
    )
    left_out = (
        () if usable.all() else (f"Left out {counted(len(encoded.unusable), 'row')} with a missing cell.",)
    )
    return RowsRead(samples, (*targets.notes, *left_out))


def read_like(run: Path | None, source: str | TextIO) -> Table:
    """Read a table as that of a run was read."""
    return read_table(Path(source) if isinstance(source, str) else source, **dialect_of(run))


def dialect_of(run: Path | None) -> dict[str, Any]:
    """Return how the table of a run was read, as options of ``read_table``; nothing for a model file."""
    data = data_section(run)
    return {name: getattr(data, name) for name in DIALECT} if data else {}


def data_section(run: Path | None) -> DataFile | None:
    """Return the options of the file that a run was trained on; None for a model file or bundled data."""
    if run is None or not (run / "config.yaml").exists():
        return None
    data = load_config(str(run / "config.yaml"), unnumbered=1).data
    return data if isinstance(data, DataFile) else None
