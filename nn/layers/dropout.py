"""Dropout: in training, inputs are dropped at random."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Lt, doc

from nn.arrays import Array
from nn.layers.base import Layer


@dataclass(eq=False)
class Dropout(Layer):
    """y = x · 1[u ≥ rate] / (1 − rate), u ~ U[0, 1): in training, drops each input at this rate.

    The others are scaled up, so that E[y] = x; in prediction and validation y = x. Srivastava,
    Hinton, Krizhevsky, Sutskever & Salakhutdinov (2014), "Dropout", section 10 (inverted dropout; their
    p is the probability of retaining, 1 − rate). The noise u ``(*stack, batch, inputs)`` is not drawn here
    but by ``train``, or by ``Sequential.forward`` with ``training=True``.

    >>> import numpy as np
    >>> layer, x = Dropout(rate=0.5), np.array([[1.0, 2.0, 3.0]])
    >>> layer.forward(x)
    array([[1., 2., 3.]])
    >>> layer.bind_noise(np.array([[0.1, 0.9, 0.5]]))
    >>> layer.forward(x), layer.backward(np.ones((1, 3)))
    (array([[0., 4., 6.]]), array([[0., 2., 2.]]))
    """

    rate: Annotated[float, Ge(0), Lt(1), doc("The share of the inputs that is dropped while training.")] = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        self.inputs = 0
        self.uniform: Array | None = None

    def build(self, inputs: int, following: Layer | None = None) -> int:
        self.inputs = inputs
        return inputs

    @property
    def noise(self) -> int:
        return self.inputs if self.rate else 0

    @property
    def detail(self) -> str:
        return f"{self.rate:g}"

    def bind_noise(self, noise: Array | None) -> None:
        self.uniform = noise

    def forward(self, x: Array) -> Array:
        self.stays = None if self.uniform is None else self.uniform >= self.rate
        return self._dropped(x)

    def backward(self, dy: Array) -> Array:
        # y = c x with c = 0 or 1/(1 − rate), so dx = c dy.
        return self._dropped(dy)

    def _dropped(self, a: Array) -> Array:
        return a if self.stays is None else a * self.stays * (1 / (1 - self.rate))
