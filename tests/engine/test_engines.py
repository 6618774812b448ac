"""Engines do what the formulas do, on one network of each kind: layers, losses, optimizers, goals, noise."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import pytest

from nn import (
    SGD,
    Adam,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Dense,
    DivergedError,
    Linear,
    MeanSquaredError,
    Quickprop,
    ReduceOnPlateau,
    Rprop,
    Sequential,
    Sigmoid,
    Softmax,
    StopAt,
    Tanh,
    train,
)
from nn.engine.compiler import compiler
from nn.engine.tape import Tape
from nn.layers import ACTIVATIONS
from nn.losses import LOSSES
from nn.training.batches import Samples
from nn.training.choice import choose
from nn.training.objective import Objective
from nn.training.step import Step
from tests.engine.walks import ENGINES, OPTIMIZERS, RATES, agree, trained

BY_SIGNS = [Rprop(), Rprop(variant="rprop_plus"), Quickprop(0.5)]

ALL = [[5, "tanh", 0.4, [{"units": 3, "l1": 0.01, "l2": 0.02, "max_norm": 0.7}, "sigmoid"]], 0.2]
"""Layers of all kinds."""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("seed", "batch_size"), [*product([7, [3, 7, 1]], [None, 8, 1]), ([7], 8)], ids=lambda value: f"{value}"
)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_layers_of_all_kinds_and_weights_train_as_by_the_formulas(engine, seed, batch_size, dtype):
    case = (ALL, (BinaryCrossEntropy(), Sigmoid, 1), Adam(0.01), 3, 21, batch_size, seed)
    agree(engine, case, sample_weight=np.linspace(0, 2, 21), class_weight={1: 2.0}, dtype=dtype)


@pytest.mark.parametrize("engine", ["formulas", *ENGINES])
@pytest.mark.parametrize("batch_size", [None, 4])
def test_a_stack_with_noise_equals_its_members_trained_alone(engine, batch_size):
    def run(seed):
        case = (ALL, (BinaryCrossEntropy(), Sigmoid, 1), Adam(0.01), 3, 21, batch_size, seed)
        return trained(engine, case)[1].parameters

    seeds = [7, 2, 7]
    assert np.allclose(run(seeds), [run(seed) for seed in seeds], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("engine", ["formulas", *ENGINES])
@pytest.mark.parametrize("ahead", [1, 200, 1 << 22])
def test_noise_is_the_same_however_much_is_drawn_ahead_and_however_long_stretches_are(
    engine, ahead, monkeypatch
):
    monkeypatch.setattr("nn.training.native.NOISE_BYTES", ahead)
    case = (ALL, (BinaryCrossEntropy(), Sigmoid, 1), Adam(0.01), 3, 21, 4, 7)
    runs = [trained(engine, case, epochs=20, report_every=every)[1] for every in (1, 7, 20)]
    assert len({network.parameters.tobytes() for network in runs}) == 1
    expected = trained("formulas", case, epochs=20)[1]
    assert np.allclose(runs[0].parameters, expected.parameters, rtol=1e-10, atol=1e-12)


@pytest.mark.skipif(not compiler(), reason="no C compiler")
def test_a_call_that_ends_inside_an_epoch_goes_on_with_the_right_noise(monkeypatch):
    case = (ALL, (BinaryCrossEntropy(), Sigmoid, 1), Adam(0.01), 3, 21, 4, 7)
    expected = trained("native", case, epochs=50)[1]
    monkeypatch.setattr("nn.training.native.CALL_SECONDS", 0.0)
    monkeypatch.setattr("nn.training.source.OPERATIONS_BETWEEN_LOOKS", 3)  # at every third step: two are made
    monkeypatch.setattr("nn.training.source.terms", lambda calls: 1)
    assert np.array_equal(trained("native", case, epochs=50)[1].parameters, expected.parameters)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_trains_as_its_formula_says(engine, name):
    agree(engine, ([5, name], (MeanSquaredError(), Sigmoid, 2), SGD(0.5), 3, 9, 4, [0, 1]))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", LOSSES)
def test_every_loss_trains_as_its_formula_says(engine, kind):
    loss = LOSSES[kind]()
    agree(engine, ([4, "tanh"], (loss, loss.link or Linear, 3), SGD(0.5), 2, 9, 4, [0, 1]))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", [*OPTIMIZERS, *(SGD(rate) for rate in RATES)])
def test_every_optimizer_and_every_schedule_runs_as_its_formulas(engine, optimizer):
    agree(engine, ([5, "tanh"], (BinaryCrossEntropy(), Sigmoid, 1), optimizer, 3, 21, 8, [7, 8, 9]))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("optimizer", BY_SIGNS)
@pytest.mark.parametrize("seed", [7, [7, 8, 9]])
def test_every_step_by_signs_is_that_of_the_formulas(engine, optimizer, seed):
    agree(engine, ([5, "tanh"], (MeanSquaredError(), Sigmoid, 1), optimizer, 3, 21, None, seed))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_plateau_lowers_the_rate_as_by_the_formulas(engine):
    optimizer = SGD(ReduceOnPlateau(0.1, factor=0.5, patience=1, min_delta=0.05, min_rate=0.01))
    case = ([5, "tanh"], (BinaryCrossEntropy(), Sigmoid, 1), optimizer, 3, 21, 8, [7, 8, 9])
    rates = [
        [report.learning_rate for report in trained(e, case, epochs=20)[0]] for e in (engine, "formulas")
    ]
    assert np.array_equal(*rates)
    assert len(np.unique(rates)) > 2


XOR = ([4, "sigmoid"], (MeanSquaredError(), Sigmoid, 1), SGD(0.5, momentum=0.9), 2, 8, None, 0)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_goal_is_seen_at_the_exact_epoch_inside_a_long_stretch(engine):
    goal = {"stop_at": StopAt(loss=0.2), "epochs": 3000, "classification": True}
    expected = trained("formulas", XOR, **goal)[0][-1]
    reports, _ = trained(engine, XOR, report_every=1000, **goal)
    assert (reports[-1].epoch, reports[-1].stopped) == (expected.epoch, "stop_at")
    assert sum(len(report.losses) for report in reports) == expected.epoch


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "goal", [StopAt(accuracy=0.75), StopAt(tolerance=0.6), StopAt(loss=0.3, accuracy=0.6)]
)
def test_every_kind_of_goal_ends_at_the_epoch_of_the_formulas(engine, goal):
    options = {"stop_at": goal, "epochs": 2000, "classification": True, "report_every": 300}
    assert trained(engine, XOR, **options)[0][-1].epoch == trained("formulas", XOR, **options)[0][-1].epoch


@pytest.mark.parametrize("engine", ["formulas", *ENGINES])
def test_divergence_is_seen_at_the_exact_epoch_inside_a_long_stretch(engine):
    case = ([3, "linear"], (MeanSquaredError(), ACTIVATIONS["linear"], 1), SGD(1000.0), 2, 8, None, 0)
    with pytest.raises(DivergedError) as error:
        trained(engine, case, epochs=500, report_every=200)
    with pytest.raises(DivergedError) as expected:
        trained("formulas", case, epochs=500)
    assert error.value.epoch == expected.value.epoch


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_repeats_bit_for_bit(engine):
    case = ([5, "tanh"], (BinaryCrossEntropy(), Sigmoid, 1), Adam(0.01), 3, 21, 4, 7)
    runs = [trained(engine, case)[1].parameters.tobytes() for _ in range(2)]
    assert runs[0] == runs[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_stretches_of_any_length_train_alike(engine):
    case = ([5, "tanh"], (BinaryCrossEntropy(), Sigmoid, 1), Adam(0.01), 3, 21, 4, 7)
    runs = [trained(engine, case, epochs=20, report_every=every) for every in (1, 7, 20)]
    assert len({network.parameters.tobytes() for _, network in runs}) == 1
    assert len({np.concatenate([r.losses for r in reports]).tobytes() for reports, _ in runs}) == 1


@pytest.mark.parametrize("engine", ["auto", "formulas", *ENGINES])
def test_the_network_works_on_plain_arrays_afterwards(engine):
    _, network = trained(engine, XOR)
    assert type(network.parameters) is np.ndarray
    assert network.predict(np.ones((3, 2))).shape == (3, 1)
    weight = network.layers[0].weight
    network.parameters[...] = 0
    assert not weight.any()


@pytest.mark.parametrize("engine", ENGINES)
def test_single_precision_trains_alike_and_stays_single(engine):
    case = ([5, "sigmoid", 4, "relu"], (CategoricalCrossEntropy(), Softmax, 3), Adam(0.01), 3, 21, 4, 7)
    expected, network = trained("formulas", case)
    reports, other = trained(engine, case, dtype="float32")
    assert other.parameters.dtype == other.predict(np.ones((1, 3))).dtype == np.float32
    assert np.allclose(other.parameters, network.parameters, atol=1e-4)
    assert reports[-1].loss == pytest.approx(expected[-1].loss, rel=1e-4)


@pytest.mark.parametrize("engine", ["formulas", *ENGINES])
@pytest.mark.parametrize("optimizer", [*OPTIMIZERS, *BY_SIGNS, *(Adam(rate) for rate in RATES)])
def test_arrays_stay_in_single_precision_and_counts_are_exact(engine, optimizer):
    network = Sequential([Dense(5), Tanh(), Dense(1)], inputs=2, seed=0, dtype="float32")
    step = Step(network, Objective(network, MeanSquaredError(), classification=False), optimizer.over(3))
    x, t = (np.random.default_rng(0).normal(size=(7, width)).astype(np.float32) for width in (2, 1))
    choose(engine, step, Samples({"x": x, "t": t}, 7, None, np.array(0)), 3).run(3)
    assert {array.dtype for array in step.kept.values() if array.ndim} == {np.dtype(np.float32)}
    assert {array.dtype for array in step.kept.values() if not array.ndim} <= {np.dtype(np.float64)}
    tape = Tape()
    state = {name: tape.watch(array) for name, array in step.optimizer_state.items()}
    step.optimizer.step(tape.watch(network.parameters), tape.watch(network.gradients), state)
    outs = [call.out for call in tape.calls if call.out.size > 1]
    assert {out.dtype for out in outs} <= {np.dtype(np.float32), np.dtype(bool)}


class Branching(Sigmoid):
    """A user's layer that looks at a value."""

    def forward(self, x):
        return super().forward(x if np.sum(x) > 0 else -x)


def test_a_formula_that_cannot_be_recorded_trains_as_it_stands():
    network = Sequential([Dense(2), Branching(), Dense(1)], inputs=1)
    report = next(train(network, MeanSquaredError(), SGD(0.1), [[1.0], [2.0]], [[1.0], [2.0]], epochs=1))
    assert report.engine == "formulas"


def test_a_named_engine_refuses_a_formula_that_cannot_be_recorded():
    network = Sequential([Dense(2), Branching(), Dense(1)], inputs=1)
    with pytest.raises(TypeError, match=r"Branching\.forward .* cannot be recorded"):
        train(network, MeanSquaredError(), SGD(0.1), [[1.0], [2.0]], [[1.0], [2.0]], epochs=1, engine="numpy")


def test_parameters_and_gradients_in_one_array_are_refused_by_c_and_replayed_by_numpy():
    def line():
        network = Sequential([Dense(1)], inputs=1)
        both = np.zeros((2, 2))
        network.bind(both[0], both[1])
        return network

    data = [[1.0], [2.0]], [[3.0], [5.0]]
    replayed, plain = line(), line()
    for network, engine in ((replayed, "numpy"), (plain, "formulas")):
        list(train(network, MeanSquaredError(), SGD(0.1), *data, epochs=5, engine=engine))
    assert replayed.parameters == pytest.approx(plain.parameters)
    if compiler():
        with pytest.raises(ValueError, match="share no memory"):
            train(line(), MeanSquaredError(), SGD(0.1), *data, epochs=5, engine="native")


@pytest.mark.skipif(not compiler(), reason="no C compiler")
def test_threads_train_at_the_same_time_and_alike():
    def run(_):
        # A loss remembers its last batch, so each thread has one of its own.
        case = ([9, "tanh"], (BinaryCrossEntropy(), Sigmoid, 1), Adam(0.01), 3, 21, 4, 7)
        return trained("native", case, epochs=300)[1]

    with ThreadPoolExecutor(4) as pool:
        networks = list(pool.map(run, range(8)))
    assert len({network.parameters.tobytes() for network in networks}) == 1
