"""Shortcut: layers whose inputs are concatenated with their outputs."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import doc

from nn.arrays import Array
from nn.initializers.base import Initializer
from nn.initializers.variance_scaling import GlorotUniform
from nn.layers.base import Chain, Layer


@dataclass(eq=False)
class Shortcut(Chain, Layer):
    """y = [x, f(x)]: the inputs, then the outputs of the inner layers f, concatenated.

    So the next layer has direct connections past f. A network for XOR with a single
    hidden unit, 2-1-1 with direct links, after Rumelhart, Hinton & Williams (1986):

    >>> from nn import Dense, Sequential, Sigmoid
    >>> layers = [Shortcut([Dense(1), Sigmoid()]), Dense(1), Sigmoid()]
    >>> Sequential(layers, inputs=2).parameters.size  # 2 weights and a bias, 3 weights and a bias
    7
    """

    default_initializer: ClassVar[Initializer | None] = GlorotUniform()

    layers: Annotated[list[Layer], doc("The inner layers, in order.")]

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_layers()
        self.inputs = 0

    def build(self, inputs: int, following: Layer | None = None) -> int:
        self.inputs = inputs
        return inputs + super().build(inputs, following)

    @property
    def constrained(self) -> bool:
        return any(layer.constrained for layer in self.layers)

    def forward(self, x: Array) -> Array:
        y = super().forward(x)
        return np.concatenate([np.broadcast_to(x, (*y.shape[:-1], self.inputs)), y], axis=-1)

    def backward(self, dy: Array) -> Array:
        # The chain rule over both paths: dx = dy of the inputs passed on + f's backward of the rest of dy.
        return dy[..., : self.inputs] + super().backward(dy[..., self.inputs :])
