"""Second-order methods under train(): reports, ends, refusals."""

import copy

import numpy as np
import pytest

import nn.training.compatibility
from nn import (
    LBFGS,
    Adam,
    BayesianRegularization,
    BinaryCrossEntropy,
    Dense,
    DivergedError,
    Dropout,
    EarlyStopping,
    LevenbergMarquardt,
    MeanSquaredError,
    NguyenWidrow,
    ScaledConjugateGradient,
    Sequential,
    Shortcut,
    Sigmoid,
    StopAt,
    Tanh,
    train,
)
from nn.engine.compiler import compiler

METHODS = [LBFGS(), LevenbergMarquardt(), BayesianRegularization(), ScaledConjugateGradient()]
ENGINES = ["numpy", pytest.param("native", marks=pytest.mark.skipif(not compiler(), reason="no C compiler"))]
X = np.linspace(-1, 1, 30)[:, np.newaxis]
Y = np.sin(np.pi * X) + 0.1 * np.random.default_rng(0).standard_normal(X.shape)


def curve(seed=0, units=3):
    start = NguyenWidrow()
    return Sequential([Dense(units, start), Tanh(), Dense(1, start)], inputs=1, seed=seed)


def run(method, network=None, epochs=20, loss=None, x=X, y=Y, **options):
    network = network or curve()
    return list(train(network, loss or MeanSquaredError(), method, x, y, epochs=epochs, **options))


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_an_epoch_is_an_iteration_and_its_loss_is_that_before_it(method):
    network = curve()
    losses = [np.mean((network.predict(X) - Y) ** 2)]
    reports = []
    for report in train(network, MeanSquaredError(), method, X, Y, epochs=20, validation=(X, Y)):
        reports.append(report)
        losses.append(np.mean((network.predict(X) - Y) ** 2))
        assert report.val_loss == pytest.approx(losses[-1], rel=1e-12)
    assert [report.loss for report in reports] == pytest.approx(losses[:-1], rel=1e-9)
    assert [report.epoch for report in reports] == [*range(1, len(reports) + 1)]
    assert reports[-1].stopped in ("epochs", "minimum_gradient")
    assert reports[-1].learning_rate is None


@pytest.mark.parametrize("method", METHODS, ids=repr)
@pytest.mark.parametrize("engine", ENGINES)
def test_both_engines_do_what_the_formulas_do(method, engine):
    expected, reports = run(method, engine="formulas"), run(method, engine=engine)
    assert reports[-1].engine == engine
    assert [report.loss for report in reports] == pytest.approx([r.loss for r in expected], rel=1e-6)


@pytest.mark.parametrize("method", METHODS, ids=repr)
@pytest.mark.parametrize("report_every", [3, 1000])
def test_reports_of_many_epochs_hold_the_loss_of_each(method, report_every):
    every = [report.loss for report in run(method)]
    assert np.array_equal(np.concatenate([r.losses for r in run(method, report_every=report_every)]), every)


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_it_ends_at_a_minimum(method):
    network = Sequential([Dense(1)], inputs=1, seed=0)
    reports = run(method, network, epochs=100)
    assert (reports[-1].stopped, reports[-1].status.ended) == ("minimum_gradient", "minimum_gradient")
    assert reports[-1].status.gradient_norm <= 1e-7
    assert len(reports) < 50


def test_levenberg_marquardt_ends_where_no_damping_helps():
    reports = run(LevenbergMarquardt(min_gradient=0), Sequential([Dense(1)], inputs=1, seed=0), epochs=100)
    assert reports[-1].stopped == "maximum_damping"
    assert reports[-1].status.damping > 1e10


@pytest.mark.parametrize("method", [LBFGS(min_gradient=0), ScaledConjugateGradient(min_gradient=0)], ids=repr)
def test_it_ends_where_no_step_helps(method):
    reports = run(method, Sequential([Dense(1)], inputs=1, seed=0), epochs=100)
    assert reports[-1].stopped == "no_progress"


@pytest.mark.parametrize("method", METHODS, ids=repr)
def test_it_ends_at_a_goal(method):
    free = [report.loss for report in run(method)]
    reports = run(method, stop_at=StopAt(loss=0.1), report_every=7)
    assert reports[-1].stopped == "stop_at"
    assert reports[-1].epoch == 1 + next(epoch for epoch, loss in enumerate(free) if loss <= 0.1)


def test_validation_failures_end_it_and_give_back_the_best_weights():
    network = curve(units=15)
    held_out = X[::3] + 0.03, np.sin(np.pi * (X[::3] + 0.03))
    options = {"validation": held_out, "early_stopping": EarlyStopping(patience=6)}
    reports = run(LevenbergMarquardt(), network, 200, **options)
    assert reports[-1].stopped == "early_stopping"
    best = min(report.val_loss for report in reports)
    assert np.mean((network.predict(held_out[0]) - held_out[1]) ** 2) == pytest.approx(best, rel=1e-12)


@pytest.mark.parametrize(("method", "epochs"), [(LBFGS(), 100), (ScaledConjugateGradient(), 500)], ids=repr)
def test_any_loss_is_trained_where_no_residuals_are_needed(method, epochs):
    network = Sequential([Dense(3), Tanh(), Dense(1), Sigmoid()], inputs=1, seed=0)
    reports = run(method, network, epochs, BinaryCrossEntropy(), y=(Y > 0.3).astype(float))
    assert reports[-1].stopped == "minimum_gradient"
    assert reports[-1].accuracy > 0.9


def test_float32_is_trained_too():
    for method in METHODS:
        network = Sequential([Dense(3), Tanh(), Dense(1)], inputs=1, dtype="float32")
        reports = run(method, network, 10)
        assert reports[-1].loss < reports[0].loss


def test_a_start_that_is_not_a_number_has_diverged():
    for method in METHODS:
        network = curve()
        network.parameters[0] = np.nan
        with pytest.raises(DivergedError, match=r"at epoch 1; try smaller initial weights or scaled inputs$"):
            run(method, network)


def test_leaving_the_loop_leaves_the_weights_of_the_last_report():
    for method in METHODS:
        network, whole = curve(), curve()
        for report in train(network, MeanSquaredError(), method, X, Y, epochs=20):
            if report.epoch == 5:
                break
        run(method, whole, 5)
        assert np.array_equal(network.parameters, whole.parameters)


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        (LBFGS(), {"batch_size": 5}, "LBFGS trains on the whole set, got batch_size 5 of 30; leave"),
        (LevenbergMarquardt(), {"network": curve([0, 1])}, "trains one network at a time, got a stack"),
        (ScaledConjugateGradient(), {"network": curve([0, 1])}, "trains one network at a time, got a stack"),
        (
            LevenbergMarquardt(),
            {
                "loss": BinaryCrossEntropy(),
                "network": Sequential([Dense(1), Sigmoid()], inputs=1),
                "y": np.abs(np.sign(Y)),
            },
            "LevenbergMarquardt is for mean squared errors, got BinaryCrossEntropy; use mse, or lbfgs",
        ),
    ],
)
def test_what_it_cannot_serve_is_refused_before_training(method, options, message):
    with pytest.raises(ValueError, match=message):
        run(method, **options)


@pytest.mark.parametrize(
    ("method", "layer", "message"),
    [
        (LBFGS(), Dropout(0.5), "needs a loss that stays the same, got Dropout; leave it out, or use adam"),
        (LBFGS(), Dense(1, max_norm=1.0), "puts no bounds on weights, got max_norm of Dense"),
        (LevenbergMarquardt(), Dense(1, max_norm=1.0), "puts no bounds on weights, got max_norm of Dense"),
        (LevenbergMarquardt(), Dense(1, l1=0.1), "takes no penalties, got l1 of Dense; use lbfgs"),
        (BayesianRegularization(), Dense(1, l2=0.1), "takes no penalties, got l2 of Dense; use lbfgs"),
    ],
)
@pytest.mark.parametrize("inside", [False, True])
def test_layers_that_change_the_problem_are_refused(method, layer, message, inside):
    layer = copy.deepcopy(layer)
    layers = [Shortcut([layer]) if inside else layer, Dense(1)]
    with pytest.raises(ValueError, match=message):
        run(method, Sequential(layers, inputs=1))


def test_least_squares_weigh_samples_as_other_methods_do():
    """Whole weights count a sample as often."""
    x, t = np.array([[-1.0], [0.5], [1.0]]), np.array([[0.0], [1.0], [0.3]])
    found = []
    for method, weight, repeat in (
        (LevenbergMarquardt(), [2.0, 1.0, 3.0], 1),
        (LevenbergMarquardt(), None, [2, 1, 3]),
        (LBFGS(), [2.0, 1.0, 3.0], 1),
    ):
        network = Sequential([Dense(1)], inputs=1, seed=0)
        rows = [np.repeat(array, repeat, axis=0) for array in (x, t)]
        for _ in train(network, MeanSquaredError(), method, *rows, epochs=50, sample_weight=weight):
            pass
        found.append(network.parameters.copy())
    assert found[0] == pytest.approx(found[1], abs=1e-7)
    assert found[0] == pytest.approx(found[2], abs=1e-5)


def test_a_jacobian_that_does_not_fit_is_refused_with_its_size(monkeypatch):
    monkeypatch.setattr(nn.training.compatibility, "memory", lambda: 2 * 10**9)
    network = Sequential([Dense(20000)], inputs=1)
    message = r"40,000 parameters and 600,000 residuals need 51.2 GB, more than half of the 2.0 GB"
    with pytest.raises(ValueError, match=message):
        run(LevenbergMarquardt(), network, y=np.zeros((30, 20000)))
    run(LBFGS(), Sequential([Dense(200)], inputs=1), 1, y=np.zeros((30, 200)))


def test_first_order_methods_have_no_standing():
    assert run(Adam(0.01), epochs=2)[-1].status is None


def test_bayesian_regularization_tells_where_all_weights_have_decayed():
    x = np.linspace(-1, 1, 41)[:, np.newaxis]
    found = {}
    for seed in (1, 3):  # both kinds of starts
        network = Sequential([Dense(1), Tanh(), Dense(1)], inputs=1, seed=seed)
        *_, report = train(
            network, MeanSquaredError(), BayesianRegularization(), x, np.sin(2 * np.pi * x), epochs=300
        )
        found[seed] = report.status.collapsed
        assert (np.abs(network.parameters).max() < 1e-10) == report.status.collapsed
    assert found == {1: False, 3: True}
