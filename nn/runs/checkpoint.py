"""Keeps what training remembers: now and then in memory, more rarely in ``checkpoint.npz``."""

import time
from pathlib import Path

import numpy as np

from nn.config.schema import Checkpoint
from nn.loop import Report
from nn.runs import archive
from nn.state import State

KEEP_SECONDS = 0.05
"""An interrupt loses no more than about this."""
SHARE = 0.01
"""Keeping takes no more than this share of the time, and so does writing, where seconds count."""


class Checkpoints:
    """The last state of a training that it can go on from.

    That is of a report at a multiple of ``report_every``: there a training with more epochs has one too.
    """

    def __init__(self, path: Path, every: Checkpoint, epochs: int, report_every: int):
        self.path, self.every, self.epochs, self.report_every = path, every, epochs, report_every
        self.kept: State | None = None
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
            self.next_keep = now + max(KEEP_SECONDS, (time.monotonic() - now) / SHARE)
        return due and not report.stopped  # at the end model and facts come first

    def write(self) -> None:
        """Write the state that is kept, unless it is what the file holds."""
        if self.kept is None or self.kept is self.written:
            return
        began = time.monotonic()
        archive.save(self.path, self.kept, {"engine": self.engine})
        self.written, self.last_epoch = self.kept, int(self.kept["loop.epoch"])
        self.wait(time.monotonic() - began)


def report(state: State, engine: str) -> Report:
    """The report that a state is of, as far as it says."""
    return Report(
        epoch=int(state["loop.epoch"]),
        losses=np.array([np.nan]),
        accuracy=None,
        val_loss=None,
        val_accuracy=None,
        learning_rate=None,
        best_epoch=int(state["best.epoch"])
        if np.isfinite(state.get("best.measured", np.inf)).any()
        else None,
        engine=engine,
        seconds=float(state["loop.seconds"]),
    )


def load(path: Path) -> tuple[State, str] | None:
    """The state in a checkpoint and the engine that reached it; None where there is no file.

    Raises ValueError where it is damaged or something else.
    """
    try:
        arrays, metadata = archive.load(path)
        if "engine" not in metadata or "loop.epoch" not in arrays:
            raise ValueError(f"{path}: expected a checkpoint, got {', '.join(arrays) or 'no arrays'}")
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ValueError(f"{error}; without this file the run begins again") from None
    return arrays, str(metadata["engine"])
