"""A run as its folder tells of it, for whoever draws or compares runs: finished, killed or still running."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.config import source
from nn.config.load import load
from nn.experiments.experiment import Experiment
from nn.model import Model
from nn.runs import metrics, snapshots, weights
from nn.runs.facts import read_facts
from nn.runs.snapshots import Snapshots

Columns = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Run:
    """A run directory; each of its files is read when it is asked for, once.

    Whatever is damaged raises ValueError naming the file, when it is asked for.

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
        """The run in a folder. Raises ValueError where there is no folder, or one without ``metrics.csv``."""
        folder = Path(path)
        if not (folder / "metrics.csv").is_file():
            kind = "a folder without metrics.csv" if folder.is_dir() else "a file"
            got = kind if folder.exists() else "no such folder"
            raise ValueError(f"{path}: expected a run directory, got {got}")
        return cls(folder)

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.resolve().name

    @cached_property
    def metrics(self) -> Columns:
        """The columns of ``metrics.csv`` by name, each (rows,); no row yet for a run that has just begun."""
        return metrics.read(self.folder / "metrics.csv")

    @cached_property
    def seen(self) -> dict[frozenset[str], Columns]:
        """The columns that ``columns`` has read already."""
        return {}

    def columns(self, names: Collection[str]) -> Columns:
        """Those of these columns that there are; quicker than all of a long run."""
        if not any(asked.issuperset(names) for asked in self.seen):
            self.seen[frozenset(names)] = metrics.read(self.folder / "metrics.csv", names)
        found = next(columns for asked, columns in self.seen.items() if asked.issuperset(names))
        return {name: found[name] for name in names if name in found}

    @cached_property
    def facts(self) -> dict[str, Any] | None:
        """What ``run.json`` says; None for a run that was killed before its end or goes on still."""
        return read_facts(self.folder) if (self.folder / "run.json").exists() else None

    @property
    def stopped(self) -> str | None:
        """Why it ended, as in ``run.json``; None for a run that was killed or goes on still."""
        return (self.facts or {}).get("stopped")

    @cached_property
    def config(self) -> dict[str, Any]:
        """The resolved configuration as plain data, also of an older version; empty where there is none."""
        path = self.folder / "config.yaml"
        data = source.read(path).data if path.exists() else {}
        if not isinstance(data, dict):
            raise ValueError(f"{path}: expected a mapping, got {data!r:.40}")
        return data

    @cached_property
    def experiment(self) -> Experiment:
        """What the configuration describes, with its data; its network has its first weights.

        Raises ConfigError (a ValueError) where this version or this machine cannot build it.
        """
        return Experiment.of(load(str(self.folder / "config.yaml")))

    @cached_property
    def model(self) -> Model | None:
        """The trained model; None while there is none."""
        return weights.load(self.folder) if (self.folder / "model.npz").exists() else None

    @cached_property
    def snapshots(self) -> Snapshots | None:
        """The networks of ``snapshots.npz``; None where training was not asked to keep any."""
        return snapshots.read(self.folder / "snapshots.npz")

    @cached_property
    def best_epoch(self) -> int | None:
        """The epoch of its weights; of a run without facts, of its lowest validation loss so far.

        None where there is neither, and where the weights are simply the last.
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
        """The k of the weights θₖ that it keeps, those after k epochs: the best, where there are any."""
        named: int | None = (self.facts or {}).get("kept_epoch") if self.stopped else None
        rows = self.columns(["epoch"]).get("epoch", np.empty(0))
        found = (named, self.best_epoch, int(rows[-1]) if len(rows) else 0)
        return next(epoch for epoch in found if epoch is not None)
