"""Chooses members of a study for an ensemble, and builds their networks again with the weights they keep."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from nn.arrays import Array
from nn.config.load import dump
from nn.data.folds import Fold
from nn.display import counted
from nn.experiments.experiment import Experiment
from nn.random import Seeds
from nn.studies.blocks import SHARED_KINDS, experiment_of
from nn.studies.variants import Variant
from nn.validation import check

NAMED_SEEDS = 8
"""So many seeds are named; others are counted."""


class SameData(NamedTuple):
    """Members that were trained on the same rows, and so have one preprocessing."""

    experiment: Experiment
    """Its network is a stack, one member after the other."""
    fold: Fold | None
    """The fold that they were not trained on."""
    places: Array
    """Their places among all members, ``(members,)``."""


def expect_sound(members: Array, parameters: Array) -> Array:
    """Which members did not diverge, ``(members,)``; ValueError if all did."""
    # The weights of a network that has run away are all NaN.
    sound: Array = (members["stopped"] != "diverged") & np.isfinite(parameters[:, 0])
    if not sound.any():
        raise ValueError(f"expected a member that did not diverge; {counted(len(members), 'member')} did")
    return sound


def best_places(members: Array, best: int) -> Array:
    """The places of so many members with the lowest ``val_loss``, in the order of the members.

    Raises ValueError for fewer members, and without a validation share.
    """
    check(best, int, "best")
    if "val_loss" not in (members.dtype.names or ()):
        raise ValueError(
            "best: members are ranked by their loss on the validation share, and there is none; "
            "hold one out (data.validation: 0.2) and run the study again, or leave best out"
        )
    if not 1 <= best <= len(members):
        raise ValueError(
            f"best: expected 1 to {len(members):,}, as many as finished and did not diverge, got {best:,}"
        )
    losses = np.where(np.isnan(members["val_loss"]), np.inf, members["val_loss"])
    return np.sort(np.argsort(losses, kind="stable")[:best])


def rebuilt(variant: Variant, members: Array, parameters: Array, folds: int | None) -> Iterator[SameData]:
    """Yield the networks of members with their weights, ``(members, n)``: a stack for each of their data."""
    for experiment, fold, places in by_data(variant, members, folds):
        seeds = members["seed"][places].astype(np.uint64)
        stack = experiment.seeded(Seeds(seeds, seeds, seeds))
        own = stack.model.network.parameters
        own[...] = parameters[places, : own.shape[-1]]
        yield SameData(stack, fold, places)


def by_data(variant: Variant, members: Array, folds: int | None) -> Iterator[SameData]:
    """Yield the experiments of the members."""
    if SHARED_KINDS & {*variant.follows}:
        for place, seed in enumerate(members["seed"].tolist()):
            config = variant.config.model_copy(update={"seed": variant.seed_section(seed)})
            fold = fold_of(members[place], folds)
            yield SameData(Experiment.of(config, fold=fold), fold, np.array([place]))
        return
    found: dict[Fold | None, list[int]] = {}
    for place, member in enumerate(members):
        found.setdefault(fold_of(member, folds), []).append(place)
    for fold, places in found.items():
        yield SameData(experiment_of(dump(variant.config), fold), fold, np.array(places))


def fold_of(member: Any, folds: int | None) -> Fold | None:
    """The fold that a member was not trained on."""
    return None if folds is None else Fold(int(member["fold"]), folds, int(member["repeat"]))


def members_in_words(members: Array) -> str:
    """``1 member (seed 3)``, ``10 members (seeds 0 to 9)``, ``20 members (seeds 0 to 3 in 5 folds)``.

    >>> members_in_words(np.array([(1,), (4,), (9,)], [("seed", int)]))
    '3 members (seeds 1, 4, 9)'
    """
    seeds = np.unique(members["seed"]).tolist()
    if len(seeds) == 1:
        text = f"seed {seeds[0]}"
    elif len(seeds) > 2 and seeds[-1] - seeds[0] == len(seeds) - 1:
        text = f"seeds {seeds[0]} to {seeds[-1]}"
    else:
        more = f" and {len(seeds) - NAMED_SEEDS:,} more" if len(seeds) > NAMED_SEEDS else ""
        text = f"seeds {', '.join(map(str, seeds[:NAMED_SEEDS]))}{more}"
    if "fold" in (members.dtype.names or ()):
        text += f" in {counted(len(np.unique(members[['repeat', 'fold']])), 'fold')}"
    return f"{counted(len(members), 'member')} ({text})"
