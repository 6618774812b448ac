"""Keeps the state of training: from time to time in memory, less often in ``checkpoint.npz``."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from nn.arrays import Array
from nn.config.schema import Checkpoint
from nn.runs.snapshots import Snapshot, SnapshotRecorder, Snapshots
from nn.storage.archive import Arrays, load_archive, save_archive
from nn.training.choice import EngineName
from nn.training.reports import Report
from nn.training.state import TrainingState

CHECKPOINT_FORMAT = 2
"""The version of the state of training. Another one cannot be resumed exactly."""
PREFIX = "snapshots."
"""The prefix of arrays of snapshots, which are no part of the state."""
WITHOUT = "remove this file to begin the run again"

KEEP_SECONDS = 0.05
"""An interrupt loses about this much training at most."""
SHARE = 0.01
"""The largest share of the time for keeping states, and for writing where seconds are given."""


class Checkpoints:
    """The last state from which a training can be resumed.

    Its epoch is a multiple of ``report_every``, where a training of more epochs reports too.
    """

    def __init__(
        self,
        path: Path,
        every: Checkpoint,
        epochs: int,
        report_every: int,
        recorder: SnapshotRecorder | None = None,
    ):
        self.path, self.every, self.epochs, self.report_every = path, every, epochs, report_every
        self.recorder = recorder
        self.kept: TrainingState | None = None
        self.snapshots: list[Snapshot] = []
        self.written: TrainingState | None = None
        self.engine = ""
        self.last_epoch = 0
        self.next_keep = self.next_write = time.monotonic()
        self.wait(0)

    def wait(self, took: float) -> None:
        """Set the time of the next write."""
        self.next_write = time.monotonic() + max(self.every.seconds or 0, took / SHARE)

    @property
    def next_epoch(self) -> float:
        """The epoch from which on the next report has a checkpoint written; infinite where a clock says."""
        return self.last_epoch + self.every.epochs if self.every.epochs else math.inf

    def due(self, report: Report) -> bool:
        """Whether to write a checkpoint of this report; keeps its state in memory when that is due."""
        if report.epoch % self.report_every or report.stopped not in (None, "epochs"):
            return False
        now = time.monotonic()
        due = report.epoch >= self.next_epoch if self.every.epochs else now >= self.next_write
        if due or now >= self.next_keep or report.epoch + self.report_every > self.epochs:
            self.kept, self.engine = report.state(), report.engine
            self.snapshots = [*self.recorder.kept] if self.recorder else []
            self.next_keep = now + max(KEEP_SECONDS, (time.monotonic() - now) / SHARE)
        return due and not report.stopped  # at the end the model and the facts are written first

    def write(self) -> None:
        """Write the state that is kept, unless the file has it already."""
        if self.kept is None or self.kept is self.written:
            return
        began = time.monotonic()
        kept = Snapshots.stacked(self.snapshots).arrays if self.snapshots else {}
        arrays = self.kept | {PREFIX + name: array for name, array in kept.items()}
        save_archive(self.path, arrays, {"engine": self.engine, "format": CHECKPOINT_FORMAT})
        self.written, self.last_epoch = self.kept, int(self.kept["loop.epoch"])
        self.wait(time.monotonic() - began)


@dataclass(frozen=True, eq=False)
class CheckpointData:
    """The content of a checkpoint."""

    state: TrainingState
    engine: str
    snapshots: Snapshots | None
    """All snapshots up to then; None if the run takes none."""
    format: int

    @property
    def best_epoch(self) -> int | None:
        """The epoch of the best weights; None if none are kept."""
        found = self.state.get("best.measured", self.state.get("best.value"))  # its name in format 1
        return None if found is None or not np.isfinite(found).any() else int(self.state["best.epoch"])

    @property
    def kept(self) -> tuple[int, Array]:
        """The epoch and the weights ``(n_parameters,)`` to use: the best ones, else the last ones."""
        if self.best_epoch is None:
            return int(self.state["loop.epoch"]), self.state["method.parameters"]
        return self.best_epoch, self.state["best.parameters"]

    @property
    def report(self) -> Report:
        """The report that belongs to the state, as far as the state has its values."""
        return Report(
            epoch=int(self.state["loop.epoch"]),
            losses=np.array([np.nan]),
            accuracy=None,
            val_loss=None,
            val_accuracy=None,
            learning_rate=None,
            best_epoch=self.best_epoch,
            engine=self.engine,
            seconds=float(self.state["loop.seconds"]),
        )


def load_checkpoint(path: Path) -> CheckpointData | None:
    """Read a checkpoint; None if there is no file.

    Raises ValueError if it is damaged or not a checkpoint.
    """
    try:
        arrays, metadata = load_archive(path)
        if "engine" not in metadata or "loop.epoch" not in arrays:
            raise ValueError(f"{path}: expected a checkpoint, got {', '.join(arrays) or 'no arrays'}")
        try:
            return parse_checkpoint(arrays, metadata)
        except (ValueError, TypeError, OverflowError) as error:
            raise ValueError(f"{path}: not a checkpoint that this version reads: {error}") from None
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ValueError(f"{error}; {WITHOUT}") from None


def parse_checkpoint(arrays: Arrays, metadata: Mapping[str, Any]) -> CheckpointData:
    """Check what is used of a state here; the training that resumes checks the rest."""
    kept = {name: arrays.pop(name) for name in [*arrays] if name.startswith(PREFIX)}
    reached = expect_number(arrays, "loop.epoch", least=1)
    expect_number(arrays, "loop.seconds", least=0)
    expected = ["method.parameters"]
    if arrays.keys() & {"best.measured", "best.value"}:
        expect_number(arrays, "best.epoch", least=0, most=reached)
        expected.append("best.parameters")
    if missing := [name for name in expected if name not in arrays]:
        raise ValueError(f"expected {missing[0]}, got {', '.join(sorted(arrays))}")
    taken = Snapshots.of({name.removeprefix(PREFIX): array for name, array in kept.items()}) if kept else None
    if metadata["engine"] not in get_args(EngineName):
        raise ValueError(f"unknown engine {metadata['engine']!r}")
    return CheckpointData(arrays, metadata["engine"], taken, int(metadata.get("format", 1)))


def expect_number(arrays: Arrays, name: str, least: float, most: float = math.inf) -> float:
    """The finite number of this name, between ``least`` and ``most``."""
    array = arrays.get(name, np.empty(0))
    if array.shape != () or array.dtype.kind not in "iuf" or not np.isfinite(array):
        raise ValueError(f"expected {name} as a number, got {array.tolist()!r:.40}")
    if not least <= array <= most:
        raise ValueError(f"expected {name} from {least} to {most}, got {array}")
    return float(array)
