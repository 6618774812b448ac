"""Trials: the same training again with one thing changed, which tells a cause from what goes with it."""

import copy
import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.display import counted, three_digits
from nn.engine.traced import NotRecordableError
from nn.findings.finding import Finding
from nn.findings.outcome import Outcome, clearly_smaller, measured_loss, outputs
from nn.layers.base import Layer
from nn.layers.dense import Dense
from nn.network import ROWS_AT_ONCE, Sequential
from nn.optimizers.base import Optimizer
from nn.training.history import fit
from nn.training.stopping import DivergedError, EngineError

MAX_TRIAL_STEPS = 2500
MAX_TRIAL_WORK = 2e8
"""The maximum numbers of steps of a trial, and of products of a weight with a row: a tenth of a second."""
MAX_TRIAL_ROWS = 1000
"""The maximum number of rows that a trial trains on."""
BETTER = 0.5
"""A trial explains a failure if it reaches the goal, beats a baseline that was not beaten, or halves the
loss."""

ALIKE = 2.0
"""Trials within this factor of the least loss explain as much; then the simplest change comes first."""


@dataclass(frozen=True, eq=False)
class Trial:
    """What came of one change.

    loss: on the share that the network is judged by
    explains: whether the change makes the difference
    """

    epochs: int
    loss: float
    explains: bool
    optimizer: Optimizer
    network: Sequential


Explained = tuple[Finding, Trial]
"""A finding, and the trial that shows it."""


class Laboratory:
    """Trains the network of an outcome again, from its start unless said, each time with one change."""

    def __init__(self, outcome: Outcome, seed: int = 0):
        self.outcome = outcome
        x, _ = outcome.shares["training"]
        self.judged = tuple(part[:: 1 + len(part) // ROWS_AT_ONCE] for part in outcome.shares[outcome.judged])
        self.rows: Array | slice = slice(None)
        if len(x) > MAX_TRIAL_ROWS:
            self.rows = np.sort(np.random.default_rng(seed).choice(len(x), MAX_TRIAL_ROWS, replace=False))
        count = len(x[self.rows])
        size = min(outcome.options.get("batch_size") or count, count)
        steps = math.ceil(count / size)
        work = max(outcome.network.parameters.size * count, 1)
        self.epochs = max(1, min(outcome.epochs, MAX_TRIAL_STEPS // steps, int(MAX_TRIAL_WORK / work)))

    def train(
        self,
        *,
        layers: Sequence[Layer] | None = None,
        optimizer: Optimizer | None = None,
        scaled: Callable[[Array], Array] | None = None,
        target_scale: tuple[Array, Array] | None = None,
        start: Array | None = None,
        seed: int = 0,
    ) -> Trial | None:
        """Train with the changes that are given; None where they do not fit together.

        ``scaled`` is what is done to inputs; ``target_scale`` the mean and the spread of targets that are
        standardised, with which there is no goal, as that is of losses as they were.
        """
        outcome = self.outcome
        optimizer = optimizer or outcome.optimizer
        scale = scaled or (lambda x: x)
        mean, spread = target_scale or (0.0, 1.0)
        x, t = outcome.shares["training"]
        options = dict(outcome.options)
        if options.get("sample_weight") is not None:
            options["sample_weight"] = options["sample_weight"][self.rows]
        try:
            network = Sequential(
                layers or fresh_layers(outcome.network.layers),
                inputs=outcome.network.inputs,
                seed=seed if seed else outcome.network.seeds,
                dtype=outcome.network.dtype.name,  # type: ignore[arg-type]
            )
            if start is not None:
                network.parameters[...] = start
            history = fit(
                network,
                outcome.loss,
                optimizer,
                scale(x[self.rows]),
                ((t[self.rows] - mean) / spread).astype(t.dtype),
                **{**options, "batch_size": self.batch_size},
                epochs=self.epochs,
                report_every=self.epochs,
                classification=outcome.classification,
                stop_at=None if target_scale else outcome.stop_at,
                engine="numpy",
            )
        except (DivergedError, EngineError):
            return Trial(self.epochs, np.inf, False, optimizer, network)
        except (ValueError, TypeError, NotRecordableError, np.linalg.LinAlgError):
            return None
        x, t = self.judged
        y = outputs(network, scale(x)) * spread + mean
        if target_scale:
            loss = float(copy.deepcopy(outcome.loss).forward(y, t))
        else:
            loss = measured_loss(network, outcome.loss, scale(x), t)
        explains = self.explains(y, t, loss, history.stopped == "stop_at")
        return Trial(history.last.epoch, loss, explains, optimizer, network)

    @property
    def batch_size(self) -> int | None:
        """The batch size, of no more rows than there are."""
        size = self.outcome.options.get("batch_size")
        return size and min(size, len(self.outcome.shares["training"][0][self.rows]))

    def explains(self, y: Array, t: Array, loss: float, reached: bool) -> bool:
        """Whether answers y to the rows that it is judged by are what those of the outcome are not."""
        outcome = self.outcome
        if outcome.stop_at is not None and not outcome.reached and reached:
            return True
        if not np.isfinite(loss):
            return False
        if not outcome.beats_baseline(y, t):
            return False
        if outcome.diverged:
            return True
        # Another training of the same kind may get over the line by chance; the change has to tell.
        own = outcome.errors(outputs(outcome.network, self.judged[0]), t)
        tells = clearly_smaller(outcome.errors(y, t), own)
        return tells and (not outcome.beaten or loss <= BETTER * outcome.final_loss)


def fresh_layers(layers: Sequence[Layer]) -> list[Layer]:
    """The same layers before they are built, as far as they are dataclasses; else copies."""
    return [fresh(layer) for layer in layers]


def fresh(layer: Layer, **changes: Any) -> Layer:
    """A layer with the same options and these changes, without weights."""
    if not dataclasses.is_dataclass(type(layer)):
        return copy.deepcopy(layer)
    if isinstance(layer, Dense):
        changes = {"inputs": None, "seed": 0} | changes
    if inner := getattr(layer, "layers", None):
        changes = {"layers": fresh_layers(inner)} | changes
    options: Any = layer
    result: Layer = replace(options, **changes)
    return result


def reaches(laboratory: Laboratory, trial: Trial) -> bool:
    """Whether a trial ended with its goal, before the last epoch."""
    return laboratory.outcome.stop_at is not None and trial.epochs < laboratory.epochs


def epochs_text(trial: Trial) -> str:
    """The number of epochs of a trial."""
    return counted(trial.epochs, "epoch")


def loss_text(outcome: Outcome) -> str:
    """The loss at the end."""
    return "a loss that becomes infinite" if outcome.diverged else three_digits(outcome.final_loss)
