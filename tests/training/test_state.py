"""Training that goes on from a report's state is, to the last bit, training that never stopped."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn import (
    LBFGS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    BayesianRegularization,
    BinaryCrossEntropy,
    CosineDecay,
    Dense,
    Dropout,
    EarlyStopping,
    ExponentialDecay,
    LevenbergMarquardt,
    MeanSquaredError,
    NAdam,
    OneCycle,
    Piecewise,
    Quickprop,
    ReduceOnPlateau,
    RMSprop,
    Rprop,
    ScaledConjugateGradient,
    Sequential,
    Sigmoid,
    StepDecay,
    Tanh,
    train,
)
from nn.engine.compiler import compiler
from nn.training.state import positions, reposition

ENGINES = [
    "formulas",
    "numpy",
    pytest.param("native", marks=pytest.mark.skipif(not compiler(), reason="no C compiler")),
]
X = np.random.default_rng(0).standard_normal((30, 2))
Y = (X[:, :1] * X[:, 1:] > 0).astype(float)
EPOCHS = 12
OPTIMIZERS = [
    SGD(0.1, momentum=0.9),
    Adagrad(0.1),
    Adadelta(1.0),
    SGD(0.1, momentum=Piecewise([0.5, 0.9], boundaries=[15])),
    RMSprop(0.01, momentum=0.5),
    Adam(0.05),
    Adam(0.05, amsgrad=True),
    AdamW(0.05),
    NAdam(0.05),
    SGD(StepDecay(0.5, every=7, warmup=3)),
    SGD(ExponentialDecay(0.5)),
    Adam(CosineDecay(0.05)),
    Adam(OneCycle(0.05)),
    SGD(ReduceOnPlateau(5.0, factor=0.5, patience=1)),
]
WHOLE = [Rprop(), Rprop(variant="rprop_plus"), Quickprop(0.5)]
SECOND = [LBFGS(memory=3), LevenbergMarquardt(), BayesianRegularization(), ScaledConjugateGradient()]


def network(seed=0, dropout=0.0, dtype="float64"):
    layers = [Dense(5), Tanh(), *([Dropout(dropout)] if dropout else []), Dense(1), Sigmoid()]
    return Sequential(layers, inputs=2, seed=seed, dtype=dtype)


def trained(net, method, *, loss=None, epochs=EPOCHS, **options):
    """The reports of a training, the state at each, and the parameters at the end."""
    loss = loss or BinaryCrossEntropy()
    seen = [(report, report.state()) for report in train(net, loss, method, X, Y, epochs=epochs, **options)]
    return [report for report, _ in seen], [state for _, state in seen], net.parameters


def numbers(report):
    """What a report says but for the time it took."""
    optional = (report.accuracy, report.val_loss, report.val_accuracy, report.learning_rate)
    return [
        report.epoch,
        report.losses.tolist(),
        *map(repr, optional),
        report.best_epoch,
        repr(report.status),
    ]


def goes_on_the_same(make, method, *stops, **options):
    """From the state at each of these reports, later reports and the end are those of the whole training."""
    reports, states, parameters = trained(make(), method, **options)
    for at in stops:
        later, _, end = trained(make(), method, state=states[at], **options)
        assert [numbers(report) for report in later] == [numbers(report) for report in reports[at + 1 :]]
        assert np.array_equal(end, parameters)
        assert later[0].seconds > reports[at].seconds


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_every_optimizer_and_schedule_goes_on(optimizer, engine):
    goes_on_the_same(network, optimizer, 4, engine=engine, batch_size=8)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", WHOLE, ids=repr)
def test_every_optimizer_of_whole_batches_goes_on(optimizer, engine):
    goes_on_the_same(network, optimizer, 4, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("method", SECOND, ids=repr)
def test_every_second_order_method_goes_on(method, dtype, engine):
    goes_on_the_same(lambda: network(dtype=dtype), method, 0, 6, engine=engine, loss=MeanSquaredError())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("batch_size", [7, None])
def test_dropout_noise_and_orders_go_on(batch_size, dtype, engine):
    def make():
        return network(dropout=0.3, dtype=dtype)

    goes_on_the_same(make, Adam(0.05), 1, engine=engine, batch_size=batch_size, report_every=3)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_stack_goes_on(engine):
    def make():
        return network(seed=range(3), dropout=0.3)

    goes_on_the_same(make, SGD(ReduceOnPlateau(5.0, patience=1)), 5, engine=engine, batch_size=7)


@pytest.mark.parametrize("engine", ENGINES)
def test_early_stopping_waits_on_and_the_best_weights_stay(engine):
    options = {"validation": (X[:9] + 1, Y[:9]), "early_stopping": EarlyStopping(patience=15)}
    reports, _, _ = trained(network(), Adam(0.3), epochs=200, engine=engine, **options)
    assert reports[-1].stopped == "early_stopping"
    best = reports[-1].best_epoch
    stops = (best - 2, best, len(reports) - 2)
    goes_on_the_same(network, Adam(0.3), *stops, epochs=200, engine=engine, **options)


@settings(max_examples=20)
@given(st.integers(0, 10), st.integers(1, 5), st.integers(1, 30))
def test_it_may_stop_anywhere(stop, report_every, batch_size):
    reports = -(-EPOCHS // report_every)
    options = {"report_every": report_every, "batch_size": batch_size, "engine": "numpy"}
    if stop < reports - 1:
        goes_on_the_same(network, Adam(0.05), stop, **options)


def test_more_epochs_go_on_as_if_they_had_been_there_from_the_start():
    _, states, _ = trained(network(), Adam(0.05), batch_size=8)
    _, _, longer = trained(network(), Adam(0.05), batch_size=8, epochs=20)
    _, _, later = trained(network(), Adam(0.05), batch_size=8, epochs=20, state=states[-1])
    assert np.array_equal(later, longer)


def test_a_state_has_all_its_epochs_behind_it():
    _, states, _ = trained(network(), Adam(0.05))
    with pytest.raises(ValueError, match=r"^epochs: expected more than the 12 of the state, got 12$"):
        trained(network(), Adam(0.05), state=states[-1])


def test_a_state_of_another_optimizer_is_refused():
    _, states, _ = trained(network(), Adam(0.05))
    with pytest.raises(ValueError, match=r"^state: expected loop\.epoch, .*; got .*method\.m"):
        trained(network(), SGD(0.05), epochs=20, state=states[-1])


def test_a_state_of_another_network_is_refused():
    _, states, _ = trained(network(), SGD(0.05))
    other = Sequential([Dense(1), Sigmoid()], inputs=2)
    with pytest.raises(
        ValueError, match=r"method\.parameters: expected float64 \(3,\), got float64 \(21,\)$"
    ):
        trained(other, SGD(0.05), epochs=20, state=states[-1])


def test_a_state_is_a_copy():
    _, states, parameters = trained(network(), SGD(0.05))
    before = {name: array.copy() for name, array in states[3].items()}
    trained(network(), SGD(0.05), state=states[3])
    assert all(np.array_equal(before[name], array) for name, array in states[3].items())
    assert not any(np.shares_memory(array, parameters) for array in states[-1].values())


@given(st.integers(0, 2**63), st.integers(0, 9))
def test_a_generator_goes_on_from_its_position(seed, drawn):
    one, other = np.random.default_rng(seed), np.random.default_rng(0)
    one.random(drawn, np.float32)  # half of a word may be left
    reposition([other], positions([one]))
    assert np.array_equal(one.random(5, np.float32), other.random(5, np.float32))
    assert np.array_equal(one.permutation(9), other.permutation(9))
