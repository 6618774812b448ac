"""scikit-learn's MLPClassifier: its own ``fit``, and ``partial_fit`` on our batches."""

import warnings
from typing import Any, ClassVar

import numpy as np
from sklearn.neural_network import MLPClassifier  # type: ignore[import-untyped,import-not-found,unused-ignore]

from contenders.contender import Run, UnfitError, timed
from contenders.workloads import Array, Job

warnings.simplefilter("ignore")  # that the last epoch allowed is the last


class Fit:
    """One call of ``fit``: the fastest that it offers."""

    differs: ClassVar[dict[str, str]] = {
        "mse": "cross-entropy, as it has no squared error behind a sigmoid",
        "adam": "ε is added before the bias is corrected",
        "batches": "its own order of samples",
    }

    warm_start: ClassVar[bool] = True

    def __init__(self, job: Job):
        if job.stack:
            raise UnfitError("trains one network after the other, some minutes for 1,000")
        self.job = job
        # Its classes are labels, but for several sigmoids, which take rows of 0 and 1.
        self.y = job.t.argmax(1) if job.loss == "softmax" else job.t[:, 0] if job.t.shape[1] == 1 else job.t

    def model(self, epochs: int) -> Any:
        """A network that starts from the given weights, before its first step."""
        job = self.job
        model = MLPClassifier(
            job.sizes[1:-1], activation="logistic", solver=job.optimizer, alpha=0, batch_size=job.batch,
            learning_rate_init=job.rate, momentum=0, nesterovs_momentum=False, tol=0, max_iter=epochs,
            n_iter_no_change=epochs + 1, warm_start=self.warm_start, random_state=0,
        )  # fmt: skip
        classes = np.unique(self.y) if self.y.ndim == 1 else np.arange(self.y.shape[1])
        model.partial_fit(job.x[: job.batch], self.y[: job.batch], classes=classes)
        for number, (weight, bias) in enumerate(job.weights()):
            model.coefs_[number][...] = weight
            model.intercepts_[number][...] = bias[0]
        del model._optimizer
        return model

    def run(self, epochs: int) -> Run:
        """Train."""
        model = self.model(epochs)
        return timed(lambda: self.train(model, epochs))

    def train(self, model: Any, epochs: int) -> float:
        """The loss of the last epoch."""
        return float(model.fit(self.job.x, self.y).loss_)


class PartialFit(Fit):
    """A call of ``partial_fit`` for each batch."""

    differs: ClassVar[dict[str, str]] = {word: Fit.differs[word] for word in ("mse", "adam")}
    warm_start = False  # it would want every class in each batch

    def train(self, model: Any, epochs: int) -> float:
        x, y = self.job.x, self.y
        for batches in self.job.batches(epochs):
            total = 0.0
            for rows, share in batches:
                total += share * self.step(model, x[rows], y[rows])
        return total

    def step(self, model: Any, x: Array, y: Array) -> float:
        """One update; the loss before it."""
        return float(model.partial_fit(x, y).loss_)
