"""All engines do what the formulas do, on networks, losses, optimisers, batches and stacks of any kind."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn import (
    SGD,
    Adam,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Dense,
    DivergedError,
    Dropout,
    MeanSquaredError,
    Sequential,
    Shortcut,
    Sigmoid,
    Softmax,
    StopAt,
    train,
)
from nn.activations import ACTIVATIONS
from nn.engine.compiler import compiler

ENGINES = ["numpy", pytest.param("native", marks=pytest.mark.skipif(not compiler(), reason="no C compiler"))]
OPTIMIZERS = [SGD(0.1), SGD(0.1, momentum=0.9), SGD(0.05, momentum=0.5, nesterov=True), Adam(0.01)]


def made(layer):
    """A layer from a number of units, a name, the rate of a dropout, options of a dense one, inner layers."""
    match layer:
        case int():
            return Dense(layer)
        case float():
            return Dropout(layer)
        case str():
            return ACTIVATIONS[layer]()
        case dict():
            return Dense(**layer)
    return Shortcut([made(inner) for inner in layer])


def trained(engine, case, epochs=7, dtype="float64", **options):
    """The reports and the network of a case."""
    layers, (loss, last, outputs), optimizer, inputs, samples, batch_size, seed = case
    network = Sequential([*map(made, layers), Dense(outputs), last()], inputs=inputs, seed=seed, dtype=dtype)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(samples, inputs))
    t = (
        np.eye(outputs)[rng.integers(0, outputs, samples)]
        if outputs > 1
        else rng.integers(0, 2, (samples, 1))
    )
    reports = list(
        train(network, loss, optimizer, x, t, epochs=epochs, batch_size=batch_size, engine=engine, **options)
    )
    return reports, network


@st.composite
def cases(draw):
    heads = [
        (MeanSquaredError(), Sigmoid, draw(st.integers(1, 11))),
        (BinaryCrossEntropy(), Sigmoid, draw(st.integers(1, 3))),
        (CategoricalCrossEntropy(), Softmax, draw(st.integers(2, 10))),
    ]
    sizes = st.integers(1, 19)
    strengths = st.none() | st.sampled_from([0.003, 0.1])
    dense = st.fixed_dictionaries(
        {"units": sizes, "l1": strengths, "l2": strengths, "max_norm": st.sampled_from([None, 0.5, 2.0])}
    )
    kinds = sizes | dense | st.floats(0, 0.9) | st.sampled_from(["sigmoid", "tanh", "relu", "linear"])
    kinds |= st.lists(kinds | st.lists(kinds, min_size=1, max_size=2), min_size=1, max_size=3)
    layers = draw(st.lists(kinds, max_size=4))
    samples = draw(st.integers(2, 40))
    return (
        layers,
        draw(st.sampled_from(heads)),
        draw(st.sampled_from(OPTIMIZERS)),
        draw(sizes),
        samples,
        draw(st.none() | st.integers(1, samples)),
        draw(st.just(3) | st.lists(st.integers(0, 9), min_size=1, max_size=4)),
    )


def weights(draw, case):
    """Weights of samples and classes, or none."""
    samples, of_classes = case[4], case[1][2] > 1 or case[1][1] is Sigmoid
    some = st.none() | st.lists(st.floats(0.1, 3), min_size=samples, max_size=samples)
    classes = draw(st.none() | st.just({1: 2.5})) if of_classes else None
    return {"sample_weight": draw(some), "class_weight": classes, "classification": of_classes}


def agree(engine, case, **options):
    try:
        expected, network = trained("formulas", case, **options)
    except DivergedError:
        with pytest.raises(DivergedError):
            trained(engine, case, **options)
        return
    reports, other = trained(engine, case, **options)
    assert np.allclose(other.parameters, network.parameters, rtol=1e-9, atol=1e-11)
    for ours, theirs in zip(reports, expected, strict=True):
        assert np.allclose(ours.loss, theirs.loss, rtol=1e-9)
        assert (ours.epoch, ours.stopped) == (theirs.epoch, theirs.stopped)
        if theirs.accuracy is not None:
            assert np.allclose(ours.accuracy, theirs.accuracy)


@given(cases(), st.data())
@settings(max_examples=100, deadline=None)
def test_a_replay_equals_the_formulas(case, data):
    agree("numpy", case, **weights(data.draw, case))


@pytest.mark.skipif(not compiler(), reason="no C compiler")
@given(cases(), st.data())
@settings(max_examples=20, deadline=None)
def test_compiled_c_equals_the_formulas(case, data):
    agree("native", case, **weights(data.draw, case))


ALL = [[5, "tanh", 0.4, [{"units": 3, "l1": 0.01, "l2": 0.02, "max_norm": 0.7}, "sigmoid"]], 0.2]
"""Layers of all kinds."""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", [7, [7], [3, 7, 1]])
@pytest.mark.parametrize("batch_size", [None, 4, 1])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_layers_of_all_kinds_and_weights_train_as_by_the_formulas(engine, seed, batch_size, dtype):
    case = (ALL, (BinaryCrossEntropy(), Sigmoid, 1), Adam(0.01), 3, 21, batch_size, seed)
    options = {"sample_weight": np.linspace(0, 2, 21), "class_weight": {1: 2.0}, "dtype": dtype}
    expected, network = trained("formulas", case, **options)
    reports, other = trained(engine, case, **options)
    precision = 1e-10 if dtype == "float64" else 1e-4
    assert np.allclose(other.parameters, network.parameters, rtol=precision, atol=precision / 100)
    assert np.allclose(reports[-1].loss, expected[-1].loss, rtol=precision)


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
    monkeypatch.setattr("nn.engine.native.NOISE_BYTES", ahead)
    case = (ALL, (BinaryCrossEntropy(), Sigmoid, 1), Adam(0.01), 3, 21, 4, 7)
    runs = [trained(engine, case, epochs=20, report_every=every)[1] for every in (1, 7, 20)]
    assert len({network.parameters.tobytes() for network in runs}) == 1
    expected = trained("formulas", case, epochs=20)[1]
    assert np.allclose(runs[0].parameters, expected.parameters, rtol=1e-10, atol=1e-12)


@pytest.mark.skipif(not compiler(), reason="no C compiler")
def test_a_call_that_ends_inside_an_epoch_goes_on_with_the_right_noise(monkeypatch):
    case = (ALL, (BinaryCrossEntropy(), Sigmoid, 1), Adam(0.01), 3, 21, 4, 7)
    expected = trained("native", case, epochs=50)[1]
    monkeypatch.setattr("nn.engine.native.CALL_SECONDS", 0.0)
    monkeypatch.setattr("nn.engine.native.OPERATIONS_BETWEEN_LOOKS", 3)  # at every third step: two are made
    monkeypatch.setattr("nn.engine.native.operations", lambda program: 1)
    assert np.array_equal(trained("native", case, epochs=50)[1].parameters, expected.parameters)


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
