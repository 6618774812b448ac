"""check_gradients(): holds every gradient against derivatives that know nothing of backpropagation."""

import copy
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Annotated, Self

import numpy as np
from annotated_types import Ge
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.gradcheck.arithmetic import Arithmetic, rounding, unchanged
from nn.gradcheck.comparison import GradientCheck, compare_gradient, parameter_slices
from nn.gradcheck.reference import REFERENCE_METHODS, Method, suits_complex_step
from nn.gradcheck.samples import CheckSamples, draw_samples
from nn.layers.base import Layer
from nn.losses.base import Loss
from nn.network import Sequential
from nn.training.objective import Objective
from nn.validation import checked


@checked
def check_gradients(
    subject: Sequential | Layer,
    loss: Loss,
    x: ArrayLike,
    t: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | None = None,
    method: Method | None = None,
    samples: Annotated[int | None, Ge(1)] = None,
) -> GradientCheck:
    """Hold every gradient that ``backward`` gives against a derivative of ``forward`` alone.

    ``x: (samples, inputs)``, ``t: (samples, outputs)``, of which so many ``samples`` are drawn, the same
    ones each time: 16, or one of each class where there are more. They weigh as in ``train``. Of a
    network all parameters are checked; of a single layer its inputs too. Numbers are float64 whatever
    the network's own. The subject stays as it is. Raises ValueError where the parts do not fit together.

    The ``method`` is the complex step where it holds: it is itself held against differences along random
    directions, and where a formula drops the imaginary part, central differences take its place, which
    know about seven digits.

    A gradient disagrees where it differs by more than rounding explains. How much that is, is measured:
    all is computed again in an arithmetic of 128 times the rounding errors, in which sums err by the
    magnitude of their terms, and an eighth of what that moves is allowed. A gradient that is itself no
    larger, for its terms cancel or vanish, is too small to judge. At a kink, any gradient between the
    slopes that meet there agrees.

    This is a numerical check at one point, not a proof. A layer of your own needs no engine for it, only
    ``forward`` and ``backward``, which index from the right (a stack of networks is a leading axis):

    >>> from nn import MeanSquaredError
    >>> class Cube(Layer):
    ...     def forward(self, x):
    ...         self.input = x
    ...         return x**3
    ...
    ...     def backward(self, dy):
    ...         return 3 * dy * self.input  # forgot a square
    >>> check_gradients(Cube(), MeanSquaredError(), [[1, 2]], [[0, 0]])
    layer  array  shape  error    at      judge
    Cube   x      1 × 2  5.0e-01  [0, 1]  complex step  1 disagree
    """
    whole = in_double(subject, np.asarray(x, float))
    chosen = draw_samples(whole, loss, x, t, sample_weight, class_weight, samples)
    problem = LossProblem.of(subject, loss, chosen)
    with quiet():
        problem.expect_stackable()
        slack, gradient = rounding(problem.gradient), problem.gradient(unchanged)
        method = suitable(method, problem, LossProblem.benign(subject, loss, chosen))
        reference = REFERENCE_METHODS[method](problem.value, problem.point, gradient, slack)
    found = compare_gradient(problem.network, method, gradient, reference, slack)
    if not isinstance(subject, Sequential):  # the names of layers in a network would say nothing
        found = (replace(row, layer=type(subject).__name__) for row in found)
    return GradientCheck(tuple(found))


@contextmanager
def quiet() -> Iterator[None]:
    """Let formulas overflow and drop imaginary parts without a warning: the check sees what comes of it."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
        yield


@dataclass(eq=False)
class LossProblem:
    """The loss of a network on samples as a function of its parameters; ``point`` is where they are."""

    network: Sequential
    loss: Loss
    samples: CheckSamples

    def __post_init__(self) -> None:
        self.point = self.network.parameters
        self.objective = Objective(self.network, self.loss, classification=False)

    @classmethod
    def of(cls, subject: Sequential | Layer, loss: Loss, samples: CheckSamples) -> Self:
        """The problem of a network or a single layer, where it is."""
        return cls(in_double(subject, samples.x), copy.deepcopy(loss), samples)

    @classmethod
    def benign(cls, subject: Sequential | Layer, loss: Loss, samples: CheckSamples) -> Self:
        """The same with parameters as they start and inputs of size 1, where nothing is saturated."""
        rng, size = np.random.default_rng(0), np.sqrt(np.mean(samples.x**2, axis=0))
        x = samples.x / np.where(size > 0, size, 1) + 0.1 * rng.standard_normal(samples.x.shape)
        problem = cls.of(subject, loss, samples._replace(x=x))
        problem.point = problem.network.draw(rng) + 0.1 * rng.standard_normal(problem.point.shape)
        return problem

    def value(self, points: Array, arithmetic: Arithmetic) -> Array:
        """The loss ``(k,)`` at a stack of points ``(k, n)``."""
        self.network.bind(arithmetic(points), np.empty_like(points))
        return np.asarray(self.objective.forward(**self.entering(arithmetic)).loss)

    def gradient(self, arithmetic: Arithmetic) -> Array:
        """What backpropagation gives; NaN where it gives nothing."""
        gradient = np.full_like(self.point, np.nan)
        self.network.bind(arithmetic(self.point), gradient)
        self.objective.forward(**self.entering(arithmetic))
        self.objective.backward()
        return gradient

    def expect_stackable(self) -> None:
        """Raise ValueError unless networks in a stack, as displaced points are, have each its own loss."""
        points = np.stack([self.point, 0.9 * self.point + 0.01])
        alone = [self.value(point, unchanged) for point in points]
        try:
            stacked = self.value(points, unchanged)
        except (ValueError, IndexError):
            stacked = np.empty(0)
        if stacked.shape != (2,) or not np.allclose(stacked, alone, rtol=1e-6, equal_nan=True):
            raise ValueError(
                "a forward pass gives another loss for a stack of networks than for each alone; let formulas "
                "index from the right (axis=-1, axis=-2 along samples, .mT), so that leading axes do no harm"
            )

    def entering(self, arithmetic: Arithmetic) -> dict[str, Array]:
        """The samples to compute with."""
        return {name: arithmetic(array) for name, array in self.samples.arrays.items()}


def suitable(method: Method | None, here: LossProblem, benign: LossProblem) -> Method:
    """The complex step where it holds, unless the other method is asked for; raises ValueError."""
    if method == "central differences":
        return method
    parts = [part for _, _, part, *_ in parameter_slices(here.network)]
    # Far from 1, differences know fewer digits.
    if suits_complex_step(benign.value, benign.point, parts, tolerance=1e-6) and suits_complex_step(
        here.value, here.point, parts, tolerance=1e-3
    ):
        return "complex step"
    if method == "complex step":
        raise ValueError(
            "the complex step cannot check this, as a formula drops the imaginary part of complex numbers "
            "or does not take them (np.abs, np.real, astype(float)); use 'central differences'"
        )
    return "central differences"


@dataclass(eq=False)
class InputLayer(Layer):
    """y = x, its own parameter: so the gradient of inputs is one of parameters."""

    values: Array

    def __post_init__(self) -> None:
        super().__post_init__()
        self.x: Array
        self.x_grad: Array

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        samples, inputs = self.values.shape
        return {"x": (samples, inputs)}

    def draw(self, rng: np.random.Generator) -> Array:
        return self.values.ravel()

    def forward(self, x: Array) -> Array:
        return self.x

    def backward(self, dy: Array) -> Array:
        self.x_grad[...] = dy
        return dy


def in_double(subject: Sequential | Layer, x: Array) -> Sequential:
    """A copy as a network in float64, the inputs of a single layer among its parameters."""
    if isinstance(subject, Sequential):
        if subject.stack:
            raise ValueError(f"check_gradients: expected a single network, got a stack {subject.stack}")
        network = copy.deepcopy(subject)
    else:
        if x.ndim != 2:
            raise ValueError(f"x: expected the shape (samples, inputs), got {x.shape}")
        network = Sequential([InputLayer(x), copy.deepcopy(subject)], inputs=x.shape[-1])
    parameters = network.parameters.astype(float)
    network.bind(parameters, np.zeros_like(parameters))
    return network
