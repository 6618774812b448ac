"""SciPy, scikit-learn and paramz, from equal starts: the same minimum, in at most 1.5 times as many steps."""

import json
from pathlib import Path

import numpy as np
import pytest

from nn import (
    LBFGS,
    BayesianRegularization,
    Dense,
    LevenbergMarquardt,
    MeanSquaredError,
    ScaledConjugateGradient,
    Sequential,
    Tanh,
    train,
)
from nn.optimizers.second_order.least_squares import LeastSquares
from tests.judges import agree, judge
from tests.optimizers.second_order.problems import CERTIFIED, FUNCTIONS, LEAST_SQUARES

JUDGE = json.loads((Path(__file__).parents[2] / "reference" / "second_order.json").read_text())
KIND, LM, SCG = "second order", "Levenberg-Marquardt", "scaled conjugate gradient"
SINE = JUDGE["noisy sine"]["x"], JUDGE["noisy sine"]["t"]
NETWORKS = {
    judge: {int(name.split()[1]): found for name, found in JUDGE[judge].items() if name.startswith("seed ")}
    for judge in ("least_squares", "minimize", "scaled_conjugate_gradient")
}
"""What SciPy and paramz make of networks with these seeds."""


def losses(method, seed, start, epochs=2000):
    """The loss before each iteration on the noisy sine."""
    network = Sequential([Dense(3), Tanh(), Dense(1)], inputs=1, seed=seed)
    network.parameters[...] = start
    return np.array(
        [report.loss for report in train(network, MeanSquaredError(), method, *SINE, epochs=epochs)]
    )


def first(values, reached):
    """After how many iterations the values come down to this."""
    assert np.min(values) <= reached
    return int(np.argmax(values <= reached))


@np.errstate(all="ignore")
@pytest.mark.parametrize("name", LEAST_SQUARES)
def test_levenberg_marquardt_finds_the_minimum_of_least_squares(name):
    residuals, start, minimum = LEAST_SQUARES[name]
    scipys = JUDGE["least_squares"][name]
    count = len(residuals(np.array(start))[0])
    *steps, (found, status) = LevenbergMarquardt().minimize(LeastSquares(residuals, count), np.array(start))
    assert status.ended in ("minimum_gradient", "maximum_damping")
    agree(KIND, LM, "known minimum", name, found, minimum, rtol=1e-6, atol=1e-5)
    assert np.allclose(scipys["parameters"], minimum, rtol=1e-6, atol=1e-12)
    # The last iteration only sees that it is there.
    judge(
        KIND, LM, "SciPy's least_squares", f"iterations, {name}", (len(steps) - 2) / scipys["iterations"], 1.5
    )


@np.errstate(all="ignore")
def test_misra1a_has_the_certified_parameters():
    residuals, start, _ = LEAST_SQUARES["misra"]
    method = LevenbergMarquardt(min_gradient=0)
    *_, (found, _) = method.minimize(LeastSquares(residuals, 14), np.array(start))
    agree(KIND, LM, "NIST's certified values", "Misra1a", found, CERTIFIED, rtol=1e-9)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_lbfgs_finds_the_minimum_of_functions(name):
    function, start, minimum = FUNCTIONS[name]
    *steps, (found, status) = LBFGS().minimize(function, np.array(start))
    assert status.ended == "minimum_gradient"
    agree(
        KIND,
        "L-BFGS",
        "known minimum",
        name,
        found,
        np.broadcast_to(minimum, found.shape),
        rtol=1e-6,
        atol=1e-6,
    )
    iterations = (len(steps) - 2) / JUDGE["minimize"][name]["L-BFGS-B"]["iterations"]
    judge(KIND, "L-BFGS", "SciPy's L-BFGS-B", f"iterations, {name}", iterations, 1.5)


@pytest.mark.parametrize("seed", NETWORKS["least_squares"])
def test_levenberg_marquardt_trains_a_network_to_scipys_minimum(seed):
    scipys = NETWORKS["least_squares"][seed]
    values, least = losses(LevenbergMarquardt(), seed, scipys["start"]), scipys["value"] / len(SINE[0])
    agree(KIND, LM, "SciPy's least_squares", "loss of trained networks", values[-1], least, rtol=1e-5)
    iterations = first(values, least * (1 + 1e-6)) / scipys["iterations"]
    judge(KIND, LM, "SciPy's least_squares", "iterations, networks", iterations, 1.5)


def test_lbfgs_trains_networks_to_scipys_minima_in_as_many_iterations():
    ours, scipys = 0, 0
    for seed, found in NETWORKS["minimize"].items():
        theirs = found["L-BFGS-B"]
        ours += first(losses(LBFGS(), seed, found["start"]), theirs["value"] * (1 + 1e-6))
        scipys += theirs["iterations"]
    judge(KIND, "L-BFGS", "SciPy's L-BFGS-B", "iterations, all networks", ours / scipys, 1.5)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_scaled_conjugate_gradient_finds_the_minimum_of_functions(name):
    function, start, minimum = FUNCTIONS[name]
    *steps, (found, status) = ScaledConjugateGradient().minimize(function, np.array(start))
    assert status.ended == "minimum_gradient"
    minimum = np.broadcast_to(minimum, found.shape)
    agree(KIND, SCG, "known minimum", name, found, minimum, rtol=1e-6, atol=1e-6)
    theirs = JUDGE["scaled_conjugate_gradient"][name]
    if name != "scaled":  # which they have not come to the end of
        iterations = (len(steps) - 2) / theirs["iterations"]
        judge(KIND, SCG, "paramz's (Netlab's) SCG", f"iterations, {name}", iterations, 1.5)


def test_scaled_conjugate_gradient_trains_networks_as_far_in_as_many_iterations():
    ours, theirs = 0, 0
    for seed, found in NETWORKS["scaled_conjugate_gradient"].items():
        start = NETWORKS["minimize"][seed]["start"]
        values = losses(ScaledConjugateGradient(), seed, start, epochs=2 * found["iterations"])
        ours += first(values, found["value"])
        theirs += found["iterations"]
    judge(KIND, SCG, "paramz's (Netlab's) SCG", "iterations, all networks", ours / theirs, 1.5)


def test_scaled_conjugate_gradient_of_a_quadratic_takes_the_steps_of_conjugate_gradient():
    found = JUDGE["conjugate_gradient"]
    a, b = np.array(found["a"]), np.array(found["b"])
    function = lambda p: (float(p @ a @ p / 2 - b @ p), a @ p - b)  # noqa: E731
    method = ScaledConjugateGradient(lambda_=1e-15, min_gradient=1e-8)
    _, *steps, (_, status) = [*method.minimize(function, np.zeros(8))]
    assert status.ended == "minimum_gradient"
    iterates = [theta for theta, _ in steps]
    agree(KIND, SCG, "SciPy's cg", "iterates", iterates, found["iterates"], rtol=1e-7, atol=1e-8)


def test_bayesian_regularization_of_a_line_weighs_as_bayesian_ridge_does():
    ridge, by = JUDGE["bayesian_ridge"], "scikit-learn's BayesianRidge"
    x, y = np.array(ridge["x"]), np.array(ridge["y"])
    method, problem = (
        BayesianRegularization(min_gradient=1e-10),
        LeastSquares(lambda p: (x @ p - y, x), len(y)),
    )
    *_, (found, status) = method.minimize(problem, np.ones(6))
    agree(KIND, "Bayesian regularisation", by, "weights", found, ridge["parameters"], rtol=1e-6)
    assert 0 < status.effective_parameters < 6
    # At the minimum of Σr² + w Σθ², w θ = −Xᵀr.
    gradient = x.T @ (x @ found - y)
    decay = np.full(6, ridge["decay"])
    agree(KIND, "Bayesian regularisation", by, "decay", -gradient / found, decay, rtol=1e-4)
