"""Textbook NumPy: backpropagation as in Nielsen's "Neural networks and deep learning" (2015), chapter 2.

In matrices, a mini-batch at a time, every expression in an array of its own.
"""

from typing import Any, ClassVar

import numpy as np

from contenders.contender import Run, timed
from contenders.workloads import Array, Job


def sigmoid(z: Array) -> Array:
    """σ(z) = 1 / (1 + e⁻ᶻ)."""
    return 1 / (1 + np.exp(-z))


def softmax(z: Array) -> Array:
    """eᶻ / Σ eᶻ, shifted so that it cannot overflow."""
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


class Textbook:
    """A list of weights, a list of biases, a list of activations."""

    differs: ClassVar[dict[str, str]] = {}

    def __init__(self, job: Job):
        self.job = job

    def run(self, epochs: int) -> Run:
        """Train on mini-batches."""
        self.parameters = [array for layer in self.job.weights() for array in layer]
        self.m = [np.zeros_like(p) for p in self.parameters]
        self.v = [np.zeros_like(p) for p in self.parameters]
        self.count = 0
        return timed(lambda: self.train(epochs))

    def train(self, epochs: int) -> Any:
        """The loss of the last epoch."""
        job = self.job
        update = self.sgd if job.optimizer == "sgd" else self.adam
        if job.whole:
            for _ in range(epochs):
                loss, gradients = self.backpropagate(job.x, job.t)
                update(gradients)
            return np.mean(loss)
        for batches in job.batches(epochs):
            total = 0.0
            for rows, share in batches:
                loss, gradients = self.backpropagate(job.x[rows], job.t[rows])
                update(gradients)
                total += share * loss
        return total

    def backpropagate(self, x: Array, t: Array) -> tuple[Any, list[Array]]:
        """The loss and its gradient."""
        weights, biases = self.parameters[::2], self.parameters[1::2]
        activations = [x]
        for w, b in zip(weights, biases, strict=True):
            z = activations[-1] @ w + b
            activations.append(sigmoid(z))
        loss, delta = self.cost(z, activations[-1], t)
        gradients: list[Array] = []
        for number in reversed(range(len(weights))):
            a = activations[number]
            gradients[:0] = [a.mT @ delta, np.sum(delta, axis=-2, keepdims=True)]
            if number:
                delta = (delta @ weights[number].mT) * a * (1 - a)
        return loss, gradients

    def cost(self, z: Array, a: Array, t: Array) -> tuple[Any, Array]:
        """The loss of each network, and its derivative by z."""
        samples, outputs = t.shape
        if self.job.loss == "mse":
            return np.mean((a - t) ** 2, axis=(-2, -1)), 2 / (samples * outputs) * (a - t) * a * (1 - a)
        if self.job.loss == "bce":
            return np.mean(np.logaddexp(0, z) - t * z), (a - t) / (samples * outputs)
        p = softmax(z)
        return -np.sum(t * np.log(p)) / samples, (p - t) / samples

    def sgd(self, gradients: list[Array]) -> None:
        """Gradient descent."""
        self.parameters = [p - self.job.rate * g for p, g in zip(self.parameters, gradients, strict=True)]

    def adam(self, gradients: list[Array]) -> None:
        """Kingma & Ba (2015), algorithm 1."""
        self.count += 1
        for i, g in enumerate(gradients):
            self.m[i] = 0.9 * self.m[i] + 0.1 * g
            self.v[i] = 0.999 * self.v[i] + 0.001 * g**2
            m_hat = self.m[i] / (1 - 0.9**self.count)
            v_hat = self.v[i] / (1 - 0.999**self.count)
            self.parameters[i] = self.parameters[i] - self.job.rate * m_hat / (np.sqrt(v_hat) + 1e-8)
