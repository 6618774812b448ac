"""Runs second-order methods: an epoch is an iteration."""

import numpy as np

from nn.arrays import Array
from nn.engine.samples import Samples
from nn.epochs import EngineName
from nn.network import Sequential
from nn.objective import Objective
from nn.second_order.base import Iterations, SecondOrder
from nn.second_order.evaluations import Evaluations, Gradients, Residuals
from nn.second_order.lbfgs import LBFGS
from nn.second_order.levenberg_marquardt import LevenbergMarquardt
from nn.standing import Standing


class Iterating:
    """The iterations of a method over evaluations on one of the other engines, whose name it has."""

    def __init__(self, iterations: Iterations, evaluations: Evaluations, samples: Samples):
        self.iterations, self.evaluations, self.samples = iterations, evaluations, samples
        self.name = evaluations.engine.name
        self.standing: Standing | None = None

    @np.errstate(all="ignore")  # a step too far is seen in its loss
    def run(self, epochs: int) -> Array:
        """Iterate; the measures before each iteration. The method's own end is in ``standing``."""
        seen: list[Array] = []
        network = self.evaluations.network
        parameters = network.parameters.astype(float)
        try:
            if self.standing is None:
                parameters, self.standing = next(self.iterations)
            while len(seen) < epochs and not self.standing.ended:
                seen.append(self.evaluations.measures)
                if self.samples.goal.ends(seen[-1]):
                    break
                parameters, self.standing = next(self.iterations)
        finally:
            network.parameters[...] = parameters  # not those of a trial
        return np.array(seen)


def iterate(
    method: SecondOrder,
    name: EngineName,
    network: Sequential,
    objective: Objective,
    samples: Samples,
    epochs: int,
) -> Iterating:
    """The engine of a method, ready to run from the network's parameters."""
    start = network.parameters.astype(float)
    if isinstance(method, LBFGS):
        gradients = Gradients(name, objective, network, samples, epochs)
        return Iterating(method.minimize(gradients, start), gradients, samples)
    assert isinstance(method, LevenbergMarquardt), "there are no others"
    residuals = Residuals(name, objective, network, samples, epochs)
    return Iterating(method.minimize(residuals, start), residuals, samples)
