"""check_jacobian(): compares the Jacobian of least squares with derivatives of the outputs."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.gradcheck.arithmetic import Arithmetic, rounding, unchanged
from nn.gradcheck.comparison import GradientCheck, compare_gradient
from nn.gradcheck.gradients import LossProblem, quiet, suitable
from nn.gradcheck.reference import REFERENCE_METHODS, Reference
from nn.gradcheck.samples import draw_samples
from nn.losses.base import Loss
from nn.network import Sequential
from nn.training.evaluations import JacobianEvaluation


def check_jacobian(
    network: Sequential,
    loss: Loss,
    x: ArrayLike,
    t: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | None = None,
) -> GradientCheck:
    """Compare √w ∂y/∂θ, for each output of each sample, with derivatives of the forward pass.

    Samples and tolerances are those of ``check_gradients``.
    """
    samples = draw_samples(network, loss, x, t, sample_weight, class_weight)
    problem = LossProblem.of(network, loss, samples)
    own, step = problem.network, JacobianEvaluation(problem.network, problem.objective, len(samples.x))
    root = np.ones((len(samples.x), 1)) if samples.w is None else np.sqrt(samples.w)

    def jacobian(arithmetic: Arithmetic) -> Array:
        kept = {name: array.copy() for name, array in step.kept.items()}
        kept["parameters"] = arithmetic(problem.point)
        step(problem.entering(arithmetic), kept)
        return kept["jacobian"]

    def output(points: Array, arithmetic: Arithmetic, number: int, sample: int) -> Array:
        own.bind(arithmetic(points), np.empty_like(points))
        row = arithmetic(samples.x[sample : sample + 1])
        return np.asarray(arithmetic(root[sample]) * own.forward(row)[..., 0, number])

    with quiet():
        slack, found = rounding(jacobian), jacobian(unchanged)
        method = suitable(None, problem, LossProblem.benign(network, loss, samples))
        each = [
            REFERENCE_METHODS[method](
                partial(output, number=number, sample=sample),
                problem.point,
                found[number, sample],
                slack[number, sample],
            )
            for number, sample in np.ndindex(found.shape[:2])
        ]
    parts = (np.reshape(part, found.shape) for part in zip(*each, strict=True))
    return GradientCheck(tuple(compare_gradient(own, f"Jacobian: {method}", found, Reference(*parts), slack)))
