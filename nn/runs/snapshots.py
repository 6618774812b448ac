"""Keeps snapshots of a network during training, spaced evenly in the change of its outputs.

The network that the run keeps is always among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nn.arrays import Array
from nn.experiments.experiment import Experiment
from nn.storage.archive import load_archive, save_archive
from nn.training.reports import Report

SNAPSHOT_ROWS = 256
"""The number of training samples on whose outputs change is measured."""
SPARE = 4
"""During training up to this many times the requested number of snapshots are kept."""


class Snapshot(NamedTuple):
    """A network after an epoch: ``parameters (n_parameters,)``."""

    epoch: int
    parameters: Array
    changed: float


@dataclass(frozen=True, eq=False)
class Snapshots:
    """Networks of one run: ``epochs (k,)``, and ``parameters (k, n_parameters)`` after each of them."""

    epochs: Array
    parameters: Array
    changed: Array
    """The total change of outputs since the start, ``(k,)``: a sum of |Δy|, means over samples."""

    def __len__(self) -> int:
        return len(self.epochs)

    def chosen(self, count: int, kept_epoch: int | None = None) -> "Snapshots":
        """Choose at most this many, spaced as evenly as possible in the change of the outputs.

        The first, the last and that of the kept epoch are always chosen.
        """
        rows = sorted({0, len(self) - 1, *np.flatnonzero(self.epochs == kept_epoch).tolist()})
        while len(rows) < min(count, len(self)):
            # Of two with the largest change and others between them, take the one nearest to the middle.
            gaps = [(self.changed[b] - self.changed[a], a, b) for a, b in pairwise(rows) if b - a > 1]
            _, a, b = max(gaps)
            middle = np.abs(self.changed[a + 1 : b] - (self.changed[a] + self.changed[b]) / 2)
            rows = sorted([*rows, a + 1 + int(np.argmin(middle))])
        return self.take(np.array(rows))

    def including(self, epoch: int, parameters: Array) -> "Snapshots":
        """Add the network of this epoch in its place, unless it is there."""
        if epoch in self.epochs:
            return self
        row = int(np.searchsorted(self.epochs, epoch))
        changed = np.interp(epoch, self.epochs, self.changed)
        return Snapshots(
            np.insert(self.epochs, row, epoch),
            np.insert(self.parameters, row, parameters, axis=0),
            np.insert(self.changed, row, changed),
        )

    @classmethod
    def stacked(cls, taken: "Sequence[Snapshot]") -> "Snapshots":
        """Combine single snapshots."""
        return cls(*(np.array(column) for column in zip(*taken, strict=True)))

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> "Snapshots":
        """The snapshots in the arrays of a file; raises ValueError for other arrays."""
        kinds = {name: (array.dtype.kind, array.ndim) for name, array in arrays.items()}
        if kinds != {"epochs": ("i", 1), "parameters": ("f", 2), "changed": ("f", 1)}:
            raise ValueError(f"expected snapshots, got {', '.join(sorted(arrays))}")
        found = cls(**arrays)
        if not len(found) or {len(found)} != {len(found.parameters), len(found.changed)}:
            raise ValueError("expected as many epochs of snapshots as parameters, and one or more")
        if found.epochs[0] < 0 or (np.diff(found.epochs) <= 0).any() or not np.isfinite(found.changed).all():
            raise ValueError("expected the epochs of snapshots in their order, and how much changed finite")
        return found

    def are_of(self, parameters: Array) -> bool:
        """Whether they belong to a network with such parameters ``(n_parameters,)``."""
        return (self.parameters.shape[1:], self.parameters.dtype) == (parameters.shape, parameters.dtype)

    @property
    def arrays(self) -> dict[str, Array]:
        """The columns by name."""
        return {"epochs": self.epochs, "parameters": self.parameters, "changed": self.changed}

    def take(self, rows: Array) -> "Snapshots":
        """The snapshots in these rows."""
        return Snapshots(self.epochs[rows], self.parameters[rows], self.changed[rows])


def read_snapshots(path: Path) -> Snapshots | None:
    """Read a file; None if there is none. Raises ValueError if it is damaged."""
    if not path.exists():
        return None
    arrays, _ = load_archive(path)
    try:
        return Snapshots.of(arrays)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


class SnapshotRecorder:
    """Takes more snapshots of a run than requested, and keeps the best spaced ones at its end.

    A resumed run continues with the snapshots ``kept`` in its checkpoint.
    """

    def __init__(
        self,
        path: Path,
        count: int,
        experiment: Experiment,
        kept: Snapshots | None = None,
        kept_epoch: int | None = None,
    ):
        self.path, self.count = path, count
        self.network = experiment.model.network
        self.x = experiment.model.arrays(experiment.shares["training"])[0][:SNAPSHOT_ROWS]
        self.outputs = self.network.predict(self.x)
        self.kept_epoch = kept_epoch
        self.kept = [Snapshot(0, self.network.parameters.copy(), 0.0)]
        if kept:
            self.restore(kept)

    def restore(self, kept: Snapshots) -> None:
        """Continue after these snapshots."""
        rows = zip(kept.epochs.tolist(), kept.parameters, kept.changed.tolist(), strict=True)
        self.kept = [Snapshot(*row) for row in rows]

    def take(self, report: Report) -> None:
        """Keep a snapshot of the network now; thin out if there are many."""
        with np.errstate(all="ignore"):  # a diverged network
            outputs = self.network.predict(self.x)
            moved = float(np.mean(np.abs(outputs - self.outputs)))
        self.outputs = outputs
        changed = self.kept[-1].changed + (moved if np.isfinite(moved) else 0.0)
        epoch = report.epoch if report.reached is None else report.reached
        if epoch > self.kept[-1].epoch:
            self.kept.append(Snapshot(epoch, self.network.parameters.copy(), changed))
        self.kept_epoch = report.best_epoch
        if len(self.kept) > 2 * SPARE * self.count:
            self.restore(self.all.chosen(SPARE * self.count, self.kept_epoch))

    def keep(self, epoch: int) -> None:
        """Add the network as it is now, which the run keeps, unless it is among the snapshots."""
        self.kept_epoch = epoch
        self.restore(self.all.including(epoch, self.network.parameters))

    @property
    def all(self) -> Snapshots:
        """All snapshots so far."""
        return Snapshots.stacked(self.kept)

    def write(self) -> None:
        """Write the requested number of snapshots to the file."""
        save_archive(self.path, self.all.chosen(self.count, self.kept_epoch).arrays, {})
