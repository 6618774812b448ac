"""Measures how often the 95 % intervals of metrics hold the truth: ``python scripts/measure_coverage.py``.

Shares of rows are drawn from sources that are known, answered by a network that is known too, and the
interval of each share is held against the metric of a million rows. It takes minutes.
"""

from collections.abc import Callable

import numpy as np

from nn.arrays import Array
from nn.display import table
from nn.metrics.assessment import Assessed, assess

DRAWS = 500
ROWS = (10, 20, 50, 200)
TRUTH = 1_000_000
Samples = tuple[Array, Array]


def normal_errors(rng: np.random.Generator, rows: int) -> Samples:
    """Targets and errors that are normal: R² ¾."""
    t = rng.normal(size=(rows, 1))
    return t, t + 0.5 * rng.normal(size=t.shape)


def heavy_errors(rng: np.random.Generator, rows: int) -> Samples:
    """Targets that are log-normal, as prices and incomes are, and errors that grow with them."""
    t = np.exp(rng.normal(size=(rows, 1)))
    return t, t * np.exp(0.3 * rng.normal(size=t.shape))


def classes(number: int, rare: float, noise: float) -> Callable[[np.random.Generator, int], Samples]:
    """Classes, the last one rare, with probabilities of which each is right as often as it says."""

    def draw(rng: np.random.Generator, rows: int) -> Samples:
        shares = np.full(number, (1 - rare) / (number - 1))
        shares[-1] = rare
        t = rng.choice(number, size=rows, p=shares)
        x = np.eye(number)[t] + noise * rng.normal(size=(rows, number))
        likelihood = shares * np.exp(x / noise**2)  # Bayes' rule, up to what all classes share
        return t, likelihood / likelihood.sum(axis=1, keepdims=True)

    return draw


def labels(rng: np.random.Generator, rows: int) -> Samples:
    """Three labels, one of them rare."""
    t = (rng.random((rows, 3)) < [0.1, 0.5, 0.8]) * 1.0
    return t, t + 0.4 * rng.normal(size=t.shape)


SOURCES: dict[str, tuple[Assessed, Callable[[np.random.Generator, int], Samples]]] = {
    "normal errors": ("regression", normal_errors),
    "heavy tails": ("regression", heavy_errors),
    "two classes": ("classification", classes(2, 0.5, 0.6)),
    "two classes, one of 5 %": ("classification", classes(2, 0.05, 0.6)),
    "two classes, 99 % right": ("classification", classes(2, 0.5, 0.3)),
    "five classes": ("classification", classes(5, 0.2, 0.6)),
    "three labels": ("labels", labels),
}


def main() -> None:
    """Print, for each source and metric, the share of intervals that hold the truth, by number of rows."""
    for title, (task, draw) in SOURCES.items():
        parts = [str(k) for k in range(np.shape(draw(np.random.default_rng(0), 10)[1])[1])]
        far = assess(task, *draw(np.random.default_rng(0), TRUTH), parts, intervals=False).metrics
        cells = {name: [name] for name in far if name != "largest_error"}
        for rows in ROWS:
            held, given = dict.fromkeys(cells, 0), dict.fromkeys(cells, 0)
            for seed in range(DRAWS):
                found = assess(task, *draw(np.random.default_rng([rows, seed]), rows), parts).metrics
                for name in cells:
                    _, low, high, _ = found[name]
                    if low is not None and high is not None:
                        given[name] += 1
                        held[name] += low <= (far[name].value or 0) <= high
            for name, row in cells.items():
                row.append(f"{held[name] / given[name]:.3f} of {given[name]:,}" if given[name] else "–")
        header = [title, *(f"{rows:,} rows" for rows in ROWS)]
        print(table([header, *cells.values()], "<" + ">" * len(ROWS)), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
