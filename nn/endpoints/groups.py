"""describe_ends(): where many trainings of one network ended, grouped up to symmetry, each with a verdict."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import starmap
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array, Floats
from nn.display import counted, whole_percent
from nn.endpoints.judge import MAX_PARAMETERS, QUICK_WORK, judge
from nn.endpoints.patterns import wrong_rows
from nn.endpoints.similarity import answered, evenly, grouped
from nn.endpoints.symmetry import canonical, single
from nn.endpoints.units import UnitCounts, counted_units
from nn.endpoints.verdict import Verdict
from nn.losses.base import Loss
from nn.network import Sequential
from nn.training.inputs import pair

JUDGED_GROUPS, JUDGED_MEMBERS = 8, 5
"""Of so many groups, the largest, so many members each are judged; one of each where a Hessian is large."""
SHOWN_ANSWERS = 64
"""The number of rows whose answers are kept of a group."""


@dataclass(frozen=True, eq=False)
class Group:
    """End points that are the same up to symmetry.

    seeds: of its members, from the lowest loss up; ``total`` is the number of all runs, in the group or not
    seed, loss: of its representative, which is the member of the median loss among those that were judged
    like most of them
    answers: of the representative, to the first SHOWN_ANSWERS rows, ``(shown, outputs)``
    wrong: the numbers of the rows that the representative answers wrongly, of so many ``rows``
    units: how many of its hidden units are saturated, dead or duplicates
    parameters: of the representative, in canonical form, ``(n,)``
    verdict: on the representative; verdicts: how many members were judged what
    """

    seeds: tuple[int, ...]
    total: int
    seed: int
    loss: float
    answers: Floats
    wrong: tuple[int, ...]
    rows: int
    units: UnitCounts
    parameters: Floats
    verdict: Verdict
    verdicts: Mapping[str, int]

    @property
    def count(self) -> int:
        """The number of its members."""
        return len(self.seeds)

    @property
    def share(self) -> float:
        """Its members as a share of all runs."""
        return self.count / self.total

    @property
    def text(self) -> str:
        """How many there are, with which loss and verdict, and a seed to look at, in a sentence."""
        loss = "no finite loss" if not math.isfinite(self.loss) else f"a loss of {self.loss:.4g}"
        share = f"{self.count:,} of {counted(self.total, 'run')} ({whole_percent(self.share)})"
        return f"{share} end at {loss}, such as seed {self.seed}: {self.verdict}"

    def as_json(self) -> dict[str, Any]:
        """Return it for a file, in plain types; numbers that are not finite are null."""
        return {
            "share": self.share,
            "count": self.count,
            "total": self.total,
            "seed": self.seed,
            "loss": finite(self.loss),
            "wrong": list(self.wrong),
            "rows": self.rows,
            "units": self.units._asdict(),
            "answers": [[finite(y) for y in row] for row in self.answers.tolist()],
            "parameters": [finite(p) for p in self.parameters.tolist()],
            "verdict": {
                **asdict(self.verdict),
                "measured": {name: finite(float(n)) for name, n in self.verdict.measured.items()},
            },
            "verdicts": dict(self.verdicts),
            "seeds": list(self.seeds),
        }


def finite(value: float) -> float | None:
    """The number, or None where it is not finite."""
    return value if math.isfinite(value) else None


@np.errstate(all="ignore")  # what has run away shows in what is measured
def describe_ends(
    network: Sequential,
    loss: Loss,
    x: ArrayLike,
    t: ArrayLike,
    parameters: Array,
    seeds: Sequence[int],
    losses: Sequence[float],
    *,
    total: int | None = None,
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | None = None,
) -> list[Group]:
    """Group the end points ``parameters (members, n)`` of these seeds, largest group first, and judge them.

    ``x`` and ``t`` are the training rows, ``total`` the number of runs that shares are of, the members' own
    unless given. Members whose loss is not finite are one group, the last.
    """
    points, values = np.asarray(parameters), np.asarray(losses, float)
    inputs, targets = pair(single(network, np.zeros(network.size)), loss, x, t)
    by_units = network.size <= MAX_PARAMETERS
    whole = np.flatnonzero(np.isfinite(values) & np.all(np.isfinite(points), axis=-1))
    diverged = np.setdiff1d(np.arange(len(points)), whole)
    found = grouped(network, inputs, targets, points[whole], values[whole], by_units=by_units)
    groups = [*(whole[members] for members in found), *([diverged] if diverged.size else [])]
    most = JUDGED_MEMBERS if network.size**2 * (len(inputs) + network.size) <= QUICK_WORK else 1

    def described(place: int, group: Array) -> Group:
        chosen = group[evenly(len(group), most if place < JUDGED_GROUPS else 0)]
        verdicts = {
            int(one): judge(
                network, loss, inputs, targets, points[one],
                sample_weight=sample_weight, class_weight=class_weight,
            )
            for one in chosen
        }  # fmt: skip
        one, verdict = representative(group, verdicts)
        answers = answered(network, points[[one]], inputs)[0]
        return Group(
            seeds=tuple(int(seeds[member]) for member in group),
            total=total or len(points),
            seed=int(seeds[one]),
            loss=float(values[one]),
            answers=answers[:SHOWN_ANSWERS],
            wrong=tuple(np.flatnonzero(wrong_rows(answers, targets)).tolist()),
            rows=len(inputs),
            units=counted_units(single(network, np.zeros(network.size)), points[one], inputs),
            parameters=canonical(network, points[one]),
            verdict=verdict,
            verdicts=Counter(each.kind for each in verdicts.values()),
        )

    return list(starmap(described, enumerate(groups)))


def representative(group: Array, verdicts: Mapping[int, Verdict]) -> tuple[int, Verdict]:
    """Return the member that stands for a group in rising order of loss, and its verdict.

    It is the middle one of those with the most frequent verdict.
    """
    if not verdicts:
        return int(group[len(group) // 2]), Verdict("not decided", "only the largest groups are judged")
    kind, _ = Counter(verdict.kind for verdict in verdicts.values()).most_common(1)[0]
    alike = [member for member, verdict in verdicts.items() if verdict.kind == kind]
    return alike[len(alike) // 2], verdicts[alike[len(alike) // 2]]
