"""One seed, several independent streams of random numbers."""

from collections.abc import Sequence
from numbers import Integral
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Stream = Literal["weights", "shuffling", "noise", "data"]
STREAMS: tuple[Stream, ...] = ("weights", "shuffling", "noise", "data")


def generator(seed: int, stream: Stream) -> np.random.Generator:
    """The generator for one purpose: changing what one stream draws leaves the others as they were.

    The streams are the children that ``numpy.random.SeedSequence(seed).spawn(4)`` gives, in the
    order of ``STREAMS``.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(STREAMS.index(stream),)))


def as_array(seed: int | Sequence[int]) -> NDArray[np.uint64]:
    """A seed or several as an array; ValueError unless they are whole numbers from 0 to 2⁶⁴ − 1."""
    seeds = np.asarray(seed, dtype=object)  # of [0, 2**63] NumPy would make floats
    whole = all(isinstance(one, Integral) and not isinstance(one, bool) for one in seeds.flat)
    if seeds.size and whole and all(0 <= one < 2**64 for one in seeds.flat):
        return seeds.astype(np.uint64)
    raise ValueError(f"seed must be whole numbers of at least 0 and below 2**64, got {seed!r}")
