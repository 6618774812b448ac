"""One seed, several independent streams of random numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Stream = Literal["weights", "order", "noise", "data", "split"]
STREAMS: tuple[Stream, ...] = ("weights", "order", "noise", "data", "split")


def generator(seed: int, stream: Stream) -> np.random.Generator:
    """The generator for one purpose: changing what one stream draws leaves the others as they were.

    The streams are the children that ``numpy.random.SeedSequence(seed).spawn(5)`` gives, in the
    order of ``STREAMS``.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(STREAMS.index(stream),)))


def as_array(seed: int | Sequence[int] | NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A seed or several as an array; ValueError unless they are whole numbers from 0 to 2⁶⁴ − 1."""
    seeds = np.asarray(seed, dtype=object)  # of [0, 2**63] NumPy would make floats
    whole = all(isinstance(one, Integral) and not isinstance(one, bool) for one in seeds.flat)
    if seeds.size and whole and all(0 <= one < 2**64 for one in seeds.flat):
        return seeds.astype(np.uint64)
    raise ValueError(f"seed must be whole numbers of at least 0 and below 2**64, got {seed!r}")


@dataclass(frozen=True, eq=False)
class Seeds:
    """A seed for each kind of randomness of a network, so that one can change while the others stay.

    weights: of the initial parameters
    order: of the order of the samples in each epoch
    noise: of ``Dropout`` and other layers with noise

    Each is a number, or a sequence with one for each member of a stack. ``seed=7`` means 7 for all three.
    Raises ValueError for what is no seed, and where stacks differ in shape.

    >>> from nn import Dense, Sequential
    >>> Sequential([Dense(1)], inputs=2, seed=Seeds(weights=range(20), order=7)).stack
    (20,)
    """

    weights: int | Sequence[int] | NDArray[np.uint64] = 0
    order: int | Sequence[int] | NDArray[np.uint64] = 0
    noise: int | Sequence[int] | NDArray[np.uint64] = 0

    @classmethod
    def of(cls, seed: "int | Sequence[int] | Seeds") -> "Seeds":
        """As arrays of one shape, that of the stack."""
        kinds = (seed.weights, seed.order, seed.noise) if isinstance(seed, Seeds) else (seed, seed, seed)
        arrays = [as_array(kind) for kind in kinds]
        try:
            return cls(*np.broadcast_arrays(*arrays))
        except ValueError:
            shapes = ", ".join(str(array.shape) for array in arrays)
            raise ValueError(f"seeds must be one number each or stacks of one shape, got {shapes}") from None

    @property
    def stack(self) -> tuple[int, ...]:
        """The shape of the stack of networks that they are for."""
        return np.shape(self.weights)

    def generators(self, stream: Literal["weights", "order", "noise"]) -> list[np.random.Generator]:
        """The generator of each member for one purpose."""
        return [generator(int(seed), stream) for seed in np.ravel(getattr(self, stream))]
