"""Layer, and Chain: layers in order as one function.

Arrays have the shape ``(*stack, batch, features)``. A stack of networks is trained at once by
giving every array the same leading axes; the formulas index from the right and need no change.
"""

import copy
import math
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from nn.arrays import Array
from nn.initializers.base import Initializer
from nn.validation import Checked, check


class Layer(Checked):
    """A differentiable function y = f(x), whose parameters are views of one flat vector.

    ``forward`` keeps what ``backward`` needs and nothing else. ``backward`` takes dy = ∂L/∂y,
    writes the gradients of the parameters and returns dx = ∂L/∂x.

    A layer with a state of its own, such as a running mean, keeps it among its parameters: ``backward``
    fills its gradient like any other, and ``constrain``, which follows each update, overwrites it with the
    next value computed by ``forward``, whatever the optimiser did to it. So it is recorded, saved and
    resumed like parameters; its gradient counts in ``clip_norm`` too.
    """

    default_initializer: ClassVar[Initializer | None] = None
    """The initialiser of the dense layer in front, unless it has its own; None: that of the next layer."""

    bounds: ClassVar[tuple[float, float]] = (-math.inf, math.inf)
    """The bounds of its outputs."""
    owner: "weakref.ref[object] | None" = None
    """The network that it belongs to; a copy belongs to no network."""

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "owner"}

    def build(self, inputs: int, following: "Layer | None" = None) -> int:
        """Fix the sizes for this many inputs; returns the number of outputs.

        ``following`` is the next layer with a ``default_initializer``.
        """
        return inputs

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        """The name and shape of each parameter, in their order in the flat vector."""
        return {}

    @property
    def size(self) -> int:
        """The number of parameters."""
        return sum(math.prod(shape) for shape in self.shapes.values())

    @property
    def noise(self) -> int:
        """The number of random numbers that it uses for each sample in training."""
        return 0

    @property
    def detail(self) -> str:
        """Text shown beside its name in a table of layers."""
        return ""

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

    def bind_noise(self, noise: Array | None) -> None:
        """Use this noise, ``(*stack, batch, noise)``, uniform in [0, 1); None: no noise."""

    def forward(self, x: Array) -> Array:
        """The outputs y for a batch of inputs ``x: (*stack, batch, inputs)``."""
        raise NotImplementedError

    def backward(self, dy: Array) -> Array:
        """The gradient dx for the gradient ``dy`` of the outputs of the last ``forward``."""
        raise NotImplementedError

    def penalties(self) -> list[Array]:
        """The terms ``(*stack,)`` that the parameters add to the training loss; usually none."""
        return []

    def penalize(self) -> None:
        """Add the gradient of the penalties to that of the parameters."""

    def constrain(self) -> None:
        """Project the parameters onto their constraints, after an update."""

    @property
    def constrained(self) -> bool:
        """Whether ``constrain`` does anything; second-order methods refuse such layers."""
        return type(self).constrain is not Layer.constrain


class Activation(Layer):
    """A function without parameters, of each unit or of all units of a sample."""

    formula: ClassVar[tuple[str, str] | None] = None
    """y and y′, a line each, as shown in plots; None: the first line of the docstring."""
    elementwise: ClassVar[bool] = False
    """Whether it is one function y = f(x) of each unit alone, so that units can change places."""
    reflection: ClassVar[float | None] = None
    """c where f(−x) = c − f(x): 0 for odd functions, 1 for σ; None where there is no such c."""


def forward(layers: Sequence[Layer], x: Array) -> Array:
    """The outputs of layers in order; each caches what its ``backward`` needs."""
    for layer in layers:
        x = layer.forward(x)
    return x


def backward(layers: Sequence[Layer], dy: Array) -> Array:
    """Backpropagation: the chain rule from the last layer to the first; fills the gradients."""
    for layer in reversed(layers):
        dy = layer.backward(dy)
    return dy


def every(layers: Iterable[Layer]) -> Iterator[Layer]:
    """All layers, nested ones before those that contain them."""
    for layer in layers:
        yield from every(getattr(layer, "layers", ()))
        yield layer


class Chain:
    """Layers in order, each over its part of the same parameters, gradients and noise."""

    layers: list[Layer]

    def __copy__(self) -> Self:
        """The same layers with caches of their own: views of the same parameters."""
        twin = object.__new__(type(self))
        vars(twin).update(vars(self), layers=[copy.copy(layer) for layer in self.layers])
        return twin

    def check_layers(self) -> None:
        """Raise ValueError or TypeError unless there are layers, all of them distinct."""
        name = type(self).__name__
        if not self.layers:
            raise ValueError(f"{name}: expected at least one layer, got none")
        for layer in self.layers:
            check(layer, Layer, f"{name}: each of its layers")
        if len({id(layer) for layer in every(self.layers)}) < len(list(every(self.layers))):
            raise ValueError(f"{name}: expected layers of its own in each place, got one layer twice")

    def build(self, inputs: int, following: Layer | None = None) -> int:
        """Fix the sizes for this many inputs; returns the number of outputs."""
        for place, layer in enumerate(self.layers):
            telling = (after for after in self.layers[place + 1 :] if after.default_initializer)
            inputs = layer.build(inputs, next(telling, following))
        return inputs

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        """The shape of each parameter, named by the position of its layer: ``0.weight``."""
        return {
            f"{place}.{name}": shape
            for place, layer in enumerate(self.layers)
            for name, shape in layer.shapes.items()
        }

    @property
    def size(self) -> int:
        """The number of parameters."""
        return sum(layer.size for layer in self.layers)

    @property
    def noise(self) -> int:
        """The number of random numbers that the layers use for each sample in training."""
        return sum(layer.noise for layer in self.layers)

    def draw(self, rng: np.random.Generator) -> Array:
        """Initial parameters for one network, as a flat vector ``(size,)``."""
        return np.concatenate([layer.draw(rng) for layer in self.layers])

    def bind(self, parameters: Array, gradients: Array) -> None:
        """Make the layers' parameters and gradients views of these vectors of shape ``(*stack, size)``."""
        start = 0
        for layer in self.layers:
            stop = start + layer.size
            layer.bind(parameters[..., start:stop], gradients[..., start:stop])
            start = stop

    def bind_noise(self, noise: Array | None) -> None:
        """Let the layers use this noise, ``(*stack, batch, noise)``; None: no noise."""
        start = 0
        for layer in self.layers:
            stop = start + layer.noise
            layer.bind_noise(None if noise is None or start == stop else noise[..., start:stop])
            start = stop

    def forward(self, x: Array) -> Array:
        """The outputs of the last layer."""
        return forward(self.layers, x)

    def backward(self, dy: Array) -> Array:
        """Fill the gradients for the gradient ``dy`` of the last outputs; returns that of the inputs."""
        return backward(self.layers, dy)

    def penalties(self) -> list[Array]:
        """The terms ``(*stack,)`` that the parameters add to the training loss."""
        return [term for layer in self.layers for term in layer.penalties()]

    def penalize(self) -> None:
        """Add the gradient of the penalties to that of the parameters."""
        for layer in self.layers:
            layer.penalize()

    def constrain(self) -> None:
        """Project the parameters onto their constraints, after an update."""
        for layer in self.layers:
            layer.constrain()
