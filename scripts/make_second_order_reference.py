"""Writes ``tests/reference/second_order.json``: what SciPy, scikit-learn and paramz find from equal starts.

Run it with them installed (``pip install -e ".[judges]"``):
``python scripts/make_second_order_reference.py``. The tests read the file and need none of them.
"""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from paramz.optimization.scg import SCG  # type: ignore[import-untyped,import-not-found,unused-ignore]
from scipy.optimize import least_squares, minimize  # type: ignore[import-untyped,import-not-found,unused-ignore]
from scipy.sparse.linalg import cg  # type: ignore[import-untyped,import-not-found,unused-ignore]
from sklearn.linear_model import BayesianRidge  # type: ignore[import-untyped,import-not-found,unused-ignore]

from nn import Dense, MeanSquaredError, NguyenWidrow, Sequential, Tanh
from nn.arrays import Array

ROOT = Path(__file__).parents[1]
SEEDS = {"least_squares": (6, 7, 11), "minimize": (2, 5, 6, 7, 9, 10)}
"""Networks from which SciPy's method finds a minimum that is not at infinity."""
SCG_ITERATIONS = 300
MIN_GRADIENT = 1e-7


def problems() -> Any:
    """The functions that the tests know."""
    file = ROOT / "tests" / "optimizers" / "second_order" / "problems.py"
    spec = importlib.util.spec_from_file_location("problems", file)
    assert spec is not None, "the file is there"
    assert spec.loader is not None, "the file is Python"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def network(seed: int) -> Sequential:
    """A small network for a noisy sine, of 40 points on [−1, 1]."""
    start = NguyenWidrow()
    return Sequential([Dense(3, start), Tanh(), Dense(1, start)], inputs=1, seed=seed)


def noisy_sine() -> tuple[Array, Array]:
    """Its points; of some noise, so that there is a least error."""
    x = np.linspace(-1, 1, 40)[:, np.newaxis]
    return x, np.sin(np.pi * x) + 0.1 * np.random.default_rng(0).standard_normal(x.shape)


def evaluated(net: Sequential, loss: MeanSquaredError, x: Array, t: Array) -> Callable[[Array], Any]:
    """The loss with its gradient, by the formulas as they stand."""

    def function(parameters: Array) -> tuple[float, Array]:
        net.parameters[...] = parameters
        value = loss.forward(net.forward(x), t)
        net.backward(loss.backward())
        return float(value), net.gradients.copy()

    return function


def residuals(net: Sequential, x: Array, t: Array) -> Callable[[Array], tuple[Array, Array]]:
    """The residuals of a network with one output and their Jacobian, sample by sample."""

    def function(parameters: Array) -> tuple[Array, Array]:
        net.parameters[...] = parameters
        rows = []
        for sample in x:
            net.forward(sample[np.newaxis])
            net.backward(np.ones((1, 1)))
            rows.append(net.gradients.copy())
        return (net.forward(x) - t).ravel(), np.array(rows)

    return function


def main() -> None:
    """Write the file."""
    known, found = problems(), {}
    tight = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15}
    found["least_squares"] = {
        name: solution(
            least_squares(lambda p, f=f: f(p)[0], start, jac=lambda p, f=f: f(p)[1], method="lm", **tight)
        )
        for name, (f, start, _) in known.LEAST_SQUARES.items()
    }
    options = {"L-BFGS-B": {"ftol": 0, "gtol": 1e-6, "maxcor": 10, "maxiter": 10000}, "BFGS": {"gtol": 1e-6}}
    functions = {name: (f, start) for name, (f, start, _) in known.FUNCTIONS.items()}
    x, t = noisy_sine()
    for seed in SEEDS["minimize"]:
        net = network(seed)
        functions[f"seed {seed}"] = evaluated(net, MeanSquaredError(), x, t), net.parameters.tolist()
    found["minimize"] = {
        name: {
            "start": list(start),
            **{m: solution(minimize(f, start, jac=True, method=m, options=o)) for m, o in options.items()},
        }
        for name, (f, start) in functions.items()
    }
    found["scaled_conjugate_gradient"] = {name: scaled(f, start) for name, (f, start) in functions.items()}
    found["conjugate_gradient"] = conjugate()
    for seed in SEEDS["least_squares"]:
        start, f = network(seed).parameters.tolist(), residuals(network(seed), x, t)
        result = least_squares(
            lambda p, f=f: f(p)[0], start, jac=lambda p, f=f: f(p)[1], method="lm", **tight
        )
        found["least_squares"][f"seed {seed}"] = solution(result) | {"start": start}
    found["noisy sine"] = {"x": x.tolist(), "t": t.tolist()}
    found["bayesian_ridge"] = ridge()
    (ROOT / "tests" / "reference" / "second_order.json").write_text(json.dumps(found, indent=1) + "\n")


def scaled(function: Callable[[Array], Any], start: list[float]) -> dict[str, Any]:
    """What paramz's scaled conjugate gradient, which came from Netlab, found in SCG_ITERATIONS at most."""
    value, gradient = (lambda p: function(p)[0]), (lambda p: function(p)[1])
    never = {"xtol": 0, "ftol": 0, "gtol": MIN_GRADIENT**2}
    parameters, values, *_ = SCG(value, gradient, np.array(start, float), maxiters=SCG_ITERATIONS, **never)
    return {
        "parameters": parameters.tolist(),
        "value": float(values[-1]),
        "iterations": len(values) - 1,
    }


def conjugate() -> dict[str, Any]:
    """A system of equations A θ = b, and the iterates of the conjugate gradient method from 0."""
    rng = np.random.default_rng(0)
    q, _ = np.linalg.qr(rng.standard_normal((8, 8)))
    a, b, iterates = q @ np.diag(np.geomspace(1, 30, 8)) @ q.T, rng.standard_normal(8), list[list[float]]()
    cg(a, b, rtol=1e-10, callback=lambda theta: iterates.append(theta.tolist()))
    return {"a": a.tolist(), "b": b.tolist(), "iterates": iterates}


def ridge() -> dict[str, Any]:
    """MacKay's evidence for a linear model, its hyperparameters without priors of their own."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((30, 6))
    y = x @ np.array([2.0, -1.0, 0.05, 0.0, 0.0, 0.5]) + 0.5 * rng.standard_normal(30)
    flat = {"alpha_1": 0, "alpha_2": 0, "lambda_1": 0, "lambda_2": 0}
    model = BayesianRidge(max_iter=10000, tol=1e-14, fit_intercept=False, **flat).fit(x, y)
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "parameters": model.coef_.tolist(),
        "decay": float(model.lambda_ / model.alpha_),
    }


def solution(result: Any) -> dict[str, Any]:
    """What a method of SciPy found, and what that took."""
    linearized = result.get("njev") if "active_mask" in result else None
    return {
        "parameters": result.x.tolist(),
        "value": float(2 * result.cost if "cost" in result else result.fun),
        "iterations": int(result.get("nit") or linearized or result.nfev),
    }


if __name__ == "__main__":
    main()
