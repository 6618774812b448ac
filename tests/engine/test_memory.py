"""Formulas with a memory: what was recorded is held against them while it runs, and nothing is disturbed."""

import numpy as np
import pytest

from nn import SGD, Adam, Dense, Dropout, EngineError, Layer, MeanSquaredError, Sequential, Tanh, train
from nn.engine.compiler import compiler

ENGINES = ["numpy", pytest.param("native", marks=pytest.mark.skipif(not compiler(), reason="no C compiler"))]
X = np.random.default_rng(0).normal(size=(20, 3))
T = np.sin(X)


class Turning(Layer):
    """Another function from when it is told."""

    factor = 1.0

    def forward(self, x):
        return x * self.factor

    def backward(self, dy):
        return dy * self.factor


class Counting(Turning):
    """Another function now and then."""

    calls = 0

    def forward(self, x):
        self.calls += 1
        self.factor = 2.0 if self.calls % 10 == 0 else 1.0
        return super().forward(x)


class Random(Turning):
    """Another function, rarely."""

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def forward(self, x):
        self.factor = 2.0 if self.rng.random() < 0.01 else 1.0
        return super().forward(x)


class Global(Turning):
    """The same with NumPy's global generator."""

    def forward(self, x):
        self.factor = 2.0 if np.random.random() < 0.01 else 1.0  # noqa: NPY002
        return super().forward(x)


def network(layer, **options):
    return Sequential([Dense(4), layer, Tanh(), Dropout(0.2), Dense(3)], inputs=3, seed=0, **options)


def reports(layer, engine, **options):
    options = {"epochs": 5, "batch_size": 8} | options
    return train(network(layer), MeanSquaredError(), SGD(0.1), X, T, engine=engine, **options)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_formula_that_turns_is_named_after_the_last_report(engine):
    layer, seen = Turning(), []

    def look():
        for report in reports(layer, engine):
            seen.append(report.stopped)
            layer.factor = 1.5

    with pytest.raises(EngineError, match=rf"^after epoch 5 a step of the engine '{engine}' leaves another"):
        look()
    assert seen == [None] * 4 + ["epochs"]


def test_a_formula_that_turns_before_the_first_report_is_named_too():
    layer = Turning()
    training = reports(layer, "numpy", epochs=2)
    layer.factor = 1.5
    report = next(training)
    layer.factor = 1.0
    report = next(training)
    assert report.stopped == "epochs"
    with pytest.raises(EngineError, match=r"^after epoch 1 "):
        next(training)


@pytest.mark.parametrize(
    ("layer", "memory"), [(Counting, "Counting.calls"), (Random, "Random.rng"), (Global, "np.random")]
)
def test_a_formula_that_counts_or_draws_trains_as_it_stands(layer, memory):
    np.random.seed(0)  # noqa: NPY002
    recorded = [*reports(layer(), "auto")]
    np.random.seed(0)  # noqa: NPY002
    plain = [*reports(layer(), "formulas")]
    assert recorded[0].engine == "formulas"
    assert recorded[0].engine_note == (
        f"the formulas run as they stand: {memory} changes from step to step, which cannot be recorded"
    )
    assert not plain[0].engine_note
    if layer is Counting:  # a generator is further on: its draws are not undone
        assert [report.loss for report in recorded] == [report.loss for report in plain]


@pytest.mark.parametrize("seeds", [0, range(50)], ids=["one network", "a stack"])
def test_an_optimizer_that_counts_outside_of_its_state_trains_by_the_formulas(seeds):
    class Halving(SGD):
        def step(self, parameters, gradients, state):
            object.__setattr__(self, "learning_rate", self.learning_rate / 2)
            super().step(parameters, gradients, state)

    line = Sequential([Dense(1)], inputs=1, seed=seeds)
    report = next(iter(train(line, MeanSquaredError(), Halving(0.1), [[1]], [[2]], epochs=1)))
    assert (report.engine, "Halving.learning_rate changes from step to step" in report.engine_note) == (
        "formulas",
        True,
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_right_steps_are_never_taken_for_wrong_ones_at_a_minimum(engine):
    line = Sequential([Dense(1)], inputs=1, seed=0)
    x = np.linspace(-1, 1, 9)[:, np.newaxis]
    *_, last = train(line, MeanSquaredError(), Adam(0.1), x, 2 * x + 1, epochs=3000, engine=engine)
    assert last.loss < 1e-12


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("stack", [0, [0, 1, 2]])
def test_looking_at_a_step_changes_nothing(engine, stack, monkeypatch):
    def run():
        net = Sequential([Dense(4), Tanh(), Dropout(0.2), Dense(3)], inputs=3, seed=stack)
        states = []
        for report in train(net, MeanSquaredError(), Adam(0.1), X, T, epochs=4, batch_size=8, engine=engine):
            states.append({name: array.tobytes() for name, array in report.state().items()})
            states[-1].pop("loop.seconds")
        caches = [
            {name: value.tobytes() for name, value in vars(layer).items() if isinstance(value, np.ndarray)}
            for layer in net.layers
        ]
        assert all(np.shares_memory(net.layers[0].weight, a) for a in [net.parameters])
        return states, caches

    looked = run()
    monkeypatch.setattr("nn.training.loop.Loop.different", lambda loop, engine: "")
    assert run() == looked
