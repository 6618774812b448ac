"""Outcome: how a training ended, and whether that is any better than answering without the inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.findings.probes import BY_ACCIDENT, Relation, drawn_rows, relation
from nn.losses.base import Loss
from nn.network import ROWS_AT_ONCE, Sequential
from nn.optimizers.base import Optimizer
from nn.training.objective import Objective, Thresholds, predicted_class
from nn.training.stopping import StopAt

Share = tuple[Array, Array]
"""Inputs ``(rows, inputs)`` and targets ``(rows, outputs)`` as the network takes them."""
CERTAIN = 2.0
"""A mean gain is clear if it is so many standard errors above 0: 97.7 % of the normal distribution."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """A network as training left it, and all that is needed to train it again.

    shares: ``training`` and, if held out, ``validation`` and ``test``
    epochs: for which it trained, or was to train if it diverged
    inputs: the names of the network's inputs
    columns: the column that an input comes from, where that has another name
    history: ``epoch``, ``loss`` and ``val_loss`` of each report, ``(reports,)``
    options: what train() was given besides: ``batch_size``, ``shuffle``, weights of samples and classes
    threshold: where one output and its targets part two classes, if not as the loss has it
    reached: whether the goal ``stop_at`` was reached; diverged: whether the loss became infinite
    """

    network: Sequential
    loss: Loss
    optimizer: Optimizer
    shares: Mapping[str, Share]
    inputs: Sequence[str]
    epochs: int
    history: Mapping[str, Array] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    _: KW_ONLY
    classification: bool = False
    classes: Sequence[Any] = ()
    threshold: float | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    stop_at: StopAt | None = None
    reached: bool = False
    diverged: bool = False

    def column(self, name: str) -> str:
        """The column that an input comes from."""
        return self.columns.get(name, name)

    @cached_property
    def sample(self) -> Share:
        """Rows of the training share, as many as are measured at once."""
        x, t = self.shares["training"]
        return x[:ROWS_AT_ONCE], t[:ROWS_AT_ONCE]

    @property
    def judged(self) -> str:
        """The share that the network is judged by: one held out, else that which it was trained on."""
        return next((name for name in ("validation", "test") if name in self.shares), "training")

    @cached_property
    def start(self) -> Array:
        """The parameters before the first step, ``(n_parameters,)``."""
        (rng,) = self.network.seeds.generators("weights")
        return self.network.draw(rng).astype(self.network.dtype)

    @cached_property
    def final_loss(self) -> float:
        """The loss on the share that it is judged by; infinite where there is none."""
        return np.inf if self.diverged else measured_loss(self.network, self.loss, *self.shares[self.judged])

    @cached_property
    def training_loss(self) -> float:
        """The loss on the rows that it was trained on, without their weights."""
        return np.inf if self.diverged else measured_loss(self.network, self.loss, *self.shares["training"])

    @cached_property
    def beaten(self) -> bool:
        """Whether its answers are clearly better than the baseline's."""
        x, t = self.shares[self.judged]
        return not self.diverged and self.beats_baseline(outputs(self.network, x), t)

    @cached_property
    def failed(self) -> bool:
        """Whether it missed its goal, diverged, or is no better than its baseline or than half of a probe.

        On the rows that it was trained on, a network is better than its baseline whatever their targets are:
        there it also fails if the inputs tell nothing about the targets.
        """
        if self.stop_at is not None and not self.reached:
            return True
        if self.reached and self.judged == "training":
            return False
        return not self.beaten or self.underfits or (self.judged == "training" and self.unrelated)

    def beats_baseline(self, y: Array, t: Array) -> bool:
        """Whether answers are clearly better than the mean or the most frequent class of training.

        Row by row, the gain is the squared error of the baseline less that of the answer; of classes, whether
        the answer is right less whether the baseline is. The mean gain is clear if it is CERTAIN standard
        errors above 0, or half of what the baseline gets wrong, which also decides of a few rows.
        """
        return clearly_smaller(self.errors(y, t), self.errors(self.baseline(t), t, self.thresholds.targets))

    @cached_property
    def related(self) -> Relation | None:
        """What probes find between the inputs and targets of training; None where the rows are too few."""
        return relation(*drawn_rows(*self.shares["training"]))

    @cached_property
    def unrelated(self) -> bool:
        """Whether the inputs tell nothing about the targets, as far as probes can see."""
        return self.related is not None and abs(self.related.z) <= BY_ACCIDENT

    @cached_property
    def underfits(self) -> bool:
        """Whether it leaves over half of the baseline's error, and twice that of a probe on rows left out."""
        x, t = self.shares[self.judged]
        own = float(np.mean(self.errors(outputs(self.network, x), t)))
        of_baseline = float(np.mean(self.errors(self.baseline(t), t, self.thresholds.targets)))
        if not own > of_baseline / 2 or self.related is None or self.related.z <= BY_ACCIDENT:
            return False
        seen = drawn_rows(*self.shares["training"])[1]
        return own > 2 * float(np.mean(self.errors(self.related.answers, seen, self.thresholds.targets)))

    def baseline(self, t: Array) -> Array:
        """What one answers without the inputs, the mean of the training targets, for each row."""
        return np.broadcast_to(np.mean(self.shares["training"][1], axis=0), t.shape)

    @property
    def thresholds(self) -> Thresholds:
        """Where the two classes of one output part, and those of its targets."""
        return Thresholds.of(self.loss, self.threshold)

    def errors(self, y: Array, t: Array, threshold: float | None = None) -> Array:
        """The error of each row, ``(rows,)``: its squared errors' sum, or 1 for a wrong class.

        Of one output that stands for two classes, the threshold is that of the network unless given.
        """
        if not self.classification:
            return np.sum((y - t) ** 2, axis=-1)
        own, of_targets = self.thresholds
        answered = predicted_class(y, own if threshold is None else threshold)
        return np.where(answered == predicted_class(t, of_targets), 0.0, 1.0)


def clearly_smaller(errors: Array, others: Array) -> bool:
    """Whether errors ``(rows,)`` are smaller than others in the mean: by CERTAIN standard errors, or half."""
    gain = others - errors
    if not np.all(np.isfinite(gain)):
        return False
    mean = float(np.mean(gain))
    doubt = CERTAIN * float(np.std(gain)) / np.sqrt(len(gain))
    return mean > 0 and (mean > doubt or mean >= float(np.mean(others)) / 2)


@np.errstate(all="ignore")  # weights that have run away give answers that say so
def outputs(network: Sequential, x: Array) -> Array:
    """The outputs of a network, without touching what it remembers."""
    return network.predict(x)


def measured_loss(network: Sequential, loss: Loss, x: Array, t: Array) -> float:
    """The loss of a network on these rows, without noise."""
    with network.undisturbed():
        return float(Objective(network, loss, classification=False).measure(x, t).loss)
