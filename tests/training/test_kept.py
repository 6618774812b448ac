"""What is kept and claimed was measured on the weights that are kept, whatever a row of an epoch said."""

import itertools

import numpy as np
import pytest

from nn import (
    LBFGS,
    SGD,
    Adam,
    BinaryCrossEntropy,
    Dense,
    Dropout,
    EarlyStopping,
    LevenbergMarquardt,
    MeanSquaredError,
    ScaledConjugateGradient,
    Sequential,
    Sigmoid,
    StopAt,
    Tanh,
    train,
)
from nn.training.loop import Loop

RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 2))
T = (X[:, :1] * X[:, 1:] > 0).astype(float)
ENGINES = ["formulas", "numpy", "native"]


def network(dropout=0.0):
    return Sequential([Dense(8), Tanh(), Dropout(dropout), Dense(1), Sigmoid()], inputs=2, seed=3)


def trained(one, loss, optimizer, epochs, **options):
    """The last report."""
    *_, report = train(one, loss, optimizer, X, T, epochs=epochs, classification=True, **options)
    return report


def measured(one, loss):
    """Loss, accuracy and largest error of all samples, without noise."""
    y = one.predict(X)
    value = {
        MeanSquaredError: lambda: np.mean((y - T) ** 2),
        BinaryCrossEntropy: lambda: -np.mean(T * np.log(y) + (1 - T) * np.log1p(-y)),
    }[type(loss)]()
    return value, np.mean((y > 0.5) == (T > 0.5)), np.abs(y - T).max()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [None, 5])
@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("report_every", [1, 7, 500])
@pytest.mark.parametrize("goal", [StopAt(loss=0.3), StopAt(accuracy=0.9), StopAt(tolerance=0.4)], ids=repr)
def test_a_goal_is_met_by_the_weights_that_are_kept(engine, batch_size, dropout, report_every, goal):
    one, loss, options = network(dropout), BinaryCrossEntropy(), {"batch_size": batch_size, "engine": engine}
    report = trained(one, loss, Adam(0.05), 500, stop_at=goal, report_every=report_every, **options)
    assert report.stopped == "stop_at"
    found, accuracy, error = measured(one, loss)
    assert found <= (goal.loss or np.inf) * (1 + 1e-12)
    assert accuracy >= (goal.accuracy or 0)
    assert error <= (goal.tolerance or np.inf)
    # They are those after as many epochs as is claimed, with a goal out of reach.
    again, far = network(dropout), StopAt(loss=1e-99, tolerance=goal.tolerance and 1e-99)
    trained(again, loss, Adam(0.05), report.reached, stop_at=far, **options)
    assert np.array_equal(one.parameters, again.parameters)
    assert report.kept_epoch == report.reached
    assert report.epoch - report.reached == (batch_size is None and not dropout)


@pytest.mark.parametrize("optimizer", [LBFGS(), LevenbergMarquardt(), ScaledConjugateGradient()])
@pytest.mark.parametrize("engine", ENGINES)
def test_second_order_methods_keep_the_weights_that_met_the_goal(optimizer, engine):
    one, loss = network(), MeanSquaredError()
    report = trained(one, loss, optimizer, 200, stop_at=StopAt(loss=0.05), engine=engine)
    assert (report.stopped, report.reached) == ("stop_at", report.epoch - 1)
    assert measured(one, loss)[0] == pytest.approx(float(report.loss), rel=1e-12)
    assert report.loss <= 0.05


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [None, 5])
@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("monitor", ["loss", "accuracy"])
@pytest.mark.parametrize("report_every", [1, 4])
def test_early_stopping_keeps_the_weights_that_it_measured(
    engine, batch_size, dropout, monitor, report_every
):
    one, loss = network(dropout), BinaryCrossEntropy()
    options = {"batch_size": batch_size, "engine": engine}
    stopping = EarlyStopping(12, monitor=monitor)
    report = trained(
        one, loss, SGD(3.0, momentum=0.9), 60, early_stopping=stopping, report_every=report_every, **options
    )
    again = network(dropout)
    if report.best_epoch:
        trained(again, loss, SGD(3.0, momentum=0.9), report.best_epoch, **options)
    assert np.array_equal(one.parameters, again.parameters)


@pytest.mark.parametrize("engine", ENGINES)
def test_of_whole_batches_the_best_is_the_best_of_all_weights_the_first_and_the_last_too(engine):
    for rate in (0.5, 60.0):  # one falls to the end, one begins by running away
        one, loss = network(), MeanSquaredError()
        losses = [measured(one, loss)[0]]
        again = network()
        for _ in train(again, loss, SGD(rate), X, T, epochs=20, engine=engine):
            losses.append(measured(again, loss)[0])
        report = trained(
            one, loss, SGD(rate), 20, early_stopping=EarlyStopping(50, monitor="loss"), engine=engine
        )
        assert report.best_epoch == np.argmin(losses)
        assert measured(one, loss)[0] == pytest.approx(min(losses), rel=1e-12)


def test_a_start_that_is_at_the_goal_is_kept():
    one = network()
    before = one.parameters.copy()
    report = trained(one, MeanSquaredError(), SGD(5.0), 10, stop_at=StopAt(loss=5))
    assert (report.epoch, report.reached) == (1, 0)
    assert np.array_equal(one.parameters, before)


def test_training_goes_on_bit_for_bit_past_a_candidate_that_misses_the_goal():
    # With one sample a step each is met just before the step for the other throws the unit off again.
    x, t = np.array([[1.0], [1.0]]), np.array([[0.0], [1.0]])
    options = {"x": x, "y": t, "batch_size": 1, "shuffle": False, "epochs": 40, "report_every": 10}
    found = {}
    for engine in ENGINES:
        for goal in (None, StopAt(loss=0.6)):
            one = Sequential([Dense(1)], inputs=1, seed=0)
            one.parameters[...] = 0
            reports = list(train(one, MeanSquaredError(), SGD(0.3), **options, stop_at=goal, engine=engine))
            losses = np.concatenate([report.losses for report in reports])
            found[engine, goal] = losses, one.parameters.copy(), reports[-1].stopped
        free, aimed = found[engine, None], found[engine, goal]
        assert aimed[2] == free[2] == "epochs"
        assert free[0][0] <= 0.6 < free[0][1:].min()
        assert np.array_equal(free[0], aimed[0])
        assert np.array_equal(free[1], aimed[1])


@pytest.mark.parametrize(
    "options",
    [{"validation": (X, T)}, {"early_stopping": EarlyStopping(99, monitor="loss"), "report_every": 500}],
    ids=["validation", "a monitor between reports"],
)
def test_weights_that_are_the_best_and_met_the_goal_have_one_epoch(options):
    one, loss = network(), BinaryCrossEntropy()
    report = trained(one, loss, Adam(0.05), 500, stop_at=StopAt(loss=0.3), **options)
    again = network()
    trained(again, loss, Adam(0.05), report.reached, stop_at=StopAt(loss=1e-99))
    assert report.kept_epoch == report.best_epoch == report.reached == report.epoch - 1
    assert np.array_equal(one.parameters, again.parameters)


@pytest.mark.parametrize("monitor", ["val_loss", "loss"])
def test_an_interrupt_keeps_the_best_weights_that_a_report_told_of(monkeypatch, monitor):
    calls, stop_reason = itertools.count(1), Loop.stop_reason

    def interrupted(*arguments):
        if next(calls) == 8:  # the best so far has just been updated
            raise KeyboardInterrupt
        return stop_reason(*arguments)

    def start(one, epochs):
        stopping = EarlyStopping(patience=100, monitor=monitor)
        return train(
            one, BinaryCrossEntropy(), Adam(0.05), X, T, epochs=epochs, validation=(X, T), batch_size=5,
            early_stopping=stopping, engine="numpy",
        )  # fmt: skip

    one, again = network(), network()
    *_, last = start(again, 7)
    monkeypatch.setattr(Loop, "stop_reason", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(start(one, 50))
    assert last.best_epoch == 7
    assert np.array_equal(one.parameters, again.parameters)
