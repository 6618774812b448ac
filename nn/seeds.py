"""One seed, several independent streams of random numbers."""

from typing import Literal

import numpy as np

Stream = Literal["weights", "shuffling", "noise", "data"]
STREAMS: tuple[Stream, ...] = ("weights", "shuffling", "noise", "data")


def generator(seed: int, stream: Stream) -> np.random.Generator:
    """The generator for one purpose: changing what one stream draws leaves the others as they were.

    The streams are the children that ``numpy.random.SeedSequence(seed).spawn(4)`` gives, in the
    order of ``STREAMS``.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(STREAMS.index(stream),)))
