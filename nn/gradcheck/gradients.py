"""check_gradients(): compares every gradient with derivatives computed without backpropagation."""

import copy
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Annotated, Any, Self

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
    """Compare every gradient that ``backward`` computes with a derivative of ``forward`` alone.

    From ``x: (samples, inputs)`` and ``t: (samples, outputs)`` a number of ``samples`` are drawn, the same
    ones each time: 16, or one of each class if there are more classes. Sample weights count as in
    ``train``. All parameters of a network are checked, and the inputs of a single layer. All is computed
    in float64, whatever the network's type. The subject is left unchanged. Raises ValueError for
    arguments that are not compatible.

    The ``method`` is the complex step unless a formula drops the imaginary part, which comparing it with
    differences along random directions shows. Central differences then take its place, accurate to about
    seven digits.

    A gradient disagrees if it differs by more than rounding explains. That is measured: everything is
    computed again with rounding errors 128 times as large, which in sums are relative to the magnitude of
    the terms, and an eighth of the change is allowed. A gradient no larger than that, because its terms
    cancel or vanish, is too small to judge. At a kink, any gradient between the one-sided slopes agrees.

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
    if not isinstance(subject, Sequential):  # there is only one layer, which needs no number
        found = (replace(row, layer=type(subject).__name__) for row in found)
    return GradientCheck(tuple(found))


@contextmanager
def quiet() -> Iterator[None]:
    """Silence warnings of overflow and of dropped imaginary parts: the check sees their effect."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
        yield


@dataclass(eq=False)
class LossProblem:
    """The loss of a network on samples as a function of its parameters, to be checked at ``point``."""

    network: Sequential
    loss: Loss
    samples: CheckSamples

    def __post_init__(self) -> None:
        self.point = self.network.parameters
        self.objective = Objective(self.network, self.loss, classification=False)

    @classmethod
    def of(cls, subject: Sequential | Layer, loss: Loss, samples: CheckSamples) -> Self:
        """Make the problem of a network or a single layer, at its parameters."""
        return cls(in_double(subject, samples.x), copy.deepcopy(loss), samples)

    @classmethod
    def benign(cls, subject: Sequential | Layer, loss: Loss, samples: CheckSamples) -> Self:
        """Return the same problem at initial parameters and inputs of size 1, where nothing is saturated."""
        rng, size = np.random.default_rng(0), np.sqrt(np.mean(samples.x**2, axis=0))
        x = samples.x / np.where(size > 0, size, 1) + 0.1 * rng.standard_normal(samples.x.shape)
        problem = cls.of(subject, loss, samples._replace(x=x))
        problem.point = problem.network.draw(rng) + 0.1 * rng.standard_normal(problem.point.shape)
        return problem

    def value(self, points: Array, arithmetic: Arithmetic) -> Array:
        """Return the loss ``(k,)`` at a stack of points ``(k, n)``."""
        self.network.bind(arithmetic(points), np.empty_like(points))
        return np.asarray(self.objective.forward(**self.entering(arithmetic)).loss)

    def gradient(self, arithmetic: Arithmetic) -> Array:
        """Return the gradient by backpropagation; NaN where it writes nothing."""
        return self.gradients(self.point, arithmetic)

    def gradients(self, points: Array, arithmetic: Arithmetic) -> Array:
        """Return the gradient at a point ``(n,)``, or at each of a stack of them, real or complex."""
        gradients = np.full_like(points, np.nan)
        self.network.bind(arithmetic(points), gradients)
        self.objective.forward(**self.entering(arithmetic))
        self.objective.backward()
        return gradients

    def expect_stackable(self) -> None:
        """Raise ValueError unless a stack of networks, as displaced points are, has its members' losses."""
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

    def entering(self, arithmetic: Arithmetic) -> dict[str, Any]:
        """Return the samples in an arithmetic."""
        return {name: arithmetic(array) for name, array in self.samples.arrays.items()}


def suitable(method: Method | None, here: LossProblem, benign: LossProblem) -> Method:
    """Choose the method; raises ValueError if the complex step is asked for and not valid."""
    if method == "central differences":
        return method
    parts = [part for _, _, part, *_ in parameter_slices(here.network)]
    # Far from 1, differences have fewer correct digits.
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
    """y = x, where x is a parameter: so the gradient of inputs is one of parameters."""

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
    """Return a copy as a network in float64, with the inputs of a single layer among its parameters."""
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
