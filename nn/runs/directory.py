"""The run directory: what a training run leaves behind."""

import contextlib
import itertools
import json
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nn.config.load import dump
from nn.data.dataset import Dataset
from nn.experiments.experiment import Experiment
from nn.model import Model
from nn.runs import weights
from nn.runs.checkpoint import Checkpoints, Saved
from nn.runs.environment import environment
from nn.runs.lock import Lock
from nn.runs.metrics import MetricsWriter
from nn.runs.snapshots import SnapshotRecorder
from nn.storage.writing import write_whole
from nn.training.history import columns, status
from nn.training.reports import Report

FILES = (
    "config.yaml",
    "metrics.csv",
    "model.npz",
    "checkpoint.npz",
    "snapshots.npz",
    "run.json",
    "loss.png",
)
"""All that a training run writes."""
EMPTY: Mapping[str, dict[str, float]] = {}


def begin(experiment: Experiment, name: str, out: Path | None = None) -> "Recorder":
    """A run in a new folder: ``out``, or ``runs/NAME-001`` with the next free number.

    Raises ValueError where ``out`` exists, OSError where nothing can be written. A run that cannot begin
    leaves nothing behind, and neither do the folders that were made for it.
    """
    parents = (Path("runs") / name if out is None else out).parents
    made = [folder for folder in parents if not folder.exists()]
    try:
        folder = create(name, out)
        made.insert(0, folder)
        with contextlib.ExitStack() as opened:
            lock = opened.enter_context(Lock(folder))
            recorder = Recorder(folder, experiment, lock)
            opened.callback(recorder.metrics.file.close)
            recorder.write_facts(None)
            # What makes a folder a run comes last: from then on all that resuming needs is there.
            write_whole(folder / "config.yaml", dump(experiment.config).encode())
            opened.pop_all()
        return recorder
    except BaseException:
        for folder in made:
            take_back(folder)
        raise


def take_back(folder: Path) -> None:
    """Remove a folder with the files of a run that never began, unless another run is in there by now."""
    files = [folder / name for name in ("config.yaml", "metrics.csv", "run.json")]
    for remove in (*(file.unlink for file in files), folder.rmdir):
        with contextlib.suppress(OSError):
            remove()


def expect_new(out: Path) -> None:
    """Raises ValueError where there is something of this name already, if only a link to nowhere."""
    if os.path.lexists(out):
        raise ValueError(f"{out}: already exists; a run is never written over another")


def create(name: str, out: Path | None) -> Path:
    """The folder, made; two runs that begin at once get two numbers."""
    if out is not None:
        try:
            out.mkdir(parents=True)
        except FileExistsError:
            expect_new(out)
            raise
        return out
    for number in itertools.count(1):
        folder = Path("runs") / f"{name}-{number:03}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if not folder.exists():  # a link to nowhere
                raise
        except NotADirectoryError:
            raise ValueError("runs: expected a folder, got a file") from None
        else:
            return folder
    raise AssertionError("there is always a next number")


class Recorder:
    """Writes a run into its folder: metrics and checkpoints while it runs, the rest at its end."""

    def __init__(self, folder: Path, experiment: Experiment, lock: Lock, saved: Saved | None = None):
        self.folder, self.experiment, self.lock = folder, experiment, lock
        self.began = self.last = saved.report if saved else None
        self.metrics = MetricsWriter(folder / "metrics.csv")
        options: Any = experiment.config.training
        self.snapshots = None
        if options.snapshots:
            kept, best = (saved.snapshots, saved.best_epoch) if saved else (None, None)
            self.snapshots = SnapshotRecorder(
                folder / "snapshots.npz", options.snapshots, experiment, kept, best
            )
        self.checkpoints = Checkpoints(
            folder / "checkpoint.npz",
            options.checkpoint,
            options.epochs,
            options.report_every,
            self.snapshots,
        )

    def record(self, report: Report) -> None:
        """Add a row to ``metrics.csv``: the values of the report's last epoch. Now and then, a checkpoint."""
        self.last = report
        with naming(self.metrics.path):
            self.metrics.write(row(report))
        if self.snapshots:
            self.snapshots.take(report)
        if self.checkpoints.due(report):
            with naming(self.metrics.path):
                self.metrics.sync()  # a checkpoint has all its rows behind it
            if self.snapshots:
                self.snapshots.write()
            self.checkpoints.write()

    def close(self, stopped: str) -> dict[str, dict[str, float]]:
        """Write model, facts and checkpoint; returns the measures of each share with the final weights.

        A run that diverged before any best weights were kept has none to use: no ``model.npz``.
        """
        with naming(self.metrics.path):
            self.metrics.close()
        if stopped == "interrupted" and self.began and self.last is self.began:
            return {}  # resumed, and nothing is new
        measures: dict[str, dict[str, float]] = {}
        if stopped != "diverged" or (self.last and self.last.best_epoch is not None):
            weights.save(self.folder / "model.npz", self.experiment)
            measures = measure_shares(self.experiment)
            if self.snapshots and self.last:
                self.snapshots.keep(self.last.kept_epoch)
        if self.snapshots:
            self.snapshots.write()
        self.write_facts(stopped, measures)
        self.checkpoints.write()
        return measures

    def write_facts(self, stopped: str | None, measures: Mapping[str, dict[str, float]] = EMPTY) -> None:
        """Write ``run.json``; a run that goes on has not ``stopped``."""
        experiment, last = self.experiment, self.last
        facts: dict[str, Any] = {
            "stopped": stopped,
            "epochs": last.epoch if last else 0,
            "best_epoch": last.best_epoch if last else None,
            "reached": last.reached if last else None,
            "kept_epoch": last.kept_epoch if last else None,
            "seconds": last.seconds if last else 0.0,
            "metrics": {share: finite(values) for share, values in measures.items()},
            **{name: value for name, value in status(last).items() if value is not None},
            "seed": experiment.config.seed,
            **environment(experiment, last.engine if last else None),
            **({"engine_note": last.engine_note} if last and last.engine_note else {}),
        }
        write_whole(self.folder / "run.json", (json.dumps(facts, indent=2) + "\n").encode())


def row(report: Report) -> dict[str, float | None]:
    """The columns of ``metrics.csv``; accuracies and validation only where there are any."""
    values = columns(report) | {"seconds": round(report.seconds, 6)}
    return {name: value if name == "epoch" else float(value) for name, value in values.items()}


def measure_shares(experiment: Experiment) -> dict[str, dict[str, float]]:
    """The measures of each share with the weights as they are."""
    return {name: measure(experiment.model, share) for name, share in experiment.shares.items()}


@np.errstate(all="ignore")  # weights that have run away give a loss that says so
def measure(model: Model, samples: Dataset) -> dict[str, float]:
    """The measures of a model by name, as plain numbers."""
    named = model.evaluate(samples)._asdict().items()
    return {name: float(value) for name, value in named if value is not None}


def finite(values: dict[str, float]) -> dict[str, float | None]:
    """Values as JSON can hold them: None for one that is not finite."""
    return {name: value if math.isfinite(value) else None for name, value in values.items()}


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """An OSError names the file."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
