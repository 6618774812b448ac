"""Sequential: layers in order over one flat parameter vector."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.checks import check
from nn.layer import Chain, Layer
from nn.losses import Loss
from nn.seeds import generator

Precision = Literal["float64", "float32"]


class Sequential(Chain):
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

    ``forward`` with ``training=True`` lets layers such as ``Dropout`` have their noise, drawn anew
    from the network's seeds:

    >>> from nn import Dropout
    >>> Sequential([Dropout(0.5)], inputs=4, seed=0).forward(np.ones((1, 4)), training=True)
    array([[2., 0., 2., 2.]])
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
        self.check_layers()
        self.outputs = self.build(inputs)
        shape = (*self.seeds.shape, self.size)
        check(dtype, Precision, "Sequential: dtype")
        self.bind(np.empty(shape, dtype), np.zeros(shape, dtype))
        for member, number in np.ndenumerate(self.seeds):
            self.parameters[member] = self.draw(generator(int(number), "weights"))

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
        super().bind(parameters, gradients)

    def forward(self, x: Array, training: bool = False) -> Array:
        """The outputs ``(*stack, batch, outputs)`` for ``x: (*stack or (), batch, inputs)``."""
        self.bind_noise(self._drawn_noise(x.shape[-2]) if training and self.noise else None)
        return super().forward(x)

    def _drawn_noise(self, batch: int) -> Array:
        shape = (batch, self.noise)
        members = [rng.random(shape, self.parameters.dtype.type) for rng in self._generators]
        return np.reshape(members, (*self.stack, *shape))

    @cached_property
    def _generators(self) -> list[np.random.Generator]:
        return [generator(int(seed), "noise") for seed in self.seeds.flat]

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
