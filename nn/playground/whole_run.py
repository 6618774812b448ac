"""Compares the random numbers and the whole run of a page with those of ``nn train``, in node."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn.playground.material import material
from nn.playground.node import in_node
from nn.playground.steps import TrainingSteps

DRAWN_ORDERS, DRAWN_NOISE = 3, 1000
"""So many orders and so many numbers of noise are compared before a page is written."""


@dataclass(frozen=True)
class PageRun:
    """Where the trainer of a page has ended, and with which weights."""

    ended: str
    epoch: int
    kept: int
    """The k of the best weights, those after k epochs."""
    best: Sequence[float]
    parameters: Sequence[float]
    """The weights at the end."""
    microseconds: float
    """The time of a step."""


def run_to_the_end(steps: TrainingSteps) -> PageRun:
    """Train in node to the end of the configuration."""
    return PageRun(**in_node(steps.trainer_lines, "whole_run", material(steps, 1)))


def draws_alike(steps: TrainingSteps) -> bool:
    """Whether the first orders and the first noise of the page are those of ``nn train``, bit for bit."""
    samples = steps.samples
    given = {"data": material(steps, 1), "orders": DRAWN_ORDERS, "noise": DRAWN_NOISE}
    found = in_node(steps.trainer_lines, "draws", given)
    place = {name: np.array(value) for name, value in samples.state().items()}
    expected: dict[str, Any] = {}
    if samples.generators is not None:
        expected["order"] = [samples.order() for _ in range(DRAWN_ORDERS)]
    if samples.noise:
        rows = -(-DRAWN_NOISE // samples.noise)
        expected["noise"] = samples.draw_noise(rows).ravel()[:DRAWN_NOISE]
    samples.restore(place)
    return expected.keys() == found.keys() and all(
        np.array_equal(found[name], array) for name, array in expected.items()
    )
