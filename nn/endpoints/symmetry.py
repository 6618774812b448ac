"""canonical(): one set of weights for all those that differ by a symmetry and give the same function.

Hidden units can be exchanged, and where f(−x) = c − f(x) they can be reflected: a unit with the weights −w in
front of it, −b, and −v behind it, with c·v added to the biases behind, leaves every output as it was. For
tanh c is 0, for σ it is 1. Sussmann (1992), "Uniqueness of the weights for minimal feedforward nets with a
given input-output map"; Kůrková & Kainen (1994), "Functionally equivalent feedforward neural networks".
"""

import copy
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from nn.arrays import Array, Floats
from nn.layers.base import Activation, Layer
from nn.layers.dense import Dense
from nn.layers.dropout import Dropout
from nn.network import Sequential
from nn.random import Seeds


class HiddenUnits(NamedTuple):
    """Units that can change places: the layers in front of them, of them, and behind them."""

    dense: Dense
    activation: Activation | None
    """Their function; None: the identity, or several functions one after another."""
    following: Dense
    reflection: float | None
    """c where f(−x) = c − f(x) and the layer behind can take up c; None where units cannot be reflected."""


def single(network: Sequential, parameters: Array) -> Sequential:
    """Return a copy in float64 with these parameters ``(*members, n)``, which are not copied."""
    twin = copy.deepcopy(network)
    twin.seeds = Seeds.of(0)
    twin.bind_noise(None)
    twin.bind(parameters, np.zeros_like(parameters))
    return twin


def hidden_units(layers: Sequence[Layer]) -> Iterator[HiddenUnits]:
    """Yield the hidden layers whose units can change places: between two dense layers, each on its own.

    What hands units on in other ways, such as a shortcut, a normalisation or a layer of one's own, has none
    of these symmetries, as far as is known here.
    """
    places = [place for place, layer in enumerate(layers) if type(layer) is Dense]
    for first, second in pairwise(places):
        between = [layer for layer in layers[first + 1 : second] if not isinstance(layer, Dropout)]
        functions = [layer for layer in between if isinstance(layer, Activation) and layer.elementwise]
        if len(functions) < len(between):
            continue
        dense, following = layers[first], layers[second]
        assert isinstance(dense, Dense), "by their places"
        assert isinstance(following, Dense), "by their places"
        activation = functions[0] if len(functions) == 1 else None
        reflection = activation.reflection if activation else None if functions else 0
        if reflection and not following.use_bias:
            reflection = None
        yield HiddenUnits(dense, activation, following, reflection)


def canonical(network: Sequential, parameters: Array) -> Floats:
    """Return the same functions with hidden units in a canonical order and sign, ``(*members, n)``.

    Each unit's weights and bias are multiplied by a fixed vector: units are reflected so that this product is
    positive, and sorted by it, the largest first. The vector has no simple ratios, so that weights such as
    (5, −5) are far from a tie; units whose products are equal up to rounding stay as they come. All outputs
    are those of the given parameters up to rounding.

    >>> from nn import Dense, Tanh
    >>> network = Sequential([Dense(2), Tanh(), Dense(1)], inputs=1)
    >>> given = np.array([3.0, -1.0, 0.0, -2.0, 5.0, 7.0, 0.5])  # weights 3 and −1, biases 0 and −2
    >>> canonical(network, given)
    array([ 1. ,  3. ,  2. ,  0. , -7. ,  5. ,  0.5])
    """
    values = np.array(parameters, float)
    for units in hidden_units(single(network, values).layers):
        product = products(units.dense)
        if units.reflection is not None:
            reflect(units, np.where(product < 0, -1.0, 1.0))
            product = np.abs(product)
        exchange(units, np.argsort(-product, axis=-1, kind="stable"))
    return values


def products(dense: Dense) -> Array:
    """Return the product of each unit's weights and bias with √2, √3, √4, …: ``(*members, units)``."""
    vector = np.sqrt(np.arange(dense.fan_in + 1) + 2.0)
    product = vector[:-1] @ dense.weight
    return product + vector[-1] * dense.bias[..., 0, :] if dense.use_bias else product


def reflect(units: HiddenUnits, signs: Array) -> None:
    """Reflect the units whose sign, ``(*members, units)``, is −1."""
    dense, _, following, reflection = units
    dense.weight[...] *= signs[..., np.newaxis, :]
    if dense.use_bias:
        dense.bias[...] *= signs[..., np.newaxis, :]
    if reflection:
        # y v = (c − y′) v = y′ (−v) + c v, where y′ is the output of the reflected unit.
        reflected = np.where(signs < 0, reflection, 0.0)[..., np.newaxis, :]
        following.bias[...] += reflected @ following.weight
    following.weight[...] *= signs[..., np.newaxis]


def exchange(units: HiddenUnits, order: Array) -> None:
    """Put the units in this order, ``(*members, units)``."""
    dense, _, following, _ = units
    columns = order[..., np.newaxis, :]
    dense.weight[...] = np.take_along_axis(dense.weight, columns, axis=-1)
    if dense.use_bias:
        dense.bias[...] = np.take_along_axis(dense.bias, columns, axis=-1)
    following.weight[...] = np.take_along_axis(following.weight, order[..., np.newaxis], axis=-2)
