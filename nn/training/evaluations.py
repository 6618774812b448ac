"""The loss, gradient and Jacobian of a network as functions of its parameters, recorded for an engine."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np

from nn.arrays import Array
from nn.engine.program import fill
from nn.network import Sequential
from nn.optimizers.second_order.least_squares import Linearization, Tall, Wide
from nn.training.batches import Samples
from nn.training.choice import EngineName, choose
from nn.training.objective import Objective
from nn.training.rounds import Engine
from nn.training.step import Evaluation, GradientEvaluation

CHUNK_BYTES = 1 << 24
"""A Jacobian of which only JᵀJ is needed is computed in parts of about this size."""

MOST_RECORDED = 32
"""The most parameters of which JᵀJ is computed with the Jacobian; BLAS is faster with more."""


class JacobianEvaluation(Evaluation):
    """The residuals √w (y − t) ``(outputs, samples)`` and their Jacobian, a row for each.

    Each sample gets a network of its own: the samples become a leading axis, along which the
    parameters are broadcast. What a network then backpropagates from one of its outputs is a row
    of the Jacobian ``(outputs, samples, n)``. With ``normal`` their normal equations come with it:
    JᵀJ ``(n, n)`` and Jᵀr ``(n, 1)``.
    """

    any_rows = False

    def __init__(self, network: Sequential, objective: Objective, samples: int, normal: bool = False):
        super().__init__(network, objective)
        outputs, dtype, n = network.outputs, network.dtype, network.parameters.size
        self.kept["residuals"] = np.zeros((outputs, samples), dtype)
        self.kept["jacobian"] = np.zeros((outputs, samples, n), dtype)
        if normal:
            self.kept["product"], self.kept["gradient"] = np.zeros((n, n), dtype), np.zeros((n, 1), dtype)
        self.kept["directions"] = np.eye(outputs, dtype=dtype)

    def __call__(self, inputs: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
        x, t = inputs["x"][:, np.newaxis], inputs["t"][:, np.newaxis]
        parameters, jacobian = kept["parameters"][np.newaxis], kept["jacobian"]
        self.network.bind(parameters, jacobian[0])
        root = np.sqrt(inputs["w"])[:, np.newaxis] if "w" in inputs else 1
        residuals = root * (self.network.forward(x) - t)
        kept["residuals"][...] = residuals[:, 0].mT
        for output in range(self.network.outputs):
            self.network.bind(parameters, jacobian[output])
            self.network.backward(root * kept["directions"][output, np.newaxis, np.newaxis])
        self.network.bind(kept["parameters"], kept["gradients"])
        if "product" in kept:
            rows = jacobian.reshape(-1, jacobian.shape[-1])
            kept["product"][...] = rows.mT @ rows
            kept["gradient"][...] = rows.mT @ kept["residuals"].reshape(-1, 1)
        return {"loss": np.mean(residuals * residuals)}


class LossFunction:
    """The loss of a network as a function of its parameters."""

    part: Samples
    evaluation: Evaluation
    """The samples that derivatives are recorded on, and what is recorded."""

    def __init__(self, network: Sequential, engine: Engine, evaluation: Evaluation):
        self.network, self.engine = network, engine
        self.recorded = [(engine, evaluation)]
        """All engines in use, with what each runs."""
        self.measures: Array
        """The measures of the last evaluation, ``(measured,)``."""

    def because(self, note: str) -> Self:
        """Note why a slower engine runs."""
        self.engine.note = self.engine.note or note
        return self

    def difference(self) -> str | None:
        """Return the name of an array in which an engine and the formulas differ; None where they agree."""
        found = (engine.difference(evaluation) for engine, evaluation in self.recorded)
        return next(filter(None, found), None)

    def loss(self, parameters: Array) -> float:
        """Set the parameters of the network; returns the loss there."""
        self.network.parameters[...] = parameters
        self.measures = np.array(self.engine.evaluate(), float)
        return float(self.measures[0])


class Gradients(LossFunction):
    """The loss with its gradient."""

    def __init__(
        self, name: EngineName, objective: Objective, network: Sequential, samples: Samples, epochs: int
    ):
        self.evaluation, self.part = GradientEvaluation(network, objective), samples
        super().__init__(network, choose(name, self.evaluation, samples, epochs).engine, self.evaluation)

    def __call__(self, parameters: Array) -> tuple[float, Array]:
        return self.loss(parameters), self.network.gradients.astype(float)


class Residuals(LossFunction):
    """The mean squared error as a problem of least squares; see ``Problem``."""

    def __init__(
        self, name: EngineName, objective: Objective, network: Sequential, samples: Samples, epochs: int
    ):
        measuring = Evaluation(network, objective)
        super().__init__(network, choose(name, measuring, samples, epochs).engine, measuring)
        self.samples, self.count = samples, samples.arrays["t"].size
        size = chunk(network.parameters.size, len(samples), network.outputs)
        arrays = {name: array[:size].copy() for name, array in samples.arrays.items()}
        self.part = Samples(arrays, size, None, np.array(0))
        n = network.parameters.size
        small = n <= min(self.count, MOST_RECORDED) and size == len(samples)
        self.evaluation = JacobianEvaluation(network, objective, size, normal=small)
        same: Any = self.engine.name
        self.linearizer = choose(same, self.evaluation, self.part, epochs).engine
        self.recorded.append((self.linearizer, self.evaluation))

    def linearize(self, parameters: Array) -> Linearization:
        self.network.parameters[...] = parameters
        if self.count < parameters.size:
            (part,) = self.parts()
            return Wide(*part)
        kept = self.evaluation.kept
        if "product" in kept:
            self.linearizer.evaluate()
            return Tall(kept["product"].astype(float), kept["gradient"][:, 0].astype(float))
        return Tall.summed(self.parts())

    def parts(self) -> Iterator[tuple[Array, Array]]:
        """Residuals and Jacobian of each chunk of samples, each valid until the next is made."""
        samples, size = len(self.samples), self.part.size
        for start in range(0, samples, size):
            first = min(start, samples - size)  # the last chunk begins with samples of the one before
            if size < samples:
                fill(self.part.arrays, {n: a[first : first + size] for n, a in self.samples.arrays.items()})
            self.linearizer.evaluate()
            residuals, jacobian = self.evaluation.kept["residuals"], self.evaluation.kept["jacobian"]
            new = slice(start - first, None)
            yield residuals[:, new].reshape(-1), jacobian[:, new].reshape(-1, jacobian.shape[-1])


def chunk(parameters: int, samples: int, outputs: int) -> int:
    """Return how many samples' Jacobian is in memory at once: all, or a chunk that JᵀJ is summed from."""
    if samples * outputs < parameters:
        return samples
    return min(samples, max(1, CHUNK_BYTES // (8 * outputs * parameters)))
