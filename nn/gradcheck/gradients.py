"""check_gradients(): holds every gradient against derivatives that know nothing of backpropagation."""

import copy
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.checks import checked
from nn.gradcheck.differentiation import central_differences, complex_step
from nn.gradcheck.rows import Proof, largest, rows, smooth
from nn.layer import Layer, every
from nn.losses import Loss
from nn.network import Sequential
from nn.objective import Objective

Method = Literal["complex step", "central differences"]
PRECISION = 1e-10
"""To which central differences are carried, relative to the layer's largest gradient."""
SAMPLES = 16
"""As many are enough: a formula that is wrong is wrong for the first ones too."""


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
    method = suitable(method, [*every(network.layers), loss])
    objective = Objective(network, loss, classification=False)
    parameters, got = network.parameters, network.gradients

    def value(points: Array) -> Array:
        network.bind(points, np.empty_like(points))
        return objective.forward(x, t).loss

    with np.errstate(all="ignore"):
        objective.forward(x, t)
        objective.backward()
        if method == "complex step":
            slopes = smooth(complex_step(value, parameters))
        else:
            slopes = central_differences(value, parameters, PRECISION * largest(network, got))
    found = rows(network, method, got, slopes)
    if not isinstance(subject, Sequential):  # the names of layers in a network would say nothing
        found = (replace(row, layer=type(subject).__name__) for row in found)
    return Proof(tuple(found))


def suitable(method: Method | None, parts: list[Layer | Loss]) -> Method:
    """The complex step where all parts are analytic, unless the other is asked for; raises ValueError."""
    kinked = [type(part).__name__ for part in parts if not part.analytic]
    if kinked and method == "complex step":
        raise ValueError(
            f"the complex step cannot check {kinked[0]}, which is not analytic; use 'central differences'"
        )
    return method or ("central differences" if kinked else "complex step")


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
