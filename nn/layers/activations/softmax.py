"""Softmax: the probabilities of classes."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nn.arrays import Array
from nn.initializers.base import Initializer
from nn.initializers.variance_scaling import GlorotUniform
from nn.layers.base import Activation, Layer


def softmax(x: Array) -> Array:
    """e^xᵢ / Σⱼ e^xⱼ along the last axis, shifted by the largest xⱼ so that nothing overflows."""
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


@dataclass(eq=False)
class Softmax(Activation):
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ: one probability for each of two or more classes.

    >>> Softmax().forward(np.array([[0.0, np.log(3)]]))
    array([[0.25, 0.75]])
    """

    formula = (
        "y₁ = eˣ / (eˣ + e⁰),  of two units, the other at 0",
        "∂y₁/∂x = y₁ (1 − y₁)",
    )
    bounds = (0, 1)
    default_initializer: ClassVar[Initializer | None] = GlorotUniform()

    def build(self, inputs: int, following: Layer | None = None) -> int:
        if inputs < 2:
            raise ValueError(
                f"Softmax: expected at least 2 units, got {inputs}; one alone would always be 1, use Sigmoid"
            )
        return inputs

    def forward(self, x: Array) -> Array:
        self.output = softmax(x)
        return self.output

    def backward(self, dy: Array) -> Array:
        # ∂yⱼ/∂xᵢ = yⱼ (1[i = j] − yᵢ), so dxᵢ = yᵢ (dyᵢ − Σⱼ dyⱼ yⱼ).
        return self.output * (dy - np.sum(dy * self.output, axis=-1, keepdims=True))
