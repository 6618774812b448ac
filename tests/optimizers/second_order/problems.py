"""Functions with known minima, for methods that know nothing of networks."""

import numpy as np

SCALES = 10.0 ** np.arange(7)
# Misra1a of NIST's Statistical Reference Datasets for nonlinear regression.
VOLUME = np.array(
    [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78]
)
PRESSURE = np.array(
    [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0]
)
CERTIFIED = [2.3894212918e02, 5.5015643181e-04]
"""Its certified parameters."""


def rosenbrock(p):
    """Residuals 10 (p₂ − p₁²), 1 − p₁ and their Jacobian."""
    return np.array([10 * (p[1] - p[0] ** 2), 1 - p[0]]), np.array([[-20 * p[0], 10], [-1, 0]])


def scaled(p):
    """Residuals √dᵢ (pᵢ − 1), with d from 1 to 10⁶."""
    return np.sqrt(SCALES) * (p - 1), np.diag(np.sqrt(SCALES))


def misra(p):
    """Residuals of p₁ (1 − e^−p₂x)."""
    e = np.exp(-p[1] * PRESSURE)
    return p[0] * (1 - e) - VOLUME, np.stack([1 - e, p[0] * PRESSURE * e], axis=1)


def parabola(p):
    """Residuals p."""
    return p, np.eye(p.size)


LEAST_SQUARES = {
    "parabola": (parabola, [3.0, -4.0], [0, 0]),
    "rosenbrock": (rosenbrock, [-1.2, 1.0], [1, 1]),
    "scaled": (scaled, [0.0] * 7, [1] * 7),
    "misra": (misra, [250.0, 5e-4], CERTIFIED),
    "misra from afar": (misra, [500.0, 1e-4], CERTIFIED),
}
"""Residuals, a start, the minimum."""


def summed(residuals):
    """Σr² with its gradient, as a function."""

    def function(p):
        r, jacobian = residuals(np.asarray(p, float))
        return float(r @ r), 2 * jacobian.T @ r

    return function


def chained(p):
    """Rosenbrock's function of any number of variables, and its gradient."""
    a, b = p[:-1], p[1:]
    bend = b - a * a
    gradient = np.zeros_like(p)
    gradient[:-1] = -400 * a * bend - 2 * (1 - a)
    gradient[1:] += 200 * bend
    return float(np.sum(100 * bend**2 + (1 - a) ** 2)), gradient


FUNCTIONS = {
    "parabola": (summed(parabola), [3.0, -4.0], [0, 0]),
    "rosenbrock": (chained, [-1.2, 1.0], [1, 1]),
    "rosenbrock of ten": (chained, [-1.2, 1.0] * 5, [1] * 10),
    "scaled": (summed(scaled), [0.0] * 7, [1] * 7),
}
"""A function with its gradient, a start, the minimum."""
