"""Estimates how long a study takes and how large its folder becomes, by training a few members."""

import time
from dataclasses import replace
from typing import NamedTuple

from nn.config.load import dump
from nn.studies.blocks import curve_epochs, run_block
from nn.studies.plan import Plan

TRIAL_EPOCHS = 100
"""The epochs of the first trial."""
TRIAL_SECONDS = 0.3
"""A trial of this length tells of the steps, not of what surrounds them."""
NUMBER_BYTES, ROW_BYTES = 8, 120
"""The size of a number, and about that of the other facts of a member."""


class Cost(NamedTuple):
    """What a study costs."""

    seconds: float
    """With all epochs, by as many processors as were given."""
    bytes: int


def estimate(plan: Plan, jobs: int) -> Cost:
    """Train the first block of the first variant for more and more epochs, until that takes a moment."""
    block, variant = next(plan.blocks(jobs=jobs)), plan.variants[0]
    epochs, seconds = 0, 0.0
    while seconds < TRIAL_SECONDS and epochs < variant.limit:
        epochs = min(max(4 * epochs, TRIAL_EPOCHS), variant.limit)
        update = {"epochs": epochs, "stop_at": None, "early_stopping": None, "engine": "auto"}
        training = variant.config.training.model_copy(update=update)
        short = dump(variant.config.model_copy(update={"training": training}))
        trial = replace(block, config=short, limit=epochs)
        if not seconds:
            run_block(trial)  # compiles
        began = time.perf_counter()
        result = run_block(trial)
        seconds = time.perf_counter() - began
    each = seconds / (len(block.seeds) * epochs)
    epochs_of_all = sum(one.limit * len(one.seeds) for one in plan.variants) * len(plan.fold_list)
    numbers = len(curve_epochs(plan.limit)) + result.parameters.shape[1]
    return Cost(each * epochs_of_all / jobs, len(plan) * (NUMBER_BYTES * numbers + ROW_BYTES))
