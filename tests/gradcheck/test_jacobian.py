"""check_jacobian(): the Jacobian of outputs is right, and a wrong one is found and placed."""

import numpy as np
import pytest

from nn import Dense, MeanSquaredError, ReLU, Sequential, Sigmoid, Tanh
from nn.gradcheck.jacobian import check_jacobian

RNG = np.random.default_rng(0)
X, T = RNG.normal(size=(7, 3)), RNG.normal(size=(7, 2))


def network(*layers):
    return Sequential([*layers, Dense(2)], inputs=3, seed=1)


@pytest.mark.parametrize("activation", [Tanh, Sigmoid, ReLU])
def test_it_holds_for_each_output_of_each_sample(activation):
    check = check_jacobian(network(Dense(4), activation()), MeanSquaredError(), X, T)
    assert check.passed
    assert {row.judge for row in check.rows} == {"Jacobian: complex step"}
    assert max(row.error for row in check.rows) < 1e-14
    assert check.rows[0].shape == (2, 7, 3, 4)


def test_a_wrong_row_is_placed():
    class WrongForSecondOutput(Dense):
        def backward(self, dy):
            dx = super().backward(dy)
            self.weight_grad[..., 1, 1] *= 1.001
            return dx

    last = WrongForSecondOutput(2)
    check = check_jacobian(Sequential([last], inputs=3, seed=1), MeanSquaredError(), X, T)
    (row,) = [row for row in check.rows if not row.passed]
    assert (row.layer, row.array) == ("1 WrongForSecondOutput", "weight")
    assert (row.at[0], row.at[2:]) == (1, (1, 1))
