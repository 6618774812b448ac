"""Trains networks in rounds of epochs, each of them up to its own end."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.engine.program import fill
from nn.engine.verify import StepFunction
from nn.training.batches import ALL_LIVE, NO_GOAL, Stretch
from nn.training.objective import Metrics, Objective
from nn.training.outcomes import STOP_AT, TRAINS
from nn.training.stacks import Blocks

FIRST_ROUND = 128
"""Networks that have ended leave their blocks after so many epochs, or after half as many as there were."""
ROUND_MEASURES = 1 << 16
"""A block measures no more than this many numbers in a round."""


class Engine(Protocol):
    """Runs epochs of steps."""

    name: str
    note: str
    """Why a slower engine runs, where a faster one failed."""

    def run(self, measures: Array, live: Array = ALL_LIVE, first_only: bool = False) -> Stretch:
        """Train, and fill the contiguous ``measures (epochs, columns, *stack)`` of as many epochs.

        They are fewer where all that are ``live`` have ended; with ``first_only`` training stops after the
        first epoch in which any of them has.
        """

    def evaluate(self) -> ArrayLike:
        """Run one step on all samples, without noise; returns its measures, valid until the next one."""

    def difference(self, formulas: StepFunction) -> str | None:
        """Return the name of an array in which a step and the formulas differ; None where they agree."""


@runtime_checkable
class SerialEngine(Engine, Protocol):
    """Trains many networks of a stack, one after the other, in one call."""

    def networks_of_a_call(self, epochs: int) -> int:
        """Return how many networks ``run_each`` may train; 0 where each takes long enough for a call."""

    def run_each(self, own: Mapping[str, Array], here: Array, epochs: int) -> tuple[Array, Array, Array]:
        """Train networks ``here`` of a stack one after the other, in the arrays ``own (networks, n)`` of all.

        Returns their measures, those of the last epoch, and the epoch that ended each: ``(here, epochs,
        measured)``, ``(here, measured)`` and ``(here,)``; see ``Stretch``.
        """


class Rounds:
    """Runs an engine on networks, of which each ends for itself and then stays as it is.

    After each round the networks that still train fill the blocks anew. Where a step measures, then moves,
    the weights before the step that met the goal are at it: those networks go back to where the round began
    and take the steps again but that one.
    """

    statuses = ()
    """They are of second-order methods."""

    def __init__(self, blocks: Blocks, engine: Engine, objective: Objective):
        self.blocks, self.engine, self.objective = blocks, engine, objective
        self.samples = blocks.samples
        self.memory = np.empty(0)
        # Asked once: to look for the methods takes longer than a step.
        self.serial = engine if blocks.stack and isinstance(engine, SerialEngine) else None
        self.longest = max(FIRST_ROUND, ROUND_MEASURES // (blocks.size * self.samples.columns))

    @property
    def name(self) -> str:
        """The name of the engine."""
        return self.engine.name

    @property
    def note(self) -> str:
        """Why a slower engine runs, where a faster one failed."""
        return self.engine.note

    def because(self, note: str) -> "Rounds":
        """Note why a slower engine runs."""
        self.engine.note = self.engine.note or note
        return self

    def difference(self, formulas: StepFunction) -> str | None:
        """Compare a step of the engine with the formulas, on the networks that trained last."""
        return self.engine.difference(formulas)

    def run(self, epochs: int) -> Array:
        """Train all networks that do; returns the measures of each epoch, ``(epochs, columns, *stack)``.

        They are fewer where the last network ends.
        """
        members, began, done = self.samples.networks, self.samples.networks.now, 0
        measures = np.empty((epochs, self.samples.columns, self.blocks.networks))
        while done < epochs and members.training.any():
            members.now = began + done
            rows = measures[done : done + self.length(members.now)]
            self.round(rows)
            done += len(rows)
        members.now = began
        if not members.training.any():
            done = members.last.max() - began
        return measures[:done].reshape(done, -1, *self.blocks.stack)

    def length(self, epoch: int) -> int:
        """Return the number of epochs of a round that begins after so many."""
        if self.samples.goal is NO_GOAL or self.blocks.size == 1:
            return self.longest
        return min(max(FIRST_ROUND, epoch // 2), self.longest)

    def round(self, measures: Array) -> None:
        """Train each block, and fill the ``measures (epochs, columns, networks)`` of as many epochs."""
        members, blocks = self.samples.networks, self.blocks
        training = np.flatnonzero(members.training)
        if len(training) < blocks.networks:
            measures[...] = members.measures  # of those that have ended
        aims = self.samples.goal is not NO_GOAL
        began = blocks.copied() if aims and self.samples.exact else {}
        candidates = aims and not began
        serial = self.serial
        if serial and not candidates and (at_once := serial.networks_of_a_call(len(measures))):
            self.one_by_one(serial, training, measures, at_once)
        else:
            self.by_blocks(training, measures, candidates=candidates)
        if began:
            self.go_back(began, training[members.reason[training] == STOP_AT])

    def by_blocks(self, training: Array, measures: Array, *, candidates: bool) -> None:
        """Train the networks of one block after those of the other."""
        members, blocks = self.samples.networks, self.blocks
        counted: dict[str, Array] = {}
        for here in in_blocks(training, blocks.size):
            blocks.enter(here)
            if candidates:
                self.by_candidates(here, measures)
            else:
                self.together(here, measures)
            if not counted or (members.reason[here] == TRAINS).any():
                counted = {name: blocks.kept[name].copy() for name in blocks.shared}
        fill(blocks.shared, counted)

    def one_by_one(self, engine: SerialEngine, training: Array, measures: Array, at_once: int) -> None:
        """Train networks that do not run side by side, many in each call of the engine.

        A block for each would cost more than a few steps of a small network.
        """
        members, blocks, epochs = self.samples.networks, self.blocks, len(measures)
        own = blocks.own | {name: np.full((blocks.networks, 1), a) for name, a in blocks.shared.items()}
        for here in in_blocks(training, at_once):
            found, last, ended = engine.run_each(own, here, epochs)
            measures[..., columns(here)] = np.moveaxis(found, 0, -1)
            self.note_ends(here, last.T, ended)
        counted = training[np.argmax(members.reason[training] == TRAINS)]
        fill(blocks.shared, {name: own[name][counted, 0] for name in blocks.shared})
        blocks.enter(training[-1:])

    def together(self, here: Array, measures: Array) -> None:
        """Train a block to the end of the round, and note which of its networks have ended on the way."""
        epochs, last, ended = self.run_engine(here, measures)
        measures[epochs:, : len(last), columns(here)] = last
        self.note_ends(here, last, ended)
        self.blocks.leave(here)

    def note_ends(self, here: Array, last: Array, ended: Array) -> None:
        """Note what networks measured last, and in which epoch some have ended."""
        members, now = self.samples.networks, self.samples.networks.now
        members.measures[:, here] = last
        for place in np.flatnonzero(ended >= 0):
            epoch = now + ended[place]
            if np.isfinite(last[0, place]):
                members.end(here[place], "stop_at", epoch, epoch + 1)
            else:
                members.end(here[place], "diverged", epoch + 1, epoch + 1)

    def go_back(self, began: dict[str, Array], reached: Array) -> None:
        """Take again the steps before the ones that met the goal, each network its own number of them."""
        members, blocks = self.samples.networks, self.blocks
        steps = members.epoch[reached] - members.now
        order = np.argsort(steps, kind="stable")
        for some in in_blocks(order, blocks.size):
            here, theirs, done = reached[some], steps[some], 0
            blocks.enter(here, began)
            for count in sorted(set(theirs.tolist())):  # numpy.unique imports masked arrays, in 10 ms
                if count > done:
                    self.engine.run(self.scratch(count - done), blocks.spread(theirs >= count))
                blocks.leave(here, theirs == count)
                done = count

    def by_candidates(self, here: Array, measures: Array) -> None:
        """Train a block where batches are measured before their updates: what meets the goal is a candidate.

        The weights after such an epoch are measured, and training goes on where they miss the goal.
        """
        members, blocks, live, done = self.samples.networks, self.blocks, np.ones(len(here), bool), 0
        while done < len(measures) and live.any():
            ran, last, ended = self.run_engine(here, measures[done:], blocks.spread(live), first_only=True)
            done += ran
            members.measures[:, here[live]] = last[:, live]
            epoch, over = members.now + done, np.zeros_like(live)
            for place in np.flatnonzero(live & (ended >= 0)):
                found = self.measured(place)
                if not np.isfinite(last[0, place]):
                    members.end(here[place], "diverged", epoch, epoch)
                elif self.samples.goal.met(found.given):
                    members.end(here[place], "stop_at", epoch, epoch, found.largest_error)
                over[place] = members.reason[here[place]] != TRAINS
            blocks.leave(here, over)
            live &= ~over
        blocks.leave(here, live)
        for place in here[~live]:
            stays = members.measures[:, place]
            measures[members.last[place] - members.now :, : len(stays), place] = stays

    def run_engine(
        self, here: Array, measures: Array, live: Array = ALL_LIVE, *, first_only: bool = False
    ) -> tuple[int, Array, Array]:
        """Run a block and fill the measures of its networks; returns what ``Engine.run`` does of them."""
        size, alone = self.blocks.size, self.blocks.size == self.blocks.networks == 1
        # Each network of many has its measures far apart, of each epoch on another page of memory.
        rows = measures[..., 0] if alone else self.scratch(len(measures))
        epochs, last, ended = self.engine.run(rows, live, first_only)
        if not alone:
            measures[:epochs, :, columns(here)] = rows[:epochs].reshape(epochs, -1, size)[..., : len(here)]
        return epochs, last.reshape(-1, size)[:, : len(here)], ended.reshape(size)[: len(here)]

    def scratch(self, epochs: int) -> Array:
        """Return memory for the measures of a block, ``(epochs, columns, *block)``."""
        if len(self.memory) < epochs:
            self.memory = np.empty((epochs, self.samples.columns, *self.samples.members.shape))
        return self.memory[:epochs]

    def measured(self, place: Any) -> Metrics:
        """Measure all training samples with the parameters of one network of the block, without noise."""
        network, alone = self.objective.network, self.blocks.rows("parameters")[place].copy()
        with network.undisturbed():
            network.bind(alone, np.zeros_like(alone))
            return self.objective.measure(**self.samples.arrays)


def in_blocks(places: Array, size: int) -> Iterator[Array]:
    """Yield so many places at a time."""
    return (places[start : start + size] for start in range(0, len(places), size))


def columns(places: Array) -> Array | slice:
    """Return ascending places as an index: a slice where they follow each other, which copies faster."""
    first, last = places[0], places[-1] + 1
    return slice(first, last) if last - first == len(places) else places
