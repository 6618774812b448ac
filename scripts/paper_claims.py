"""The numbers in docs/papers.md, each of a study of a thousand seeds: ``write_claims.py`` writes them."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import nn
from nn.config.load import load_config
from nn.config.source import parse_yaml

PAGE = "docs/papers.md"
BLOCK = re.compile(r"^```yaml\n(# (\S+)\n.*?)^```", re.MULTILINE | re.DOTALL)
SEEDS = range(1000)


class Result(NamedTuple):
    """How a thousand seeds did."""

    solved: str
    """How many of them reached their goal."""
    median: str
    """The median of the epochs, the limit where the goal was not reached."""
    mean: str
    """The mean of the epochs of those that reached it."""


def configurations() -> dict[str, Any]:
    """The configurations on the page by their names."""
    text = (Path(__file__).parents[1] / PAGE).read_text(encoding="utf-8")
    return {name: parse_yaml(block, name).data for block, name in BLOCK.findall(text)}


@cache
def result(name: str, *settings: str) -> Result:
    """The result of a configuration of the page with these settings."""
    config = load_config(configurations()[name], settings)
    members = nn.study(config.model_dump(exclude_none=True), seeds=SEEDS).members
    solved = members["solved"]
    median, mean = np.median(members["epochs"]), np.mean(members["epochs"][solved])
    return Result(f"{np.sum(solved):,}", f"{median:,.1f}".removesuffix(".0"), f"{mean:,.0f}")


XOR = {
    "as above": (),
    "whole batches": ("training.batch_size=null",),
    "no momentum": ("optimizer.momentum=0",),
    "momentum 0.5, and 0.9 after 50 epochs": (
        "optimizer.momentum={type: piecewise, values: [0.5, 0.9], boundaries: [200]}",
    ),
    "`reduction: mean`, whole batches": ("training.batch_size=null", "loss.reduction=mean"),
    "targets 0 and 1": ("data.targets=null",),
    "40-20-40": ("training.stop_at={tolerance: 0.3, overshoot: ignored}",),
    "`glorot_uniform`, biases 0": (
        "model.layers.0.initializer=glorot_uniform",
        "model.layers.1.initializer=glorot_uniform",
    ),
    "uniform in ±1, biases 0": (
        "model.layers.0.initializer={type: uniform, scale: 1}",
        "model.layers.1.initializer={type: uniform, scale: 1}",
    ),
    "no biases in the hidden layer": (
        "model.layers.0={type: dense, units: 2, activation: sigmoid, bias: false, "
        "initializer: {type: uniform, scale: 1}}",
    ),
}
ENCODER = {
    "sgd, rate 0.5": ("optimizer.learning_rate=0.5",),
    "sgd, rate 1": (),
    "sgd, rate 2": ("optimizer.learning_rate=2",),
    "sgd, rate 0.5, momentum 0.5": ("optimizer={type: sgd, learning_rate: 0.5, momentum: 0.5}",),
    "quickprop, rate 1": ("optimizer={type: quickprop, learning_rate: 1}",),
    "rprop": ("optimizer=rprop",),
}


def paper_claims() -> Iterator[tuple[str, Callable[[], Sequence[str]]]]:
    """A row of a table each: its words with places for numbers, and the numbers."""
    for name, rows in (("xor-1986.yaml", XOR), ("encoder-1988.yaml", ENCODER)):
        for words, settings in rows.items():
            yield f"| {words} | {{}} | {{}} | {{}} |", partial(result, name, *settings)
