"""The learning rate as a cause: too small or too large, as the same training with other rates shows."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from nn.display import three_digits, whole_percent
from nn.findings.finding import Finding
from nn.findings.outcome import Outcome
from nn.findings.trials import ALIKE, Explained, Laboratory, epochs_text, reaches
from nn.optimizers.base import Optimizer
from nn.schedules.base import Schedule

FACTORS = (0.1, 10.0, 0.01, 100.0, 0.001, 1000.0)
"""What the learning rate is multiplied by."""
SMALLER = tuple(10.0**-power for power in range(1, 9))
"""The same where the loss became infinite, which says nothing of how much too large the rate was."""
RISING = 0.25
"""A loss that rises in so many of the epochs is said to."""


def other_rate(laboratory: Laboratory) -> Explained | None:
    """Other learning rates; only smaller ones where the loss became infinite."""
    outcome = laboratory.outcome
    tried = {}
    for factor in SMALLER if outcome.diverged else FACTORS:
        optimizer = rate_times(outcome.optimizer, factor)
        trial = optimizer and laboratory.train(optimizer=optimizer)
        if trial and trial.explains:
            tried[factor] = trial
    if not tried:
        return None
    best = min(tried, key=lambda factor: (tried[factor].loss, tried[factor].epochs))
    good = sorted(
        factor
        for factor, trial in tried.items()
        if (factor > 1) == (best > 1)
        and (trial.loss <= ALIKE * tried[best].loss or reaches(laboratory, trial))
    )
    factor = good[len(good) // 2]  # the middle of the range that works
    trial = tried[factor]
    own, rate = (rate_of(one) for one in (outcome.optimizer, trial.optimizer))
    text = (
        f"at a learning rate of {rate:g} the loss gets to {three_digits(trial.loss)} in "
        f"{epochs_text(trial)}; at {own:g} {course_text(outcome)}"
    )
    measured = {"factor": factor, "loss": outcome.final_loss, "trial_loss": trial.loss}
    identity = "learning_rate_too_small" if factor > 1 else "learning_rate_too_large"
    return Finding(identity, text, f"{rate_key(outcome.optimizer)}: {rate:g}", measured), trial


def course_text(outcome: Outcome) -> str:
    """Where the loss got to, and whether it rose on the way."""
    losses = np.asarray(outcome.history.get("loss", ()))
    if outcome.diverged:
        last = int(outcome.history["epoch"][-1]) if len(losses) else 0
        return f"it becomes infinite after epoch {last:,}"
    text = f"it ends at {three_digits(outcome.final_loss)}"
    rising = float(np.mean(np.diff(losses) > 0)) if len(losses) > 2 else 0.0
    return f"{text}, after rising in {whole_percent(rising)} of the epochs" if rising > RISING else text


def diverged(outcome: Outcome) -> Iterator[Finding]:
    """Yield the finding of a loss that became infinite, where no trial has told more."""
    own = rate_of(outcome.optimizer)
    if own is None:
        return
    text = f"at a learning rate of {own:g} the loss grows: {course_text(outcome)}"
    yield Finding(
        "learning_rate_too_large",
        text,
        f"{rate_key(outcome.optimizer)} below {own:g}",
        {"learning_rate": own},
    )


def rate_times(optimizer: Optimizer, factor: float) -> Optimizer | None:
    """The optimiser with this many times the learning rate; None if it has none."""
    rate: Any = getattr(optimizer, "learning_rate", None)
    if isinstance(rate, float | int):
        return replace(optimizer, learning_rate=factor * rate)  # type: ignore[call-arg]
    if isinstance(rate, Schedule) and hasattr(rate, "start"):
        return replace(optimizer, learning_rate=replace(rate, start=factor * rate.start))  # type: ignore[call-arg]
    return None


def rate_of(optimizer: Optimizer) -> float | None:
    """The learning rate, of a schedule that at the start; None where there is none."""
    rate: Any = getattr(optimizer, "learning_rate", None)
    return rate if isinstance(rate, float | int) else getattr(rate, "start", None)


def rate_key(optimizer: Optimizer) -> str:
    """The key of the learning rate in a configuration."""
    return "optimizer.learning_rate" + (".start" if optimizer.schedule else "")
