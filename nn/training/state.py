"""The state of training between epochs, as arrays by name, from which it can be resumed."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np

from nn.arrays import Array

TrainingState: TypeAlias = dict[str, Array]
WORD = 1 << 64


class StateError(ValueError):
    """A state is that of another training, or holds invalid values."""


class Remembers(Protocol):
    """A part of training with a state of its own."""

    def state(self) -> Mapping[str, Any]:
        """Return arrays and numbers by name; the arrays may be those in use."""

    def restore(self, state: TrainingState) -> None:
        """Continue from a state that it returned, in any process; names and shapes have been checked."""


def gathered(parts: Mapping[str, Remembers]) -> TrainingState:
    """Copy the states of all parts, each name prefixed by its part: ``best.epoch``."""
    return {
        f"{part}.{name}": np.array(value)
        for part, owner in parts.items()
        for name, value in owner.state().items()
    }


def give_back(parts: Mapping[str, Remembers], state: Mapping[str, Array]) -> None:
    """Restore each part; raises StateError, naming the array, for the state of another training."""
    fresh = gathered(parts)
    for name in fresh.keys() | state.keys():
        if name not in fresh or name not in state:
            raise StateError(f"state: expected {', '.join(sorted(fresh))}; got {', '.join(sorted(state))}")
        own, given = fresh[name], state[name]
        grows = own.ndim > 0 and not len(own)  # what has no rows yet may have some later
        if own.dtype != given.dtype or own.shape[grows:] != given.shape[grows:]:
            expected, got = (f"{a.dtype} {a.shape}" for a in (own, given))
            raise StateError(f"state: {name}: expected {expected}, got {got}")
    for part, owner in parts.items():
        try:
            owner.restore({name: np.array(state[f"{part}.{name}"]) for name in owner.state()})
        except (ValueError, TypeError, OverflowError) as error:  # of numbers that no training gives
            raise StateError(f"state: {part}: {error}") from error


def positions(generators: Sequence[np.random.Generator]) -> Array:
    """Return the positions of generators (PCG64) in their streams, ``(generators, 6)``."""
    rows = []
    for generator in generators:
        place: dict[str, Any] = dict(generator.bit_generator.state)
        halves = [half for number in place["state"].values() for half in divmod(number, WORD)]
        rows.append([*halves, place["has_uint32"], place["uinteger"]])
    return np.array(rows, np.uint64).reshape(-1, 6)


def reposition(generators: Sequence[np.random.Generator], rows: Array) -> None:
    """Move generators to such ``positions``."""
    for generator, row in zip(generators, rows.tolist(), strict=True):
        high, low, inc_high, inc_low, has_half, half = row
        generator.bit_generator.state = {
            "bit_generator": "PCG64",
            "state": {"state": high * WORD + low, "inc": inc_high * WORD + inc_low},
            "has_uint32": has_half,
            "uinteger": half,
        }
