"""One seed, several independent streams of random numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

Stream = Literal["weights", "order", "noise", "data", "split"]
STREAMS: tuple[Stream, ...] = ("weights", "order", "noise", "data", "split")


def generator(seed: int, stream: Stream) -> np.random.Generator:
    """The generator for one purpose: changing what one stream draws leaves the others as they were.

    The streams are the children that ``numpy.random.SeedSequence(seed).spawn(5)`` gives, in the
    order of ``STREAMS``.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(STREAMS.index(stream),)))


class SeedWords(ISeedSequence):
    """The words of a seed sequence, already generated."""

    def __init__(self, words: NDArray[np.uint64]):
        self.words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint64) -> NDArray[np.uint64]:
        """Return the words, which are those that PCG64 asks for."""
        assert (n_words, np.dtype(dtype)) == (len(self.words), self.words.dtype)
        return self.words


def seed_words(seeds: NDArray[np.uint64], stream: Stream) -> NDArray[np.uint64]:
    """What ``SeedSequence(seed, spawn_key=(number of the stream,))`` gives for each seed, ``(seeds, 4)``.

    NumPy's own takes longer for a seed than to draw the weights of a small network. The algorithm,
    which NumPy promises not to change: O'Neill (2015), "Developing a seed_seq alternative".
    """
    zero, number = (np.full_like(seeds, value) for value in (0, STREAMS.index(stream)))
    entropy = [seeds & LOW, seeds >> np.uint64(32), zero, zero]
    hashed = Hash(0x43B0D7E5, 0x931E8875)
    pool = [hashed(word) for word in entropy]
    for source in range(4):
        for place in range(4):
            if place != source:
                pool[place] = mixed(pool[place], hashed(pool[source]))
    pool = [mixed(word, hashed(number)) for word in pool]
    hashed = Hash(0x8B51F9DD, 0x58F38DED)
    halves = [hashed(word) for word in pool + pool]
    return np.stack(
        [low | high << np.uint64(32) for low, high in zip(halves[::2], halves[1::2], strict=True)], axis=-1
    )


LOW = np.uint64(0xFFFFFFFF)
"""The words of the algorithm have 32 bits; 64 hold their products."""


class Hash:
    """Hashes 32-bit words, each with the next constant."""

    def __init__(self, constant: int, factor: int):
        self.constant, self.factor = constant, factor

    def __call__(self, words: NDArray[np.uint64]) -> NDArray[np.uint64]:
        words = words ^ np.uint64(self.constant)
        self.constant = self.constant * self.factor & int(LOW)
        words = words * np.uint64(self.constant) & LOW
        return words ^ words >> np.uint64(16)


def mixed(x: NDArray[np.uint64], y: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix two 32-bit words into one."""
    words = (x * np.uint64(0xCA01F9DD) - y * np.uint64(0x4973F715)) & LOW
    return words ^ words >> np.uint64(16)


class Generators(Sequence[np.random.Generator]):
    """The generators of several seeds for one purpose, each made when it is first asked for.

    ``each()`` makes them one by one and keeps none.
    """

    def __init__(self, seeds: NDArray[np.uint64], stream: Stream):
        self.words = seed_words(seeds, stream)
        self.made: dict[int, np.random.Generator] = {}

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, place: Any) -> Any:
        place = range(len(self))[place]
        if place not in self.made:
            self.made[place] = self.make(place)
        return self.made[place]

    def make(self, place: int) -> np.random.Generator:
        """Return a generator at its beginning."""
        words: Any = SeedWords(self.words[place])
        return np.random.Generator(np.random.PCG64(words))

    def each(self) -> Iterator[np.random.Generator]:
        """Yield each at its beginning."""
        return map(self.make, range(len(self)))


def as_array(seed: int | Sequence[int] | NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A seed or several as an array; ValueError unless they are whole numbers from 0 to 2⁶⁴ − 1."""
    if isinstance(seed, range) and seed and 0 <= min(ends := (seed[0], seed[-1])) <= max(ends) < 2**63:
        return np.arange(seed.start, seed.stop, seed.step).astype(np.uint64)
    if isinstance(seed, np.ndarray) and seed.dtype == np.uint64 and seed.size:
        return seed.astype(np.uint64)
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

    def generators(self, stream: Literal["weights", "order", "noise"]) -> Generators:
        """The generator of each member for one purpose."""
        return Generators(as_array(getattr(self, stream)).ravel(), stream)
