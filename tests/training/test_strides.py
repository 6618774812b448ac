"""Reports that cover as many epochs as they are asked for hold what single ones do."""

from contextlib import closing, suppress

import numpy as np
import pytest

from nn import (
    SGD,
    Adam,
    BinaryCrossEntropy,
    CosineDecay,
    Dense,
    DivergedError,
    Dropout,
    EarlyStopping,
    LevenbergMarquardt,
    MeanSquaredError,
    ReduceOnPlateau,
    RMSprop,
    Sequential,
    Sigmoid,
    StopAt,
    Tanh,
    Zeros,
    train,
)
from nn.training.native import Native
from nn.training.runners import Replayed

rng = np.random.default_rng(0)
X = rng.normal(size=(20, 2))
T = (X[:, :1] * X[:, 1:] > 0).astype(float)
LINE = MeanSquaredError(), [[0], [0], [0]], [[1], [2], [3]]


def network(seed=0, dropout=0.0):
    noise = [Dropout(dropout)] if dropout else []
    return Sequential([Dense(4), Tanh(), *noise, Dense(1), Sigmoid()], inputs=2, seed=seed)


def constant(dtype="float64"):
    """A network of one number b, whatever the input 0: it starts at 0."""
    return Sequential([Dense(1, initializer=Zeros())], inputs=1, dtype=dtype)


def start(one, optimizer, epochs=50, loss=None, x=X, t=T, **options):
    options = {"classification": x is X, "engine": "numpy"} | options
    return train(one, loss or BinaryCrossEntropy(), optimizer, x, t, epochs=epochs, **options).generator()


def in_strides(reports, epochs, found=None):
    """The reports of a training, each but the first asked for with so many epochs."""
    found = [] if found is None else found
    found.append(next(reports))
    with suppress(StopIteration):
        while True:
            found.append(reports.send(epochs))
    return found


def joined(reports, name):
    return np.concatenate([getattr(report, name) for report in reports]).tolist()


@pytest.mark.parametrize("engine", ["formulas", "numpy", "native"])
@pytest.mark.parametrize(
    ("dropout", "options"),
    [
        (0.0, {"stop_at": StopAt(loss=0.5)}),
        (0.2, {"batch_size": 8}),
        (0.2, {"batch_size": 8, "stop_at": StopAt(accuracy=0.9)}),
    ],
)
def test_they_hold_all_measures_and_leave_the_same_weights(engine, dropout, options):
    alone, together = network(dropout=dropout), network(dropout=dropout)
    optimizer = Adam(CosineDecay(0.1))
    every = [*start(alone, optimizer, engine=engine, **options)]
    reports = in_strides(start(together, optimizer, engine=engine, **options), 7)
    assert [report.epoch for report in reports][:2] == [1, 8]
    assert joined(reports, "losses") == [report.loss for report in every]
    assert joined(reports, "accuracies") == [report.accuracy for report in every]
    assert joined(reports, "learning_rates") == [report.learning_rate for report in every]
    assert np.array_equal(together.parameters, alone.parameters)
    assert (reports[-1].stopped, reports[-1].reached) == (every[-1].stopped, every[-1].reached)


def test_they_hold_all_statuses_of_a_second_order_method():
    every, reports = (
        take(start(network(), LevenbergMarquardt(), 20, MeanSquaredError()))
        for take in (list, lambda reports: in_strides(reports, 6))
    )
    assert [status for report in reports for status in report.statuses] == [one.status for one in every]
    assert [report.status for report in reports] == [report.statuses[-1] for report in reports]


@pytest.mark.parametrize("engine", ["formulas", "numpy", "native"])
@pytest.mark.parametrize(
    ("dtype", "optimizer", "last"),
    [("float64", SGD(1e8), 9), ("float32", RMSprop(CosineDecay(1e19, warmup=60)), 25)],
    ids=["of the loss", "of the squares of the gradients"],
)
def test_a_divergence_is_seen_at_its_epoch_after_reports_of_all_before(engine, dtype, optimizer, last):
    reports, seen = start(constant(dtype), optimizer, 100, *LINE, engine=engine, batch_size=2), []
    with pytest.raises(DivergedError) as error:
        in_strides(reports, 1000, seen)
    alone = []
    with pytest.raises(DivergedError) as expected:
        alone.extend(start(constant(dtype), optimizer, 100, *LINE, engine=engine, batch_size=2))
    assert (str(error.value), error.value.epoch) == (str(expected.value), last + 1)
    assert joined(seen, "losses") == joined(alone, "losses")
    assert len(seen) < len(alone) == last
    assert {k: v.tolist() for k, v in seen[-1].state().items() if k != "loop.seconds"} == {
        k: v.tolist() for k, v in alone[-1].state().items() if k != "loop.seconds"
    }


@pytest.mark.parametrize(
    "options",
    [
        {"validation": (X, T)},
        {"early_stopping": EarlyStopping(9)},
        {"optimizer": SGD(ReduceOnPlateau(0.5))},
        {"one": network([1, 2])},
    ],
    ids=["validation", "early stopping", "a plateau", "a stack"],
)
def test_what_looks_at_reports_has_them_as_ever(options):
    options = {"one": network(), "optimizer": SGD(0.5), "epochs": 9, "report_every": 2} | options
    assert [report.epoch for report in in_strides(start(**options), 4)] == [2, 4, 6, 8, 9]


@pytest.mark.parametrize("engine", [Replayed, Native])
@pytest.mark.parametrize("batch_size", [None, 8])
def test_an_interrupt_leaves_the_weights_of_the_last_report(engine, batch_size, monkeypatch):
    options = {"engine": engine.name, "batch_size": batch_size}
    alone, interrupted, run = network(), network(), engine.run

    def interrupt(*arguments):
        run(*arguments)
        raise KeyboardInterrupt

    *_, last = start(alone, Adam(0.1), 11, **options)
    with closing(start(interrupted, Adam(0.1), **options)) as reports:
        next(reports)
        reached = reports.send(10)
        monkeypatch.setattr(engine, "run", interrupt)
        with pytest.raises(KeyboardInterrupt):
            reports.send(10)
    assert last.epoch == reached.epoch
    assert np.array_equal(interrupted.parameters, alone.parameters)
