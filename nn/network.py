"""Sequential: layers in order over one flat parameter vector."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.checks import check
from nn.layers import Layer
from nn.losses import Loss
from nn.seeds import generator

Precision = Literal["float64", "float32"]


def forward(layers: Iterable[Layer], x: Array) -> Array:
    """The outputs of layers in order; each remembers what its ``backward`` needs."""
    for layer in layers:
        x = layer.forward(x)
    return x


def backward(layers: Sequence[Layer], dy: Array) -> Array:
    """Backpropagation: the chain rule from the last layer to the first; fills the gradients."""
    for layer in reversed(layers):
        dy = layer.backward(dy)
    return dy


class Sequential:
    """A feed-forward network: each layer's output is the next one's input.

    ``parameters`` and ``gradients`` are contiguous arrays ``(*stack, n_parameters)``; the layers
    hold views of them. With several seeds the network is a stack: ``seed=range(1000)`` is a
    thousand networks that train at once, each with its own weights and order of samples.

    >>> from nn import Dense, Sigmoid
    >>> network = Sequential([Dense(2), Sigmoid(), Dense(1), Sigmoid()], inputs=2, seed=0)
    >>> network.parameters.shape, network.predict([[0, 1], [1, 1]]).shape
    ((9,), (2, 1))
    >>> Sequential([Dense(2)], inputs=2, seed=range(10)).predict([[0, 1]]).shape
    (10, 1, 2)
    """

    def __init__(
        self,
        layers: Iterable[Layer],
        *,
        inputs: int,
        seed: int | Sequence[int] = 0,
        dtype: Precision = "float64",
    ):
        self.layers = list(layers)
        self.inputs, self.seeds = inputs, np.asarray(seed)
        check(inputs, Annotated[int, Ge(1)], "Sequential: inputs")
        if self.seeds.dtype.kind not in "iu" or np.any(self.seeds < 0):
            raise ValueError(f"Sequential: seed must be whole numbers of at least 0, got {seed!r}")
        self.outputs = self._build()
        shape = (*self.seeds.shape, sum(layer.size for layer in self.layers))
        check(dtype, Precision, "Sequential: dtype")
        self.bind(np.empty(shape, dtype), np.zeros(shape, dtype))
        for member, number in np.ndenumerate(self.seeds):
            rng = generator(int(number), "weights")
            self.parameters[member] = np.concatenate([layer.draw(rng) for layer in self.layers])

    def _build(self) -> int:
        if not self.layers:
            raise ValueError("Sequential: expected at least one layer, got none")
        if len({id(layer) for layer in self.layers}) < len(self.layers):
            raise ValueError("Sequential: expected layers of its own in each place, got one layer twice")
        size = self.inputs
        for layer, following in pairwise([*self.layers, None]):
            assert layer is not None, "only the last one's follower is"
            check(layer, Layer, "Sequential: each of its layers")
            size = layer.build(size, following)
        return size

    @property
    def stack(self) -> tuple[int, ...]:
        """The leading axes of every array: ``()`` for a single network."""
        return self.seeds.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers that the network computes with."""
        return self.parameters.dtype

    def bind(self, parameters: Array, gradients: Array) -> None:
        """Let all layers work on these two vectors of shape ``(*stack, n_parameters)``."""
        self.parameters, self.gradients = parameters, gradients
        start = 0
        for layer in self.layers:
            stop = start + layer.size
            layer.bind(parameters[..., start:stop], gradients[..., start:stop])
            start = stop

    def forward(self, x: Array) -> Array:
        """The outputs ``(*stack, batch, outputs)`` for ``x: (*stack or (), batch, inputs)``."""
        return forward(self.layers, x)

    def backward(self, dy: Array) -> Array:
        """Fill ``gradients`` for the gradient ``dy`` of the last outputs; returns that of the inputs."""
        return backward(self.layers, dy)

    def predict(self, x: ArrayLike) -> Array:
        """The outputs for anything that NumPy reads as an array ``(batch, inputs)``."""
        return self.forward(np.asarray(x, dtype=self.dtype))

    def split(self, loss: Loss) -> tuple[list[Layer], list[Layer]]:
        """The layers whose output the loss takes, and those that the loss contains.

        A cross-entropy contains the final sigmoid or softmax and takes its input, where value and
        gradient are exact however far the output is saturated.
        """
        *rest, last = self.layers
        loss.check_last(last)
        return (rest, [last]) if loss.link else (self.layers, [])
