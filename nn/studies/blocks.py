"""Trains a block of members: as a stack, or one after the other where a stack cannot share what they need."""

import math
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.config.load import load_config
from nn.config.source import parse_yaml
from nn.experiments.experiment import Experiment
from nn.optimizers.second_order.base import SecondOrder
from nn.random import Seeds
from nn.runs.directory import measure_shares
from nn.studies.plan import Block
from nn.training.reports import Report
from nn.training.stopping import DivergedError

CURVE_EPOCHS = 200
"""The most epochs of a curve."""


@dataclass(frozen=True, eq=False)
class BlockResult:
    """What the members of a block gave, arrays ``(members, …)``."""

    block: Block
    epochs: Array
    """The k of the weights θₖ that met ``stop_at``; where unsolved, ``training.epochs``: ``(members,)``."""
    stopped: Array
    """Why each ended, ``(members,)`` words."""
    losses: Array
    """The loss of each at the epochs of the curves, ``(members, E)``."""
    parameters: Array
    """The weights that each keeps, ``(members, n)``."""
    metrics: dict[str, Array]
    """``loss``, ``accuracy``, ``val_loss``, … of these weights, each ``(members,)``."""
    engine: str


def curve_epochs(limit: int) -> Array:
    """The epochs of a curve, 1 … limit, evenly spaced on a logarithmic scale."""
    return np.unique(np.geomspace(1, limit, CURVE_EPOCHS).round().astype(np.int64))


@lru_cache(maxsize=4)
def experiment_of(config: str) -> Experiment:
    """Read the data of a configuration and build its network once for several blocks."""
    return Experiment.of(load_config(parse_yaml(config, "configuration")))


def run_block(block: Block) -> BlockResult:
    """Train the members of a block; a pure function, whichever thread, process or machine runs it."""
    experiment = experiment_of(block.config)
    seeds = np.array(block.seeds, np.uint64)
    # Second-order methods train one network at a time.
    stacks = [*seeds] if isinstance(experiment.optimizer, SecondOrder) else [seeds]
    parts = [train_stack(experiment.seeded(Seeds(own, own, own))) for own in stacks]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0] if name != "engine"}
    metrics = {name.removeprefix("metrics."): joined.pop(name) for name in [*joined] if "." in name}
    return BlockResult(block, **joined, metrics=metrics, engine=parts[0]["engine"])


def train_stack(experiment: Experiment) -> dict[str, Any]:
    """Train a stack, or a single network as a stack of one."""
    limit, network = experiment.options["epochs"], experiment.model.network
    epochs, members = curve_epochs(limit), math.prod(network.stack)
    losses = np.full((len(epochs), members), np.nan)
    reached, stopped, engine = np.full(members, limit), np.full(members, "diverged", "U32"), ""
    with suppress(DivergedError), closing(experiment.train()) as reports:
        for report in reports:
            add_losses(losses, epochs, report)
            assert report.outcomes, "train() gives them"
            stopped[:], engine = report.outcomes.stopped.ravel(), report.engine
            reached = np.where(stopped == "stop_at", report.outcomes.epoch.ravel(), limit)
    losses[~np.isfinite(losses)] = np.nan
    parameters = network.parameters.reshape(members, -1)
    return {
        "epochs": reached,
        "stopped": stopped,
        "losses": losses.T,
        "parameters": parameters.copy(),
        **dict(final_metrics(experiment, parameters)),
        "engine": engine,
    }


def add_losses(losses: Array, epochs: Array, report: Report) -> None:
    """Fill the curves from the epochs of a report on; those after the last keep its loss."""
    began = report.epoch - len(report.losses)
    new = epochs > began
    rows = np.minimum(epochs[new] - began, len(report.losses)) - 1
    losses[new] = report.losses.reshape(len(report.losses), -1)[rows]


def final_metrics(experiment: Experiment, parameters: Array) -> Iterator[tuple[str, Array]]:
    """The metrics of each share with each of the parameters, as ``nn train`` ends with."""
    alone = experiment.seeded(Seeds())
    rows = []
    for one in parameters:
        alone.model.network.parameters[...] = one
        rows.append(measure_shares(alone))
    for share, values in rows[0].items():
        prefix = {"training": "", "validation": "val_"}.get(share, f"{share}_")
        for name in values:
            yield f"metrics.{prefix}{name}", np.array([row[share][name] for row in rows])
