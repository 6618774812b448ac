"""Prints what an iteration of L-BFGS and of Levenberg-Marquardt costs, beside SciPy's in the same process.

A network 1-h-1 with tanh learns a noisy sine of 200 points from the same start. SciPy gets the loss with its
gradient, or the residuals and their Jacobian, as a few hand-written lines of NumPy. Rounds alternate; times
are processor time of the thread, the least of the rounds, divided by iterations; setting up and compiling are
left out. Run it with SciPy installed (``pip install -e ".[judges]"``), and one thread:
``OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python scripts/benchmark_second_order.py``.
"""

import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
from scipy.optimize import least_squares, minimize  # type: ignore[import-untyped,import-not-found,unused-ignore]

from nn import LBFGS, Dense, LevenbergMarquardt, MeanSquaredError, NguyenWidrow, Sequential, Tanh, train
from nn.arrays import Array

HIDDEN = (3, 6, 9, 60)
ROUNDS = 7
ITERATIONS = 60
X = np.linspace(-1, 1, 200)[:, np.newaxis]
T = np.sin(np.pi * X) + 0.1 * np.random.default_rng(0).standard_normal(X.shape)
OURS = {
    f"{engine}, a report {often}": {"engine": engine, "report_every": every}
    for engine in ("numpy", "native")
    for often, every in (("each iteration", 1), ("in 20", 20))
}


def network(hidden: int) -> Sequential:
    """The network, the same each time."""
    start = NguyenWidrow()
    return Sequential([Dense(hidden, start), Tanh(), Dense(1, start)], inputs=1, seed=1)


def split(p: Array) -> tuple[Array, Array, Array, float]:
    """Weights and biases of both layers, as the network orders them."""
    h = len(p) // 3
    return p[:h].reshape(1, h), p[h : 2 * h], p[2 * h : 3 * h].reshape(h, 1), p[3 * h]


def loss_and_gradient(p: Array) -> tuple[float, Array]:
    """The mean squared error with its gradient, by hand."""
    w, b, v, c = split(p)
    a = np.tanh(X @ w + b)
    r = a @ v + c - T
    dy = 2 * r / r.size
    dz = (dy @ v.T) * (1 - a * a)
    return float(np.mean(r * r)), np.concatenate(
        [(X.T @ dz).ravel(), dz.sum(0), (a.T @ dy).ravel(), [dy.sum()]]
    )


def residuals(p: Array) -> Array:
    """The residuals, by hand."""
    w, b, v, c = split(p)
    return np.ravel(np.tanh(X @ w + b) @ v + c - T)


def jacobian(p: Array) -> Array:
    """Their Jacobian, by hand."""
    w, b, v, _ = split(p)
    a = np.tanh(X @ w + b)
    dz = v.T * (1 - a * a)
    return np.concatenate([X * dz, dz, a, np.ones_like(X)], axis=1)


def by_lbfgs(start: Array) -> float:
    """Seconds of SciPy's L-BFGS-B for an iteration."""
    options = {"ftol": 0, "gtol": 0, "maxcor": 10, "maxiter": ITERATIONS}
    began = time.thread_time()
    found = minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B", options=options)
    return (time.thread_time() - began) / int(found.nit)


def by_minpack(start: Array) -> float:
    """Seconds of SciPy's Levenberg-Marquardt for an iteration, which linearizes the residuals once."""
    tight = {"xtol": 3e-16, "ftol": 3e-16, "gtol": 3e-16}
    began = time.thread_time()
    found = least_squares(residuals, start, jac=jacobian, method="lm", max_nfev=ITERATIONS, **tight)
    return (time.thread_time() - began) / int(found.njev)


def by_us(method: Any, hidden: int, options: dict[str, Any]) -> float:
    """Seconds of ours for an iteration, after the first report."""
    reports = train(network(hidden), MeanSquaredError(), method, X, T, epochs=10**6, **options)
    first, began = next(reports), time.thread_time()
    *_, last = islice(reports, ITERATIONS // options["report_every"])
    seconds = time.thread_time() - began
    reports.close()
    return seconds / (last.epoch - first.epoch)


def main() -> None:
    """Measure, and print a table for each method."""
    rivals: Any = ("L-BFGS", LBFGS, by_lbfgs), ("Levenberg-Marquardt", LevenbergMarquardt, by_minpack)
    for name, kind, theirs in rivals:
        print(f"\n{name}: µs for an iteration, and relative to SciPy's\n")
        print(f"| parameters | SciPy | {' | '.join(OURS)} |\n|{'---:|' * (len(OURS) + 2)}")
        for hidden in HIDDEN:
            start = network(hidden).parameters.copy()
            ways: dict[str, Callable[[], float]] = {"SciPy": partial(theirs, start)}
            for label, options in OURS.items():
                ways[label] = partial(by_us, kind(min_gradient=0), hidden, options)
            rounds = [{label: measure() for label, measure in ways.items()} for _ in range(ROUNDS)]
            scipys, *ours = (1e6 * min(seconds[label] for seconds in rounds) for label in ways)
            cells = " | ".join(f"{micros:.0f} ({micros / scipys:.2f}×)" for micros in ours)
            print(f"| {start.size} | {scipys:.0f} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
