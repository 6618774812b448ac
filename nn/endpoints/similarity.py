"""grouped(): which end points are the same up to symmetry, by what they answer and what their units do.

Weights themselves do not tell: points that run off are at different lengths of the same way, and so are
their weights. What stays is what they answer, and on which rows each hidden unit is on which side of its
middle. Of the sides S ``(rows, units)``, +1 or −1, the products S Sᵀ are the same however units are exchanged
or reflected: Kornblith, Norouzi, Lee & Hinton (2019), "Similarity of neural network representations
revisited", section 2.
"""

import numpy as np

from nn.arrays import Array, Floats
from nn.endpoints.symmetry import hidden_units, single
from nn.endpoints.units import hidden_outputs
from nn.layers.activations.linear import Linear
from nn.network import Sequential

ANSWERS_APART = 0.1
"""Answers are alike if their root mean square difference is at most this part of the targets' range."""
SIDES_APART = 0.4
"""Sides are alike if their products differ by at most this part of their norm."""
MIDDLE = 0.01
"""Within this part of the largest input of a unit its side goes from −1 to 1, so that no rounding decides."""
MAX_COMPARED_ROWS, MAX_SIDE_ROWS = 500, 32
"""The number of rows, evenly spread, whose answers and whose sides are compared."""
NUMBERS_AT_A_TIME = 1 << 22


def evenly(rows: int, most: int) -> Array:
    """At most so many of the rows, evenly spread, ``(chosen,)``."""
    return np.unique(np.linspace(0, rows - 1, min(rows, most)).astype(int))


@np.errstate(all="ignore")
def answered(network: Sequential, parameters: Array, x: Array) -> Floats:
    """The answers of all members, ``(members, rows, outputs)``, some members at a time to save memory."""
    widest = max(max(shape) for shape in network.shapes.values())
    at_once = max(1, NUMBERS_AT_A_TIME // (len(x) * widest))
    parts = np.split(parameters, range(at_once, len(parameters), at_once))
    return np.concatenate([single(network, part.astype(float)).predict(x) for part in parts])


def sides(network: Sequential, parameters: Array, x: Array) -> list[Floats]:
    """S Sᵀ for each layer of hidden units that can change places, ``(members, rows, rows)`` each.

    Where units cannot be reflected, a side is √2 (above 0) or 0. Units of the identity have no sides.
    """
    twin = single(network, np.array(parameters, float))
    reflected = {
        id(units.activation): units.reflection is not None
        for units in hidden_units(twin.layers)
        if units.activation and not isinstance(units.activation, Linear)
    }
    found = []
    for layer, z, _ in hidden_outputs(twin, x):
        if id(layer) in reflected:
            reach = MIDDLE * np.max(np.abs(z), axis=-2, keepdims=True)
            side = np.clip(z / np.where(reach > 0, reach, 1), -1, 1)
            side = side if reflected[id(layer)] else np.sqrt(2) * np.maximum(side, 0)
            found.append(side @ side.mT)
    return found


def similar(features: list[Floats], one: int, others: Array) -> Array:
    """Whether the sides of one member are like those of others, in all layers, ``(others,)``."""
    alike = np.ones(len(others), bool)
    for products in features:
        apart = np.linalg.norm(products[others] - products[one], axis=(-2, -1))
        size = np.maximum(np.linalg.norm(products[others], axis=(-2, -1)), np.linalg.norm(products[one]))
        alike &= apart <= SIDES_APART * size
    return alike


def grouped(
    network: Sequential, x: Array, t: Array, parameters: Array, losses: Array, *, by_units: bool
) -> list[Array]:
    """Return the members of each group, ``(count,)``, in rising order of loss; the largest group first.

    The member of the lowest loss that is in no group yet begins one, of all that are like it: by their
    answers and, ``by_units``, by the sides of their hidden units. ``parameters (members, n)`` and
    ``losses (members,)`` are finite.
    """
    rows = evenly(len(x), MAX_COMPARED_ROWS)
    answers, reach = answered(network, parameters, x[rows]), float(np.ptp(t)) or 1.0
    features = sides(network, parameters, x[evenly(len(x), MAX_SIDE_ROWS)]) if by_units else []
    left, groups = np.argsort(losses, kind="stable"), []
    while left.size:
        apart = np.sqrt(np.mean((answers[left] - answers[left[0]]) ** 2, axis=(-2, -1)))
        alike = (apart <= ANSWERS_APART * reach) & similar(features, left[0], left)
        alike[0] = True
        groups.append(left[alike])
        left = left[~alike]
    return sorted(groups, key=len, reverse=True)
