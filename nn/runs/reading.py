"""Reads run directories, of finished, killed and running trainings, to plot and compare them."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.config.load import load_config
from nn.config.source import read_source
from nn.experiments.experiment import Experiment
from nn.model import Model
from nn.runs import weights
from nn.runs.facts import read_facts
from nn.runs.metrics import read_metrics
from nn.runs.snapshots import Snapshots, read_snapshots

Columns = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Run:
    """A run directory; each of its files is read once, when first needed.

    A damaged file raises ValueError with its path when it is read.

    >>> from tempfile import TemporaryDirectory
    >>> from nn import run
    >>> with TemporaryDirectory() as folder:
    ...     trained = run("xor", f"{folder}/xor")
    ...     trained.stopped, trained.model.predict([[0, 1], [1, 1]])
    ('stop_at', array([1, 0]))
    """

    folder: Path

    @classmethod
    def of(cls, path: str | Path) -> "Run":
        """The run in a folder. Raises ValueError if there is no folder, or no ``metrics.csv`` in it."""
        folder = Path(path)
        if not (folder / "metrics.csv").is_file():
            kind = "a folder without metrics.csv" if folder.is_dir() else "a file"
            got = kind if folder.exists() else "no such folder"
            raise ValueError(f"{path}: expected a run directory, got {got}")
        return cls(folder)

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.resolve().name

    @cached_property
    def metrics(self) -> Columns:
        """The columns of ``metrics.csv`` by name, each ``(rows,)``; a new run has no rows."""
        return read_metrics(self.folder / "metrics.csv")

    @cached_property
    def seen(self) -> dict[frozenset[str], Columns]:
        """The columns that ``columns`` has already read."""
        return {}

    def columns(self, names: Collection[str]) -> Columns:
        """These columns, if the run has them; faster than reading all columns of a long run."""
        if not any(asked.issuperset(names) for asked in self.seen):
            self.seen[frozenset(names)] = read_metrics(self.folder / "metrics.csv", names)
        found = next(columns for asked, columns in self.seen.items() if asked.issuperset(names))
        return {name: found[name] for name in names if name in found}

    @cached_property
    def facts(self) -> dict[str, Any] | None:
        """The content of ``run.json``; None for a run that was killed or still trains."""
        return read_facts(self.folder) if (self.folder / "run.json").exists() else None

    @property
    def stopped(self) -> str | None:
        """Why training ended, as in ``run.json``; None for a run that was killed or still trains."""
        return (self.facts or {}).get("stopped")

    @cached_property
    def config(self) -> dict[str, Any]:
        """The resolved configuration as plain data, of any version; empty if there is none."""
        path = self.folder / "config.yaml"
        data = read_source(path).data if path.exists() else {}
        if not isinstance(data, dict):
            raise ValueError(f"{path}: expected a mapping, got {data!r:.40}")
        return data

    @cached_property
    def experiment(self) -> Experiment:
        """The experiment of the configuration, with its data and with initial weights.

        Raises ConfigError (a ValueError) if this version or this machine cannot build it.
        """
        return Experiment.of(load_config(str(self.folder / "config.yaml"), unnumbered=1))

    @cached_property
    def model(self) -> Model | None:
        """The trained model; None before it is written."""
        return weights.load(self.folder) if (self.folder / "model.npz").exists() else None

    @cached_property
    def snapshots(self) -> Snapshots | None:
        """The networks in ``snapshots.npz``; None if training kept none."""
        return read_snapshots(self.folder / "snapshots.npz")

    @cached_property
    def best_epoch(self) -> int | None:
        """The epoch of the weights; for a run without facts, of its lowest validation loss so far.

        None if there is neither, and if the weights are those of the last epoch.
        """
        if self.facts is not None and self.stopped:
            best: int | None = self.facts.get("best_epoch")
            return best
        found = self.columns(["epoch", "val_loss"])
        losses = found.get("val_loss", np.empty(0))
        finite = np.flatnonzero(np.isfinite(losses))
        return int(found["epoch"][finite[np.argmin(losses[finite])]]) if len(finite) else None

    @property
    def kept_epoch(self) -> int:
        """The k of the weights θₖ that the run keeps, those after k epochs: the best epoch, else the last."""
        named: int | None = (self.facts or {}).get("kept_epoch") if self.stopped else None
        rows = self.columns(["epoch"]).get("epoch", np.empty(0))
        found = (named, self.best_epoch, int(rows[-1]) if len(rows) else 0)
        return next(epoch for epoch in found if epoch is not None)
