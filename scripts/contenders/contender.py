"""What a contender is."""

import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, ClassVar, NamedTuple, Protocol

from contenders.names import BOUNDS, CONTENDERS
from contenders.workloads import Job


class Run(NamedTuple):
    """One training from the initial weights."""

    seconds: float
    loss: float
    """The loss of the last epoch: the mean over its batches before each update, and over a stack."""


class Contender(Protocol):
    """Trains a job; what it does once, before the first step, is its constructor."""

    differs: ClassVar[dict[str, str]]
    """Why the final loss is not ours, by a word of the job: a loss, an optimiser, ``batches`` or ``any``."""

    def __init__(self, job: Job): ...

    def run(self, epochs: int) -> Run:
        """Train for so many epochs from the initial weights; the clock stands while they are set."""


class UnfitError(Exception):
    """The contender has no way to do this job, or none in reasonable time."""


def find(name: str) -> type[Contender]:
    """The class of a contender; raises ImportError or OSError where what it needs is missing."""
    module, kind = {**CONTENDERS, **BOUNDS}[name]
    found: type[Contender] = getattr(import_module(f"contenders.{module}"), kind)
    return found


def why_different(contender: type[Contender], job: Job) -> str:
    """Why the losses of this contender and ours need not agree; empty where they must."""
    words = (
        "any",
        job.loss,
        job.optimizer,
        *(["stack"] if job.stack else []),
        *(["batches"] * (not job.whole)),
    )
    return ", ".join(contender.differs[word] for word in words if word in contender.differs)


def timed(train: Callable[[], Any]) -> Run:
    """Run with the clock on; ``train`` returns the loss."""
    started = time.perf_counter()
    loss = float(train())  # waits for what computes in the background
    return Run(time.perf_counter() - started, loss)
