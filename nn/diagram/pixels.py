"""Tells by the names of inputs whether they are the pixels of an image."""

import math
import re
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

FEWEST_PIXELS = 9


class Pixels(NamedTuple):
    """Images of some rows and columns, as inputs, row by row; or the weights of units for them."""

    rows: int
    columns: int
    weights: Sequence[Sequence[int]] = ()
    """Where the weights of each drawn unit are among the parameters."""


def pixels_of(inputs: Sequence[str]) -> Pixels | None:
    """The form of images that inputs are the pixels of, row by row; None for other inputs.

    They are where all names are alike but for two numbers, of the row and of the column; or where they are a
    square number of names with ``pixel`` in them.

    >>> pixels_of([f"p{row}_{column}" for row in range(3) for column in range(4)])
    Pixels(rows=3, columns=4, weights=())
    """
    if len(inputs) < FEWEST_PIXELS or len({re.sub(r"\d+", "#", name) for name in inputs}) > 1:
        return None
    places = [tuple(map(int, re.findall(r"\d+", name))) for name in inputs]
    if len(places[0]) == 2:
        first, last = places[0], places[-1]
        ranges = [range(low, high + 1) for low, high in zip(first, last, strict=True)]
        if places == [*product(*ranges)] and all(len(one) > 1 for one in ranges):
            return Pixels(len(ranges[0]), len(ranges[1]))
    side = math.isqrt(len(inputs))
    return Pixels(side, side) if side**2 == len(inputs) and "pixel" in inputs[0].lower() else None
