"""Chooses what a network is asked for its diagram: a plane, a line, or samples in groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nn.arrays import Array
from nn.diagram.layout import abbreviated

PLANE_CELLS = 24
"""The number of cells on a side of a thumbnail of a plane."""
LINE_POINTS = 48
PROBED_SAMPLES = 256
"""The maximum number of samples that are looked at."""
MAX_BARS = 16
MAX_LISTED_BARS = 5
QUARTERS = ("lowest", "second", "third", "highest")
PLANE_MARGIN = 0.1
"""How far a plane reaches beyond the samples, as a share of their range."""


@dataclass(frozen=True, eq=False)
class Probe:
    """Inputs of a network, ``(rows, inputs)``, and how its answers to them make a thumbnail.

    ``plane``: cells row by row, the lowest row first; ``line``: from left to right; ``groups``: a bar for the
    mean over each group of samples.
    """

    kind: Literal["plane", "line", "groups"]
    inputs: Array
    groups: Array
    """The number of the group of each row; −1 for a row of none."""
    names: Sequence[str]
    """The names of the groups."""
    about: str
    """What a thumbnail shows, in words."""
    samples: Sequence[int] = ()
    """The numbers of the samples that are asked, if they are."""


def probed_rows(samples: int) -> Array:
    """The numbers of the samples that are looked at, evenly spaced."""
    return np.unique(np.linspace(0, samples - 1, PROBED_SAMPLES).astype(int))


def probe_of(
    x: Array, y: Array, features: Sequence[str], classes: Sequence[str] | None, cells: int = PLANE_CELLS
) -> Probe:
    """Choose what to ask, for samples ``x (rows, inputs)`` as the network takes them, and their targets."""
    if x.shape[1] <= 2:
        low, high = x.min(axis=0), x.max(axis=0)
        room = PLANE_MARGIN * np.where(high > low, high - low, 1)
        low, high = low - room, high + room
        if x.shape[1] == 1:
            inputs = np.linspace(low, high, LINE_POINTS)
            return Probe("line", inputs, np.full(len(inputs), -1), (), f"its response over {features[0]}")
        middles = (np.arange(cells) + 0.5) / cells
        across, up = np.meshgrid(*(low[n] + middles * (high[n] - low[n]) for n in (0, 1)))
        inputs = np.column_stack([across.ravel(), up.ravel()]).astype(x.dtype)
        about = f"its response over {features[0]} (across) and {features[1]} (up)"
        return Probe("plane", inputs, np.full(len(inputs), -1), (), about)
    rows = probed_rows(len(x))
    groups, names, what = sample_groups(x, y, classes)
    return Probe("groups", x[rows], groups[rows], names, f"its mean response to {what}", rows.tolist())


def sample_groups(x: Array, y: Array, classes: Sequence[str] | None) -> tuple[Array, list[str], str]:
    """Put samples into groups: of equal inputs where these are few, of a class, or of similar targets."""
    patterns, first, which = np.unique(x, axis=0, return_index=True, return_inverse=True)
    if len(patterns) <= MAX_BARS:
        order = np.argsort(first)  # as they come in the data
        names = [" ".join(f"{value:.3g}" for value in x[row]) for row in first[order]]
        return np.argsort(order)[which.reshape(-1)], names, f"each of {len(names)} patterns"
    if classes is not None:
        numbers = y[:, 0].astype(int)
        names = [*classes[:MAX_BARS]]
        more = f", the first {MAX_BARS} of {len(classes)}" if len(classes) > MAX_BARS else ""
        listed = f": {', '.join(map(abbreviated, names))}" if len(names) <= MAX_LISTED_BARS else more
        return np.where(numbers < MAX_BARS, numbers, -1), names, f"each class{listed}"
    order = np.argsort(np.argsort(y[:, 0], kind="stable"), kind="stable")
    what = "each quarter of the samples by target, lowest first"
    return order * len(QUARTERS) // len(y), [*QUARTERS], what


def group_means(values: Array, probe: Probe) -> Array:
    """The mean of ``values (rows, units)`` over each group, ``(groups, units)``; NaN over no rows."""
    found = np.full((len(probe.names), values.shape[1]), np.nan)
    for number in range(len(found)):
        members = probe.groups == number
        if members.any():
            found[number] = values[members].mean(axis=0)
    return found
