"""Keras, on its JAX backend: ``train_on_batch``."""

import os
from typing import Any, ClassVar

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras  # type: ignore[import-not-found,unused-ignore]

from contenders.contender import Run, UnfitError, timed
from contenders.workloads import Job


class TrainOnBatch:
    """A compiled model, one call for each batch."""

    differs: ClassVar[dict[str, str]] = {"adam": "ε is added before the bias is corrected"}

    def __init__(self, job: Job):
        if job.stack:
            raise UnfitError("trains one network after the other, an hour for 1,000")
        self.job = job
        keras.config.set_floatx(job.dtype)
        if job.dtype == "float64" and keras.backend.backend() == "jax":
            import jax  # type: ignore[import-not-found,unused-ignore]

            jax.config.update("jax_enable_x64", True)
        *hidden, outputs = job.sizes[1:]
        layers = [keras.layers.Dense(units, activation="sigmoid") for units in hidden]
        layers.append(keras.layers.Dense(outputs, activation="sigmoid" if job.loss == "mse" else None))
        self.model = keras.Sequential([keras.Input((job.sizes[0],)), *layers])
        kinds = {
            "mse": keras.losses.MeanSquaredError,
            "bce": lambda: keras.losses.BinaryCrossentropy(from_logits=True),
            "softmax": lambda: keras.losses.CategoricalCrossentropy(from_logits=True),
        }
        sgd = job.optimizer == "sgd"
        kind = keras.optimizers.SGD(job.rate) if sgd else keras.optimizers.Adam(job.rate, epsilon=1e-8)
        self.model.compile(optimizer=kind, loss=kinds[job.loss]())

    def run(self, epochs: int) -> Run:
        """Train."""
        self.model.set_weights([a for w, b in self.job.weights() for a in (w, b[0])])
        for variable in self.model.optimizer.variables:
            if variable.path.split("/")[-1] != "learning_rate":
                variable.assign(variable * 0)
        return timed(lambda: self.train(epochs))

    def train(self, epochs: int) -> Any:
        """The loss of the last epoch."""
        if self.job.whole:
            for _ in range(epochs):
                loss = self.model.train_on_batch(self.job.x, self.job.t)
            return loss
        for batches in self.job.batches(epochs):
            total = 0.0
            for rows, share in batches:
                total += share * self.model.train_on_batch(self.job.x[rows], self.job.t[rows])
        return total
