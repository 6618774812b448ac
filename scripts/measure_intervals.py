"""Measures how often an ensemble's intervals hold: ``python scripts/measure_intervals.py [DRAWS]``.

Tables are drawn from sources that are known, a study is trained on each, and the interval of its ensemble is
held against ten thousand new rows. Beside it stands an interval whose width follows the spread of the
members (locally weighted conformal prediction, Lei et al. 2018, section 5.2), which the ensemble does not
use. It takes a quarter of an hour.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import nn
from nn.arrays import Array
from nn.display import table
from nn.statistics.conformal import conformal_margins
from nn.studies.ensemble import Ensemble

LEVEL = 0.9
SEEDS = 5
NEW_ROWS = 10_000


def constant_noise(rng: np.random.Generator, rows: int) -> tuple[Array, Array]:
    """A sine with noise of one size everywhere."""
    x = rng.uniform(-3, 3, rows)
    return x, np.sin(x) + 0.2 * rng.normal(size=rows)


def growing_noise(rng: np.random.Generator, rows: int) -> tuple[Array, Array]:
    """A sine with noise that grows to the right."""
    x = rng.uniform(-3, 3, rows)
    return x, np.sin(x) + 0.1 * (x + 3.2) * rng.normal(size=rows)


def heavy_tails(rng: np.random.Generator, rows: int) -> tuple[Array, Array]:
    """A sine with noise of Student's t with 2 degrees of freedom, whose variance is infinite."""
    x = rng.uniform(-3, 3, rows)
    return x, np.sin(x) + 0.1 * rng.standard_t(2, size=rows)


SOURCES: dict[str, Callable[[np.random.Generator, int], tuple[Array, Array]]] = {
    "constant noise": constant_noise,
    "growing noise": growing_noise,
    "heavy tails": heavy_tails,
}
WAYS: dict[str, dict[str, Any]] = {
    "validation and test": {"validation": 40, "test": 40},
    "test alone": {"test": 40},
    "validation alone": {"validation": 40},
    "validation alone, best 2": {"validation": 40},
    "five folds": {"folds": 5},
}


class Measured(NamedTuple):
    """Of one ensemble: the share that its interval was measured to cover, and what was found of new rows."""

    said: float
    covered: float
    width: float
    covered_if_scaled: float
    width_if_scaled: float


def draw(source: str, way: str, seed: int, folder: Path) -> Measured:
    """Draw a table, train a study on it, and hold its interval against new rows."""
    rng = np.random.default_rng([seed, [*SOURCES].index(source)])
    rows, new = SOURCES[source](rng, 200), SOURCES[source](rng, NEW_ROWS)
    np.savez(folder / "table.npz", x=rows[0][:, np.newaxis], y=rows[1])
    options = dict(WAYS[way])
    study = nn.study(config(folder, options), SEEDS, folds=options.get("folds"))
    ensemble = study.ensemble(best=2 if "best" in way else None)
    interval = ensemble.interval(LEVEL)
    x, t = new[0][:, np.newaxis], new[1][:, np.newaxis]
    y, spread = ensemble.predict(x), ensemble.spread(x)
    factor = scaled_factor(ensemble)
    return Measured(
        interval.covered[0] / interval.rows,
        float(np.mean(np.abs(t - y) <= interval.margins)),
        2 * interval.margins[0],
        float(np.mean(np.abs(t - y) <= factor * spread)),
        float(np.mean(2 * factor * spread)),
    )


def config(folder: Path, held_out: Mapping[str, Any]) -> dict[str, Any]:
    """A small regression on the table in a folder."""
    shares = {name: value for name, value in held_out.items() if name != "folds"}
    return {
        "data": {"file": str(folder / "table.npz"), "scale": "standard", **shares},
        "model": {
            "layers": [{"type": "dense", "units": 8, "activation": "tanh"}, {"type": "dense", "units": 1}]
        },
        "loss": "mse",
        "optimizer": {"type": "adam", "learning_rate": 0.02},
        "training": {"epochs": 200, "engine": "numpy"},
    }


def scaled_factor(ensemble: Ensemble) -> float:
    """How many times the spread covers that share, from the rows of the first share held out."""
    samples, found = next(iter(ensemble.held_out().values()))
    return float(conformal_margins(np.abs(samples.y - found.y) / found.spread, LEVEL)[0])


def main(draws: int) -> None:
    """Print a table for each source: shares and widths, mean and 5 % quantile over draws."""
    header = ["said", "covers", "5 % of draws below", "width", "scaled: covers", "width"]
    with tempfile.TemporaryDirectory() as folder:
        for source in SOURCES:
            rows = []
            for way in WAYS:
                found = np.array([draw(source, way, seed, Path(folder)) for seed in range(draws)])
                said, covered, width, covered_if_scaled, width_if_scaled = found.mean(axis=0)
                low = np.quantile(found[:, 1], 0.05)
                shares = [f"{100 * share:.1f} %" for share in (said, covered, low)]
                scaled = f"{100 * covered_if_scaled:.1f} %", f"{width_if_scaled:.3f}"
                rows.append([way, *shares, f"{width:.3f}", *scaled])
            print(table([[f"{source}, {draws} draws", *header], *rows], "<" + ">" * len(header)), flush=True)
            print(flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
