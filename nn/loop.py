"""The loop over stretches of epochs, and the reports that it yields."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

import numpy as np

from nn.arrays import Array
from nn.engine.blocks import Engine
from nn.engine.samples import Samples
from nn.objective import Measures, Objective
from nn.standing import Ending, Standing
from nn.state import Remembers, State, gathered, give_back
from nn.stopping import Best, DivergedError, Plateau

StopReason = Literal["epochs", "stop_at", "early_stopping"] | Ending


@dataclass(frozen=True, eq=False)
class Report:
    """What training says of the epochs since the last report; arrays for a stack, else numbers.

    ``losses`` and ``accuracy`` are means over the samples of an epoch, each batch measured before
    its update. ``val_loss`` and ``val_accuracy`` are of the weights at the report.

    >>> from nn import Dense, MeanSquaredError, SGD, Sequential, Zeros, train
    >>> line = Sequential([Dense(1, initializer=Zeros())], inputs=1)
    >>> (report,) = train(line, MeanSquaredError(), SGD(0.25), [[0]], [[1]], epochs=3, report_every=3)
    >>> report.epoch, report.losses, report.stopped
    (3, array([1.    , 0.25  , 0.0625]), 'epochs')
    """

    epoch: int
    losses: Array
    """The loss of each epoch since the last report, ``(epochs, *stack)``."""
    accuracy: Array | None
    val_loss: Array | None
    val_accuracy: Array | None
    learning_rate: Array | float | None
    """None where the method finds the length of a step itself."""
    best_epoch: int | None
    """The epoch of the best weights, where they are kept."""
    engine: str = ""
    """What ran the epochs: ``numpy``, ``native`` or the ``formulas`` themselves."""
    stopped: StopReason | None = None
    """Why this report is the last one."""
    seconds: float = 0.0
    """Time spent training so far, without the caller's own between reports."""
    standing: Standing | None = None
    """Where a second-order method stands."""
    state: Callable[[], State] = field(default=dict, repr=False)
    """All that training needs to go on from this report, as copies; to be asked for before the next one."""

    @property
    def loss(self) -> Array:
        """The loss of this epoch."""
        last: Array = self.losses[-1]
        return last


@dataclass(eq=False)
class Loop:
    """Stretches of epochs, and the reports on them."""

    objective: Objective
    samples: Samples
    held_out: tuple[Array, Array] | None
    best: Best | None
    plateau: Plateau | None
    learning_rate: Callable[[], Array | float | None]
    """That of the last step."""
    engine: Callable[[], Engine]
    """Made when training begins; the same each time."""
    method: Callable[[], Remembers]
    """What trains: a step, or a method that is itself the engine."""
    epoch: int = 0
    seconds: float = 0.0

    @property
    def parts(self) -> dict[str, Remembers]:
        """All that remembers something from one report to the next."""
        parts = {"loop": self, "method": self.method(), "samples": self.samples}
        watching = {"best": self.best, "plateau": self.plateau}
        return parts | {name: part for name, part in watching.items() if part}

    def state(self) -> dict[str, Any]:
        """How far training is."""
        return {"epoch": self.epoch, "seconds": self.seconds}

    def restore(self, state: State) -> None:
        """Go on from there."""
        self.epoch, self.seconds = int(state["epoch"]), float(state["seconds"])

    def go_on(self, state: State, epochs: int) -> None:
        """Begin where a report was, with the engine made as at the first beginning."""
        self.engine()
        give_back(self.parts, state)
        if self.epoch >= epochs:
            raise ValueError(f"epochs: expected more than the {self.epoch} of the state, got {epochs}")

    @np.errstate(all="ignore")  # a diverging run is seen in its loss
    def validate(self) -> Measures | None:
        """The measures of the samples held out, with the weights as they are."""
        return self.objective.forward(*self.held_out) if self.held_out else None

    def reports(self, epochs: int, report_every: int) -> Iterator[Report]:
        """Train; however this ends, the network then holds its best weights."""
        engine = self.engine()
        state = partial(gathered, self.parts)
        try:
            while True:
                started = time.perf_counter()
                measures = engine.run(min(report_every, epochs - self.epoch))
                self.epoch += len(measures)
                if not np.any(np.isfinite(measures[-1, 0])):
                    raise DivergedError(self.epoch, measures[-1, 0], self.learning_rate())
                report = self.report(self.epoch, measures)
                stopped: StopReason | None = report.stopped
                if self.samples.goal.ends(measures[-1]):
                    stopped = "stop_at"
                elif engine.standing and engine.standing.ended:
                    stopped = engine.standing.ended
                elif self.epoch == epochs:
                    stopped = "epochs"
                self.seconds += time.perf_counter() - started
                yield replace(
                    report,
                    engine=engine.name,
                    seconds=self.seconds,
                    standing=engine.standing,
                    stopped=stopped,
                    state=state,
                )
                if stopped:
                    return
        finally:
            self.objective.network.bind_noise(None)
            if self.best:
                self.best.fill(self.objective.network.parameters)

    def report(self, epoch: int, measures: Array) -> Report:
        """Look at the validation set, and whether the weights are the best so far."""
        accuracy = measures[-1, 1] if self.objective.classification else None
        trained, held_out = Measures(measures[-1, 0], accuracy), self.validate()
        if self.best:
            self.best.see(epoch, trained, held_out, self.objective.network.parameters)
        learning_rate = self.learning_rate()
        if self.plateau:
            self.plateau.see(epoch, trained, held_out)
        return Report(
            epoch=epoch,
            losses=measures[:, 0],
            accuracy=accuracy,
            val_loss=held_out.loss if held_out else None,
            val_accuracy=held_out.accuracy if held_out else None,
            learning_rate=learning_rate,
            best_epoch=self.best.epoch if self.best else None,
            stopped="early_stopping" if self.best and self.best.stale(epoch) else None,
        )
