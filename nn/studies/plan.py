"""What a study trains: variants of a configuration, each with the same seeds and folds."""

import itertools
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from nn.config.load import dump, load_config
from nn.config.schema import Config
from nn.data.folds import Fold
from nn.engine.compiler import NO_COMPILER, CompilerError, compiler
from nn.experiments.experiment import Experiment
from nn.optimizers.second_order.base import SecondOrder
from nn.studies.blocks import SHARED_KINDS, Block, experiment_of, seconds_per_epoch
from nn.studies.values import checked_seeds, checked_values
from nn.studies.variants import OF_A_MEMBER, Variant, column_of, follows_of, is_seed, load_variants, seed_key
from nn.training.choice import fits_side_by_side
from nn.training.runners import Replayed
from nn.validation import check

DEFAULT_SEEDS = 100
COMPILING_PAYS = 0.15
"""Estimated seconds with NumPy from which on steps are compiled; of many tiny networks they are too few."""
BLOCK_SECONDS = {"native": 20.0}
"""About so much work for NumPy is a block of an engine, which compiled C does in a tenth."""
OTHER_SECONDS = 4.0
"""The same for other engines."""
MAX_BLOCK = 1024
"""The most members of a block."""
FEW_BLOCKS = 8
"""At least so many where members train one by one: several processors then share them evenly."""
SIDE_BY_SIDE = 32
"""Fewer networks side by side are not much faster."""
Member: TypeAlias = tuple[int, Fold | None, int]
"""A variant, a fold and a seed."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A configuration with the values of its varied keys; each combination is trained with all seeds."""

    config: Config
    """Resolved; without the varied values."""
    vary: Mapping[str, tuple[Any, ...]]
    """The values of each key, by its full path; of ``seed.*``, the seeds."""
    variants: tuple[Variant, ...]
    folds: int | None = None
    """The K of K-fold cross-validation, in which the validation share is the fold."""
    repeats: int = 1
    """How many times the folds are drawn."""
    data: Mapping[str, str] = field(default_factory=dict)
    """The digest of each share of the first variant."""
    notes: tuple[str, ...] = ()
    """What was inferred from the data, and which members train one by one, a sentence each."""

    @classmethod
    def of(
        cls,
        config: str | Path | Mapping[str, Any],
        seeds: int | Sequence[int] | None,
        vary: Mapping[str, Sequence[Any]],
        settings: Sequence[str] = (),
        folds: int | None = None,
        repeats: int = 1,
    ) -> "Plan":
        """Load the configuration with each combination of values.

        Raises ConfigError with every mistake, each with its place; ValueError for seeds, folds and repeats.
        """
        source = config if isinstance(config, Mapping) else str(config)
        expect_folds(folds, repeats)
        check(vary, Mapping, "vary")
        base = load_config(source, settings)
        randomness = {key: checked_seeds(values) for key, values in vary.items() if is_seed(key)}
        grid = {key: checked_values(key, values) for key, values in vary.items() if not is_seed(key)}
        if randomness and seeds is not None:
            raise ValueError(
                f"{next(iter(randomness))} is varied over seeds of its own; leave other seeds out"
            )
        default = DEFAULT_SEEDS if folds is None else 1
        followed = [(follows_of(key), of_key) for key, of_key in randomness.items()] or [
            (OF_A_MEMBER, checked_seeds(default if seeds is None else seeds))
        ]
        configs = load_variants(source, settings, grid)
        variants = [
            Variant(number, chosen, loaded, own, follows, loaded.training.arguments()["engine"])
            for number, ((chosen, loaded), (follows, own)) in enumerate(itertools.product(configs, followed))
        ]
        return cls(base, grid | randomness, tuple(variants), folds, repeats).checked()

    def checked(self) -> "Plan":
        """The plan with the engine of each variant and the digest of its data.

        Compiled C runs where it pays for the study as a whole. Raises ConfigError where a variant cannot
        train, before anything is written.
        """
        experiment_of.cache_clear()  # a file may have been written anew since the last study
        found = [Experiment.of(variant.config, fold=self.fold_list[0]) for variant in self.variants]
        seconds = 0.0
        for experiment, variant in zip(found, self.variants, strict=True):
            experiment.train(engine="auto")  # checks that all parts are compatible, and compiles nothing
            if variant.engine == "native" and not compiler():
                raise CompilerError(NO_COMPILER)
            runs = len(variant.seeds) * len(self.fold_list)
            seconds += seconds_per_epoch(experiment, runs) * variant.limit
        fast = "native" if seconds > COMPILING_PAYS and compiler() else "numpy"
        variants = [
            replace(variant, engine=fast)
            if variant.engine == "auto" and not isinstance(experiment.optimizer, SecondOrder)
            else variant
            for experiment, variant in zip(found, self.variants, strict=True)
        ]
        digests = {name: share.digest for name, share in found[0].shares.items()}
        notes = (*found[0].notes, *dict.fromkeys(map(apart_note, variants, found)))
        return replace(self, variants=tuple(variants), data=digests, notes=tuple(filter(None, notes)))

    def with_seeds(self, seeds: tuple[int, ...]) -> "Plan":
        """The plan with these seeds instead; ValueError where kinds of randomness are varied."""
        if randomness := next(filter(is_seed, self.vary), None):
            raise ValueError(
                f"{randomness} is varied over seeds of its own; extend it by the command it began with"
            )
        return replace(self, variants=tuple(replace(variant, seeds=seeds) for variant in self.variants))

    @property
    def seeds(self) -> tuple[int, ...]:
        """Those of every variant; where kinds of randomness are varied, those of the first."""
        return self.variants[0].seeds

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns of the varied keys in the table of members; ``seed`` has its column anyway."""
        return tuple(column_of(key) for key in self.vary if key != "seed")

    @property
    def limit(self) -> int:
        """The most epochs of any variant."""
        return max(variant.limit for variant in self.variants)

    @property
    def criterion(self) -> str | None:
        """``training.stop_at`` in words; None where there is none."""
        return "; ".join(dict.fromkeys(one.goal.text for one in self.variants if one.goal)) or None

    @property
    def first(self) -> tuple[str, Fold | None]:
        """The configuration of the first variant, and the first fold."""
        return dump(self.variants[0].config), self.fold_list[0]

    @property
    def fold_list(self) -> list[Fold | None]:
        """All folds of all repeats; None where there are none."""
        if self.folds is None:
            return [None]
        return [
            Fold(number, self.folds, repeat) for repeat in range(self.repeats) for number in range(self.folds)
        ]

    @property
    def overlap(self) -> float:
        """Rows of a fold for each row that is trained on; 0 without folds."""
        return 1 / (self.folds - 1) if self.folds else 0.0

    @property
    def cells(self) -> Iterator[tuple[Variant, Fold | None]]:
        """Each variant with each fold, in the order of the table of members."""
        return itertools.product(self.variants, self.fold_list)

    def __len__(self) -> int:
        return len(self.fold_list) * sum(len(variant.seeds) for variant in self.variants)

    def blocks(
        self, done: Container[Member] = (), part: tuple[int, int] = (1, 1), jobs: int = 1
    ) -> Iterator[Block]:
        """The members that are not done, in blocks, variant by variant.

        ``part`` (i, n) is the i-th of n equal parts of the whole plan, from 1. A block holds as many members
        as are trained in about BLOCK_SECONDS, and no more than there are for each of the ``jobs``.
        """
        number, of = part
        place, first, last = 0, len(self) * (number - 1) // of, len(self) * number // of
        missing = []
        for variant, fold in self.cells:
            own = variant.seeds[max(first - place, 0) : max(last - place, 0)]
            place += len(variant.seeds)
            if seeds := [seed for seed in own if (variant.number, fold, seed) not in done]:
                missing.append((variant, fold, seeds))
        limit, each = self.limit, -(-jobs // max(len(missing), 1))
        for variant, fold, seeds in missing:
            text = dump(variant.config)
            count = max(
                block_count(variant, text, fold, len(seeds)), min(each, -(-len(seeds) // SIDE_BY_SIDE))
            )
            for k in range(count):
                some = tuple(seeds[len(seeds) * k // count : len(seeds) * (k + 1) // count])
                yield Block(variant.number, text, some, variant.follows, fold, variant.engine, limit)


def block_count(variant: Variant, config: str, fold: Fold | None, members: int) -> int:
    """In how many blocks of about BLOCK_SECONDS so many members are trained."""
    experiment = experiment_of(config, fold)
    rows = experiment.options["batch_size"] or len(experiment.shares["training"])
    together = MAX_BLOCK if fits_side_by_side(Replayed, experiment.model.network, rows) else 1
    each = seconds_per_epoch(experiment, together) / together * variant.limit
    width = int(BLOCK_SECONDS.get(variant.engine, OTHER_SECONDS) / each)
    count = -(-members // min(max(width, 1), MAX_BLOCK))
    one_by_one = isinstance(experiment.optimizer, SecondOrder)
    return max(count, min(members, FEW_BLOCKS)) if one_by_one else count


def apart_note(variant: Variant, experiment: Experiment) -> str:
    """Why the members of a variant train one by one; empty where they train as a stack."""
    if isinstance(experiment.optimizer, SecondOrder):
        name = type(experiment.optimizer).__name__
        return f"Members train one by one, as {name} takes one network at a time."
    if SHARED_KINDS & {*variant.follows}:
        return (
            f"Members train one by one where {seed_key(variant.follows)} varies, as a stack shares its data."
        )
    return ""


def expect_folds(folds: int | None, repeats: int) -> None:
    """Raise ValueError for folds and repeats that make no sense."""
    check(folds, int | None, "folds")
    check(repeats, int, "repeats")
    if folds is not None and folds < 2:
        raise ValueError(f"folds: expected at least 2, as the others are trained on, got {folds}")
    if repeats < 1:
        raise ValueError(f"repeats: expected at least 1, got {repeats}")
    if folds is None and repeats > 1:
        raise ValueError("repeats are of folds; give the number of folds too")
