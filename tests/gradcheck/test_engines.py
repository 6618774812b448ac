"""check_engines(): what the engines compute is held against the formulas."""

import numpy as np
import pytest

from nn import Dense, Dropout, MeanSquaredError, ReLU, Sequential, Shortcut, Tanh
from nn.engine.compiler import compiler
from nn.gradcheck.engines import check_engines
from nn.training import runners

RNG = np.random.default_rng(0)
X, T = RNG.normal(size=(7, 3)), RNG.normal(size=(7, 2))
NATIVE = pytest.param(True, marks=pytest.mark.skipif(not compiler(), reason="no C compiler"))


@pytest.mark.parametrize("native", [False, NATIVE])
def test_the_gradients_of_every_engine_are_those_of_the_formulas(native):
    network = Sequential([Dense(4), ReLU(), Dropout(0.5), Shortcut([Dense(2)]), Dense(2)], inputs=3, seed=1)
    check = check_engines(network, MeanSquaredError(), X, T, native=native)
    assert check.passed
    assert [*dict.fromkeys(row.judge for row in check.rows)] == ["numpy", "native"][: 1 + native]
    assert len(check.rows) == 6 * (1 + native)


@pytest.mark.parametrize("native", [False, NATIVE])
def test_the_jacobian_of_every_engine_is_that_of_the_formulas(native):
    network = Sequential([Dense(4), Tanh(), Dense(2)], inputs=3, seed=1)
    check = check_engines(network, MeanSquaredError(), X, T, native=native, jacobian=True)
    assert check.passed
    rows = [row for row in check.rows if row.judge.startswith("Jacobian")]
    assert [row.shape for row in rows[:4]] == [(2, 7, 3, 4), (2, 7, 1, 4), (2, 7, 4, 2), (2, 7, 1, 2)]


def test_an_engine_that_computes_something_else_is_found(monkeypatch):
    right = runners.Replayed.step

    def wrong(engine, rows):
        measures = right(engine, rows)
        engine.steps[len(X)].program.kept["gradients"][12:16] = 0.1
        return measures

    monkeypatch.setattr(runners.Replayed, "step", wrong)
    network = Sequential([Dense(4), Tanh(), Dense(2)], inputs=3, seed=1)
    check = check_engines(network, MeanSquaredError(), X, T, native=False)
    assert [(row.layer, row.array) for row in check.rows if not row.passed] == [("1 Dense", "bias")]
