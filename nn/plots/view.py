"""Loads what pictures of a network need: the trained model of a run, its samples, its snapshots."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.data.dataset import Dataset
from nn.data.labels import agree
from nn.display import counted
from nn.model import Model
from nn.runs import weights
from nn.runs.checkpoint import load_checkpoint
from nn.runs.reading import Run
from nn.runs.snapshots import Snapshots
from nn.training.objective import predicted_class


@dataclass(frozen=True, eq=False)
class View:
    """The model of a run with its kept weights, and the shares of its data."""

    run: Run
    model: Model
    epoch: int
    """The epoch after which the network had these weights."""
    shares: dict[str, Dataset]
    """``training`` and, if held out, ``validation`` and ``test``."""

    @classmethod
    def of(cls, run: Run) -> "View":
        """Load the model and the data of a run; raises ValueError if it has no weights yet."""
        experiment = run.experiment
        model, epoch = run.model or experiment.model, run.kept_epoch
        if run.model is None:
            path = run.folder / "checkpoint.npz"
            saved = load_checkpoint(path)
            if saved is None:
                raise ValueError(f"{run.folder}: expected weights to draw, got a run without any yet")
            epoch, parameters = saved.kept
            shape = model.network.parameters.shape
            model.network.parameters[...] = weights.expect_shape(f"weights in {path}", parameters, shape)
        now = experiment.model.classes
        if not agree(now or (), model.classes or ()):
            was, found = (", ".join(map(str, classes or ())) for classes in (model.classes, now))
            raise ValueError(f"{run.folder}: its data have changed: expected the classes {was}, got {found}")
        return cls(run, model, epoch, experiment.shares)

    @property
    def samples(self) -> Dataset:
        """The training samples."""
        return self.shares["training"]

    @property
    def share(self) -> str:
        """The name of the share to evaluate on: ``test``, else ``validation``, else ``training``."""
        return next(name for name in ("test", "validation", "training") if name in self.shares)

    @property
    def judged(self) -> Dataset:
        """The samples of that share."""
        return self.shares[self.share]

    @property
    def called(self) -> str:
        """Their number and share in words: ``100 test samples``."""
        count = len(self.judged)
        return f"{counted(count, f'{self.share} sample')}"

    @cached_property
    def snapshots(self) -> Snapshots:
        """The networks that were kept during training, including the one that was kept in the end.

        Raises ValueError for a run without snapshots.
        """
        found = self.run.snapshots
        if found is None:
            raise ValueError(
                f"{self.run.folder}: expected snapshots, got a run without; train with "
                "--set training.snapshots=20"
            )
        if found.parameters.shape[1:] != self.model.network.parameters.shape:
            raise ValueError(f"{self.run.folder / 'snapshots.npz'}: expected snapshots of this network")
        return found.including(self.epoch, self.model.network.parameters)

    def named(self, epoch: int) -> str:
        """Name an epoch, marked if its weights are those that were kept: ``epoch 1,200, kept``."""
        return f"epoch {epoch:,}{', kept' if epoch == self.epoch else ''}"

    @contextmanager
    def at(self, parameters: Array) -> Iterator[None]:
        """Give the model these parameters for the duration of a ``with`` block."""
        before = self.model.network.parameters.copy()
        self.model.network.parameters[...] = parameters
        try:
            yield
        finally:
            self.model.network.parameters[...] = before

    @property
    def classes(self) -> tuple[str, ...] | None:
        """The names of the classes."""
        return None if self.model.classes is None else tuple(map(str, self.model.classes))

    @property
    def outputs(self) -> tuple[str, ...]:
        """The class or target that each output of the network stands for."""
        several = self.model.network.outputs > 1
        return self.classes if self.classes and several else self.model.targets

    def classified(self, outputs: Array) -> Array:
        """Return the predicted class of each row of outputs, as a number."""
        return predicted_class(outputs, self.model.threshold)

    def probabilities(self, outputs: Array) -> Array:
        """Return the probability of each class, ``(rows, classes)``; 0 and 1 if it has none.

        Outputs that learn other targets than 0 and 1 count by how far they are from one to the other.
        """
        if self.model.class_targets:
            outputs = np.clip(self.model.certainty(outputs), 0, 1)
        probable = self.model.loss.threshold == 0.5 and np.all((outputs >= 0) & (outputs <= 1))
        if probable and outputs.shape[1] == 1:
            return np.hstack([1 - outputs, outputs])
        if probable:
            return outputs / np.maximum(outputs.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        shares: Any = np.eye(len(self.classes or ()))[predicted_class(outputs, self.model.loss.threshold)]
        return shares
