"""Dense: every unit is connected to every input."""

from dataclasses import InitVar, dataclass, field
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Ge, Gt, doc

from nn.arrays import Array, within_norm
from nn.initializers.base import Initializer
from nn.initializers.variance_scaling import GlorotUniform
from nn.layers.base import Layer
from nn.random import generator
from nn.validation import IncompatibleError, check


@dataclass(eq=False)
class Dense(Layer):
    """y = x W + b: every unit is connected to every input.

    Shapes: ``weight (*stack, inputs, units)``, ``bias (*stack, 1, units)``. Without an
    ``initializer`` the weights are initialised for the activation that follows, also behind a dropout;
    biases start at zero unless the initialiser draws them. With ``use_bias=False``
    (``bias: false`` in a configuration) there are none: y = x W.
    In a network ``inputs`` follows from the layer in front; given here, the layer works alone:

    >>> layer = Dense(3, inputs=2, seed=0)
    >>> layer.forward(np.ones((4, 2))).shape
    (4, 3)
    >>> layer.backward(np.ones((4, 3))).shape, layer.bias_grad
    ((4, 2), array([[4., 4., 4.]]))

    Three ways to keep weights small; none of them touches the biases. ``l1`` and ``l2`` add
    l1 Σ|W| + l2 ΣW² to the loss: without ½, and whatever the number of samples, as in Keras (in
    PyTorch's ``weight_decay`` the same l2 is half as strong). ``max_norm`` scales the weights of
    a unit back to this length ‖W·ⱼ‖ after an update that makes them longer: Srivastava et al.
    (2014), "Dropout", section 5.1.

    >>> layer = Dense(1, inputs=2, l1=0.1, l2=0.01, max_norm=1)
    >>> layer.weight[...] = [[3], [-4]]
    >>> [float(term.round(9)) for term in layer.penalties()]
    [0.7, 0.25]
    >>> layer.constrain(); layer.weight.ravel()
    array([ 0.6, -0.8])
    """

    default_initializer: ClassVar[Initializer | None] = GlorotUniform()

    units: Annotated[int, Ge(1), doc("The number of outputs.")]
    initializer: Annotated[
        Initializer | None,
        doc("The weight initializer; by default the one recommended for the activation that follows."),
    ] = None
    l1: Annotated[float | None, Ge(0), doc("Added to the loss: this times the sum of |weight|.")] = None
    l2: Annotated[float | None, Ge(0), doc("Added to the loss: this times the sum of weight².")] = None
    max_norm: Annotated[float | None, Gt(0), doc("The maximum L2 norm of the weights of a unit.")] = None
    use_bias: Annotated[bool, doc("Whether each unit adds a number of its own, its bias.")] = field(
        default=True, kw_only=True
    )
    inputs: InitVar[int | None] = None
    seed: InitVar[int] = 0

    def __post_init__(self, inputs: int | None, seed: int) -> None:
        super().__post_init__()
        if not self.use_bias and getattr(self.initializer, "biases", False):
            raise IncompatibleError(
                "initializer",
                "Dense: without biases there are none to draw; leave out biases of its initializer",
            )
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
            self.initializer = (following or self).default_initializer
        return self.units

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        weight = {"weight": (self.fan_in, self.units)}
        return weight | ({"bias": (1, self.units)} if self.use_bias else {})

    @property
    def detail(self) -> str:
        return "" if self.use_bias else "without bias"

    def draw(self, rng: np.random.Generator) -> Array:
        assert self.initializer is not None, "built"
        weight = self.initializer.draw(rng, self.fan_in, self.units)
        if not self.use_bias:
            return weight.ravel()
        return np.concatenate([weight.ravel(), self.initializer.draw_bias(rng, self.fan_in, self.units)])

    def forward(self, x: Array) -> Array:
        if x.shape[-1] != self.fan_in:
            raise ValueError(f"Dense: expected (..., {self.fan_in}) inputs, got {x.shape}")
        self.input = x
        y = x @ self.weight
        return y + self.bias if self.use_bias else y

    def backward(self, dy: Array) -> Array:
        # From y = x W + b, summed over the batch: ∂L/∂W = xᵀ dy, ∂L/∂b = Σ dy.
        self.weight_grad[...] = self.input.mT @ dy
        if self.use_bias:
            self.bias_grad[...] = np.sum(dy, axis=-2, keepdims=True)
        return dy @ self.weight.mT

    def penalties(self) -> list[Array]:
        w, terms = self.weight, []
        if self.l1:
            terms.append(self.l1 * np.sum(np.maximum(w, -w), axis=(-2, -1)))
        if self.l2:
            terms.append(self.l2 * np.sum(w * w, axis=(-2, -1)))
        return terms

    def penalize(self) -> None:
        # ∂|w|/∂w = sign w, taken as 0 at w = 0; ∂w²/∂w = 2w.
        if self.l1:
            self.weight_grad[...] += self.l1 * np.sign(self.weight)
        if self.l2:
            self.weight_grad[...] += 2 * self.l2 * self.weight

    @property
    def constrained(self) -> bool:
        return bool(self.max_norm)

    def constrain(self) -> None:
        if self.max_norm:
            self.weight[...] = within_norm(self.weight, self.max_norm, axis=-2)
