"""Measures networks at reports, and keeps the best weights."""

import copy
from dataclasses import dataclass

import numpy as np

from nn.arrays import Array
from nn.schedules.plateau import Monitor
from nn.training.batches import Samples
from nn.training.objective import Metrics, Objective
from nn.training.stopping import Best, Plateau


@dataclass(eq=False)
class Judge:
    """Looks at the networks of a training, where there is something to look for."""

    objective: Objective
    samples: Samples
    held_out: tuple[Array, Array] | None
    best: Best | None
    plateau: Plateau | None

    @property
    def starting_weights(self) -> Array | None:
        """A copy of the weights where the next epoch will be measured on just them, and judged by that."""
        watched = self.best and not self.best.monitor.startswith("val_")
        return self.objective.network.parameters.copy() if watched and self.samples.exact else None

    def see(self, epoch: int, seen: Metrics, trained: Array, before: Array | None) -> Metrics | None:
        """Look at the networks after so many epochs; returns the metrics of the samples held out.

        ``seen`` are the metrics of the last epoch, of networks that ``trained`` in it, and ``before`` the
        weights that it was measured on, where they are known.
        """
        held_out = self.validate()
        if self.best:
            self.judge(self.best, epoch, seen, held_out, trained, before)
        if self.plateau:
            self.plateau.see(epoch, shown(self.plateau.monitor, seen, held_out))
        return held_out

    @np.errstate(all="ignore")  # divergence shows in the loss
    def validate(self) -> Metrics | None:
        """Measure the samples held out with the current weights."""
        return self.objective.evaluate(*self.held_out) if self.held_out else None

    def measure(self) -> Metrics:
        """Measure all training samples with the current weights, without noise."""
        return self.objective.measure(**self.samples.arrays)

    def judge(
        self,
        best: Best,
        epoch: int,
        seen: Metrics,
        held_out: Metrics | None,
        trained: Array,
        before: Array | None,
    ) -> None:
        """Keep the weights of networks that ``trained`` where they are the best so far.

        What was measured on just those weights goes with them.
        """
        network, members = self.objective.network, self.samples.networks
        measures = shown(best.monitor, seen, held_out)
        improved = best.improves(epoch, measures, trained)
        if before is not None:
            best.keep(epoch - 1, measures, before, improved)
        elif improved.any():
            now = members.reached(epoch).reshape(network.stack)
            best.keep(now, measures if measures is held_out else self.measure(), network.parameters, improved)

    def look_at_the_last(self, epoch: int, where: Array) -> None:
        """Judge the weights after the last epoch too, on which no epoch was measured.

        The state that reports give stays without it, as more epochs would look at them anyway.
        """
        assert self.best, "there is a monitor"
        self.best, measures = copy.deepcopy(self.best), self.measure()
        improved = self.best.improves(epoch, measures, where)
        self.best.keep(epoch, measures, self.objective.network.parameters, improved)


def shown(monitor: Monitor, trained: Metrics, held_out: Metrics | None) -> Metrics:
    """Return the measures that a monitor belongs to."""
    return held_out if held_out and monitor.startswith("val_") else trained
