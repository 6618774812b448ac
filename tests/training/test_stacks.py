"""Each network of a stack trains, stops and keeps its weights for itself, whatever its neighbours do."""

import numpy as np
import pytest

from nn import (
    SGD,
    Adam,
    BinaryCrossEntropy,
    Dense,
    DivergedError,
    Dropout,
    EarlyStopping,
    MeanSquaredError,
    NAdam,
    ReduceOnPlateau,
    Sequential,
    Sigmoid,
    StopAt,
    Tanh,
    fit,
    train,
)
from nn.training import batches, native
from nn.training.choice import choose
from nn.training.objective import Objective
from nn.training.step import Step

XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
rng = np.random.default_rng(0)
X = rng.normal(size=(20, 2))
QUADRANTS = X, (X[:, :1] * X[:, 1:] > 0).astype(float)
HELD_OUT = QUADRANTS[0][:7] + 0.3, QUADRANTS[1][:7]

CASES = {
    "a goal of whole batches": (
        lambda seed: Sequential([Dense(2), Sigmoid(), Dense(1), Sigmoid()], inputs=2, seed=seed),
        (MeanSquaredError(), SGD(2.0, momentum=0.9), *XOR),
        {"epochs": 700, "stop_at": StopAt(tolerance=0.4)},
    ),
    "a goal of mini-batches with noise": (
        lambda seed: Sequential([Dense(4), Tanh(), Dropout(0.1), Dense(1), Sigmoid()], inputs=2, seed=seed),
        (BinaryCrossEntropy(), NAdam(0.05), *QUADRANTS),
        {"epochs": 60, "stop_at": StopAt(loss=0.3), "batch_size": 8},
    ),
    "early stopping": (
        lambda seed: Sequential(
            [Dense(4), Tanh(), Dense(1), Sigmoid()], inputs=2, seed=seed, dtype="float32"
        ),
        (BinaryCrossEntropy(), Adam(0.1), *QUADRANTS),
        {"epochs": 40, "early_stopping": EarlyStopping(3), "validation": HELD_OUT, "batch_size": 8},
    ),
    "a plateau": (
        lambda seed: Sequential([Dense(4), Tanh(), Dense(1), Sigmoid()], inputs=2, seed=seed),
        (BinaryCrossEntropy(), SGD(ReduceOnPlateau(4.0, factor=0.5, patience=2)), *QUADRANTS),
        {"epochs": 40, "early_stopping": EarlyStopping(4), "batch_size": 8},
    ),
}


def trained(case, seed, **given):
    """The network or stack of a case after its training, and the history."""
    make, data, options = CASES[case]
    network = make(seed)
    options = {"report_every": 1 if "early_stopping" in options else 300} | options | given
    return network, fit(network, *data, **options)


def ending(history, place=()):
    """How a network ended: its epoch, reason and largest error, and the epoch that it keeps."""
    outcomes = history.last.outcomes
    each = (outcomes.epoch, outcomes.stopped, outcomes.largest_error, np.asarray(history.kept_epoch))
    return [values[place].item() for values in each]


@pytest.fixture(scope="module", params=CASES)
def case(request):
    return request.param


@pytest.fixture(scope="module", params=["numpy", "native"])
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def wide(case, engine):
    return trained(case, range(64), engine=engine)


@pytest.mark.parametrize("seeds", [[*range(46, 39, -1)], [45]], ids=["7", "1"])
def test_a_member_depends_neither_on_its_neighbours_nor_on_the_width(case, engine, wide, seeds):
    stack, history = trained(case, seeds, engine=engine)
    for place, seed in enumerate(seeds):
        assert (stack.parameters[place] == wide[0].parameters[seed]).all()
        np.testing.assert_equal(ending(history, place), ending(wide[1], seed))
        for name in {"loss", "val_loss"} & history.keys():
            rows = min(len(history[name]), len(wide[1][name]))
            assert (history[name][:rows, place] == wide[1][name][:rows, seed]).all()


def test_members_end_each_at_an_epoch_of_its_own(wide):
    assert len(set(wide[1].last.outcomes.epoch.tolist())) > 5


def test_a_member_ends_as_its_single_run_does(case, engine, wide):
    stack, together = wide
    for seed in range(3):
        network, alone = trained(case, seed, engine=engine)
        epoch, stopped, error, kept = ending(alone)
        assert [epoch, stopped, kept] == [ending(together, seed)[part] for part in (0, 1, 3)]
        assert error == pytest.approx(ending(together, seed)[2], rel=1e-9, nan_ok=True)
        tolerance = 1e-3 if network.dtype == "float32" else 1e-9  # of paths of some hundred steps
        np.testing.assert_allclose(stack.parameters[seed], network.parameters, rtol=tolerance)


def test_a_step_from_an_equal_state_is_that_of_the_single_network(case, engine):
    stack, _ = trained(case, range(8), engine=engine, epochs=1, batch_size=None)
    for seed in range(8):
        network, _ = trained(case, seed, engine=engine, epochs=1, batch_size=None)
        bound = (1e-6 if network.dtype == "float32" else 1e-12) * np.abs(network.parameters).max()
        np.testing.assert_allclose(stack.parameters[seed], network.parameters, rtol=0, atol=bound)


GOALS = [case for case, (_, _, options) in CASES.items() if "stop_at" in options]


@pytest.mark.parametrize("case", GOALS, indirect=True)
def test_the_weights_of_those_that_ended_at_the_goal_meet_it(case, wide):
    _, (loss, _, x, y), options = CASES[case]
    stack, history = wide
    reached = history.last.outcomes.stopped == "stop_at"
    assert 5 < reached.sum() < 64
    objective = Objective(stack, loss, classification=True, tolerance=True)
    assert (options["stop_at"].goal.met(objective.measure(x, y).given) == reached)[reached].all()
    if options["stop_at"].tolerance:
        error = np.abs(stack.predict(x) - y).max(axis=(-2, -1))
        np.testing.assert_allclose(history.last.outcomes.largest_error[reached], error[reached], rtol=1e-12)


@pytest.mark.parametrize("case", GOALS, indirect=True)
def test_where_members_end_does_not_depend_on_the_reports(case, engine, wide):
    often, history = trained(case, range(40, 50), engine=engine, report_every=7)
    for place, seed in enumerate(range(40, 50)):
        assert (often.parameters[place] == wide[0].parameters[seed]).all()
        np.testing.assert_equal(ending(history, place), ending(wide[1], seed))


@pytest.mark.parametrize("case", GOALS, indirect=True)
@pytest.mark.parametrize("seed", [40, range(40, 50)])
def test_the_measures_of_epochs_do_not_depend_on_the_reports(case, engine, seed):
    make, data, options = CASES[case]
    options = options | {"epochs": 150, "classification": True, "engine": engine}
    often, seldom = ([*train(make(seed), *data, **options, report_every=every)] for every in (1, 150))
    for name in ("losses", "accuracies"):
        every, at_once = (
            np.concatenate([getattr(report, name) for report in reports]) for reports in (often, seldom)
        )
        assert np.array_equal(every, at_once)
    assert [report.accuracy.tolist() for report in often] == every.tolist()


@pytest.mark.parametrize("case", GOALS, indirect=True)
def test_the_formulas_stop_members_too(case):
    recorded, formulas = (trained(case, range(9), engine=engine) for engine in ("numpy", "formulas"))
    np.testing.assert_allclose(recorded[0].parameters, formulas[0].parameters, rtol=1e-9)
    for place in range(9):
        assert ending(recorded[1], place)[:2] == ending(formulas[1], place)[:2]


def test_the_loss_of_a_member_stays_after_its_end():
    _, history = trained("a goal of whole batches", range(6), report_every=50)
    epochs = history.last.outcomes.epoch
    for place in np.flatnonzero(history.last.outcomes.stopped == "stop_at"):
        after = history["loss"][history["epoch"] > epochs[place], place]
        assert (after == after[0]).all()


def test_a_member_that_ended_stays_as_it_is_while_the_others_train():
    make, data, options = CASES["a goal of whole batches"]
    stack, held = make(range(6)), {}
    for report in train(stack, *data, **options, report_every=50):
        for place in np.flatnonzero(report.outcomes.stopped == "stop_at").tolist():
            assert (held.setdefault(place, stack.parameters[place].copy()) == stack.parameters[place]).all()
    assert len(held) > 2


def test_a_diverged_member_ends_and_the_others_go_on():
    stack = Sequential([Dense(1)], inputs=1, seed=[0, 0, 0])
    options = {"epochs": 400, "stop_at": StopAt(loss=1e-6)}
    history = fit(stack, MeanSquaredError(), SGD([0.5, 9.0, 1e-4]), [[0], [1]], [[1], [3]], **options)
    assert history.last.outcomes.stopped.tolist() == ["stop_at", "diverged", "epochs"]
    assert history.last.outcomes.epoch[1] < 400
    assert history.stopped == "epochs"


@pytest.mark.parametrize("report_every", [1, 999])
def test_a_training_ends_with_its_last_member(report_every):
    stack, line = Sequential([Dense(1)], inputs=1, seed=range(3)), ([[0], [1]], [[1], [3]])
    options = {"epochs": 999, "stop_at": StopAt(loss=0.01), "report_every": report_every}
    history = fit(stack, MeanSquaredError(), SGD(0.5), *line, **options)
    assert history.last.epoch == history.last.outcomes.epoch.max() + 1 < 999
    assert history.stopped == "stop_at"


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_a_stack_of_which_some_have_ended_goes_on(case, engine):
    make, data, options = CASES[case]
    options = {"report_every": 5, "engine": engine} | options
    whole, stack = make(range(5)), make(range(5))
    *_, last = train(whole, *data, **options)
    reports = train(stack, *data, **options)
    state = next(report.state() for report in reports if (report.outcomes.stopped != "").any())
    reports.close()
    again = make(range(5))
    *_, resumed = train(again, *data, **options, state=state)
    assert (again.parameters == whole.parameters).all()
    assert resumed.outcomes.epoch.tolist() == last.outcomes.epoch.tolist()


@pytest.mark.parametrize("report_every", [1, 400])
def test_the_last_report_of_a_stack_that_diverged_says_when_each_network_did(report_every):
    line, rates, seen = ([[0], [1]], [[1], [3]]), [9.0, 99.0], []
    options = {"epochs": 400, "report_every": report_every}
    stack = Sequential([Dense(1)], inputs=1, seed=[0, 0])
    with pytest.raises(DivergedError, match=r"^the loss became"):
        seen.extend(train(stack, MeanSquaredError(), SGD(rates), *line, **options))
    outcomes = seen[-1].outcomes
    assert outcomes.stopped.tolist() == ["diverged", "diverged"]
    for rate, epoch in zip(rates, outcomes.epoch, strict=True):
        with pytest.raises(DivergedError, match=f"epoch {epoch};"):
            fit(Sequential([Dense(1)], inputs=1), MeanSquaredError(), SGD(rate), *line, **options)


@pytest.mark.parametrize(
    ("samples", "batch_size", "inputs", "units", "native", "numpy"),
    [
        (4, None, 2, 2, 32, 50),  # XOR
        (64, None, 2, 2, 1, 50),
        (64, 4, 2, 2, 32, 50),
        (4, None, 2, 31, 1, 50),
        (64, None, 2, 31, 1, 1),
        (4, None, 60, 2, 32, 50),
        (4, None, 70, 2, 1, 50),
        (4, None, 70, 70, 1, 1),
    ],
)
def test_networks_train_side_by_side_where_a_batch_has_few_outputs_of_units_and_they_few_parameters(
    samples, batch_size, inputs, units, native, numpy
):
    stack = Sequential([Dense(units), Sigmoid(), Dense(1)], inputs=inputs, seed=range(50))
    objective = Objective(stack, MeanSquaredError(), classification=False)
    for engine, networks in (("native", native), ("numpy", numpy)):
        data = batches.samples(
            stack, objective.loss, np.ones((samples, inputs)), np.ones(samples), batch_size=batch_size
        )
        step = Step(stack, objective, SGD(0.1).over(1))
        assert choose(engine, step, data, epochs=1).blocks.size == networks


@pytest.mark.parametrize("report_every", [1, 7, 400])
def test_a_network_ends_with_its_first_loss_that_is_not_finite(engine, report_every):
    def trained(rates, seed):
        line, data = Sequential([Dense(1)], inputs=1, seed=seed), ([[0], [1]], [[1], [3]])
        options = {"epochs": 400, "report_every": report_every, "engine": engine}
        return fit(line, MeanSquaredError(), SGD(rates), *data, **options).last

    last = trained([0.1, 9.0, 99.0], [0, 0, 0])
    assert last.outcomes.stopped.tolist() == ["epochs", "diverged", "diverged"]
    assert np.isfinite(last.loss).tolist() == [True, False, False]
    for rate, epoch in zip([9.0, 99.0], last.outcomes.epoch[1:], strict=True):
        with pytest.raises(DivergedError, match=f"epoch {epoch};"):
            trained(rate, 0)


SERIAL = {
    "some diverge, of batches and Adam": (Adam([0.05, 1e200, 0.1]), {"batch_size": 20}),
    "each to a goal": (SGD([0.5, 0.1, 2.0]), {"stop_at": StopAt(loss=0.24)}),
    "a falling rate": (SGD(ReduceOnPlateau(2.0, factor=0.5, patience=1)), {"report_every": 1}),
}


@pytest.mark.parametrize(("optimizer", "given"), SERIAL.values(), ids=SERIAL)
def test_networks_one_after_the_other_train_alike_in_one_call_and_in_calls_of_their_own(
    monkeypatch, optimizer, given
):
    x = np.random.default_rng(0).normal(size=(50, 2))
    y = (x[:, :1] * x[:, 1:] > 0).astype(float)

    def trained_in(operations):
        monkeypatch.setattr(native, "OPERATIONS_OF_A_CALL", operations)
        stack = Sequential([Dense(5), Tanh(), Dense(1), Sigmoid()], inputs=2, seed=range(3))
        options = {"epochs": 30, "report_every": 7, "engine": "native"} | given
        history = fit(stack, MeanSquaredError(), optimizer, x, y, **options)
        return stack, history

    (alone, one), *others = (trained_in(operations) for operations in (0, 1 << 18, 1 << 40))
    for stack, history in others:
        np.testing.assert_equal(stack.parameters, alone.parameters)
        np.testing.assert_equal(history["loss"], one["loss"])
        for place in range(3):
            np.testing.assert_equal(ending(history, place), ending(one, place))


def test_a_stack_of_one_network_trains_as_the_network_alone():
    x = np.random.default_rng(0).normal(size=(50, 2))
    one, alone = (Sequential([Dense(5), Tanh(), Dense(1)], inputs=2, seed=seed) for seed in ([8], 8))
    for network in (one, alone):
        fit(network, MeanSquaredError(), SGD(0.1), x, x[:, :1], epochs=3, engine="native")
    np.testing.assert_equal(one.parameters[0], alone.parameters)
