"""Orthogonal: weights that keep lengths."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Gt, doc

from nn.arrays import Array
from nn.initializers.base import Initializer


@dataclass(frozen=True)
class Orthogonal(Initializer):
    """W = gain·Q with orthonormal rows or columns, whichever are fewer: lengths change only by the gain.

    Saxe, McClelland & Ganguli (2014), "Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks". Q of a normal matrix = Q R, each column with the sign of R's
    diagonal, so that all such matrices are equally likely: Mezzadri (2007), "How to generate random
    matrices from the classical compact groups".

    >>> weight = Orthogonal().draw(np.random.default_rng(0), inputs=3, units=2)
    >>> (weight.T @ weight).round(15) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """

    gain: Annotated[float, Gt(0), doc("The factor of the orthogonal matrix.")] = 1.0

    def draw(self, rng: np.random.Generator, inputs: int, units: int) -> Array:
        q, r = np.linalg.qr(rng.normal(size=(max(inputs, units), min(inputs, units))))
        q = self.gain * q * np.where(np.diagonal(r) < 0, -1, 1)
        return q if inputs >= units else q.T
