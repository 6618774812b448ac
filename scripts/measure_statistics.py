"""Measures how often the statistics of studies are right: ``python scripts/measure_statistics.py [DRAWS]``.

Pairs of studies are drawn from sources that are known: a share of seeds gets stuck, the others reach the goal
after times that are log-normal, and what a seed does in one way is correlated with what it does in the other.
Each interval is held against the truth, each test against two ways that do not differ. It takes half an hour.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from nn.arrays import Array
from nn.display import table
from nn.statistics.intervals import Interval
from nn.statistics.means import mean_interval
from nn.statistics.order import interquartile_mean, median_interval
from nn.statistics.ranks import hodges_lehmann, wilcoxon
from nn.statistics.restarts import costs_until_success, restarts
from nn.statistics.shares import crossed, mcnemar, paired_difference, wilson
from nn.statistics.survival import KaplanMeier

LIMIT = 5000.0
SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)
SEEDS = (50, 200, 1000)
CORRELATION = 0.5
TRUTH = 1_000_000


class Sample(NamedTuple):
    """What seeds did in one way: epochs (the limit where unsolved), solved or not, final losses, ``(n,)``."""

    epochs: Array
    solved: Array
    losses: Array


def pair(rng: np.random.Generator, n: int, shares: tuple[float, float]) -> tuple[Sample, Sample]:
    """What n seeds did in two ways, of which they solve these shares."""
    common = rng.normal(size=(2, n))
    made = []
    for share in shares:
        own = rng.normal(size=(2, n))
        luck, speed = np.sqrt(CORRELATION) * common + np.sqrt(1 - CORRELATION) * own
        epochs = np.ceil(np.exp(6.2 + 0.8 * speed))
        solved = (luck < NormalDist().inv_cdf(share)) & (epochs < LIMIT)
        losses = np.where(solved, 0.01 - 0.001 * rng.random(n), 0.05 + 0.1 * rng.random(n))
        made.append(Sample(np.where(solved, epochs, LIMIT), solved, losses))
    return made[0], made[1]


def intervals(a: Sample, b: Sample) -> Iterator[tuple[str, float, Interval]]:
    """Each estimate by name, with its interval."""
    n, curve, costs = len(a.solved), KaplanMeier.of(a.epochs, a.solved), restarts(a.epochs, a.solved)
    yield "share solved (Wilson)", a.solved.mean(), wilson(int(a.solved.sum()), n)
    yield "median epochs (log-log band)", curve.median, curve.median_interval()
    yield "restricted mean", *curve.restricted_mean(LIMIT)
    yield "cost with restarts (bootstrap)", *costs.expected
    yield "interquartile mean of the loss (bootstrap)", *interquartile_mean(a.losses)
    yield "median loss (ranks)", *median_interval(a.losses)
    yield "difference of shares (Newcombe)", *paired_difference(*crossed(a.solved, b.solved))
    yield "difference of restricted means (t)", *mean_interval(a.epochs - b.epochs)
    yield "shift of epochs (Hodges–Lehmann)", *hodges_lehmann(a.epochs, b.epochs)
    yield "shift of losses (Hodges–Lehmann)", *hodges_lehmann(a.losses, b.losses)


def truths(share: float, difference: float) -> dict[str, float]:
    """The estimates of very many seeds, without their intervals."""
    a, b = pair(np.random.default_rng(0), TRUTH, (share, share + difference))
    loss = np.sort(a.losses)
    return {
        "share solved (Wilson)": a.solved.mean(),
        "median epochs (log-log band)": float(np.median(a.epochs)) if a.solved.mean() > 0.5 else np.inf,
        "restricted mean": a.epochs.mean(),
        "cost with restarts (bootstrap)": float(np.min(costs_until_success(a.epochs, a.solved)[1])),
        "interquartile mean of the loss (bootstrap)": loss[TRUTH // 4 : -TRUTH // 4].mean(),
        "median loss (ranks)": float(np.median(loss)),
        "difference of shares (Newcombe)": a.solved.mean() - b.solved.mean(),
        "difference of restricted means (t)": (a.epochs - b.epochs).mean(),
        "shift of epochs (Hodges–Lehmann)": hodges_lehmann(a.epochs[::10], b.epochs[::10]).value,
        "shift of losses (Hodges–Lehmann)": hodges_lehmann(a.losses[::10], b.losses[::10]).value,
    }


def coverage(share: float, n: int, draws: int) -> dict[str, float]:
    """How many of the intervals hold the truth, where a second way solves a little more or less."""
    difference = 0.08 if share < 0.5 else -0.08
    true, held = truths(share, difference), Counter[str]()
    for draw in range(draws):
        a, b = pair(np.random.default_rng([draw, n]), n, (share, share + difference))
        held.update(name for name, _, (low, high) in intervals(a, b) if low <= true[name] <= high)
    return {name: held[name] / draws for name in true}


def false_alarms(share: float, n: int, draws: int) -> dict[str, float]:
    """How many of the tests at 5 % tell apart two ways that do not differ."""
    alarms = Counter[str]()
    for draw in range(draws):
        a, b = pair(np.random.default_rng([draw, n, 1]), n, (share, share))
        p_values = {
            "McNemar, solved": mcnemar(*crossed(a.solved, b.solved)[1:3]),
            "Wilcoxon, epochs": wilcoxon(a.epochs, b.epochs),
            "Wilcoxon, losses": wilcoxon(a.losses, b.losses),
        }
        alarms.update(name for name, p in p_values.items() if p < 0.05)
    return {name: alarms[name] / draws for name in p_values}


def main(draws: int) -> None:
    """Print both tables for each number of seeds."""
    for n in SEEDS:
        for title, measure in (("coverage", coverage), ("false alarms", false_alarms)):
            columns = [measure(share, n, draws) for share in SHARES]
            rows = [[name, *(f"{column[name]:.3f}" for column in columns)] for name in columns[0]]
            header = [f"{title}, {n:,} seeds, solved:", *(f"{share:.0%}" for share in SHARES)]
            print(table([header, *rows], "<" + ">" * len(SHARES)), end="\n\n", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
