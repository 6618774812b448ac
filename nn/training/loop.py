"""The loop over epochs: runs the engine from report to report, measures, and keeps the best weights."""

import copy
import itertools
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

import numpy as np

from nn.arrays import Array
from nn.schedules.plateau import Monitor
from nn.training.batches import NO_GOAL, Samples
from nn.training.objective import Metrics, Objective
from nn.training.reports import Report, StopReason
from nn.training.stacks import Engine
from nn.training.state import Remembers, TrainingState, gathered, give_back
from nn.training.stopping import Best, DivergedError, EngineError, Plateau


class Moves(Remembers, Protocol):
    """What updates the parameters."""

    def last_rate(self) -> Array | float | None:
        """Return the learning rate of the last step; None where a method chooses its steps itself."""

    def overflowed(self) -> Array:
        """Whether squares that it keeps are no longer finite, so that its steps are 0, ``(*stack,)``."""


@dataclass(eq=False)
class Loop:
    """Runs stretches of epochs, and reports on them."""

    objective: Objective
    samples: Samples
    held_out: tuple[Array, Array] | None
    best: Best | None
    plateau: Plateau | None
    engine: Callable[[], Engine]
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
        watching = {"best": self.best, "plateau": self.plateau}
        return parts | {name: part for name, part in watching.items() if part}

    @property
    def exact(self) -> bool:
        """Whether an epoch is measured on the weights before it: its only batch is all samples, no noise."""
        return self.samples.whole and not self.samples.noise

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

    def reports(self, epochs: int, report_every: int) -> Generator[Report]:
        """Train; at the end, or on any error, the network holds its best weights."""
        state = partial(gathered, self.parts)
        try:
            self.expect_alone()
            engine, different = self.engine(), ""
            for number in itertools.count():
                reported = copy.copy(self.best)
                try:
                    started = time.perf_counter()
                    report = self.stretch(engine, epochs, report_every)
                    self.seconds += time.perf_counter() - started
                    if number == 0 or report.stopped:
                        different = different or self.different(engine)
                    report = replace(
                        report, engine=engine.name, engine_note=engine.note, seconds=self.seconds, state=state
                    )
                except KeyboardInterrupt:
                    self.best = reported  # no report told of a better one
                    raise
                yield report
                self.expect_alone()
                if report.stopped:
                    break
            if different:
                raise EngineError(different)
        finally:
            self.end()

    def different(self, engine: Engine) -> str:
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

    def stretch(self, engine: Engine, epochs: int, report_every: int) -> Report:
        """Train up to the next report and return it."""
        began, parameters = self.epoch, self.objective.network.parameters
        watched = self.best and not self.best.monitor.startswith("val_")
        before = parameters.copy() if watched and self.exact else None
        measures, reached = self.run(engine, min(report_every, epochs - self.epoch))
        method = self.method()
        if not np.any(np.isfinite(measures[-1, 0])) or np.all(method.overflowed()):
            raise DivergedError(self.epoch, measures[-1, 0], method.last_rate())
        accuracy = measures[-1, 1] if self.objective.classification else None
        trained, held_out = Metrics(measures[-1, 0], accuracy), self.validate()
        rate = method.last_rate()
        if self.best:
            now = self.epoch if reached is None else reached
            self.judge(self.best, trained, held_out, now, before if self.epoch == began + 1 else None)
        if self.plateau:
            self.plateau.see(self.epoch, shown(self.plateau.monitor, trained, held_out))
        stopped = self.stop_reason(engine, epochs, reached)
        if stopped == "epochs" and before is not None:
            self.look_at_the_last()
        return Report(
            epoch=self.epoch,
            losses=measures[:, 0],
            accuracy=accuracy,
            val_loss=held_out.loss if held_out else None,
            val_accuracy=held_out.accuracy if held_out else None,
            learning_rate=rate,
            best_epoch=self.best.kept_epoch if self.best else None,
            stopped=stopped,
            reached=reached,
            status=engine.status,
        )

    def stop_reason(self, engine: Engine, epochs: int, reached: int | None) -> StopReason | None:
        """Why training ends here; None where it goes on."""
        if reached is not None:
            return "stop_at"
        if engine.status and engine.status.ended:
            return engine.status.ended
        if self.epoch == epochs:
            return "epochs"
        return "early_stopping" if self.best and self.best.stale(self.epoch) else None

    def run(self, engine: Engine, epochs: int) -> tuple[Array, int | None]:
        """Train; returns the measures of up to so many epochs, and the k of the weights θₖ at the goal."""
        goal, seen, end = self.samples.goal, [], self.epoch + epochs
        began = gathered({"": self.method()}) if goal is not NO_GOAL and self.exact else {}
        start, reached = self.epoch, None
        while self.epoch < end and reached is None:
            seen.append(engine.run(end - self.epoch))
            self.epoch += len(seen[-1])
            if not np.any(np.isfinite(seen[-1][-1, 0])) or (engine.status and engine.status.ended):
                break
            if goal.ends(seen[-1][-1]):
                reached = self.reaching(engine, began, start)
        return seen[0] if len(seen) == 1 else np.concatenate(seen), reached  # a copy may be large

    def reaching(self, engine: Engine, began: TrainingState, start: int) -> int | None:
        """The k of the weights at the goal, which the last epoch met with its measures; None: they miss it.

        A step measures, then moves. Of a whole batch the weights before the last step are at the goal:
        the network goes back to how it ``began`` this stretch and takes all steps but that one again.
        """
        if not self.exact:
            return self.epoch if self.samples.goal.ends(self.measure().given) else None
        if engine.status is None:  # others look before they move
            self.method().restore({name.removeprefix("."): array for name, array in began.items()})
            goal, self.samples.goal = self.samples.goal, NO_GOAL
            if self.epoch - 1 > start:
                engine.run(self.epoch - 1 - start)
            self.samples.goal = goal
        return self.epoch - 1

    def measure(self) -> Metrics:
        """Measure all training samples with the current weights, without noise."""
        return self.objective.measure(**self.samples.arrays)

    @np.errstate(all="ignore")  # divergence shows in the loss
    def validate(self) -> Metrics | None:
        """Measure the samples held out with the current weights."""
        return self.objective.forward(*self.held_out) if self.held_out else None

    def judge(
        self, best: Best, trained: Metrics, held_out: Metrics | None, now: int, before: Array | None
    ) -> None:
        """Keep the weights where they are the best so far, with what was measured on just those.

        ``now`` is the k of the weights θₖ as they are; ``before`` are those that the epoch was measured on,
        where they are known.
        """
        parameters = self.objective.network.parameters
        measures = shown(best.monitor, trained, held_out)
        improved = best.improves(self.epoch, measures)
        if before is not None:
            best.keep(self.epoch - 1, measures, before, improved)
        elif improved.any():
            best.keep(now, measures if measures is held_out else self.measure(), parameters, improved)

    def look_at_the_last(self) -> None:
        """Judge the weights after the last epoch too, on which no epoch was measured.

        The state that reports give stays without it, as more epochs would look at them anyway.
        """
        assert self.best, "there is a monitor"
        self.best, measures = copy.deepcopy(self.best), self.measure()
        improved = self.best.improves(self.epoch, measures)
        self.best.keep(self.epoch, measures, self.objective.network.parameters, improved)


def shown(monitor: Monitor, trained: Metrics, held_out: Metrics | None) -> Metrics:
    """Return the measures that a monitor belongs to."""
    return held_out if held_out and monitor.startswith("val_") else trained
