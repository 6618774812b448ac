"""Draws the few samples of a check, spread over the data, with each class among them."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nn.arrays import Array
from nn.losses.base import Loss
from nn.network import Sequential
from nn.training.inputs import pair, weights

DRAWN_SAMPLES = 16
"""The number of samples, or more if there are more distinct targets, as of classes."""
MAX_TARGET_CLASSES = 64
"""Targets with more distinct values are not taken for classes."""


class CheckSamples(NamedTuple):
    """Inputs ``(samples, inputs)``, targets ``(samples, outputs)``, and weights ``(samples, 1)`` if any."""

    x: Array
    t: Array
    w: Array | None = None

    @property
    def arrays(self) -> dict[str, Array]:
        """The arrays by name, without weights if there are none."""
        return {name: array for name, array in self._asdict().items() if array is not None}


def all_samples(
    network: Sequential,
    loss: Loss,
    x: ArrayLike,
    t: ArrayLike,
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | None = None,
) -> CheckSamples:
    """Return the samples as the network takes them; raises ValueError for data that do not fit."""
    inputs, targets = pair(network, loss, x, t)
    return CheckSamples(inputs, targets, weights(targets, sample_weight, class_weight))


def draw_samples(
    network: Sequential,
    loss: Loss,
    x: ArrayLike,
    t: ArrayLike,
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | None = None,
    number: int | None = None,
) -> CheckSamples:
    """Draw ``number`` samples at random, the same ones each time; raises ValueError for data that do not fit.

    If there are few distinct targets, as of classes, each is among them, with a weight above 0, and with
    the weight 0 if there is such a sample.
    """
    found = all_samples(network, loss, x, t, sample_weight, class_weight)
    rows = spread_rows(found.t if found.w is None else np.hstack([found.t, found.w > 0]), number)
    return CheckSamples(*(None if array is None else array[rows] for array in found))  # type: ignore[arg-type]


def spread_rows(kinds: Array, number: int | None) -> Array:
    """Draw rows at random, among them one of each distinct kind ``(samples, …)`` if these are few."""
    order = np.random.default_rng(0).permutation(len(kinds))
    _, first = np.unique(kinds[order], axis=0, return_index=True)
    if number is None:
        number = max(DRAWN_SAMPLES, len(first) if len(first) <= MAX_TARGET_CLASSES else 0)
    if len(first) <= number:
        order = order[np.concatenate([first, np.setdiff1d(np.arange(len(order)), first)])]
    return np.sort(order[:number])
