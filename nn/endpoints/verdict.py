"""What a point is where training ended: each kind of end, and the evidence for it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from nn.arrays import Array
from nn.display import counted, three_digits
from nn.endpoints.curvature import Spectrum
from nn.endpoints.descent import STATIONARY, Descent, falling_line, follow_flow
from nn.endpoints.surface import LossSurface
from nn.endpoints.units import counted_units, wrong_and_level

Kind = Literal["not stationary", "running off", "saturated", "flat", "saddle", "not decided"]
SUBSTANTIAL = 0.1
"""A loss that goes on falling by this part of it is still falling, whatever it does in the end."""
DIRECTIONS = 8
"""The number of random directions without curvature along which a descent is looked for."""
NOTHING = 1e-6
"""A loss below this is not put in digits."""
CLEAR_FALL = 1000
"""A fall along a line is clear if it is so many times the rounding of the loss, in at least FALLS values."""
FALLS = 4
CLEAR_RISE, SAME_LIMIT = 1e6, 1e-6
"""A rise that is followed back is so many times the rounding; limits are the same within this part."""


@dataclass(frozen=True)
class Verdict:
    """What a point is where training ended.

    kind: ``not stationary`` (the loss still falls), ``running off`` (it falls to a limit while weights grow),
    ``saturated`` (no gradient passes units), ``flat`` (stationary, with directions of no curvature and
    no descent found), ``saddle`` (stationary, with negative curvature beyond its error and a strictly
    falling path along it), or ``not decided``. None is ``minimum``: numbers cannot tell one.
    text: the evidence, in words
    measured: the numbers in the text, by name
    """

    kind: Kind
    text: str
    measured: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


def numbers(way: Descent, **more: float) -> dict[str, float]:
    """The numbers of a way, and more."""
    return {"loss": float(way.losses[0]), "followed_loss": float(way.losses[-1]), **more}


def from_to(way: Descent) -> str:
    """The losses at both ends, or the one that they both are in the digits shown."""
    first, last = (f"{value:.4g}" for value in (way.losses[0], way.losses[-1]))
    if 0 <= way.losses[-1] < NOTHING < way.losses[0]:
        last = f"under {NOTHING:g}"
    return first if first == last else f"from {first} to {last}"


def falling(way: Descent) -> Verdict | None:
    """A loss that goes on falling by a good part of itself."""
    if not way.fall > max(SUBSTANTIAL * abs(way.losses[0]), CLEAR_FALL * way.rounding):
        return None
    text = f"the loss still falls: followed downhill on all rows, it gets {from_to(way)}"
    return Verdict("not stationary", text, numbers(way, steps=len(way.losses) - 1))


def given_up(way: Descent) -> Verdict:
    """A loss that was still falling when it was followed no more."""
    text = f"the loss still falls, slowly: {from_to(way)} as far as it was followed"
    return Verdict("not stationary", text, numbers(way, fall=way.fall, rounding=way.rounding))


def running_off(way: Descent) -> Verdict:
    """Weights that grow without end, while the loss falls to a limit."""
    text = f"the loss falls {to_limit(way)} as the weights grow ({norms(way)})"
    return Verdict("running off", text, numbers(way, **measured_norms(way)))


def ran_off(surface: LossSurface, way: Descent, steps: int) -> Verdict | None:
    """Weights that have grown until rounding hides the fall: from a part of them the loss falls back there.

    The same weights times the largest of 2^−½, 2^−1, … that clearly raises the loss are followed.
    """
    end, limit = way.points[-1], float(way.losses[-1])
    parts = 0.5 ** np.arange(0.5, 8, 0.5)
    raised = surface.losses(parts[:, np.newaxis] * end) - limit
    clear = np.flatnonzero(~(np.abs(raised) <= CLEAR_RISE * way.rounding))
    if not clear.size or not 0 < raised[clear[0]] < SUBSTANTIAL * abs(limit):
        return None
    again = follow_flow(surface, parts[clear[0]] * end, steps)
    if not (again.runs_off and abs(again.losses[-1] - limit) <= SAME_LIMIT * abs(limit)):
        return None
    part = float(parts[clear[0]])
    text = (
        f"the limit {limit:.6g} is reached within rounding at a norm of {way.lengths[-1]:.0f}; from "
        f"{part:.2g} times these weights the loss falls {to_limit(again)} as they grow ({norms(again)})"
    )
    return Verdict("running off", text, numbers(way, part=part, **measured_norms(again)))


def to_limit(way: Descent) -> str:
    """The losses at both ends, in as many digits as tell them apart, or their difference."""
    for digits in range(4, 9):
        first, last = (f"{loss:.{digits}g}" for loss in way.losses[[0, -1]])
        if first != last:
            return f"from {first} to its limit {last}"
    return f"by {way.fall:.1g} to its limit {last}"


def norms(way: Descent) -> str:
    """The norms of the weights at both ends, or how far they are apart."""
    first, last = (f"{norm:.{0 if norm >= 10 else 1}f}" for norm in way.lengths[[0, -1]])
    if first != last:
        return f"norm {first} to {last}"
    return f"by {np.linalg.norm(way.points[-1] - way.points[0]):.2g}, norm {last}"


def measured_norms(way: Descent) -> dict[str, float]:
    """The norms of the weights at both ends, as they are kept."""
    return {"norm": float(way.lengths[0]), "followed_norm": float(way.lengths[-1])}


def kink(way: Descent) -> Verdict:
    """A point from which no step falls, though the gradient promises one."""
    text = f"no step lowers the loss ({from_to(way)}), though the gradient is not 0: it has a kink there"
    return Verdict("not decided", text, numbers(way, promise=way.promise))


def blocked_units(surface: LossSurface, way: Descent) -> Verdict | None:
    """Units that pass no gradient, where no step lowers the loss."""
    counts = counted_units(surface.network, way.points[-1], surface.samples.x)
    blocked = counts.saturated + counts.dead
    x, t, _ = surface.samples
    loses = surface.problem.loss.link is None  # one that includes its last layer has a gradient all the same
    outputs = int(np.sum(wrong_and_level(surface.network, way.points[-1], x, t))) if loses else 0
    if not (blocked or outputs):
        return None
    parts = []
    if blocked:
        kinds = [f"{n} {word}" for word, n in (("saturated", counts.saturated), ("dead", counts.dead)) if n]
        parts.append(f"of {counted(counts.units, 'hidden unit')} {' and '.join(kinds)}")
    if outputs:
        parts.append(f"the output is saturated on {counted(outputs, 'row')} that it gets wrong")
    text = f"no step lowers the loss of {way.losses[-1]:.4g} by more than rounding; {'; '.join(parts)}"
    return Verdict("saturated", text, numbers(way, **counts._asdict(), outputs=outputs))


def saddle(surface: LossSurface, way: Descent, found: Spectrum | None) -> Verdict | None:
    """Negative curvature beyond its error, with a strictly falling path along it."""
    if found is None or not found.negatives:
        return None
    line = falls_along(surface, way, found.vectors[:, 0])
    if line is None:
        return None
    value = float(found.values[0])
    text = (
        f"stationary at a loss of {way.losses[-1]:.4g}, with a curvature of {three_digits(value)} (error "
        f"{found.error:.0e}) along which the loss falls strictly, to {line[-1]:.4g}: not a minimum"
    )
    measured = {"curvature": value, "error": found.error, "negative": found.negatives}
    return Verdict("saddle", text, numbers(way, **measured, reached=float(line[-1]), path=len(line)))


def flat_point(surface: LossSurface, way: Descent, found: Spectrum | None) -> Verdict | None:
    """Directions without curvature; whether the loss falls along any of them."""
    if found is None or not found.zeros or found.negatives:
        return None
    end = way.points[-1]
    if np.any(end) and abs(surface.loss(2 * end) - way.losses[-1]) <= STATIONARY * way.rounding:
        why = "twice its weights have the same loss within rounding, so that it may be a limit without end"
        return Verdict("not decided", f"stationary at a loss of {way.losses[-1]:.4g}; {why}", numbers(way))
    level = found.vectors[:, np.abs(found.values) <= found.error]
    mixed = level @ np.random.default_rng(0).standard_normal((level.shape[1], DIRECTIONS))
    measured = {"flat": found.zeros, "of": len(found.values), "error": found.error}
    directions = (
        f"{found.zeros} of {len(found.values)} directions without curvature (error {found.error:.0e})"
    )
    for direction in np.hstack([level, mixed / np.linalg.norm(mixed, axis=0)]).T:
        line = falls_along(surface, way, direction)
        if line is not None:
            why = f"yet along a line it falls strictly, to {line[-1]:.4g}: not a minimum"
            text = f"stationary at a loss of {way.losses[-1]:.4g}, {directions}; {why}"
            return Verdict("not decided", text, numbers(way, **measured, reached=float(line[-1])))
    text = f"stationary at a loss of {way.losses[-1]:.4g}, {directions}; no descent was found"
    return Verdict("flat", text, numbers(way, **measured))


def falls_along(surface: LossSurface, way: Descent, direction: Array) -> Array | None:
    """The losses of a strictly falling path from the end of a way, forwards or backwards."""
    lines = [falling_line(surface, way.points[-1], sign * direction, way.rounding) for sign in (1, -1)]
    line = min(lines, key=lambda losses: float(losses[-1]))
    clear = len(line) > FALLS and line[0] - line[-1] > CLEAR_FALL * way.rounding
    return line if clear else None


def rest(way: Descent, found: Spectrum | None) -> Verdict:
    """A stationary point of which the numbers say no more."""
    known = found is not None and math.isfinite(found.error)
    why = "no descent was found" if known else "its curvature is not known, as near a kink"
    text = f"stationary at a loss of {way.losses[-1]:.4g}; {why}"
    return Verdict("not decided", text, numbers(way))
