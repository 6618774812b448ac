"""diagnose(): at most three findings on a training that failed, the most decisive first.

What no weights and no training can change comes first: inputs that are all the same, targets out of reach,
units that are equal. Then what a trial shows: the same training with one thing changed succeeds. Where it
ended, if it missed a goal, and what was only measured, such as saturated units, go with it.
"""

from collections.abc import Iterator

import numpy as np

from nn.display import whole_percent
from nn.findings import changes, columns, course, ending, probes, rates, units
from nn.findings.finding import Finding
from nn.findings.outcome import Outcome
from nn.findings.trials import Laboratory

MAX_FINDINGS = 3
OF_DATA = ("unscaled_inputs", "unscaled_targets", "constant_inputs")
"""What kills units; else a layer of dead ones is told first, as no training revives it."""


@np.errstate(all="ignore")  # what has run away shows in what is measured
def diagnose(outcome: Outcome) -> list[Finding]:
    """Why a training failed: at most three findings; none of one that did not fail, but for a leak.

    >>> import numpy as np
    >>> from nn import SGD, Dense, MeanSquaredError, Sequential
    >>> line = Sequential([Dense(1)], inputs=1, seed=0)
    >>> x, t = np.full((20, 1), 3.0), np.arange(20.0)[:, np.newaxis]
    >>> shares = {"training": (x, t)}
    >>> print(*diagnose(Outcome(line, MeanSquaredError(), SGD(0.01), shares, ["x"], epochs=10)))
    the only input, 'x', is the same in all 20 rows: give an input that differs between rows
    """
    found: dict[str, Finding] = {}
    for finding in reasons(outcome):
        found.setdefault(finding.id, finding)
        if len(found) == MAX_FINDINGS:
            break
    return [*found.values()]


def reasons(outcome: Outcome) -> Iterator[Finding]:
    """Yield findings, the most decisive first."""
    constant = columns.constant_inputs(outcome)
    if constant and columns.constant_columns(outcome.shares["training"][0]).all():
        yield constant
        return
    if copied := columns.leak(outcome):
        yield copied
    if not outcome.failed:
        return
    if not outcome.diverged:
        yield from filter(None, (columns.targets_out_of_range(outcome), units.equal_units(outcome)))
    explained = [*changes.explanations(Laboratory(outcome))]
    unrelated = None if outcome.diverged else labels_unrelated(outcome)
    if unrelated and (outcome.judged == "training" or not explained):
        # On the rows that it was trained on, any larger network is better: that explains nothing.
        yield from filter(None, (constant, unrelated, course.overfitting(outcome)))
        return
    setting = explained[0].setting if explained else ""
    dead = not outcome.diverged and units.dead_units(
        outcome, setting or "model.layers: activation: leaky_relu"
    )
    if dead and dead.measured["share"] == 1 and not (explained and explained[0].id in OF_DATA):
        yield dead
    yield from explained[: MAX_FINDINGS - 1]
    if ended := ending.where_it_ended(outcome, explained):
        yield ended
    yield from explained[MAX_FINDINGS - 1 :]
    if constant:
        yield constant
    if outcome.diverged:
        if not explained:
            yield from rates.diverged(outcome)
        return
    facts = (
        course.rare_classes(outcome),
        course.overfitting(outcome),
        dead or None,
        units.saturated_units(outcome, setting or "a smaller optimizer.learning_rate"),
    )
    yield from filter(None, facts)


def labels_unrelated(outcome: Outcome) -> Finding | None:
    """Inputs that tell nothing about the targets, as far as probes can see; or that of another row."""
    best = outcome.related
    if best is None or not outcome.unrelated:
        return None
    x = outcome.shares["training"][0]
    measured = {"z": best.z, "explained": best.explained}
    if shifted := probes.shifted_relation(*outcome.shares["training"]):
        shift, other = shifted
        row = "before" if shift == -1 else "after"
        text = (
            f"the targets seem to belong to the row {row}: shifted by one row, the inputs explain "
            f"{whole_percent(other.explained)} of their variance, as they are none"
        )
        measured |= {"shift": shift, "shifted_z": other.z, "shifted_explained": other.explained}
        return Finding("labels_unrelated", text, "shift the target column by one row", measured)
    text = (
        f"in {len(x):,} rows no input tells about the target: neither nearest neighbours nor lines predict "
        f"it better than by accident (z = {best.z:.1f})"
    )
    return Finding(
        "labels_unrelated",
        text,
        "see that inputs and targets of a row belong together, or give more rows",
        measured,
    )
