"""Linear: the identity."""

from dataclasses import dataclass

from nn.arrays import Array
from nn.layers.base import Activation


@dataclass(eq=False)
class Linear(Activation):
    """y = x: for outputs that may be any number.

    >>> import numpy as np
    >>> Linear().forward(np.array([[-1.0, 2.0]]))
    array([[-1.,  2.]])
    """

    formula = ("y = x", "y′ = 1")
    elementwise = True
    reflection = 0

    def forward(self, x: Array) -> Array:
        return x

    def backward(self, dy: Array) -> Array:
        return dy
