"""The samples of a training: their order, their batches, and the measures of their epochs."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.engine.program import Program
from nn.losses.base import Loss
from nn.network import Sequential
from nn.training.inputs import pair, weights
from nn.training.outcomes import Members
from nn.training.state import TrainingState, positions, reposition

MEASURES = ("loss", "accuracy", "largest_error")
"""The measures of a step. For an epoch the first two are averaged over batches, the third is the maximum."""


ALL_LIVE = np.array(True)
"""All networks are live: they end when they meet the goal."""
EPOCHS_BETWEEN_LOOKS = 64
"""Unless an end has to be seen at once, engines look for it after so many epochs."""
AGAIN = 16
"""The number of batches that an engine is verified on while it runs."""
VERIFIED_ROWS, VERIFIED_BATCHES = 4096, 512
"""The numbers of rows and of batches that a step is verified on."""
VERIFIED_LAST_BATCHES = 8
"""The number of shorter last batches that a step is verified on."""


class Batch(NamedTuple):
    """``size`` rows of an order ``(*stack, samples)``, and their noise ``(*stack, size, noise)``."""

    order: Array
    start: int
    size: int
    noise: Array

    @property
    def rows(self) -> Array:
        """The rows, ``(*stack, size)``."""
        return self.order[..., self.start : self.start + self.size]


class Stretch(NamedTuple):
    """What networks have measured; from the epoch on that ended one, its measures stay."""

    epochs: int
    last: Array
    """All measures of the last epoch, ``(measured, *stack)``."""
    ended: Array
    """The epoch, from 0, that met the goal or had no finite loss, ``(*stack)``; −1 where none had."""


class Goal(NamedTuple):
    """Training ends after the first epoch whose measures are all at least as good as these."""

    loss: float
    accuracy: float
    largest_error: float

    def met(self, measures: Array) -> Array:
        """Which networks have met the goal, ``(*stack,)``, by ``measures (measured, *stack)``."""
        given: list[Any] = [*measures, *ANYTHING[len(measures) :]]
        loss, accuracy, error = given
        return (loss <= self.loss) & (accuracy >= self.accuracy) & (error <= self.largest_error)

    def ends(self, measures: Array) -> Array:
        """Which networks end with such measures: they have met the goal, or their loss is not finite."""
        lost = ~np.isfinite(measures[0])
        return lost if self is NO_GOAL else lost | self.met(measures)


NO_GOAL = Goal(-np.inf, np.inf, -np.inf)


ANYTHING = Goal(np.inf, -np.inf, np.inf)


@dataclass(eq=False)
class Samples:
    """The samples to train on, in batches of ``size`` and a shorter last one.

    Of the ``arrays`` by name, each ``(samples, columns)``, there are x, t and, where samples have
    weights, w. They are shared by all networks of a stack; the order is drawn for each by its own of
    ``generators``, which are None where samples come as they are. ``members (*stack,)`` are the places
    of the networks that train now.
    """

    arrays: dict[str, Array]
    size: int
    generators: Sequence[np.random.Generator] | None
    members: Array
    noise: int = 0
    """The random numbers that a network needs for each sample."""
    noise_generators: Sequence[np.random.Generator] = ()
    measured: int = 1
    """The number of MEASURES that are computed, from the first."""
    goal: Goal = NO_GOAL
    rated: bool = False
    """Whether the learning rate of an epoch's last step, of a single network, follows its measures."""

    @property
    def columns(self) -> int:
        """The number of measures of an epoch, with its learning rate."""
        return self.measured + self.rated

    @cached_property
    def networks(self) -> Members:
        """All networks of the training: who of them has ended."""
        return Members(self.members.size, self.measured)

    @property
    def exact(self) -> bool:
        """Whether an epoch is measured on the weights before it: its only batch is all samples, no noise."""
        return self.whole and not self.noise

    def __len__(self) -> int:
        return len(self.arrays["x"])

    @property
    def batches(self) -> list[tuple[int, int]]:
        """The start and the end of each batch in the order."""
        return [(start, min(start + self.size, len(self))) for start in range(0, len(self), self.size)]

    @property
    def sizes(self) -> list[int]:
        """The different sizes of batches."""
        return list(dict.fromkeys(stop - start for start, stop in self.batches))

    @property
    def whole(self) -> bool:
        """Whether there is one batch of all samples, so that their order does not matter."""
        return self.size == len(self)

    def order(self) -> Array:
        """Draw the order of the next epoch for each network, ``(*stack, samples)``."""
        if self.generators is None:
            return np.broadcast_to(np.arange(len(self)), (*self.members.shape, len(self)))
        return self._each(self.generators, lambda rng: rng.permutation(len(self)))

    def orders(self, epochs: int) -> Array:
        """Draw the same for several epochs at once, which is faster: ``(epochs, *stack, samples)``."""
        rows = np.tile(np.arange(len(self)), (epochs, 1))
        if self.generators is None:
            return np.broadcast_to(
                rows.reshape(epochs, *(1 for _ in self.members.shape), -1),
                (epochs, *self.members.shape, len(self)),
            )
        return np.moveaxis(self._each(self.generators, lambda rng: rng.permuted(rows, axis=1)), -2, 0)

    def draw_noise(self, rows: int) -> Array:
        """Draw the noise of the next samples, independently of their batches: ``(*stack, rows, noise)``."""
        dtype = self.arrays["x"].dtype.type
        return self._each(self.noise_generators, lambda rng: rng.random((rows, self.noise), dtype))

    def pairs(self, most: int | None = None) -> Callable[[Program], Iterator[tuple[dict[str, Array], Batch]]]:
        """Return batches for a program, ``drawn`` (at most ``most``), each with the values of the inputs."""
        return lambda program: (
            (self.inputs(batch), batch) for batch in islice(self.drawn(program.inputs["t"].shape[-2]), most)
        )

    def drawn(self, size: int) -> Iterator[Batch]:
        """Draw batches of ``size`` rows at random, the same ones each time.

        Whole batches hold every row, but no more than VERIFIED_ROWS in VERIFIED_BATCHES; of the shorter last
        batch there are fewer. What becomes of a row of weight 0 does not show: where there are some, as many
        batches without them follow. The generators stay where they are.
        """
        rng, stack = np.random.default_rng(0), self.members.shape
        batches = VERIFIED_BATCHES if size == self.size else VERIFIED_LAST_BATCHES
        for rows in self.verified_rows(size):
            order = rng.permuted(np.tile(np.resize(rows, len(self)), (*stack, 1)), axis=-1)
            for start in range(0, min(len(self), VERIFIED_ROWS, batches * size), size):
                noise = rng.random((*stack, size, self.noise), self.arrays["x"].dtype.type)
                yield Batch(order, min(start, len(self) - size), size, noise)

    def verified_rows(self, size: int) -> Iterator[Array]:
        """Yield all rows, and those of a weight above 0 where that are others and batches are drawn."""
        yield np.arange(len(self))
        if "w" in self.arrays and size < len(self) and not self.arrays["w"].all():
            yield np.flatnonzero(self.arrays["w"])

    def inputs(self, batch: Batch) -> dict[str, Array]:
        """Return the inputs of a step: the rows of a batch by name, and its noise."""
        arrays = self.arrays.items()
        every = batch.size == len(self)
        inputs = {name: array if every else array[batch.rows] for name, array in arrays}
        return inputs | ({"noise": batch.noise} if self.noise else {})

    def state(self) -> Mapping[str, Array]:
        """Return the positions of the generators between epochs; engines draw ahead for one run only."""
        return {"order": positions(self.generators or ()), "noise": positions(self.noise_generators)}

    def restore(self, state: TrainingState) -> None:
        """Continue drawing from such positions."""
        reposition(self.generators or (), state["order"])
        reposition(self.noise_generators, state["noise"])
        self.members = self.members.copy()  # what an engine drew ahead was for another array

    def _each(
        self, generators: Sequence[np.random.Generator], draw: Callable[[np.random.Generator], Array]
    ) -> Array:
        """Draw once for each network, even if it occurs twice."""
        members = self.members.ravel().tolist()
        drawn = {member: draw(generators[member]) for member in dict.fromkeys(members)}
        return np.reshape(
            [drawn[member] for member in members], (*self.members.shape, *drawn[members[0]].shape)
        )

    def run(
        self,
        step: Callable[[Array | None], Sequence[Array]],
        measures: Array,
        live: Array,
        first_only: bool,
        rate: Array | None = None,
    ) -> Stretch:
        """Call ``step`` with the rows of each batch, epoch by epoch; see ``Engine.run``.

        ``rate (1,)`` is the learning rate of the last step, where samples are ``rated``.
        """
        live = going = live | np.zeros(self.members.shape, bool)
        shares = [(start, stop, (stop - start) / len(self)) for start, stop in self.batches]
        for epoch, total in enumerate(measures):
            if self.whole:
                for number, value in enumerate(step(None)):
                    total[number] = value
            else:
                total.fill(0)
                order = self.order()
                for start, stop, share in shares:
                    for number, value in enumerate(step(order[..., start:stop])):
                        total[number] = (
                            np.maximum(total[number], value) if number == 2 else total[number] + share * value
                        )
            if self.rated:
                total[-1:] = rate
            if first_only:
                if np.any(live & self.goal.ends(total[: self.measured])):
                    break
            elif epoch % EPOCHS_BETWEEN_LOOKS == EPOCHS_BETWEEN_LOOKS - 1:
                since = measures[epoch + 1 - EPOCHS_BETWEEN_LOOKS : epoch + 1, : self.measured]
                going = going & ~self.goal.ends(since.swapaxes(0, 1)).any(axis=0)
                if not going.any():
                    break
        return self.stretch(measures[: epoch + 1], live)

    def stretch(self, measures: Array, live: Array) -> Stretch:
        """Sum up ``measures (epochs, columns, *stack)``, in which those of ended networks are made to stay.

        The networks that are ``live`` may end.
        """
        over = live & self.goal.ends(measures[:, : self.measured].swapaxes(0, 1))
        if not over.any():
            return Stretch(len(measures), measures[-1, : self.measured], np.full(live.shape, -1))
        ended = np.where(over.any(axis=0), over.argmax(axis=0), -1)
        epochs = ended.max() + 1 if np.all(ended >= 0) else len(measures)
        last = np.where(ended < 0, epochs - 1, ended)
        rows = np.minimum(np.arange(epochs).reshape(-1, *(1 for _ in live.shape)), last)
        measures[:epochs] = np.take_along_axis(measures, rows[:, np.newaxis], 0)
        return Stretch(epochs, measures[epochs - 1, : self.measured], ended)


def samples(
    network: Sequential,
    loss: Loss,
    x: ArrayLike,
    y: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | None = None,
    threshold: float | None = None,
    batch_size: int | None = None,
    shuffle: bool = True,
) -> Samples:
    """The samples in batches; each network of a stack has an order and noise of its own."""
    inputs, targets = pair(network, loss, x, y)
    arrays = {"x": own(inputs, x), "t": own(targets, y)}
    if (w := weights(targets, sample_weight, class_weight, threshold)) is not None:
        arrays["w"] = w
    size = min(batch_size or len(inputs), len(inputs))
    orders = network.seeds.generators("order") if shuffle else None
    members = np.arange(math.prod(network.stack)).reshape(network.stack)
    noises = network.seeds.generators("noise") if network.noise else []
    return Samples(arrays, size, orders, members, network.noise, noises)


def own(array: Array, given: ArrayLike) -> Array:
    """Return what an array was converted to, in memory of its own: copied, unless the conversion did."""
    converted = isinstance(given, np.ndarray) and given.dtype != array.dtype
    return np.ascontiguousarray(array) if converted else array.copy()
