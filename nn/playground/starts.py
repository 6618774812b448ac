"""The starts of a page: that of ``nn train``, and others of the same network on the same data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nn.arrays import Array
from nn.config.seeds import seeds_of
from nn.experiments.experiment import Experiment
from nn.random import Seeds
from nn.training.step import Step

STARTS = 20
"""As many starts are shipped, if they fit."""


@dataclass(frozen=True, eq=False)
class SeededStart:
    """Where training begins: the seeds, the state of the step, and the positions of the generators."""

    seed: int
    """That of the weights."""
    config: str
    """The ``seed`` of a configuration that begins so, on the same data, as YAML."""
    state: Mapping[str, Array]
    positions: Mapping[str, Array]
    """By ``order`` and ``noise``, ``(1, 6)``; empty where there is no such generator."""


def starts(experiment: Experiment, count: int = STARTS) -> Iterator[SeededStart]:
    """Yield starts with the seeds of an experiment, then with the following ones for all but its data."""
    own = experiment.config.seed
    seeds = seeds_of(own)
    for number in range(count):
        weights, order, noise = (seed + number for seed in (seeds.weights, seeds.order, seeds.noise))
        if max(weights, order, noise) >= 2**64:
            return
        step, samples = experiment.seeded(Seeds(weights, order, noise)).step()
        assert isinstance(step, Step), "a page trains by first-order methods"
        named = seeds.model_copy(update={"weights": weights, "order": order, "noise": noise})
        pairs = (f"{kind}: {seed}" for kind, seed in named.model_dump(exclude_none=True).items())
        config = str(own) if number == 0 and isinstance(own, int) else f"{{{', '.join(pairs)}}}"
        yield SeededStart(weights, config, step.state(), samples.state())
