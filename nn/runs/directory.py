"""Writes the run directory of a training run."""

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
from nn.findings.finding import Finding
from nn.metrics.assessment import Assessment
from nn.model import Model
from nn.runs import weights
from nn.runs.assessing import assess_shares, assessment_facts
from nn.runs.checkpoint import CheckpointData, Checkpoints
from nn.runs.diagnosing import diagnose_run, finding_facts
from nn.runs.environment import environment
from nn.runs.lock import Lock
from nn.runs.metrics import MetricsWriter
from nn.runs.snapshots import SnapshotRecorder
from nn.runs.strides import Strides, metric_row, stride_rows
from nn.storage.writing import write_whole
from nn.training.history import status_numbers
from nn.training.reports import Report

PIPED_TABLE = "table.csv"
"""The table of a run, if it came through a pipe."""
FILES = (
    "config.yaml",
    "metrics.csv",
    "model.npz",
    "checkpoint.npz",
    "snapshots.npz",
    "run.json",
    "loss.png",
    PIPED_TABLE,
)
"""The files that a training run writes."""
EMPTY: Mapping[str, dict[str, float]] = {}


def begin(
    experiment: Experiment, name: str, out: Path | None = None, piped: bytes | None = None
) -> "Recorder":
    """Create a run in a new folder: ``out``, or ``runs/NAME-001`` with the next free number.

    A table that came through a pipe is kept in it, so that training can be resumed.
    Raises ValueError if ``out`` exists, OSError if it cannot be written. A run that cannot begin leaves no
    files and no folders behind.
    """
    parents = (Path("runs") / name if out is None else out).parents
    made = [folder for folder in parents if not folder.exists()]
    try:
        folder = create(name, out)
        made.insert(0, folder)
        if piped is not None:
            write_whole(folder / PIPED_TABLE, piped)
            experiment = experiment.reading(folder / PIPED_TABLE)
        with contextlib.ExitStack() as opened:
            lock = opened.enter_context(Lock(folder))
            recorder = Recorder(folder, experiment, lock)
            opened.callback(recorder.metrics.file.close)
            recorder.write_facts(None)
            # config.yaml makes a folder a run, so it is written last, when all that resuming needs is there.
            write_whole(folder / "config.yaml", dump(experiment.config).encode())
            opened.pop_all()
        return recorder
    except BaseException:
        for folder in made:
            take_back(folder)
        raise


def take_back(folder: Path) -> None:
    """Remove the folder and files of a run that never began, unless another run is there by now."""
    files = [folder / name for name in ("config.yaml", "metrics.csv", "run.json", PIPED_TABLE)]
    for remove in (*(file.unlink for file in files), folder.rmdir):
        with contextlib.suppress(OSError):
            remove()


def expect_new(out: Path) -> None:
    """Raise ValueError if the name exists, be it as a broken link."""
    if os.path.lexists(out):
        raise ValueError(f"{out}: already exists; a run is never written over another")


def create(name: str, out: Path | None) -> Path:
    """Create the folder; two runs that begin at the same time get different numbers."""
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
            if not folder.exists():  # a broken link
                raise
        except NotADirectoryError:
            raise ValueError("runs: expected a folder, got a file") from None
        else:
            return folder
    raise AssertionError("there is always a next number")


class Recorder:
    """Writes the files of a run: metrics and checkpoints during training, the others at its end."""

    def __init__(self, folder: Path, experiment: Experiment, lock: Lock, saved: CheckpointData | None = None):
        self.folder, self.experiment, self.lock = folder, experiment, lock
        self.began = self.last = saved.report if saved else None
        self.metrics = MetricsWriter(folder / "metrics.csv")
        self.assessments: dict[str, Assessment] = {}
        """Of the final weights, by share; empty until the run ends."""
        self.findings: list[Finding] = []
        """Why the network does not learn, if it does not; empty until the run ends."""
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
        self.strides = Strides(options.report_every, options.epochs)

    @property
    def stride(self) -> int | None:
        """How many epochs the next report may cover; None for ``report_every``, as with snapshots."""
        if self.snapshots or not self.last or self.last is self.began:
            return None
        return self.strides.after(self.last.epoch, self.checkpoints.next_epoch)

    def record(self, report: Report) -> None:
        """Add the rows of a report to ``metrics.csv``; write a checkpoint if one is due."""
        since = self.last.seconds if self.last else 0.0
        self.strides.see(report, report.seconds - since)
        self.last = report
        with naming(self.metrics.path):
            if len(report.losses) > self.strides.every:
                self.metrics.extend(stride_rows(report, self.strides.every, since))
            else:
                self.metrics.write(metric_row(report))
        if self.snapshots:
            self.snapshots.take(report)
        if self.checkpoints.due(report):
            with naming(self.metrics.path):
                self.metrics.sync()  # the rows up to a checkpoint are written before it
            if self.snapshots:
                self.snapshots.write()
            self.checkpoints.write()

    def close(self, stopped: str) -> dict[str, dict[str, float]]:
        """Write model, facts and checkpoint; returns the metrics of each share with the final weights.

        A run that diverged before any best weights were kept has no ``model.npz``.
        """
        with naming(self.metrics.path):
            self.metrics.close()
        if stopped == "interrupted" and self.began and self.last is self.began:
            return {}  # resumed without a new report
        measures: dict[str, dict[str, float]] = {}
        if stopped != "diverged" or (self.last and self.last.best_epoch is not None):
            weights.save_model(self.folder / "model.npz", self.experiment)
            measures = measure_shares(self.experiment)
            self.assessments = assess_shares(self.experiment, measures)
            if self.snapshots and self.last:
                self.snapshots.keep(self.last.kept_epoch)
        if self.snapshots:
            self.snapshots.write()
        self.write_facts(stopped, measures)
        self.checkpoints.write()
        # Last, when all files are there: trials take a while.
        self.findings = diagnose_run(self.experiment, self.metrics.path, self.last, stopped)
        if self.findings:
            self.write_facts(stopped, measures)
        return measures

    def write_facts(self, stopped: str | None, measures: Mapping[str, dict[str, float]] = EMPTY) -> None:
        """Write ``run.json``; ``stopped`` is None while training goes on."""
        experiment, last = self.experiment, self.last
        numbers = status_numbers(last.status if last else None)
        facts: dict[str, Any] = {
            "stopped": stopped,
            "epochs": last.epoch if last else 0,
            "best_epoch": last.best_epoch if last else None,
            "reached": last.reached if last else None,
            "kept_epoch": last.kept_epoch if last else None,
            "seconds": last.seconds if last else 0.0,
            "metrics": {share: json_numbers(values) for share, values in measures.items()},
            **assessment_facts(self.assessments, experiment.shares["training"]),
            **finding_facts(self.findings),
            **{name: value for name, value in numbers.items() if value is not None},
            "notes": [*experiment.notes],
            "seed": experiment.config.seed_facts,
            **environment(experiment, last.engine if last else None),
            **({"engine_note": last.engine_note} if last and last.engine_note else {}),
        }
        write_whole(self.folder / "run.json", (json.dumps(facts, indent=2) + "\n").encode())


def measure_shares(experiment: Experiment) -> dict[str, dict[str, float]]:
    """The metrics of each share with the current weights."""
    return {name: measure(experiment.model, share) for name, share in experiment.shares.items()}


@np.errstate(all="ignore")  # diverged weights give a loss that is not finite
def measure(model: Model, samples: Dataset) -> dict[str, float]:
    """The metrics of a model by name, as plain numbers."""
    named = model.evaluate(samples)._asdict().items()
    return {name: float(value) for name, value in named if value is not None}


def json_numbers(values: dict[str, float]) -> dict[str, float | None]:
    """Replace values that JSON does not have, NaN and infinities, by None."""
    return {name: value if math.isfinite(value) else None for name, value in values.items()}


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Give an OSError of the block the name of this file."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
