"""Trains a block of members: as a stack, or one after the other where a stack cannot share what they need."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from nn.arrays import Array
from nn.config.load import load_config
from nn.config.schema import Config
from nn.config.seeds import seeds_of
from nn.config.source import parse_yaml
from nn.data.folds import Fold
from nn.engine.compiler import CompilerError
from nn.engine.traced import NotRecordableError
from nn.experiments.experiment import Experiment
from nn.optimizers.second_order.base import SecondOrder
from nn.random import Seeds, Stream
from nn.schedules.plateau import ReduceOnPlateau
from nn.training.reports import Report
from nn.training.runners import Replayed
from nn.training.stopping import DivergedError

CURVE_EPOCHS = 200
"""The most epochs of a curve."""
REPORT_SECONDS = 1.0
"""About as long is trained between two reports, where nothing else depends on them."""
REPORT_NUMBERS = 1 << 21
"""The most losses of a report."""
MEASURED_ROWS = 1 << 15
"""About so many samples, of all networks together, are measured at once."""
SHARE_PREFIX = {"training": "", "validation": "val_"}
SHARED_KINDS: frozenset[Stream] = frozenset({"data", "split"})
"""The kinds of randomness that a stack shares."""


@dataclass(frozen=True)
class Block:
    """Consecutive members of one variant and fold: plain values, so that it can be sent anywhere."""

    variant: int
    config: str
    """The configuration of the variant, in YAML."""
    seeds: tuple[int, ...]
    follows: tuple[Stream, ...]
    """The kinds of randomness that have the member's seed; the others have the configuration's own."""
    fold: Fold | None
    engine: str
    limit: int
    """The last epoch of the curves."""

    @property
    def releases_lock(self) -> bool:
        """Whether its steps run without Python's lock: compiled C does, all else needs Python."""
        optimizer = experiment_of(self.config, self.fold).optimizer
        return self.engine == "native" and not isinstance(optimizer, SecondOrder)


@dataclass(frozen=True, eq=False)
class BlockResult:
    """What the members of a block gave, arrays ``(members, …)``."""

    variant: int
    fold: Fold | None
    seeds: Array
    epochs: Array
    """The k of the weights θₖ that met ``stop_at``; where unsolved, ``training.epochs``: ``(members,)``."""
    stopped: Array
    """Why each ended, ``(members,)`` words."""
    losses: Array
    """The loss of each at the epochs of the curves, ``(members, E)``."""
    parameters: Array
    """The weights that each keeps, ``(members, n)``; NaN where it diverged and keeps none."""
    metrics: dict[str, Array]
    """``loss``, ``accuracy``, ``val_loss``, … of these weights, each ``(members,)``."""
    engine: str

    @property
    def name(self) -> str:
        """What no other block of its study is called, as each member is in one only."""
        fold = f"-{self.fold.repeat}-{self.fold.number}" if self.fold else ""
        return f"{self.variant:04}{fold}-{self.seeds[0]:06}-{self.seeds[-1]:06}"

    @property
    def solved(self) -> Array:
        """Which have met ``stop_at``, ``(members,)``."""
        return self.stopped == "stop_at"


class AbandonedError(Exception):
    """A block was left before its end, as nobody waits for it."""


class WorkerError(RuntimeError):
    """A process that trained members has ended by itself."""


def curve_epochs(limit: int) -> Array:
    """The epochs of a curve, 1 … limit, evenly spaced on a logarithmic scale."""
    return np.unique(np.geomspace(1, limit, CURVE_EPOCHS).round().astype(np.int64))


@lru_cache(maxsize=8)
def experiment_of(config: str, fold: Fold | None) -> Experiment:
    """Read the data of a configuration and build its network, once for several blocks."""
    return Experiment.of(load_config(parse_yaml(config, "configuration")), fold=fold)


def run_block(block: Block, wanted: Callable[[], bool] = lambda: True) -> BlockResult:
    """Train the members of a block; a pure function, whichever thread, process or machine runs it.

    An engine that fails is replaced by a slower one, unless the configuration names it. Raises AbandonedError
    once the block is no longer ``wanted``.
    """
    try:
        return trained_block(block, wanted)
    except (CompilerError, NotRecordableError):
        if experiment_of(block.config, block.fold).options["engine"] != "auto":
            raise
        return trained_block(replace(block, engine="auto"), wanted)  # takes what there is


def trained_block(block: Block, wanted: Callable[[], bool]) -> BlockResult:
    """Train the members of a block with its engine."""
    parts = [train_stack(one, block.engine, block.limit, wanted) for one in stacks_of(block)]
    names = [name for name in parts[0] if name not in ("engine", "parameters")]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in names}
    joined["parameters"] = below_each_other([part["parameters"] for part in parts])
    metrics = {name.removeprefix("metrics."): joined.pop(name) for name in [*joined] if "." in name}
    seeds = np.array(block.seeds, np.uint64)
    return BlockResult(block.variant, block.fold, seeds, **joined, metrics=metrics, engine=parts[0]["engine"])


def below_each_other(parameters: Sequence[Array]) -> Array:
    """Join weights ``(members, n)``; behind those of smaller networks stand NaN.

    Networks are smaller where the rows that they are trained on lack a level of a column.
    """
    widest = max(part.shape[1] for part in parameters)
    padded = [
        np.pad(part, ((0, 0), (0, widest - part.shape[1])), constant_values=np.nan) for part in parameters
    ]
    return np.concatenate(padded)


def stacks_of(block: Block) -> Iterator[Experiment]:
    """Yield the members as a stack, or one by one where they differ in more than a stack can."""
    shared = not SHARED_KINDS & {*block.follows}
    experiment = experiment_of(block.config, block.fold)
    if shared and not isinstance(experiment.optimizer, SecondOrder):
        yield experiment.seeded(network_seeds_of(experiment.config, block, np.array(block.seeds, np.uint64)))
        return
    for seed in block.seeds:
        if not shared:
            own = seeds_of(experiment.config.seed).model_copy(update=dict.fromkeys(block.follows, seed))
            config = load_config(parse_yaml(block.config, "configuration")).model_copy(update={"seed": own})
            experiment = Experiment.of(config, fold=block.fold)
        single = isinstance(experiment.optimizer, SecondOrder)
        one: Any = seed if single else [seed]
        yield experiment.seeded(network_seeds_of(experiment.config, block, one))


def network_seeds_of(config: Config, block: Block, seeds: Any) -> Seeds:
    """The seeds of networks: the members' own, or the configuration's."""
    given = seeds_of(config.seed)
    own = {stream: seeds for stream in block.follows if stream not in SHARED_KINDS}
    kinds = {stream: own.get(stream, getattr(given, stream)) for stream in ("weights", "order", "noise")}
    stack = np.shape(seeds)
    return Seeds(*(np.broadcast_to(np.array(seed, np.uint64), stack) for seed in kinds.values()))


def train_stack(
    experiment: Experiment, engine: str, curve_limit: int, wanted: Callable[[], bool]
) -> dict[str, Any]:
    """Train a stack, or a single network as a stack of one."""
    limit, network = experiment.options["epochs"], experiment.model.network
    experiment = with_reports(experiment, engine)
    epochs, members = curve_epochs(curve_limit), math.prod(network.stack)
    losses = np.full((len(epochs), members), np.nan)
    reached, stopped, ran = np.full(members, limit), np.full(members, "diverged", "U32"), engine
    with suppress(DivergedError), closing(experiment.train()) as reports:
        for report in reports:
            add_losses(losses, epochs, report)
            assert report.outcomes, "train() gives them"
            stopped[:], ran = report.outcomes.stopped.ravel(), report.engine
            reached = np.where(stopped == "stop_at", report.outcomes.epoch.ravel(), limit)
            if not wanted():
                raise AbandonedError
    losses[~np.isfinite(losses)] = np.nan
    parameters = network.parameters.reshape(members, -1).copy()
    parameters[~np.isfinite(parameters).all(axis=1)] = np.nan
    return {
        "epochs": reached,
        "stopped": stopped,
        "losses": losses.T,
        "parameters": parameters,
        **dict(final_metrics(experiment, parameters)),
        "engine": ran,
    }


def with_reports(experiment: Experiment, engine: str) -> Experiment:
    """The experiment on an engine, with as few reports as will do.

    With validation, early stopping or a rate that falls on a plateau, reports decide what is kept.
    """
    training: Any = experiment.config.training
    update: dict[str, Any] = {"engine": engine}
    schedule = experiment.optimizer.schedule
    if not (
        "validation" in experiment.shares or training.early_stopping or isinstance(schedule, ReduceOnPlateau)
    ):
        members = math.prod(experiment.model.network.stack)
        every = min(int(REPORT_SECONDS / seconds_per_epoch(experiment, members)), REPORT_NUMBERS // members)
        update["report_every"] = max(every, 1)
    section = training.model_copy(update=update)
    return replace(experiment, config=experiment.config.model_copy(update={"training": section}))


def seconds_per_epoch(experiment: Experiment, members: int) -> float:
    """Estimate how long an epoch of so many networks takes with NumPy, before anything is recorded.

    A step costs about 20 µs for its calls, and 1 ns for each product of a weight and a sample in
    its three passes.
    """
    samples, options = len(experiment.shares["training"]), experiment.options
    batches = -(-samples // (options["batch_size"] or samples))
    parameters = experiment.model.network.parameters.shape[-1]
    products = 3e-9 * parameters * samples * members
    return 20e-6 * batches * -(-members // Replayed.BLOCK) + products


def add_losses(losses: Array, epochs: Array, report: Report) -> None:
    """Fill the curves from the epochs of a report on; those after the last keep its loss."""
    began = report.epoch - len(report.losses)
    new = epochs > began
    rows = np.minimum(epochs[new] - began, len(report.losses)) - 1
    losses[new] = report.losses.reshape(len(report.losses), -1)[rows]


@np.errstate(all="ignore")  # diverged weights give a loss that is not finite
def final_metrics(experiment: Experiment, parameters: Array) -> Iterator[tuple[str, Array]]:
    """The metrics of each share with each of the parameters ``(members, n)``, as ``nn train`` ends with.

    NaN where parameters are: a comparison with NaN is false, so that the answers would be one class.
    """
    network, diverged = experiment.model.network, np.isnan(parameters).any(axis=1)
    for share, samples in experiment.shares.items():
        at_once, parts = max(MEASURED_ROWS // len(samples), 1), []
        for start in range(0, len(parameters), at_once):
            some = parameters[start : start + at_once]
            with network.undisturbed():
                network.bind(some, np.zeros_like(some))
                parts.append(experiment.model.evaluate(samples))
        for name in ("loss", "accuracy"):
            if getattr(parts[0], name) is not None:
                values = [np.asarray(getattr(part, name), np.float64) for part in parts]
                found = np.where(diverged, np.nan, np.concatenate(values))
                yield f"metrics.{SHARE_PREFIX.get(share, f'{share}_')}{name}", found
