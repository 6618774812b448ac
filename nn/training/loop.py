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
from nn.schedules.plateau import Monitor
from nn.training.batches import Samples
from nn.training.objective import ROWS_AT_ONCE, Metrics, Objective
from nn.training.reports import Report, ReportGenerator, StopReason
from nn.training.state import Remembers, TrainingState, gathered, give_back
from nn.training.stopping import Best, DivergedError, EngineError, Plateau


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
    held_out: tuple[Array, Array] | None
    best: Best | None
    plateau: Plateau | None
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
            "best": self.best,
            "plateau": self.plateau,
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
                reported = copy.copy(self.best)
                try:
                    report = self.stride(engine, epochs, report_every, asked, state)
                    if number == 0 or report.stopped:
                        different = different or self.different(engine)
                except KeyboardInterrupt:
                    self.best = reported  # no report told of a better one
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
            if self.best:
                self.best.fill(self.objective.network.parameters)

    def stride(
        self, engine: Runner, epochs: int, report_every: int, asked: int, state: Callable[[], TrainingState]
    ) -> Report:
        """Train up to the next report, of ``asked`` epochs or of half as many until they do not diverge.

        So the reports before a divergence are the same ones, but that some may be joined.
        """
        if self.best or self.plateau or self.objective.network.stack:
            asked = report_every
        everything = self.parts | {"members": self.samples.networks}
        while asked > report_every:
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
        began, network, members = self.epoch, self.objective.network, self.samples.networks
        stack = network.stack
        trained = members.training.reshape(stack)
        watched = self.best and not self.best.monitor.startswith("val_")
        before = network.parameters.copy() if watched and self.samples.exact else None
        members.now = self.epoch
        measures = engine.run(min(report_every, epochs - self.epoch))
        self.epoch += len(measures)
        seen = self.metrics()
        self.look_for_divergence(seen.loss)
        held_out = self.validate()
        rate = self.method().last_rate()
        rates = measures[:, -1] if self.samples.rated else None
        if rates is not None:
            rates[-1] = rate  # where a step that met the goal was taken back, of the one before
        if self.best:
            self.judge(self.best, seen, held_out, trained, before if self.epoch == began + 1 else None)
        if self.plateau:
            self.plateau.see(self.epoch, shown(self.plateau.monitor, seen, held_out))
        stopped = self.stop_reason(engine, epochs)
        if before is not None and members.ended("epochs").any():
            self.look_at_the_last(members.ended("epochs").reshape(stack))
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
            best_epoch=self.best.kept_epoch if self.best else None,
            engine=engine.name,
            engine_note=engine.note,
            stopped=stopped,
            seconds=self.seconds,
            reached=int(members.epoch[0]) if stopped == "stop_at" and not stack else None,
            outcomes=members.outcomes(stack, self.epoch),
            statuses=engine.statuses,
            state=state,
        )

    def metrics(self) -> Metrics:
        """Return what the last epoch measured."""
        loss, *others = self.samples.networks.measures.reshape(-1, *self.objective.network.stack).copy()
        return Metrics(loss, others[0] if self.objective.classification else None)

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
        elif self.best:
            stale = np.flatnonzero(members.training & self.best.stale(self.epoch).ravel())
            members.end(stale, "early_stopping", self.epoch, self.epoch)
        stopped: Any = members.stopped
        return stopped

    def measure(self) -> Metrics:
        """Measure all training samples with the current weights, without noise."""
        return self.objective.measure(**self.samples.arrays)

    @np.errstate(all="ignore")  # divergence shows in the loss
    def validate(self) -> Metrics | None:
        """Measure the samples held out with the current weights."""
        if not self.held_out:
            return None
        at_once = len(self.held_out[0]) <= ROWS_AT_ONCE
        return (self.objective.forward if at_once else self.objective.measure)(*self.held_out)

    def judge(
        self, best: Best, seen: Metrics, held_out: Metrics | None, trained: Array, before: Array | None
    ) -> None:
        """Keep the weights of networks that ``trained`` where they are the best so far.

        What was measured on just those weights goes with them; ``before`` are those that the epoch was
        measured on, where they are known.
        """
        network, members = self.objective.network, self.samples.networks
        measures = shown(best.monitor, seen, held_out)
        improved = best.improves(self.epoch, measures, trained)
        if before is not None:
            best.keep(self.epoch - 1, measures, before, improved)
        elif improved.any():
            now = members.outcomes(network.stack, self.epoch).epoch
            best.keep(now, measures if measures is held_out else self.measure(), network.parameters, improved)

    def look_at_the_last(self, where: Array) -> None:
        """Judge the weights after the last epoch too, on which no epoch was measured.

        The state that reports give stays without it, as more epochs would look at them anyway.
        """
        assert self.best, "there is a monitor"
        self.best, measures = copy.deepcopy(self.best), self.measure()
        improved = self.best.improves(self.epoch, measures, where)
        self.best.keep(self.epoch, measures, self.objective.network.parameters, improved)


def shown(monitor: Monitor, trained: Metrics, held_out: Metrics | None) -> Metrics:
    """Return the measures that a monitor belongs to."""
    return held_out if held_out and monitor.startswith("val_") else trained
