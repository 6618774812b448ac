import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.optimizers.second_order.lbfgs import quasi_newton, with_last


def two_loops(gradient, steps, changes):
    """Algorithm 7.4 of Nocedal & Wright (2006), over the vectors themselves."""
    q, alphas = gradient, []
    for s, y in zip(steps[::-1], changes[::-1], strict=True):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    q = (steps[-1] @ changes[-1]) / (changes[-1] @ changes[-1]) * q
    for s, y in zip(steps, changes, strict=True):
        q = q + (alphas.pop() - (y @ q) / (s @ y)) * s
    return q


@given(st.integers(0, 2**32 - 1), st.integers(1, 10), st.integers(1, 30))
def test_products_of_vectors_give_the_direction_of_the_two_loops(seed, remembered, n):
    rng = np.random.default_rng(seed)
    gradient, steps = rng.normal(size=n), rng.normal(size=(remembered, n))
    changes = steps * rng.uniform(0.5, 2, n)
    expected = two_loops(gradient, steps, changes)
    assert quasi_newton(gradient, steps, changes) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_without_curvature_the_direction_is_the_gradient():
    gradient, none = np.array([1.0, 2.0]), np.empty((0, 2))
    assert np.array_equal(quasi_newton(gradient, none, none), gradient)
    flat = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])  # sᵀy = 0
    assert np.array_equal(quasi_newton(gradient, *flat), gradient)


def test_no_more_steps_are_remembered_than_asked_for():
    rows = np.empty((0, 1))
    for number in range(5):
        rows = with_last(rows, np.array([number]), 3)
    assert rows.ravel().tolist() == [2, 3, 4]
