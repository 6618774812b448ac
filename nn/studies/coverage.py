"""The interval around an ensemble's answers, and how many of the rows held out it covers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nn.arrays import Array
from nn.display import whole_percent
from nn.metrics.numbers import significant
from nn.statistics.conformal import conformal_margins, rows_needed
from nn.statistics.shares import wilson

DEFAULT_LEVEL = 0.9
"""The share of new targets that an interval is aimed at, unless another is asked for."""

VALIDATION_FLATTERS = "Validation chose the weights too: new rows may do worse; a test share would tell."
"""Said of what was measured on rows that decided when training ended, and which weights were kept."""


@dataclass(frozen=True, eq=False)
class PredictionInterval:
    """y ± margin, where a share of new targets is expected, and how many it has covered.

    The margin is that of split conformal prediction (``nn.statistics.conformal``): as wide for every row.
    Rows that it was measured on had no part in it.
    """

    level: float
    """The share that was asked for."""
    targets: tuple[str, ...]
    margins: Array
    """Half the width, ``(targets,)``, in the units of the targets."""
    calibrated: str
    """Which rows the margins come from."""
    covered: Array
    """How many of the rows it was measured on it covers, ``(targets,)``."""
    rows: int
    """How many rows it was measured on."""
    measured: str
    """The share that these rows belong to."""

    def around(self, y: Array) -> tuple[Array, Array]:
        """The lower and the upper limits for answers, each ``(rows, targets)``."""
        return y - self.margins, y + self.margins

    @property
    def text(self) -> str:
        """The margin and its coverage as it was measured, in a sentence or two."""
        several = len(self.targets) > 1
        parts = []
        for name, margin, covered in zip(
            self.targets, self.margins.tolist(), self.covered.tolist(), strict=True
        ):
            share = share_in_words(covered, self.rows, self.measured, f"; asked: {100 * self.level:g} %")
            parts.append(f"{f'{name} ' if several else ''}± {significant(margin)} covers {share}")
        told = f"Interval: {'; '.join(parts)}. It comes from the errors on {self.calibrated}."
        return f"{told} {VALIDATION_FLATTERS}" if self.measured == "validation" else told


def share_in_words(count: int, rows: int, share: str, more: str = "") -> str:
    """``93 % of 60 test rows (95 % interval 84 to 97 %)``."""
    low, high = (whole_percent(limit).removesuffix(" %") for limit in wilson(count, rows))
    return f"{whole_percent(count / rows)} of {rows:,} {share} rows (95 % interval {low} to {high} %{more})"


def accuracy_in_words(share: str, right: Array, unanimous: Array) -> str:
    """How many answers are right, and how many of those that all members agree on, ``(rows,)`` each."""
    told = f"Right on {share_in_words(int(right.sum()), len(right), share)}"
    agreed = np.count_nonzero(unanimous)
    if 0 < agreed < len(right):
        of_agreed = whole_percent(float(right[unanimous].mean()))
        told += f", on {of_agreed} of the {agreed:,} that all members agree on"
    return f"{told}. {VALIDATION_FLATTERS}" if share == "validation" else f"{told}."


def prediction_interval(
    shares: Mapping[str, tuple[Array, Array]], targets: Sequence[str], level: float
) -> PredictionInterval:
    """Calibrate the interval on one share and measure it on another, or on two halves of the only one.

    shares: targets and answers, each ``(rows, targets)``, of ``validation``, ``test`` or both
    level: the share of new targets that it shall cover

    Raises ValueError for a level outside (0, 1), without rows, and with fewer than it needs.
    """
    if not 0 < level < 1:
        raise ValueError(f"interval: expected a share between 0 and 1, such as 0.9, got {level:g}")
    if not shares:
        raise ValueError(
            "no interval, as no rows are held out to measure it on; hold some out "
            "(data.validation: 0.2, data.test: 0.2) and run the study again"
        )
    errors = {name: np.abs(t - y) for name, (t, y) in shares.items()}
    if len(errors) > 1:
        known, new = errors["validation"], errors["test"]
        calibrated, measured = f"{len(known):,} validation rows", "test"
    else:
        ((measured, both),) = errors.items()
        order = np.random.default_rng(0).permutation(len(both))
        known, new = both[order[: (len(both) + 1) // 2]], both[order[(len(both) + 1) // 2 :]]
        calibrated = f"{len(known):,} other {measured} rows"
    if len(known) < rows_needed(level) or not len(new):
        lower = len(known) / (len(known) + 1)
        raise ValueError(
            f"no interval of {100 * level:g} %: it comes from the errors on at least "
            f"{rows_needed(level):,} rows, got {calibrated}; hold out more, or ask for at most "
            f"{int(100 * lower) / 100:g}"
        )
    margins = conformal_margins(known, level)
    if not np.isfinite(margins).all():
        raise ValueError("no interval, as answers on rows held out are not finite")
    covered = np.count_nonzero(new <= margins, axis=0)
    return PredictionInterval(level, tuple(targets), margins, calibrated, covered, len(new), measured)
