"""The layers themselves: Dense, Dropout, and Shortcut, which holds others.

Arrays have the shape ``(*stack, batch, features)``.
"""

from dataclasses import InitVar, dataclass
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Ge, Gt, Lt, doc

from nn.arrays import Array, within_norm
from nn.checks import check
from nn.initializers import GlorotUniform, Initializer
from nn.layer import Chain, Layer
from nn.seeds import generator


@dataclass(eq=False)
class Dense(Layer):
    """y = x W + b: every unit sees every input.

    Shapes: ``weight (*stack, inputs, units)``, ``bias (*stack, 1, units)``. Without an
    ``initializer`` the weights start as suits the activation that the units meet, also behind a
    dropout; biases start at zero unless the initialiser draws them.
    In a network the layer learns its ``inputs`` from its place; given here, it works alone:

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

    suits: ClassVar[Initializer | None] = GlorotUniform()

    units: Annotated[int, Ge(1), doc("The number of outputs.")]
    initializer: Annotated[
        Initializer | None, doc("How the weights start; left out, as suits the activation that follows.")
    ] = None
    l1: Annotated[float | None, Ge(0), doc("Added to the loss: this times the sum of |weight|.")] = None
    l2: Annotated[float | None, Ge(0), doc("Added to the loss: this times the sum of weight².")] = None
    max_norm: Annotated[
        float | None, Gt(0), doc("The largest length that the weights of a unit may have.")
    ] = None
    inputs: InitVar[int | None] = None
    seed: InitVar[int] = 0

    def __post_init__(self, inputs: int | None, seed: int) -> None:
        super().__post_init__()
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
            self.initializer = (following or self).suits
        return self.units

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        return {"weight": (self.fan_in, self.units), "bias": (1, self.units)}

    def draw(self, rng: np.random.Generator) -> Array:
        assert self.initializer is not None, "built"
        weight = self.initializer.draw(rng, self.fan_in, self.units)
        return np.concatenate([weight.ravel(), self.initializer.draw_bias(rng, self.fan_in, self.units)])

    def forward(self, x: Array) -> Array:
        if x.shape[-1] != self.fan_in:
            raise ValueError(f"Dense: expected (..., {self.fan_in}) inputs, got {x.shape}")
        self.input = x
        return x @ self.weight + self.bias

    def backward(self, dy: Array) -> Array:
        # L depends on W through y = x W + b, summed over the batch: ∂L/∂W = xᵀ dy, ∂L/∂b = Σ dy.
        self.weight_grad[...] = self.input.mT @ dy
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

    def constrain(self) -> None:
        if self.max_norm:
            self.weight[...] = within_norm(self.weight, self.max_norm, axis=-2)


@dataclass(eq=False)
class Dropout(Layer):
    """y = x · 1[u ≥ rate] / (1 − rate), u ~ U[0, 1): while training, drops each input at this rate.

    What stays is scaled up, so that y is x in the mean; in prediction and validation y = x. Srivastava,
    Hinton, Krizhevsky, Sutskever & Salakhutdinov (2014), "Dropout", section 10 (inverted dropout; their
    p is the probability to stay, 1 − rate). The noise u ``(*stack, batch, inputs)`` is bound, never
    drawn here: ``train`` draws it, or ``Sequential.forward`` with ``training=True``.

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

    def bind_noise(self, noise: Array | None) -> None:
        self.uniform = noise

    def forward(self, x: Array) -> Array:
        self.stays = None if self.uniform is None else self.uniform >= self.rate
        return self._dropped(x)

    def backward(self, dy: Array) -> Array:
        # Each y is its x times a number, so each dx is its dy times the same.
        return self._dropped(dy)

    def _dropped(self, a: Array) -> Array:
        return a if self.stays is None else a * self.stays * (1 / (1 - self.rate))


@dataclass(eq=False)
class Shortcut(Chain, Layer):
    """y = [x, f(x)]: the inputs as they are, then what the inner layers f in order make of them.

    What follows sees both, so that it has direct links past f. A network for XOR with a single
    hidden unit, 2-1-1 with direct links, after Rumelhart, Hinton & Williams (1986):

    >>> from nn import Sequential, Sigmoid
    >>> layers = [Shortcut([Dense(1), Sigmoid()]), Dense(1), Sigmoid()]
    >>> Sequential(layers, inputs=2).parameters.size  # 2 weights and a bias, 3 weights and a bias
    7
    """

    suits: ClassVar[Initializer | None] = GlorotUniform()

    layers: Annotated[list[Layer], doc("The inner layers, in order.")]

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_layers()
        self.inputs = 0

    def build(self, inputs: int, following: Layer | None = None) -> int:
        self.inputs = inputs
        return inputs + super().build(inputs, following)

    def forward(self, x: Array) -> Array:
        y = super().forward(x)
        return np.concatenate([np.broadcast_to(x, (*y.shape[:-1], self.inputs)), y], axis=-1)

    def backward(self, dy: Array) -> Array:
        # x reaches the loss by both ways: dx = ∂L/∂x past f + fᵀ′ ∂L/∂f.
        return dy[..., : self.inputs] + super().backward(dy[..., self.inputs :])


LAYERS: dict[str, type[Layer]] = {"dense": Dense, "dropout": Dropout, "shortcut": Shortcut}
