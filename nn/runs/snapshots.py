"""Keeps what a network was like while it learnt, in ``snapshots.npz``: spaced evenly in what changed.

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
from nn.storage import archive
from nn.training.reports import Report

ROWS = 256
"""The outputs for so many training samples say how much has changed."""
SPARE = 4
"""Of the reports of a run, up to so many times as many as asked for are kept while it goes on."""


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
    """How far the outputs had moved in all since the start, ``(k,)``: a sum of |Δy|, means over samples."""

    def __len__(self) -> int:
        return len(self.epochs)

    def chosen(self, count: int, kept_epoch: int | None = None) -> "Snapshots":
        """At most so many, spaced as evenly in what changed as they can be.

        The first, the last and that of the kept epoch are always among them.
        """
        rows = sorted({0, len(self) - 1, *np.flatnonzero(self.epochs == kept_epoch).tolist()})
        while len(rows) < min(count, len(self)):
            # Where most changed between two that have others between them, the one nearest to the middle.
            gaps = [(self.changed[b] - self.changed[a], a, b) for a, b in pairwise(rows) if b - a > 1]
            _, a, b = max(gaps)
            middle = np.abs(self.changed[a + 1 : b] - (self.changed[a] + self.changed[b]) / 2)
            rows = sorted([*rows, a + 1 + int(np.argmin(middle))])
        return self.take(np.array(rows))

    def including(self, epoch: int, parameters: Array) -> "Snapshots":
        """With the network of this epoch, put in its place where it is missing."""
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
        """Those that were taken one by one."""
        return cls(*(np.array(column) for column in zip(*taken, strict=True)))

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> "Snapshots":
        """Those in the arrays of a file; raises ValueError for other arrays."""
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
        """Whether they are of a network with such parameters ``(n_parameters,)``."""
        return (self.parameters.shape[1:], self.parameters.dtype) == (parameters.shape, parameters.dtype)

    @property
    def arrays(self) -> dict[str, Array]:
        """The columns by name."""
        return {"epochs": self.epochs, "parameters": self.parameters, "changed": self.changed}

    def take(self, rows: Array) -> "Snapshots":
        """Those in these rows."""
        return Snapshots(self.epochs[rows], self.parameters[rows], self.changed[rows])


def read(path: Path) -> Snapshots | None:
    """What a file holds, or None where there is none; raises ValueError where it is damaged."""
    if not path.exists():
        return None
    arrays, _ = archive.load(path)
    try:
        return Snapshots.of(arrays)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


class SnapshotRecorder:
    """Takes snapshots of a run at its reports, more than are asked for; in the end the best spaced stay.

    A run that is resumed goes on with all those that its checkpoint has ``kept``.
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
        self.x = experiment.model.arrays(experiment.shares["training"])[0][:ROWS]
        self.outputs = self.network.predict(self.x)
        self.kept_epoch = kept_epoch
        self.kept = [Snapshot(0, self.network.parameters.copy(), 0.0)]
        if kept:
            self.restore(kept)

    def restore(self, kept: Snapshots) -> None:
        """Go on after these."""
        rows = zip(kept.epochs.tolist(), kept.parameters, kept.changed.tolist(), strict=True)
        self.kept = [Snapshot(*row) for row in rows]

    def take(self, report: Report) -> None:
        """Keep the network as it is; thin out where there are many."""
        with np.errstate(all="ignore"):  # a network that has run away
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
        """Make sure that the network as it is now, the one that the run keeps, is among the snapshots."""
        self.kept_epoch = epoch
        self.restore(self.all.including(epoch, self.network.parameters))

    @property
    def all(self) -> Snapshots:
        """All that are kept so far."""
        return Snapshots.stacked(self.kept)

    def write(self) -> None:
        """The file holds as many as asked for."""
        archive.save(self.path, self.all.chosen(self.count, self.kept_epoch).arrays, {})
