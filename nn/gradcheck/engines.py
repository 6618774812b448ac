"""check_engines(): compares the engines' gradients with those of the formulas that they recorded."""

import copy
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.gradcheck.arithmetic import Arithmetic, rounding, unchanged
from nn.gradcheck.comparison import GradientCheck, Row, compare_gradient
from nn.gradcheck.gradients import in_double, quiet
from nn.gradcheck.reference import Reference
from nn.gradcheck.samples import draw_samples
from nn.losses.base import Loss
from nn.network import Sequential
from nn.training.batches import Samples as Batches
from nn.training.choice import EngineName, choose
from nn.training.evaluations import JacobianEvaluation
from nn.training.objective import Objective
from nn.training.step import Evaluation, GradientEvaluation

Make = Callable[[Sequential, Objective], Evaluation]


def check_engines(
    network: Sequential,
    loss: Loss,
    x: ArrayLike,
    t: ArrayLike,
    *,
    native: bool,
    jacobian: bool = False,
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | None = None,
) -> GradientCheck:
    """Compare the gradients that the engines compute in a recorded evaluation with those of the formulas.

    ``native`` says whether there is a compiler; with ``jacobian`` the Jacobian of the outputs, from which
    least squares are solved, is compared too. They may differ by what rounding explains, as in
    ``check_gradients``. Raises NotRecordableError.
    """
    own = in_double(network, np.empty((0, 0)))
    samples = draw_samples(own, loss, x, t, sample_weight, class_weight)
    names: list[EngineName] = ["numpy", "native"] if native else ["numpy"]

    def started(make: Make) -> Evaluation:
        own = in_double(network, samples.x)
        return make(own, Objective(own, copy.deepcopy(loss), classification=False))

    def by_engine(name: EngineName, kept: str, make: Make) -> Array:
        """Run the step by its engine, and return one of the arrays that it keeps."""
        step = started(make)
        choose(name, step, Batches(samples.arrays, len(samples.x), None, np.array(0)), epochs=1).run(1)
        return step.kept[kept]

    def by_formulas(kept: str, make: Make, arithmetic: Arithmetic) -> Array:
        step = started(make)
        own = step.kept | {"parameters": arithmetic(step.kept["parameters"])}
        step({name: arithmetic(array) for name, array in samples.arrays.items()}, own)
        return own[kept]

    def compared(kept: str, make: Make, prefix: str = "") -> Iterator[Row]:
        with quiet():
            slack = rounding(partial(by_formulas, kept, make))
            expected = by_formulas(kept, make, unchanged)
        reference = Reference(expected, expected, slack, np.zeros(expected.shape, bool))
        for name in names:
            yield from compare_gradient(network, prefix + name, by_engine(name, kept, make), reference, slack)

    found = [*compared("gradients", GradientEvaluation)]
    if jacobian:
        found += compared("jacobian", partial(JacobianEvaluation, samples=len(samples.x)), "Jacobian: ")
    return GradientCheck(tuple(found))
