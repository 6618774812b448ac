"""Where the members of a study ended that did not reach the goal: groups of equal end points, and why."""

from dataclasses import replace

import numpy as np

from nn.arrays import Array
from nn.config.load import dump
from nn.data.folds import Fold
from nn.endpoints.explanation import explanation
from nn.endpoints.groups import Group, describe_ends
from nn.studies.blocks import SHARED_KINDS, Block, experiment_of, stacks_of
from nn.studies.plan import Plan
from nn.studies.study import Study
from nn.studies.variants import Variant

MAX_DESCRIBED = 6
"""Of more variants, none is described: each takes some seconds."""


def describable(plan: Plan, variant: Variant) -> bool:
    """Whether the members of a variant have a goal and learn from the same rows."""
    return bool(
        variant.goal
        and plan.folds is None
        and not SHARED_KINDS & {*variant.follows}
        and len(plan.variants) <= MAX_DESCRIBED
    )


def with_groups(study: Study) -> Study:
    """The study with the groups of each variant, and the number of its group for each member."""
    members, found = study.members.copy(), dict[int, tuple[Group, ...]]()
    members["group"] = -1
    for variant in study.plan.variants:
        rows = np.flatnonzero((members["variant"] == variant.number) & ~members["solved"])
        if not (len(rows) and describable(study.plan, variant)):
            continue
        groups = groups_of(study, variant, rows)
        seeds = members["seed"][rows]
        for number, group in enumerate(groups):
            members["group"][rows[np.isin(seeds, group.seeds)]] = number
        found[variant.number] = groups
    return replace(study, members=members, groups=found)


def groups_of(study: Study, variant: Variant, rows: Array) -> tuple[Group, ...]:
    """Group and judge the end points of members of one variant, by their places in the table."""
    first = int(np.argmax(study.members["variant"] == variant.number))
    experiment = experiment_of(dump(variant.config), None)
    x, t = experiment.model.arrays(experiment.shares["training"])
    return tuple(
        describe_ends(
            experiment.model.network,
            experiment.model.loss,
            x,
            t,
            study.parameters[variant.number][rows - first],
            study.members["seed"][rows].tolist(),
            study.members["loss"][rows].tolist(),
            total=int(np.sum(study.members["variant"] == variant.number)),
            **experiment.weights,
        )
    )


def explain_seed(study: Study, seed: int) -> str:
    """Say for each variant and fold where the member of a seed ended; ValueError where there is none."""
    members = study.members
    found = []
    for place in np.flatnonzero(members["seed"] == seed).tolist():
        variant = study.plan.variants[members["variant"][place]]
        fold = ""
        if study.plan.folds:
            fold = f"repeat {members['repeat'][place]}, fold {members['fold'][place]}"
        heading = ", ".join(filter(None, [variant.label, fold]))
        text = explain_member(study, variant, place)
        found.append(f"{heading}:\n{text}" if heading else text)
    if not found:
        raise ValueError(f"no member with seed {seed} has finished")
    return "\n\n".join(found)


def explain_member(study: Study, variant: Variant, place: int) -> str:
    """Say where a member ended, by its place in the table."""
    members = study.members
    seed, own = int(members["seed"][place]), members["variant"] == variant.number
    if members["solved"][place] and variant.goal:
        return f"Seed {seed} reached {variant.goal.text} at epoch {members['epochs'][place]:,}."
    fold = (
        Fold(int(members["fold"][place]), study.plan.folds, int(members["repeat"][place]))
        if study.plan.folds
        else None
    )
    block = Block(
        variant.number, dump(variant.config), (seed,), variant.follows, fold, variant.engine, variant.limit
    )
    experiment = next(stacks_of(block))
    x, t = experiment.model.arrays(experiment.shares["training"])
    return explanation(
        experiment.model.network,
        experiment.model.loss,
        x,
        t,
        study.parameters[variant.number][place - int(np.argmax(own))],
        seed,
        groups=study.groups.get(variant.number, ()),
        solved=(int(members["solved"][own].sum()), int(own.sum())) if variant.goal else None,
        **experiment.weights,
    )
