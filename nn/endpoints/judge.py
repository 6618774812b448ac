"""judge(): what a point is where training ended, as far as numbers can tell."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.display import counted
from nn.endpoints.curvature import spectrum
from nn.endpoints.descent import Descent, descend, follow_flow
from nn.endpoints.surface import LossSurface
from nn.endpoints.verdict import (
    CLEAR_FALL,
    Verdict,
    blocked_units,
    falling,
    flat_point,
    from_to,
    given_up,
    kink,
    numbers,
    ran_off,
    rest,
    running_off,
    saddle,
)
from nn.layers.base import every
from nn.losses.base import Loss
from nn.network import Sequential

MAX_STEPS, MIN_STEPS = 200, 10
"""The numbers of steps that a point is followed for with Hessians; with fewer it is not."""
STEP_WORK, DESCENT_WORK = 2e7, 1e8
"""The numbers of products of a weight with a row, for all Hessians of a verdict or without: a second."""
QUICK_WORK = 2e4
"""With a Hessian of at most so many products a point is followed to the end, with more till ENOUGH."""
ENOUGH = 0.5
"""Followed any further, a loss that has fallen to this part of it would only be found to be falling."""
MAX_EVALUATIONS = 100
"""The number of evaluations for which L-BFGS descends where there are no Hessians."""
MAX_PARAMETERS = 200
"""Networks with more parameters are judged without Hessians, and grouped by their answers alone."""
NO_LOSS = 1e-15
"""A loss is nothing if it is at most this part of the loss with weights of 0."""


@np.errstate(all="ignore")  # what has run away shows in what is measured
def judge(
    network: Sequential,
    loss: Loss,
    x: ArrayLike,
    t: ArrayLike,
    parameters: Array,
    *,
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | None = None,
) -> Verdict:
    """Judge parameters ``(n,)`` by the loss on all training rows, in float64, with the layers' penalties.

    From there the gradient flow is followed (``follow_flow``), or L-BFGS descends where the network or the
    data are large. Only where that comes to rest is the curvature looked at.

    >>> from nn import Dense, MeanSquaredError, Sigmoid
    >>> xor = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> network = Sequential([Dense(2), Sigmoid(), Dense(1), Sigmoid()], inputs=2)
    >>> stuck = np.array([-5.18, 3.00, -10.25, -9.93, 1.03, -2.01, -7.45, 6.43, 0.0])
    >>> print(judge(network, MeanSquaredError(), *xor, stuck))
    running off: the loss falls from 0.1251 to its limit 0.125 as the weights grow (norm 18 to 62)
    """
    if not np.all(np.isfinite(parameters)):
        return Verdict("not decided", "the weights are not finite")
    if network.noise:
        return Verdict("not decided", "it trains with noise, and the loss without noise is another one")
    if any(layer.constrained for layer in every(network.layers)):
        return Verdict("not decided", "constraints hold the weights, which the gradient knows nothing of")
    surface = LossSurface(network, loss, x, t, sample_weight, class_weight)
    point = np.asarray(parameters, float)
    here = surface.loss(point)
    if not math.isfinite(here):
        return Verdict("not decided", "the loss is not finite")
    if 0 <= here <= NO_LOSS * surface.loss(np.zeros(surface.size)):
        return Verdict("not decided", "nothing is left of the loss", {"loss": here})
    work = surface.size**2 * (surface.rows + surface.size)
    steps = min(MAX_STEPS, int(STEP_WORK / work))
    if surface.size > MAX_PARAMETERS or steps < MIN_STEPS:
        return without_hessian(surface, point)
    way = follow_flow(surface, point, steps, 0 if work <= QUICK_WORK else ENOUGH)
    return judged_by(surface, way, steps)


def judged_by(surface: LossSurface, way: Descent, steps: int) -> Verdict:
    """Judge the point that a way downhill begins at, by where it leads in at most so many steps."""
    if still_falling := falling(way):
        return still_falling
    if way.runs_off:
        return running_off(way)
    if way.ended == "steps":
        return given_up(way)
    if way.ended == "no step falls":
        return blocked_units(surface, way) or kink(way)
    found = spectrum(surface, way.points[-1])
    judgements = (
        saddle(surface, way, found),
        ran_off(surface, way, steps),
        blocked_units(surface, way),
        flat_point(surface, way, found),
        rest(way, found),
    )
    return next(filter(None, judgements))


def without_hessian(surface: LossSurface, point: Array) -> Verdict:
    """Judge a point of a large network, by the loss and its gradient alone."""
    evaluations = min(MAX_EVALUATIONS, max(5, int(DESCENT_WORK / (surface.size * surface.rows))))
    way = descend(surface, point, evaluations, ENOUGH)
    if still_falling := falling(way):
        return still_falling
    if way.ended == "steps" and way.fall > CLEAR_FALL * way.rounding:
        return given_up(way)
    text = (
        f"L-BFGS lowers the loss no further than {from_to(way)}; with {surface.size:,} parameters and "
        f"{counted(surface.rows, 'row')} the curvature was not looked at"
    )
    return blocked_units(surface, way) or Verdict("not decided", text, numbers(way))
