"""fit() trains to the end and returns the history; train() that nobody asks for reports says so."""

import copy
import inspect
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest

import nn

rng = np.random.default_rng(0)
X = rng.normal(size=(10, 2))
Y = (X[:, :1] * X[:, 1:] > 0).astype(float)


def network(seed=0):
    return nn.Sequential([nn.Dense(4), nn.Tanh(), nn.Dense(1), nn.Sigmoid()], inputs=2, seed=seed)


def parts(seed=0):
    return network(seed), nn.BinaryCrossEntropy(), nn.Adam(0.05), X, Y


def test_fit_does_what_a_loop_over_train_does():
    one, other = parts(), parts()
    options = {"epochs": 12, "batch_size": 4, "validation": (X[:3], Y[:3])}
    history, reports = nn.fit(*one, **options), list(nn.train(*other, **options))
    np.testing.assert_array_equal(one[0].parameters, other[0].parameters)
    names = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"]
    assert [*history] == names
    for name in names[:-1]:
        np.testing.assert_array_equal(history[name], [getattr(report, name) for report in reports])
    assert (history.stopped, history.kept_epoch) == ("epochs", reports[-1].kept_epoch)


def test_the_history_says_why_training_ended():
    history = nn.fit(*parts(), epochs=5000, stop_at=nn.StopAt(loss=0.3))
    assert history.stopped == "stop_at"
    assert history.kept_epoch == history.last.reached < 5000


def test_the_history_of_a_stack_has_its_axes():
    history = nn.fit(*parts(seed=range(3)), epochs=6, report_every=2)
    assert history["loss"].shape == history["accuracy"].shape == (3, 3)
    np.testing.assert_array_equal(history["epoch"], [2, 4, 6])


def test_a_second_order_method_adds_what_it_knows():
    history = nn.fit(network(), nn.MeanSquaredError(), nn.LevenbergMarquardt(), X, Y, epochs=3)
    assert {"gradient_norm", "damping"} <= history.keys()
    assert "learning_rate" not in history


def test_a_history_is_a_table_of_columns_and_a_value():
    history = nn.fit(*parts(), epochs=4)
    assert list(pd.DataFrame(history)["epoch"]) == [1, 2, 3, 4]
    for same in (copy.deepcopy(history), pickle.loads(pickle.dumps(history))):
        assert same.stopped == "epochs"
        np.testing.assert_array_equal(same["loss"], history["loss"])


def test_fit_takes_what_train_takes():
    assert [*inspect.signature(nn.fit).parameters] == [*inspect.signature(nn.train).parameters]
    with pytest.raises(TypeError, match="epohcs"):
        nn.fit(*parts(), epochs=3, epohcs=3)


def test_train_without_a_loop_warns_that_it_trained_nothing():
    with pytest.warns(RuntimeWarning, match=r"^train\(\) has trained nothing: .* nn\.fit\(…\)") as caught:
        nn.train(*parts(), epochs=3)
    assert caught[0].filename == __file__, "the place is the caller's"


def test_who_asks_for_a_report_or_closes_them_is_not_warned():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        next(nn.train(*parts(), epochs=3))
        nn.train(*parts(), epochs=3).close()


def test_closing_the_reports_leaves_the_best_weights():
    ours = network()
    reports = nn.train(
        ours, nn.MeanSquaredError(), nn.SGD(0.1), X, Y, epochs=9, early_stopping=nn.EarlyStopping(patience=5)
    )
    seen = [next(reports).loss for _ in range(3)]
    reports.close()
    assert np.mean((ours.predict(X) - Y) ** 2) <= min(seen) + 1e-12
    assert list(reports) == []
