"""Writes ``tests/reference/statistics.json``: what SciPy, lifelines and statsmodels make of samples.

Run it with the extra ``judges`` installed: ``python scripts/make_statistics_reference.py [FILE]``. It writes
the same content each time. The tests read the file and need none of the three.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import lifelines  # type: ignore[import-not-found,import-untyped,unused-ignore]
import numpy as np
import scipy  # type: ignore[import-not-found,import-untyped,unused-ignore]
import statsmodels  # type: ignore[import-not-found,import-untyped,unused-ignore]
from lifelines.utils import (  # type: ignore[import-not-found,import-untyped,unused-ignore]
    median_survival_times,
    restricted_mean_survival_time,
)
from scipy import stats
from statsmodels.stats.multitest import (  # type: ignore[import-not-found,import-untyped,unused-ignore]
    multipletests,
)

FILE = Path(__file__).parents[1] / "tests" / "reference" / "statistics.json"
LIMIT = 5000.0


def finite(value: float) -> float | None:
    """A number, None for inf: there is none in JSON."""
    return float(value) if np.isfinite(value) else None


def shares() -> dict[str, Any]:
    """Wilson's interval and McNemar's test by counts."""
    counts = [(0, 1), (1, 1), (0, 10), (10, 10), (3, 10), (37, 50), (799, 1000), (1, 100_000)]
    pairs = [(0, 0), (0, 1), (1, 1), (0, 5), (0, 6), (6, 16), (40, 40), (41, 40), (150, 220), (5000, 5200)]
    wilson = {}
    for level in (0.9, 0.95, 0.99):
        for k, n in counts:
            found = stats.binomtest(k, n).proportion_ci(level, method="wilson")
            wilson[f"{k} of {n} at {level}"] = [found.low, found.high]
    return {
        "wilson": wilson,
        "mcnemar": {f"{a} {b}": stats.binomtest(a, a + b).pvalue if a + b else 1.0 for a, b in pairs},
    }


def samples(rng: np.random.Generator) -> dict[str, tuple[Any, Any]]:
    """Times and whether each was an event."""
    times = np.ceil(np.exp(rng.normal(6.2, 0.8, size=100)))
    stuck = rng.random(100) < 0.2
    random_end = np.ceil(rng.uniform(50, 4000, size=100))
    return {
        "one, solved": (np.array([412.0]), np.array([True])),
        "one, not solved": (np.array([LIMIT]), np.array([False])),
        "ten, all solved": (times[:10], np.ones(10, bool)),
        "ten, none solved": (np.full(10, LIMIT), np.zeros(10, bool)),
        "all solved": (times, np.ones(100, bool)),
        "four of five solved": (np.where(stuck, LIMIT, times), ~stuck),
        "one of five solved": (np.where(stuck, times, LIMIT), stuck),
        "half solved": (np.where(np.arange(100) % 2 == 1, LIMIT, times), np.arange(100) % 2 == 0),
        "ties": (np.where(stuck, LIMIT, np.ceil(times / 200) * 200), ~stuck),
        "ended at random": (np.minimum(times, random_end), times <= random_end),
    }


def survival(rng: np.random.Generator) -> dict[str, Any]:
    """The curve and its median by lifelines, the log-log band by SciPy too."""
    found = {}
    for name, (times, events) in samples(rng).items():
        fitted = lifelines.KaplanMeierFitter().fit(times, events)
        distinct = np.unique(times[events])
        data = stats.CensoredData(uncensored=times[events], right=times[~events])
        curve = stats.ecdf(data).sf
        band = curve.confidence_interval(method="log-log")
        interval = median_survival_times(fitted.confidence_interval_).to_numpy()[0]
        limit = float(np.max(times))
        mean, variance = restricted_mean_survival_time(fitted, t=limit, return_variance=True)
        found[name] = {
            "times": times.tolist(),
            "events": events.tolist(),
            "survival": fitted.survival_function_at_times(distinct).tolist(),
            "low": [finite(value) for value in band.low.evaluate(distinct)],
            "high": [finite(value) for value in band.high.evaluate(distinct)],
            "median": finite(fitted.median_survival_time_),
            "median interval": [finite(value) for value in interval],
            "limit": limit,
            "restricted mean": float(mean),
            "variance of min(T, limit)": float(variance),
        }
    return found


def ranks(rng: np.random.Generator) -> dict[str, Any]:
    """Wilcoxon's test: exact without ties, otherwise normal."""
    a, b = rng.normal(size=(2, 200)), rng.normal(0.3, 1, size=(2, 200))
    solved = rng.random((2, 200)) < 0.7
    epochs = np.where(solved, np.ceil(np.exp(rng.normal(6, 0.5, size=(2, 200)))), LIMIT)
    pairs = {
        "one pair": ([2.0], [1.0], "exact"),
        "six pairs": (a[0, :6], b[0, :6], "exact"),
        "fifty pairs": (a[0, :50], b[0, :50], "exact"),
        "fifty-one pairs": (a[0, :51], b[0, :51], "asymptotic"),
        "two hundred pairs": (a[1], b[1], "asymptotic"),
        "twenty pairs with ties": (np.round(2 * a[0, :20]), np.round(2 * b[0, :20]), "asymptotic"),
        "epochs, where both are at the limit in some": (epochs[0], epochs[1], "asymptotic"),
    }
    return {
        name: {
            "a": list(map(float, one)),
            "b": list(map(float, other)),
            "p": float(stats.wilcoxon(one, other, zero_method="wilcox", method=method).pvalue),
        }
        for name, (one, other, method) in pairs.items()
    }


def values(rng: np.random.Generator) -> dict[str, Any]:
    """Interquartile means, means and medians with their intervals, quantiles of Student's distribution."""
    found = {}
    for n in (1, 2, 3, 5, 6, 7, 50, 101):
        x = np.round(rng.exponential(size=n), 6)
        mean = stats.ttest_1samp(x, 0).confidence_interval() if n > 1 else (-np.inf, np.inf)
        median = stats.quantile_test(x, q=0, p=0.5).confidence_interval()
        found[str(n)] = {
            "x": x.tolist(),
            "trimmed mean": float(stats.trim_mean(x, 0.25)),
            "mean interval": [finite(value) for value in mean],
            "t test": float(stats.ttest_1samp(x, 0.5).pvalue) if n > 1 else None,
            "median interval": [finite(value) for value in median],
        }
    freedoms = (1, 2, 3, 4, 5, 9, 10, 49, 99, 1000, 99_999)
    student = {
        f"{level} {freedom}": float(stats.t.ppf((1 + level) / 2, freedom))
        for level in (0.5, 0.9, 0.95, 0.99)
        for freedom in freedoms
    }
    return {"samples": found, "student": student}


def families(rng: np.random.Generator) -> list[Any]:
    """P-values and what Holm's method makes of them."""
    made = [
        [0.04],
        [0.5, 0.5],
        [0.01, 0.04, 0.03],
        [1.0, 0.0, 0.2],
        np.round(rng.random(12) ** 3, 6).tolist(),
    ]
    return [{"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in made]


def main(file: Path) -> None:
    """Write the reference."""
    rng = np.random.default_rng(14)
    versions = {module.__name__: module.__version__ for module in (scipy, lifelines, statsmodels)}
    found = {
        "versions": versions,
        **shares(),
        "survival": survival(rng),
        "wilcoxon": ranks(rng),
        **values(rng),
        "holm": families(rng),
    }
    text = json.dumps(found, indent=1)
    rows = re.sub(r"\[[^][{]+\]", lambda row: " ".join(row[0].split()), text)
    file.write_text(rows + "\n", encoding="utf-8")
    print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
