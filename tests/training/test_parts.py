"""Steps over many rows run in pieces, in little memory, and are the steps of the formulas."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn import LBFGS, SGD, Adam, Dense, Dropout, MeanSquaredError, Sequential, StopAt, Tanh, train
from nn.engine.compiler import compiler
from nn.engine.program import base, owner
from nn.layers.base import Layer
from nn.training import batches, parts
from nn.training.choice import choose
from nn.training.objective import Objective
from nn.training.parts import ReplayedPieces
from nn.training.step import Step
from tests.engine.test_random_networks import DTYPES, cases, weights
from tests.engine.walks import ENGINES, agree

rng = np.random.default_rng(0)
X = rng.normal(size=(43, 3))
T = np.sin(X.sum(axis=1, keepdims=True))


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Batches of more than five rows run in pieces of five."""
    monkeypatch.setattr(parts, "MAX_WHOLE_ROWS", 5)
    monkeypatch.setattr(parts, "PIECE_ROWS", (5, 5))


@given(cases(), DTYPES, st.data())
@settings(max_examples=settings().max_examples // 2)
def test_a_step_in_pieces_equals_the_formulas(case, dtype, data):
    agree("numpy", case, dtype=dtype, **weights(data.draw, case))


@pytest.mark.skipif(not compiler(), reason="no C compiler")
@given(cases(), DTYPES, st.data())
@settings(max_examples=settings().max_examples // 25)
def test_pieces_of_compiled_c_equal_the_formulas(case, dtype, data):
    agree("native", case, dtype=dtype, **weights(data.draw, case))


def network(*layers):
    """A network of three inputs and one output."""
    return Sequential([*layers, Dense(4), Tanh(), Dense(1)], inputs=3, seed=0)


def chosen(engine, net, batch_size=None, x=X, t=T):
    """The engine of a training."""
    loss = MeanSquaredError()
    samples = batches.samples(net, loss, x, t, batch_size=batch_size)
    step = Step(net, Objective(net, loss, classification=False), Adam(0.01))
    return choose(engine, step, samples, 1).engine


def trained(engine, optimizer, batch_size=None, **options):
    """The reports and the weights of a training."""
    net = network(Dropout(0.2)) if isinstance(optimizer, SGD) else network()
    options = {"epochs": 12, "engine": engine, "batch_size": batch_size, **options}
    return list(train(net, MeanSquaredError(), optimizer, X, T, **options)), net.parameters


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("optimizer", "options"),
    [
        (Adam(0.05), {"stop_at": StopAt(loss=0.3)}),
        (Adam(0.05), {"stop_at": StopAt(tolerance=1.2)}),
        (Adam(0.05), {"batch_size": 18}),
        (SGD(0.1), {"batch_size": 32, "report_every": 3}),
        (LBFGS(), {"validation": (X[:20], T[:20])}),
    ],
    ids=["goal", "largest error", "batches", "noise", "second order"],
)
def test_training_in_pieces_is_that_of_the_formulas(engine, optimizer, options):
    (found, parameters), (expected, right) = (
        trained(name, optimizer, **options) for name in (engine, "formulas")
    )
    assert [report.epoch for report in found] == [report.epoch for report in expected]
    losses, others = (np.concatenate([report.losses for report in r]) for r in (found, expected))
    np.testing.assert_allclose(losses, others, rtol=1e-6)
    np.testing.assert_allclose(parameters, right, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("engine", ENGINES)
def test_calls_that_end_amid_a_batch_change_nothing(engine, monkeypatch):
    once, weights = trained(engine, SGD(0.1), 32)
    monkeypatch.setattr("nn.training.native.CALL_SECONDS", 0.0)
    monkeypatch.setattr("nn.training.native.NOISE_BYTES", 1)
    monkeypatch.setattr("nn.training.source.OPERATIONS_BETWEEN_LOOKS", 2)
    monkeypatch.setattr("nn.training.source.terms", lambda calls: 1)
    again, parameters = trained(engine, SGD(0.1), 32)
    np.testing.assert_array_equal(parameters, weights)
    assert [report.loss for report in again] == [report.loss for report in once]


def test_memory_does_not_depend_on_the_number_of_rows():
    def memory(rows):
        engine = chosen("numpy", network(), x=np.resize(X, (rows, 3)), t=np.resize(T, (rows, 1)))
        arrays = [
            array
            for program in (*engine.programs, *engine.pieces.programs)
            for call in program.calls
            for array in (*call.arguments, call.out)
        ]
        return sum({owner(array): base(array).nbytes for array in arrays}.values())

    assert memory(43) == memory(4003)


@dataclass(eq=False)
class Centred(Layer):
    """y = x − the mean of the batch."""

    def forward(self, x):
        return x - np.mean(x, axis=-2, keepdims=True)

    def backward(self, dy):
        return dy - np.mean(dy, axis=-2, keepdims=True)


@dataclass(eq=False)
class Wrong(Tanh):
    """A layer that has another formula for some numbers of rows, which are not among those of pieces."""

    def forward(self, x):
        return super().forward(x if x.shape[-2] != 13 else 2 * x)


@pytest.mark.parametrize("layer", [Centred, Wrong])
def test_where_pieces_would_be_wrong_batches_run_whole(layer):
    assert isinstance(chosen("numpy", network(), 13), ReplayedPieces)
    engine = chosen("numpy", network(layer()), 13)
    assert not isinstance(engine, ReplayedPieces)
    assert {program.inputs["t"].shape[-2] for program in engine.programs} == {13, 4}


def test_batches_of_few_rows_run_whole():
    assert not isinstance(chosen("numpy", network(), 5), ReplayedPieces)
