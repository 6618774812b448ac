"""The state of the smallest networks is held in locals of C while a call runs."""

import numpy as np
import pytest

from nn import SGD, Adam, Dense, MeanSquaredError, Sequential, Sigmoid, StopAt, train
from nn.engine.compiler import compiler
from nn.training import native, source

X, T = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
pytestmark = [pytest.mark.optimized, pytest.mark.skipif(not compiler(), reason="no C compiler")]


@pytest.fixture
def texts(monkeypatch):
    """The C texts that are compiled."""
    compiled, load = [], native.load_library
    monkeypatch.setattr(native, "load_library", lambda text, *how: compiled.append(text) or load(text, *how))
    return compiled


def trained(engine, optimizer=None, units=2, **options):
    network = Sequential([Dense(units), Sigmoid(), Dense(1), Sigmoid()], inputs=2, seed=3)
    optimizer = optimizer or SGD(2.0)
    reports = [*train(network, MeanSquaredError(), optimizer, X, T, engine=engine, **options)]
    return network.parameters, [(report.epoch, report.loss) for report in reports]


@pytest.mark.parametrize(("units", "held"), [(2, True), (4, True), (5, False)])
def test_the_state_of_small_networks_is_held(texts, units, held):
    trained("native", units=units, epochs=1)
    assert ("held[] =" in texts[0]) == held


@pytest.mark.parametrize("options", [{}, {"batch_size": 3}, {"optimizer": Adam(0.1)}])
def test_held_states_train_as_by_the_formulas(texts, options, monkeypatch):
    monkeypatch.setattr(native, "CALL_SECONDS", 0.0)  # calls end at every third step, amid epochs too
    monkeypatch.setattr(source, "OPERATIONS_BETWEEN_LOOKS", 3)
    monkeypatch.setattr(source, "terms", lambda calls: 1)
    (parameters, reports), (expected, others) = (
        trained(engine, epochs=20, report_every=4, **options) for engine in ("native", "formulas")
    )
    assert "held[] =" in texts[0]
    np.testing.assert_allclose(parameters, expected, rtol=1e-9)
    np.testing.assert_allclose(reports, others, rtol=1e-9)


def test_a_held_state_is_there_where_a_goal_ends_a_call():
    goal = {"stop_at": StopAt(loss=0.2), "epochs": 5000, "report_every": 5000}
    (parameters, reports), (expected, others) = (trained(engine, **goal) for engine in ("native", "formulas"))
    np.testing.assert_allclose(parameters, expected, rtol=1e-6)
    assert reports[-1][0] == others[-1][0] < 5000
