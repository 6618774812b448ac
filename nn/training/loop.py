"""The loop over epochs: runs the engine from report to report, measures, and keeps the best weights."""

import copy
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np

from nn.arrays import Array
from nn.engine.verify import StepFunction
from nn.optimizers.second_order.status import Status
from nn.training.batches import Samples
from nn.training.judging import Judge
from nn.training.objective import Metrics, Objective
from nn.training.reports import Report, ReportGenerator, StopReason
from nn.training.state import Remembers, TrainingState, gathered, give_back
from nn.training.stopping import DivergedError, EngineError


class Moves(Remembers, Protocol):
    """What updates the parameters."""

    def last_rate(self) -> Array | float | None:
        """Return the learning rate of the last step; None where a method chooses its steps itself."""

    def overflowed(self) -> Array:
        """Whether squares that it keeps are no longer finite, so that its steps are 0, ``(*stack,)``."""


class Runner(Protocol):
    """Runs epochs of all networks that train, and notes which of them end."""

    @property
    def name(self) -> str:
        """The name of its engine."""

    @property
    def note(self) -> str:
        """Why a slower engine runs, where a faster one failed."""

    @property
    def statuses(self) -> Sequence[Status]:
        """The status of a second-order method after each epoch of the last run."""

    def run(self, epochs: int) -> Array:
        """Train; returns the measures of each epoch, ``(epochs, columns, *stack)``: fewer where all end."""

    def difference(self, formulas: StepFunction) -> str | None:
        """Return the name of an array in which a step and the formulas differ; None where they agree."""


@dataclass(eq=False)
class Loop:
    """Runs stretches of epochs, and reports on them."""

    objective: Objective
    samples: Samples
    judge: Judge
    engine: Callable[[], Runner]
    """Made when training begins; the same each time."""
    method: Callable[[], Moves]
    """What trains: a step, or a method that is itself the engine."""
    epoch: int = 0
    seconds: float = 0.0
    superseded: bool = False
    """Whether another training of the same network has begun."""

    @property
    def parts(self) -> dict[str, Remembers]:
        """All parts that have a state from one report to the next."""
        parts = {"loop": self, "method": self.method(), "samples": self.samples}
        watching = {
            "best": self.judge.best,
            "plateau": self.judge.plateau,
            "members": self.samples.networks if self.objective.network.stack else None,
        }
        return parts | {name: part for name, part in watching.items() if part}

    def state(self) -> dict[str, Any]:
        """Return the number of epochs and the time so far."""
        return {"epoch": self.epoch, "seconds": self.seconds}

    def restore(self, state: TrainingState) -> None:
        """Continue from such a state."""
        self.epoch, self.seconds = int(state["epoch"]), float(state["seconds"])

    def go_on(self, state: TrainingState, epochs: int) -> None:
        """Continue from the state of a report, with the same engine."""
        self.engine()
        give_back(self.parts, state)
        if self.epoch >= epochs:
            raise ValueError(f"epochs: expected more than the {self.epoch} of the state, got {epochs}")

    def reports(self, epochs: int, report_every: int) -> ReportGenerator:
        """Train; at the end, or on any error, the network holds its best weights.

        The next report covers as many epochs as are sent, a multiple of ``report_every``, where nothing that
        trains looks at reports.
        """
        state = partial(gathered, self.parts)
        try:
            self.expect_alone()
            engine, different, asked = self.engine(), "", report_every
            for number in itertools.count():
                reported = copy.copy(self.judge.best)
                try:
                    report = self.stride(engine, epochs, report_every, asked, state)
                    if number == 0 or report.stopped:
                        different = different or self.different(engine)
                except KeyboardInterrupt:
                    self.judge.best = reported  # no report told of a better one
                    raise
                asked = (yield report) or report_every
                self.expect_alone()
                if report.stopped:
                    break
            if report.stopped == "diverged":  # a stack, whose last report says when each network did
                raise DivergedError(self.epoch, report.loss, report.learning_rate)
            if different:
                raise EngineError(different)
        finally:
            self.end()

    def different(self, engine: Runner) -> str:
        """Compare a step of the engine with the formulas; returns an error message, or an empty one."""
        formulas: Any = self.method()
        with self.objective.network.undisturbed():
            name = engine.difference(formulas)
        if not name:
            return ""
        return (
            f"after epoch {self.epoch} a step of the engine {engine.name!r} leaves another {name} than the "
            "formulas do: one of them counts, draws random numbers or remembers, which is not recorded; "
            "train with the engine 'formulas'"
        )

    def expect_alone(self) -> None:
        """Raise RuntimeError where another training has taken the network over."""
        if self.superseded:
            raise RuntimeError("train(): another train() has begun on this network; this one cannot go on")

    def end(self) -> None:
        """Give the network its best weights, unless another training has taken it over."""
        if not self.superseded:
            self.objective.network.bind_noise(None)
            if self.judge.best:
                self.judge.best.fill(self.objective.network.parameters)

    def stride(
        self, engine: Runner, epochs: int, report_every: int, asked: int, state: Callable[[], TrainingState]
    ) -> Report:
        """Train up to the next report, of ``asked`` epochs or of half as many until they do not diverge.

        So the reports before a divergence are the same ones, but that some may be joined.
        """
        if self.judge.best or self.judge.plateau or self.objective.network.stack:
            asked = report_every
        while asked > report_every:
            everything = self.parts | {"members": self.samples.networks}
            before = gathered(everything)
            try:
                return self.stretch(engine, epochs, asked, state)
            except DivergedError:
                give_back(everything, before)
            except KeyboardInterrupt:
                give_back(everything, before)
                raise
            asked = max(asked // report_every // 2, 1) * report_every
        return self.stretch(engine, epochs, report_every, state)

    def stretch(
        self, engine: Runner, epochs: int, report_every: int, state: Callable[[], TrainingState]
    ) -> Report:
        """Train up to the next report and return it, with what gives the state there."""
        started = time.perf_counter()
        judge, members, stack = self.judge, self.samples.networks, self.objective.network.stack
        trained, before = members.training.reshape(stack), judge.starting_weights
        members.now = self.epoch
        measures = engine.run(min(report_every, epochs - self.epoch))
        self.epoch += len(measures)
        seen = Metrics(measures[-1, 0], measures[-1, 1] if self.objective.classification else None)
        self.look_for_divergence(seen.loss)
        held_out = judge.see(self.epoch, seen, trained, before if len(measures) == 1 else None)
        rate = self.method().last_rate()
        rates = measures[:, -1] if self.samples.rated else None
        if rates is not None:
            rates[-1] = rate  # where a step that met the goal was taken back, of the one before
        stopped = self.stop_reason(engine, epochs)
        if before is not None and members.ended("epochs").any():
            judge.look_at_the_last(self.epoch, members.ended("epochs").reshape(stack))
        self.seconds += time.perf_counter() - started
        return Report(
            epoch=self.epoch,
            losses=measures[:, 0],
            accuracy=seen.accuracy,
            accuracies=measures[:, 1] if self.objective.classification else None,
            learning_rates=rates,
            val_loss=held_out.loss if held_out else None,
            val_accuracy=held_out.accuracy if held_out else None,
            learning_rate=rate,
            best_epoch=judge.best.kept_epoch if judge.best else None,
            engine=engine.name,
            engine_note=engine.note,
            stopped=stopped,
            seconds=self.seconds,
            reached=int(members.epoch[0]) if stopped == "stop_at" and not stack else None,
            outcomes=members.outcomes(stack, self.epoch),
            statuses=engine.statuses,
            state=state,
        )

    def look_for_divergence(self, loss: Array) -> None:
        """End networks whose steps have become 0; raises DivergedError for a single network that diverged."""
        members, method = self.samples.networks, self.method()
        overflowed = method.overflowed()
        if not loss.ndim:
            if overflowed or not np.isfinite(loss):
                raise DivergedError(self.epoch, loss, method.last_rate())
            return
        stuck = np.broadcast_to(overflowed, loss.shape)
        members.end(np.flatnonzero(members.training & stuck.ravel()), "diverged", self.epoch, self.epoch)

    def stop_reason(self, engine: Runner, epochs: int) -> StopReason | None:
        """End networks by their epochs or without progress; returns why training ends, None if it goes on."""
        members = self.samples.networks
        ended = engine.statuses[-1].ended if engine.statuses else None
        reason = ended or ("epochs" if self.epoch == epochs else "")
        if reason:
            members.end(np.flatnonzero(members.training), reason, self.epoch, self.epoch)
        elif self.judge.best and self.judge.best.early_stopping:
            stale = np.flatnonzero(members.training & self.judge.best.stale(self.epoch).ravel())
            members.end(stale, "early_stopping", self.epoch, self.epoch)
        stopped: Any = members.stopped
        return stopped
