"""Layers: functions of a batch, with their derivatives.

Arrays have the shape ``(*stack, batch, features)``. A stack of networks is trained at once by
giving every array the same leading axes; the formulas index from the right and do not know.
"""

import math
from dataclasses import InitVar, dataclass
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Ge

from nn.arrays import Array
from nn.checks import Checked, check
from nn.initializers import GlorotUniform, Initializer
from nn.seeds import generator


class Layer(Checked):
    """A differentiable function y = f(x), whose parameters are views of one flat vector.

    ``forward`` keeps what ``backward`` needs and nothing else. ``backward`` takes dy = ∂L/∂y,
    writes the gradients of the parameters and returns dx = ∂L/∂x.
    """

    suits: ClassVar[Initializer] = GlorotUniform()
    """How the weights of a dense layer in front of this one start, unless it says."""
    analytic: ClassVar[bool] = True
    """Whether the complex step can check it: no kink, and a formula that holds for complex numbers."""

    def build(self, inputs: int, following: "Layer | None" = None) -> int:
        """Fix the sizes for this many inputs; returns the number of outputs."""
        return inputs

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        """The name and shape of each parameter, in their order in the flat vector."""
        return {}

    @property
    def size(self) -> int:
        """The number of parameters."""
        return sum(math.prod(shape) for shape in self.shapes.values())

    def draw(self, rng: np.random.Generator) -> Array:
        """Initial parameters for one network, as a flat vector ``(size,)``."""
        return np.empty(0)

    def bind(self, parameters: Array, gradients: Array) -> None:
        """Make ``weight``, ``weight_grad``, … views of two vectors of shape ``(*stack, size)``."""
        start = 0
        for name, shape in self.shapes.items():
            stop = start + math.prod(shape)
            for attribute, vector in ((name, parameters), (f"{name}_grad", gradients)):
                view = vector[..., start:stop].reshape(*vector.shape[:-1], *shape, copy=False)
                setattr(self, attribute, view)
            start = stop

    def forward(self, x: Array) -> Array:
        """The outputs y for a batch of inputs ``x: (*stack, batch, inputs)``."""
        raise NotImplementedError

    def backward(self, dy: Array) -> Array:
        """The gradient dx for the gradient ``dy`` of the last ``forward``."""
        raise NotImplementedError


@dataclass(eq=False)
class Dense(Layer):
    """y = x W + b: every unit sees every input.

    Shapes: ``weight (*stack, inputs, units)``, ``bias (*stack, 1, units)``. Without an
    ``initializer`` the weights start as suits the activation that follows; biases start at zero.
    In a network the layer learns its ``inputs`` from its place; given here, it works alone:

    >>> layer = Dense(3, inputs=2, seed=0)
    >>> layer.forward(np.ones((4, 2))).shape
    (4, 3)
    >>> layer.backward(np.ones((4, 3))).shape, layer.bias_grad
    ((4, 2), array([[4., 4., 4.]]))
    """

    units: Annotated[int, Ge(1)]
    initializer: Initializer | None = None
    inputs: InitVar[int | None] = None
    seed: InitVar[int] = 0

    def __post_init__(self, inputs: int | None, seed: int) -> None:
        super().__post_init__()
        self.fan_in = 0
        self.weight: Array
        self.weight_grad: Array
        self.bias: Array
        self.bias_grad: Array
        if inputs is not None:
            self.build(inputs)
            parameters = self.draw(generator(seed, "weights"))
            self.bind(parameters, np.zeros_like(parameters))

    def build(self, inputs: int, following: Layer | None = None) -> int:
        check(inputs, Annotated[int, Ge(1)], "Dense.inputs")
        if self.fan_in not in (0, inputs):
            raise ValueError(f"Dense: was made for {self.fan_in} inputs, got {inputs}")
        self.fan_in = inputs
        if self.initializer is None:
            self.initializer = (following or self).suits
        return self.units

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        return {"weight": (self.fan_in, self.units), "bias": (1, self.units)}

    def draw(self, rng: np.random.Generator) -> Array:
        assert self.initializer is not None, "built"
        weight = self.initializer.draw(rng, self.fan_in, self.units)
        return np.concatenate([weight.ravel(), np.zeros(self.units)])

    def forward(self, x: Array) -> Array:
        if x.shape[-1] != self.fan_in:
            raise ValueError(f"Dense: expected (..., {self.fan_in}) inputs, got {x.shape}")
        self.input = x
        return x @ self.weight + self.bias

    def backward(self, dy: Array) -> Array:
        # L depends on W through y = x W + b, summed over the batch: ∂L/∂W = xᵀ dy, ∂L/∂b = Σ dy.
        self.weight_grad[...] = self.input.mT @ dy
        self.bias_grad[...] = np.sum(dy, axis=-2, keepdims=True)
        return dy @ self.weight.mT


LAYERS: dict[str, type[Layer]] = {"dense": Dense}
