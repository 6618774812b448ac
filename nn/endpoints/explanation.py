"""explanation(): in a few lines, why one training stopped where it did."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.display import counted, whole_percent
from nn.endpoints.groups import Group
from nn.endpoints.judge import judge
from nn.endpoints.patterns import wrong_rows, wrong_text
from nn.endpoints.similarity import answered
from nn.endpoints.symmetry import single
from nn.endpoints.units import counted_units
from nn.endpoints.verdict import Kind, Verdict
from nn.losses.base import Loss
from nn.network import Sequential
from nn.training.inputs import pair

TRIES: Mapping[Kind, str] = {
    "not stationary": "more epochs, or a larger learning rate",
    "running off": "other initial weights or more hidden units, as more epochs only take it farther",
    "saturated": "other or smaller initial weights, as no more epochs free these units",
    "flat": "other initial weights, or more hidden units",
    "saddle": "other initial weights, drawn at random",
    "not decided": "other initial weights, or more hidden units",
}
"""What may help, by the verdict; that it does is measured by the share of other seeds that succeed."""


@np.errstate(all="ignore")
def explanation(
    network: Sequential,
    loss: Loss,
    x: ArrayLike,
    t: ArrayLike,
    parameters: Array,
    seed: int,
    *,
    groups: Sequence[Group] = (),
    solved: tuple[int, int] | None = None,
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | None = None,
) -> str:
    """Explain where the training of a seed ended, with ``parameters (n,)``: at most eight lines.

    ``groups`` are those of all end points, ``solved`` the number of runs that reached the goal, and of all.
    """
    inputs, targets = pair(single(network, np.zeros(network.size)), loss, x, t)
    verdict = judge(
        network, loss, inputs, targets, parameters, sample_weight=sample_weight, class_weight=class_weight
    )
    answers = answered(network, np.asarray(parameters, float)[np.newaxis], inputs)[0]
    units = counted_units(single(network, np.zeros(network.size)), np.asarray(parameters, float), inputs)
    wrong = wrong_text(inputs, targets, answers, wrong_rows(answers, targets))
    loss_there = verdict.measured.get("loss")
    at = "" if loss_there is None else f" at a loss of {loss_there:.4g}"
    lines = [
        f"Ends{at} with seed {seed}.",
        f"Answers {wrong}.",
        f"Has {units}." if str(units) else "",
        f"{str(verdict).capitalize()}.",
        *(company(group) for group in groups if seed in group.seeds),
        f"Try {what_to_try(verdict, solved)}.",
    ]
    return "\n".join(filter(None, lines))


def company(group: Group) -> str:
    """How many runs end in the same way."""
    share = f"{group.count:,} of {counted(group.total, 'run')} ({whole_percent(group.share)})"
    kinds = ", ".join(f"{count} {kind}" for kind, count in group.verdicts.items())
    mixed = f"; of those that were followed {kinds}" if len(group.verdicts) > 1 else ""
    return f"Shares this end with {share}{mixed}."


def what_to_try(verdict: Verdict, solved: tuple[int, int] | None) -> str:
    """What to try, with the share of other seeds that succeed where it is known."""
    found = TRIES[verdict.kind]
    if solved is None or not solved[1]:
        return found
    return f"{found}; of {counted(solved[1], 'seed')} {solved[0]:,} reach the goal"
