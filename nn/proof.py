"""check_gradients(): holds every gradient against derivatives that know nothing of backpropagation."""

import copy
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.checks import checked
from nn.differentiation import Slopes, central_differences, complex_step
from nn.engine.native import Native
from nn.engine.replay import Replay
from nn.engine.samples import Samples
from nn.epochs import Step, recorded
from nn.layers import Layer
from nn.losses import Loss
from nn.network import Sequential
from nn.objective import Objective
from nn.optimizers import Optimizer

Method = Literal["complex step", "central differences"]
TOLERANCES = {"complex step": 1e-12, "central differences": 1e-7, "numpy": 1e-10, "native": 1e-10}
"""The largest error that passes for each judge, relative to the layer's largest gradient."""
PRECISION = 1e-10
"""To which central differences are carried, relative to the layer's largest gradient."""
SAMPLES = 16
"""As many are enough: a formula that is wrong is wrong for the first ones too."""


@dataclass(frozen=True)
class Row:
    """One array of gradients of one layer, held against a ``judge``: a method, or an engine."""

    layer: str
    array: str
    """``weight``, ``bias``, …; ``x`` is the gradient of the inputs."""
    shape: tuple[int, ...]
    judge: str
    error: float
    """The largest difference, relative to the layer's largest gradient; infinite where there is none."""
    at: tuple[int, ...]
    """Where that is."""
    kinks: int
    """At so many places the slopes on both sides differ: any choice there is right, none is judged."""

    @property
    def passed(self) -> bool:
        """Whether the error is within the judge's tolerance."""
        return self.error <= TOLERANCES[self.judge]


@dataclass(frozen=True)
class Proof:
    """What a check found: a row for each array of gradients and each judge.

    >>> from nn import Dense, MeanSquaredError, Sequential, Tanh, check_gradients
    >>> network = Sequential([Dense(2), Tanh(), Dense(1)], inputs=1, seed=0)
    >>> proof = check_gradients(network, MeanSquaredError(), [[1], [2]], [[0], [1]])
    >>> proof.passed, [(row.layer, row.array) for row in proof.rows]
    (True, [('1 Dense', 'weight'), ('1 Dense', 'bias'), ('3 Dense', 'weight'), ('3 Dense', 'bias')])
    """

    rows: tuple[Row, ...]

    @property
    def passed(self) -> bool:
        """Whether every row has passed."""
        return all(row.passed for row in self.rows)


@checked
def check_gradients(
    subject: Sequential | Layer,
    loss: Loss,
    x: ArrayLike,
    t: ArrayLike,
    *,
    method: Method | None = None,
    samples: Annotated[int, Ge(1)] = SAMPLES,
) -> Proof:
    """Hold every gradient that ``backward`` gives against a derivative of ``forward`` alone.

    ``x: (samples, inputs)``, ``t: (samples, outputs)``, of which the first ``samples`` are taken. Of a
    network all parameters are checked; of a single layer its inputs too. The ``method`` is the complex
    step where layers and loss are ``analytic``, else central differences, which know about seven digits
    and report kinks. Numbers are float64 whatever the network's own. The subject stays as it is.

    A layer of your own needs no engine for this, only ``forward`` and ``backward``:

    >>> from nn import MeanSquaredError
    >>> class Cube(Layer):
    ...     def forward(self, x):
    ...         self.input = x
    ...         return x**3
    ...
    ...     def backward(self, dy):
    ...         return 3 * dy * self.input  # forgot a square
    >>> proof = check_gradients(Cube(), MeanSquaredError(), [[1, 2]], [[0, 0]])
    >>> proof.passed, proof.rows[0].array, proof.rows[0].at
    (False, 'x', (0, 1))
    """
    x, t = (np.asarray(array, float)[:samples] for array in (x, t))
    network, loss = in_double(subject, x), copy.deepcopy(loss)
    kinked = [type(layer).__name__ for layer in every(network.layers) if not layer.analytic]
    kinked += [] if loss.analytic else [type(loss).__name__]
    if kinked and method == "complex step":
        raise ValueError(
            f"the complex step cannot check {kinked[0]}, which is not analytic; use 'central differences'"
        )
    objective = Objective(network, loss, classification=False)
    parameters, got = network.parameters, network.gradients

    def value(points: Array) -> Array:
        network.bind(points, np.empty_like(points))
        return objective.forward(x, t).loss

    with np.errstate(all="ignore"):
        objective.forward(x, t)
        objective.backward()
        if kinked or method == "central differences":
            slopes = central_differences(value, parameters, PRECISION * largest(network, got))
            return Proof(tuple(rows(network, "central differences", got, slopes)))
        return Proof(tuple(rows(network, "complex step", got, smooth(complex_step(value, parameters)))))


def check_engines(
    network: Sequential, loss: Loss, optimizer: Optimizer, x: Array, t: Array, *, native: bool
) -> Proof:
    """Hold the gradients that the engines leave after a recorded step against those of the formulas.

    ``native`` says whether there is a compiler. Raises NotRecordableError.
    """
    x, t = x[:SAMPLES].astype(float), t[:SAMPLES].astype(float)
    plain = in_double(network, x)
    objective = Objective(plain, copy.deepcopy(loss), classification=False)
    objective.forward(x, t)
    objective.backward()
    found: list[Row] = []
    engines: list[type[Native] | type[Replay]] = [Replay, *([Native] if native else [])]
    for engine in engines:
        own = in_double(network, x)
        step = Step(own, Objective(own, copy.deepcopy(loss), classification=False), optimizer)
        recorded(engine, step, Samples(x, t, len(x), None, np.array(0))).run(1)
        found += rows(plain, engine.name, own.gradients, smooth(plain.gradients))
    return Proof(tuple(found))


def smooth(slope: Array) -> Slopes:
    """The slope on both sides."""
    return Slopes(slope, slope, np.zeros(slope.shape))


def slices(network: Sequential) -> Iterator[tuple[str, slice, dict[str, tuple[int, ...]]]]:
    """The name of each layer with parameters, its part of the flat vector, the shapes in that part."""
    start, alone = 0, isinstance(network.layers[0], Batch)
    for number, layer in enumerate(network.layers, start=1):
        if layer.size:
            name = type(network.layers[-1] if alone else layer).__name__
            yield name if alone else f"{number} {name}", slice(start, start + layer.size), {**layer.shapes}
        start += layer.size


def largest(network: Sequential, gradients: Array) -> Array:
    """The largest gradient of the layer that each belongs to, ``(n_parameters,)``."""
    return np.concatenate(
        [np.full(part.stop - part.start, size(gradients[part])) for _, part, _ in slices(network)]
    )


def size(gradients: Array) -> float:
    """The largest absolute value of those that are numbers."""
    return float(np.max(np.abs(gradients), initial=0, where=np.isfinite(gradients)))


def rows(network: Sequential, judge: str, got: Array, expected: Slopes) -> Iterator[Row]:
    """A row for each array: how far ``got`` is from the slope, relative to the layer's largest."""
    slope = (expected.left + expected.right) / 2
    scale = largest(network, slope)
    apart = np.maximum(np.abs(expected.right - expected.left), expected.error)
    kinks = apart > TOLERANCES[judge] * scale
    difference = np.where(kinks & np.isfinite(got), 0, np.abs(got - slope))
    # Where all slopes are 0, any other gradient is infinitely wrong; so is one that was never written.
    error = np.divide(difference, scale, out=np.where(difference == 0, 0, np.inf), where=scale > 0)
    error[np.isnan(error)] = np.inf
    for layer, part, shapes in slices(network):
        start = part.start
        for array, shape in shapes.items():
            here = slice(start, start := start + math.prod(shape))
            worst = np.unravel_index(np.argmax(error[here]), shape)
            at = tuple(int(index) for index in worst)
            yield Row(layer, array, shape, judge, float(np.max(error[here])), at, int(np.sum(kinks[here])))


@dataclass(eq=False)
class Batch(Layer):
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
        layer = copy.deepcopy(subject)
        network = Sequential([Batch(x), layer], inputs=x.shape[-1])
        for name in layer.shapes:  # what has no parameters yet is checked as it would start
            getattr(layer, name)[...] = getattr(subject, name, getattr(layer, name))
    parameters = network.parameters.astype(float)
    network.bind(parameters, np.full_like(parameters, np.nan))  # what backward leaves out will be seen
    return network


def every(layers: Iterable[Layer]) -> Iterator[Layer]:
    """The layers, and those inside of others."""
    for layer in layers:
        yield layer
        yield from every(getattr(layer, "layers", ()))
