"""Keeps what training remembers: now and then in memory, more rarely in ``checkpoint.npz``."""

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
from nn.storage import archive
from nn.training.reports import Report
from nn.training.runners import EngineName
from nn.training.state import State

FORMAT = 2
"""What training remembers. One that remembers something else cannot go on to the last bit."""
PREFIX = "snapshots."
"""How the names of arrays begin that are not of the state."""
WITHOUT = "without this file the run begins again"

KEEP_SECONDS = 0.05
"""An interrupt loses no more than about this."""
SHARE = 0.01
"""Keeping takes no more than this share of the time, and so does writing, where seconds count."""


class Checkpoints:
    """The last state of a training that it can go on from.

    That is of a report at a multiple of ``report_every``: there a training with more epochs has one too.
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
        self.kept: State | None = None
        self.snapshots: list[Snapshot] = []
        self.written: State | None = None
        self.engine = ""
        self.last_epoch = 0
        self.next_keep = self.next_write = time.monotonic()
        self.wait(0)

    def wait(self, took: float) -> None:
        """Begin to wait for the next write."""
        self.next_write = time.monotonic() + max(self.every.seconds or 0, took / SHARE)

    def due(self, report: Report) -> bool:
        """Whether it is time to write a checkpoint of this report; its state is kept if need be."""
        if report.epoch % self.report_every or report.stopped not in (None, "epochs"):
            return False
        now = time.monotonic()
        if self.every.epochs:
            due = report.epoch - self.last_epoch >= self.every.epochs
        else:
            due = now >= self.next_write
        if due or now >= self.next_keep or report.epoch + self.report_every > self.epochs:
            self.kept, self.engine = report.state(), report.engine
            self.snapshots = [*self.recorder.kept] if self.recorder else []
            self.next_keep = now + max(KEEP_SECONDS, (time.monotonic() - now) / SHARE)
        return due and not report.stopped  # at the end model and facts come first

    def write(self) -> None:
        """Write the state that is kept, unless it is what the file holds."""
        if self.kept is None or self.kept is self.written:
            return
        began = time.monotonic()
        kept = Snapshots.stacked(self.snapshots).arrays if self.snapshots else {}
        arrays = self.kept | {PREFIX + name: array for name, array in kept.items()}
        archive.save(self.path, arrays, {"engine": self.engine, "format": FORMAT})
        self.written, self.last_epoch = self.kept, int(self.kept["loop.epoch"])
        self.wait(time.monotonic() - began)


@dataclass(frozen=True, eq=False)
class Saved:
    """What a checkpoint holds."""

    state: State
    engine: str
    snapshots: Snapshots | None
    """All that were kept up to then, where the run takes any."""
    format: int

    @property
    def best_epoch(self) -> int | None:
        """The epoch of the best weights; None where none are kept."""
        found = self.state.get("best.measured", self.state.get("best.value"))  # as format 1 called it
        return None if found is None or not np.isfinite(found).any() else int(self.state["best.epoch"])

    @property
    def kept(self) -> tuple[int, Array]:
        """The weights ``(n_parameters,)`` to use, and their epoch: the best, or where none are, the last."""
        if self.best_epoch is None:
            return int(self.state["loop.epoch"]), self.state["method.parameters"]
        return self.best_epoch, self.state["best.parameters"]

    @property
    def report(self) -> Report:
        """The report that the state is of, as far as it says."""
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


def load(path: Path) -> Saved | None:
    """What a checkpoint holds; None where there is no file.

    Raises ValueError where it is damaged or something else.
    """
    try:
        arrays, metadata = archive.load(path)
        if "engine" not in metadata or "loop.epoch" not in arrays:
            raise ValueError(f"{path}: expected a checkpoint, got {', '.join(arrays) or 'no arrays'}")
        try:
            return restored(arrays, metadata)
        except (ValueError, TypeError, OverflowError) as error:
            raise ValueError(f"{path}: not a checkpoint that this version reads: {error}") from None
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ValueError(f"{error}; {WITHOUT}") from None


def restored(arrays: archive.Arrays, metadata: Mapping[str, Any]) -> Saved:
    """The content of a file, once what is read of a state of any format is right; the rest is training's."""
    kept = {name: arrays.pop(name) for name in [*arrays] if name.startswith(PREFIX)}
    reached = number(arrays, "loop.epoch", least=1)
    number(arrays, "loop.seconds", least=0)
    expected = ["method.parameters"]
    if arrays.keys() & {"best.measured", "best.value"}:
        number(arrays, "best.epoch", least=0, most=reached)
        expected.append("best.parameters")
    if missing := [name for name in expected if name not in arrays]:
        raise ValueError(f"expected {missing[0]}, got {', '.join(sorted(arrays))}")
    taken = Snapshots.of({name.removeprefix(PREFIX): array for name, array in kept.items()}) if kept else None
    if metadata["engine"] not in get_args(EngineName):
        raise ValueError(f"unknown engine {metadata['engine']!r}")
    return Saved(arrays, metadata["engine"], taken, int(metadata.get("format", 1)))


def number(arrays: archive.Arrays, name: str, least: float, most: float = math.inf) -> float:
    """A single number between these, finite in any case."""
    array = arrays.get(name, np.empty(0))
    if array.shape != () or array.dtype.kind not in "iuf" or not np.isfinite(array):
        raise ValueError(f"expected {name} as a number, got {array.tolist()!r:.40}")
    if not least <= array <= most:
        raise ValueError(f"expected {name} from {least} to {most}, got {array}")
    return float(array)
