"""Arithmetic of other precision: what it keeps, what it moves, and what that says of rounding."""

import numpy as np
import pytest

from nn.gradcheck.arithmetic import COARSENESS, ROUNDOFF, Coarse, Numbers, Tied, exact, plain_array, rounding

RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(5, 7)), RNG.normal(size=(7, 3))
COARSE = COARSENESS * ROUNDOFF


def coarse(array):
    return Coarse(np.random.default_rng(1))(array)


@pytest.mark.parametrize(
    "formula",
    [
        lambda x: np.tanh(x) @ W,
        lambda x: np.mean(x, axis=-1),
        lambda x: np.where(x > 0, x, 0.1 * x) + 1,
        lambda x: np.concatenate([x, np.maximum(x, 0)], axis=-1).mT,
        lambda x: x[..., ::-1] / (1 + np.abs(x)),
        np.var,
    ],
)
def test_exact_arithmetic_gives_what_numpy_gives(formula):
    assert np.array_equal(plain_array(formula(exact(X))), formula(X))


def test_the_real_part_is_that_of_real_numbers():
    z = exact(X + 1e-20j)
    real = np.expm1(np.tanh(X) @ W)
    np.testing.assert_allclose(np.real(np.expm1(np.tanh(z) @ W)), real, rtol=1e-14)  # another product of BLAS


def test_updates_in_place_are_seen_by_the_array_itself():
    x = exact(X.copy())
    x += 1
    x[0] *= 2
    assert isinstance(x, Numbers)
    assert np.array_equal(x, np.concatenate([2 * (X[:1] + 1), X[1:] + 1]))


def test_coarse_errors_are_relative_to_the_result():
    error = np.abs(plain_array(np.exp(coarse(X)) / np.exp(X) - 1))
    assert 0 < np.max(error) < 3 * COARSE * (1 + np.max(np.abs(X)))


@pytest.mark.parametrize("total", [np.sum, lambda terms: np.ones((1, 2)) @ terms[:, np.newaxis]])
def test_the_error_of_a_sum_is_relative_to_the_magnitude_of_its_terms(total):
    error = np.abs(plain_array(total(Coarse(np.random.default_rng(1))(np.array([1e6, -1e6])))))
    assert 0 < np.max(error) < 4e6 * COARSE


def test_zeros_and_comparisons_are_exact():
    x = coarse(np.array([0.0, -1.0]))
    assert np.array_equal(np.maximum(x, 0), [0, 0])
    assert np.array_equal(-x > 0, [False, True])


def test_tied_arithmetic_chooses_a_side_of_what_is_equal_only():
    x = np.array([0, 1, -1]) + 1e-20j
    for larger, slope in ((True, 1), (False, 0.1)):
        z = Tied(larger)(x)
        assert np.imag(np.maximum(z, 0.1 * z)) / 1e-20 == pytest.approx([slope, 1, 0.1])
        assert np.imag(np.where(z > 0, z, 0.1 * z)) / 1e-20 == pytest.approx([slope, 1, 0.1])


def test_rounding_is_a_few_times_the_roundoff_of_all_terms():
    def small_difference(arithmetic):
        one = arithmetic(np.array([1.0, 1e8]))
        return (one + 1e-9) - one

    assert np.all(rounding(small_difference) > [ROUNDOFF, 1e8 * ROUNDOFF])
    assert np.all(rounding(small_difference) < [30 * ROUNDOFF, 30e8 * ROUNDOFF])


@pytest.mark.parametrize("scale", [1e-250, 1e-170, 1e200])
def test_rounding_is_relative_at_any_scale(scale):
    of_one, of_other = (rounding(lambda arithmetic, a=a: a * np.exp(arithmetic(X))) for a in (1, scale))
    assert of_other / scale == pytest.approx(of_one, rel=1e-12)


def test_rounding_is_the_same_each_time():
    first, second = (rounding(lambda arithmetic: np.tanh(arithmetic(X)) @ W) for _ in range(2))
    assert np.array_equal(first, second)
