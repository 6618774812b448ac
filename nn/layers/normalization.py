"""LayerNorm: the features of each sample are scaled to mean 0 and variance 1."""

from dataclasses import InitVar, dataclass
from typing import Annotated

import numpy as np
from annotated_types import Gt, doc

from nn.arrays import Array
from nn.layers.base import Layer


@dataclass(eq=False)
class LayerNorm(Layer):
    """y = gain · (x − mean) / √(variance + ε) + bias, mean and variance over the features of a sample.

    Ba, Kiros & Hinton (2016), "Layer normalization", section 3. The variance is the sum of squares divided
    by the number of features; ε is inside the root, and 10⁻⁵ as in PyTorch (10⁻³ in Keras). Shapes:
    ``gain`` and ``bias`` are ``(*stack, 1, units)`` and start at 1 and 0. The weights of a dense layer in
    front are initialised for the activation that follows. Training and prediction are the same, and
    samples of a batch are independent.

    >>> layer = LayerNorm(inputs=2)
    >>> layer.forward(np.array([[1.0, 3.0], [-20.0, 0.0]])).round(3)
    array([[-1.,  1.],
           [-1.,  1.]])
    """

    epsilon: Annotated[float, Gt(0), doc("Added to the variance; it keeps the divisor from 0.")] = 1e-5
    inputs: InitVar[int | None] = None

    def __post_init__(self, inputs: int | None) -> None:
        super().__post_init__()
        self.units = 0
        self.gain: Array
        self.gain_grad: Array
        self.bias: Array
        self.bias_grad: Array
        if inputs is not None:
            self.build(inputs)
            parameters = self.draw(np.random.default_rng())
            self.bind(parameters, np.zeros_like(parameters))

    def build(self, inputs: int, following: Layer | None = None) -> int:
        if inputs < 2:
            raise ValueError(
                f"LayerNorm: expected at least 2 units, got {inputs}; one alone is its own mean, so it "
                "would always be 0"
            )
        if self.units not in (0, inputs):
            raise ValueError(f"LayerNorm: was made for {self.units} inputs, got {inputs}")
        self.units = inputs
        return inputs

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        return {"gain": (1, self.units), "bias": (1, self.units)}

    def draw(self, rng: np.random.Generator) -> Array:
        return np.concatenate([np.ones(self.units), np.zeros(self.units)])

    def forward(self, x: Array) -> Array:
        centred = x - np.mean(x, axis=-1, keepdims=True)
        variance = np.mean(centred * centred, axis=-1, keepdims=True)
        self.deviation = np.sqrt(variance + self.epsilon)
        self.normal = centred / self.deviation
        return self.gain * self.normal + self.bias

    def backward(self, dy: Array) -> Array:
        # y = gain·n + bias, summed over the batch: ∂L/∂gain = Σ dy·n, ∂L/∂bias = Σ dy, and dn = dy·gain.
        # With n = (x − m)/s, s² = v + ε: ∂s/∂xⱼ = (xⱼ − m)/(s·units) = nⱼ/units and ∂m/∂xⱼ = 1/units, so
        # ∂nᵢ/∂xⱼ = (1[i = j] − 1/units − nᵢnⱼ/units)/s, and dx = (dn − mean dn − n · mean(dn·n))/s.
        n = self.normal
        self.gain_grad[...] = np.sum(dy * n, axis=-2, keepdims=True)
        self.bias_grad[...] = np.sum(dy, axis=-2, keepdims=True)
        dn = dy * self.gain
        centred = dn - np.mean(dn, axis=-1, keepdims=True)
        return (centred - n * np.mean(dn * n, axis=-1, keepdims=True)) / self.deviation
