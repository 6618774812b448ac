import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import ScaledConjugateGradient
from nn.optimizers.second_order.scaled_conjugate_gradient import MIN_SCALE
from tests.optimizers.second_order.problems import FUNCTIONS

METHOD = ScaledConjugateGradient()


def quadratic(seed, n):
    """½ θᵀAθ − bᵀθ, with curvatures from 1 to 10."""
    rng = np.random.default_rng(seed)
    q, _ = np.linalg.qr(rng.normal(size=(n, n)))
    a, b = q @ np.diag(rng.uniform(1, 10, n)) @ q.T, rng.normal(size=n)
    return lambda p: (float(p @ a @ p / 2 - b @ p), a @ p - b)


def quartic(p):
    """θ⁴ / 4 − θ² / 2: curved downwards near 0, with minima at ±1."""
    return float(p[0] ** 4 / 4 - p[0] ** 2 / 2), p**3 - p


def steep(p):
    """exp θ − θ: far left of its minimum at 0 it bends much less than there."""
    return float(np.exp(p[0]) - p[0]), np.exp(p) - 1


def points(function, method, start):
    """The iterate after one iteration from a start, and all points that it evaluated."""
    seen = []

    def evaluate(theta):
        seen.append(float(theta[0]))
        return function(theta)

    place = method.begin(evaluate, np.array([start]))
    return method.iterate(evaluate, place), seen


@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_a_quadratic_of_n_parameters_takes_no_more_than_n_iterations(seed, n):
    method = ScaledConjugateGradient(lambda_=1e-15, min_gradient=1e-6)
    _, *steps, (_, status) = method.minimize(quadratic(seed, n), np.zeros(n))
    assert (status.ended, len(steps) <= n) == ("minimum_gradient", True)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_iteration_lowers_the_value(name):
    function, start, _ = FUNCTIONS[name]
    *steps, _ = METHOD.minimize(function, np.array(start))
    values = [function(theta)[0] for theta, _ in steps]
    assert np.all(np.diff(values) < 0)


def test_after_every_n_steps_the_direction_is_that_of_steepest_descent_again():
    function, start, _ = FUNCTIONS["rosenbrock of ten"]
    place = METHOD.begin(function, np.array(start))
    for number in range(1, 31):
        place = METHOD.iterate(function, place)
        assert np.array_equal(place.direction, -place.gradient) == (number % 10 == 0)


def test_where_the_model_is_good_the_scale_falls_to_a_quarter_but_not_to_nothing():
    place, _ = points(quadratic(0, 1), METHOD, 3.0)  # Δ = 1
    assert place.scale == METHOD.lambda_ / 4
    place, _ = points(quadratic(0, 1), ScaledConjugateGradient(lambda_=MIN_SCALE), 3.0)
    assert place.scale == MIN_SCALE


@given(st.floats(-5.0, -1.0))
def test_the_next_trial_is_where_the_parabola_through_the_last_has_its_minimum(start):
    place, (_, _, *trials) = points(steep, METHOD, start)
    value, slope = steep(np.array([start]))
    for one, other in itertools.pairwise(trials):
        fall = value - steep(np.array([one]))[0]
        ratio = fall / (-slope[0] * (one - start) / 2)
        assert ratio <= 0
        assert (other - start) / (one - start) == pytest.approx(1 / (2 - max(ratio, -8)), rel=1e-6)
    assert steep(place.parameters)[0] < value


def test_a_poor_model_raises_the_scale_though_its_step_is_taken():
    start = -1.0
    place, (_, _, trial) = points(steep, METHOD, start)
    value, (slope,) = steep(np.array([start]))
    ratio = (value - place.value) / (-slope * (trial - start) / 2)
    assert 0 < ratio < 0.25
    delta = slope**2 / ((trial - start) / -slope)  # α = pᵀr / δ
    assert place.scale == pytest.approx(METHOD.lambda_ + delta * (1 - ratio) / slope**2, rel=1e-6)


def test_negative_curvature_is_turned_round():
    """With H < 0 the scale becomes 2(λ − δ / ‖p‖²), and so δ = −pᵀHp + λ‖p‖²."""
    start, curvature = 0.1, 3 * 0.1**2 - 1
    place, (_, _, trial) = points(quartic, METHOD, start)
    slope = start**3 - start
    assert trial == pytest.approx(start - slope / -curvature, rel=1e-4)
    assert place.value < quartic(np.array([start]))[0]


@pytest.mark.parametrize("beyond", [np.inf, np.nan])
def test_values_that_are_not_finite_are_too_far(beyond):
    def wall(p):
        return (float(-p[0]), np.array([-1.0])) if p[0] < 2 else (beyond, np.array([np.nan]))

    place, (_, _, *trials) = points(wall, METHOD, 0.0)
    assert place.parameters[0] == trials[-1] < 2
    assert all(one == pytest.approx(10 * other) for one, other in itertools.pairwise(trials))


def test_it_ends_where_no_step_lowers_the_value():
    def lying(p):
        return float(p @ p), -2 * p  # a gradient that points down

    *_, (theta, status) = METHOD.minimize(lying, np.array([1.0, 2.0]))
    assert (theta.tolist(), status.ended) == ([1, 2], "no_progress")
