"""Runs networks up to the goal of each: those that reach it end, with the weights that have met it."""

from typing import TypeAlias

import numpy as np

from nn.arrays import Array
from nn.engine.program import fill
from nn.engine.verify import StepFunction
from nn.training.batches import NO_GOAL, Samples
from nn.training.objective import Metrics, Objective
from nn.training.stacks import Engine

Ended: TypeAlias = tuple[Array, dict[str, Array]]
"""Which networks have ended, and the arrays as they were then."""


class Aiming:
    """An engine whose networks end one by one: what has ended stays, while the others go on.

    Networks are those at ``samples.members``, of a whole stack, of a block of it, or a single one.
    ``kept`` are their arrays ``(*stack, n)``, and those that they share, ``()``.
    """

    status = None

    def __init__(self, engine: Engine, kept: dict[str, Array], samples: Samples, objective: Objective):
        self.engine, self.kept, self.samples, self.objective = engine, kept, samples, objective
        self.name, self.note = engine.name, engine.note

    def difference(self, formulas: StepFunction) -> str | None:
        """Compare a step of the engine with the formulas."""
        return self.engine.difference(formulas)

    def run(self, epochs: int) -> Array:
        """Train; the measures of all epochs, or of those until the last network has reached the goal."""
        samples = self.samples
        live = np.array(samples.networks.training[samples.members])
        if samples.goal is NO_GOAL and live.all():
            return self.engine.run(epochs)
        ended = [] if live.all() else [(~live, self.copied())]
        try:
            run = self.exactly if samples.exact else self.by_candidates
            return run(epochs, live, ended)
        finally:
            for where, kept in ended:
                for name, array in self.kept.items():
                    if array.ndim:
                        array[where] = kept[name][where]

    def exactly(self, epochs: int, live: Array, ended: list[Ended]) -> Array:
        """Train where a step measures, then moves: the weights before the step that met the goal are at it.

        The networks go back to where they began and take the steps again; each that ends is copied
        before the step that met the goal.
        """
        samples, began = self.samples, self.copied()
        alone = len(np.unique(samples.members[live])) == 1
        measures = self.stretch(epochs, live & alone)  # several do not wait for each other
        met = live & samples.goal.met(np.moveaxis(measures, 1, 0))
        reached = met.any(axis=0)
        if not reached.any():
            return measures
        after, before, done = self.copied(), met.argmax(axis=0), 0
        fill(self.kept, began)
        for steps in np.unique(before[reached]).tolist():
            if steps > done:
                self.stretch(steps - done, np.zeros_like(live))
            done, here = steps, reached & (before == steps)
            ended.append((here, self.copied()))
            self.end(here, samples.networks.now + steps, samples.networks.now + steps + 1)
        if not alone:
            fill(self.kept, after)
        return measures

    def by_candidates(self, epochs: int, live: Array, ended: list[Ended]) -> Array:
        """Train where batches are measured before their updates: an epoch that meets the goal is a candidate.

        The weights after it are measured, and training goes on where they miss the goal.
        """
        samples, seen, done = self.samples, list[Array](), 0
        while done < epochs and live.any():
            seen.append(self.stretch(epochs - done, live))
            done += len(seen[-1])
            if not np.isfinite(seen[-1][-1, 0]).any():
                break
            for place in np.argwhere(live & samples.goal.met(seen[-1][-1])):
                measures = self.measured(self.kept["parameters"][tuple(place)])
                if samples.goal.met(measures.given):
                    here = np.zeros_like(live)
                    here[tuple(place)] = True
                    live &= ~here
                    ended.append((here, self.copied()))
                    epoch = samples.networks.now + done
                    self.end(here, epoch, epoch, measures.largest_error)
        return seen[0] if len(seen) == 1 else np.concatenate(seen)  # a copy may be large

    def stretch(self, epochs: int, watched: Array) -> Array:
        """Run up to so many epochs, or until a network that is watched meets the goal."""
        self.samples.watched = watched
        return self.engine.run(epochs)

    def end(self, here: Array, epoch: int, last: int, error: Array | None = None) -> None:
        """Note that these networks are at the goal."""
        self.samples.networks.end(self.samples.members[here], "stop_at", epoch, last, error)

    def copied(self) -> dict[str, Array]:
        """Copy all arrays as they are."""
        return {name: array.copy("K") for name, array in self.kept.items()}

    def measured(self, parameters: Array) -> Metrics:
        """Measure all training samples with the parameters of one network, without noise."""
        network, alone = self.objective.network, parameters.copy()
        with network.undisturbed():
            network.bind(alone, np.zeros_like(alone))
            return self.objective.measure(**self.samples.arrays)
