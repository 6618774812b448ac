"""Runs second-order methods: an epoch is an iteration."""

from dataclasses import replace

import numpy as np

from nn.arrays import Array
from nn.engine.samples import NO_GOAL, Samples
from nn.epochs import EngineName
from nn.network import Sequential
from nn.objective import Objective
from nn.second_order.base import Iterations, SecondOrder
from nn.second_order.bayesian_regularization import BayesianRegularization
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


SECOND_ORDER: dict[str, type[SecondOrder]] = {
    "lbfgs": LBFGS,
    "levenberg_marquardt": LevenbergMarquardt,
    "bayesian_regularization": BayesianRegularization,
}


def evaluate(
    method: SecondOrder,
    name: EngineName,
    network: Sequential,
    objective: Objective,
    samples: Samples,
    epochs: int,
) -> Gradients | Residuals:
    """What a method asks of a network, recorded for the engine of this name."""
    kind = Residuals if isinstance(method, LevenbergMarquardt) else Gradients
    # Trials have no goal: what an epoch reached is seen when it is over.
    return kind(name, objective, network, replace(samples, goal=NO_GOAL), epochs)


def iterate(
    method: SecondOrder,
    name: EngineName,
    network: Sequential,
    objective: Objective,
    samples: Samples,
    epochs: int,
) -> Iterating:
    """The engine of a method, ready to run from the network's parameters."""
    evaluations = evaluate(method, name, network, objective, samples, epochs)
    iterations = method.minimize(evaluations, network.parameters.astype(float))
    return Iterating(iterations, evaluations, samples)
