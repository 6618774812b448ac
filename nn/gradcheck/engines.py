"""check_engines(): holds what the engines compute against the formulas that they recorded."""

import copy
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from nn.arrays import Array
from nn.engine.samples import Samples
from nn.epochs import EngineName, Step, choose
from nn.gradcheck.gradients import SAMPLES, in_double
from nn.gradcheck.rows import Proof, Row, rows, smooth
from nn.losses import Loss
from nn.network import Sequential
from nn.objective import Objective
from nn.second_order.evaluations import Linearizing, Unmoved

Make = Callable[[Sequential, Objective], Step]


def check_engines(
    network: Sequential, loss: Loss, x: Array, t: Array, *, native: bool, jacobian: bool = False
) -> Proof:
    """Hold the gradients that the engines leave after a recorded evaluation against the formulas'.

    ``native`` says whether there is a compiler, ``jacobian`` whether the Jacobian of the outputs, from
    which least squares are solved, is held against the formulas' too. Raises NotRecordableError.
    """
    x, t = x[:SAMPLES].astype(float), t[:SAMPLES].astype(float)
    names: list[EngineName] = ["numpy", "native"] if native else ["numpy"]

    def left(name: EngineName, kept: str, make: Make) -> Array:
        """What a step leaves under a name in what it keeps."""
        own = in_double(network, x)
        step = make(own, Objective(own, copy.deepcopy(loss), classification=False))
        choose(name, step, Samples({"x": x, "t": t}, len(x), None, np.array(0)), epochs=1).run(1)
        return step.kept[kept]

    def compared(kept: str, make: Make, prefix: str = "") -> Iterator[Row]:
        expected = smooth(left("formulas", kept, make))
        for name in names:
            yield from rows(network, prefix + name, left(name, kept, make), expected)

    found = [*compared("gradients", partial(Step, optimizer=Unmoved()))]
    if jacobian:
        found += compared("jacobian", partial(Linearizing, samples=len(x)), "Jacobian: ")
    return Proof(tuple(found))
