"""All engines do what the formulas do, on networks, losses, optimisers, batches and stacks of any kind.

Trajectories are chaotic: what rounding leaves may grow tenfold an epoch, without limit. So an engine and
the formulas each go one epoch, of three batches at most, from equal states, at many states along a
trajectory. What then differs by more than another order of sums explains must lie within what the
formulas themselves leave when each of their results is some roundings off: near a kink, a sign or a tie
that is a choice of outcomes, and either is right.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Constant,
    CosineDecay,
    Dense,
    DivergedError,
    Dropout,
    ExponentialDecay,
    Hinge,
    Huber,
    Linear,
    LogCosh,
    MeanAbsoluteError,
    MeanSquaredError,
    NAdam,
    OneCycle,
    Quickprop,
    ReduceOnPlateau,
    RMSprop,
    Rprop,
    Sequential,
    Shortcut,
    Sigmoid,
    Softmax,
    StepDecay,
    StopAt,
    Tanh,
    train,
)
from nn.engine.compiler import compiler
from nn.engine.program import fill
from nn.engine.tape import Tape
from nn.layers.activations import ACTIVATIONS
from nn.losses import LOSSES
from nn.training import batches
from nn.training.batches import Samples
from nn.training.objective import Objective
from nn.training.runners import choose
from nn.training.step import Step

ENGINES = ["numpy", pytest.param("native", marks=pytest.mark.skipif(not compiler(), reason="no C compiler"))]
OPTIMIZERS = [
    SGD(0.1),
    SGD(0.1, momentum=0.9),
    SGD(0.05, momentum=0.5, nesterov=True),
    SGD(0.1, momentum=0.9, clip_value=0.05, clip_norm=0.1, weight_decay=0.1),
    Adagrad(0.1, epsilon=1e-3),
    Adadelta(),
    RMSprop(0.01, epsilon=1e-3),
    RMSprop(0.01, epsilon=1e-3, momentum=0.5),
    Adam(0.01),
    Adam(0.01, amsgrad=True),
    AdamW(0.01, clip_norm=0.5),
    NAdam(0.01),
]
RATES = [
    Constant(0.1, warmup=3),
    StepDecay(0.1, every=2, factor=0.5),
    ExponentialDecay(0.1),
    CosineDecay(0.1, end=0.01, warmup=2),
    OneCycle(0.1, rise=0.7),
    ReduceOnPlateau(0.1, factor=0.5, patience=1, min_delta=0.05, min_rate=0.01, warmup=2),
]
REGRESSION = (MeanAbsoluteError, Huber, LogCosh)
BY_SIGNS = [Rprop(), Rprop(variant="rprop_plus"), Quickprop(0.5)]
AFTER = (0, 1, 3, 10, 50)
"""The epochs after which engines are compared."""
ROUNDING = {"float64": 1e-10, "float32": 1e-4}
"""What sums in another order may change, relative to the largest number of an array."""


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


def drawn(case, dtype):
    """The network of a case, inputs and targets."""
    layers, (loss, last, outputs), _, inputs, samples, _, seed = case
    network = Sequential([*map(made, layers), Dense(outputs), last()], inputs=inputs, seed=seed, dtype=dtype)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(samples, inputs))
    t = (
        rng.normal(size=(samples, outputs))
        if isinstance(loss, REGRESSION)
        else np.eye(outputs)[rng.integers(0, outputs, samples)]
        if outputs > 1
        else rng.integers(0, 2, (samples, 1))
    )
    return network, x, t


def trained(engine, case, epochs=7, dtype="float64", **options):
    """The reports and the network of a case."""
    _, (loss, _, _), optimizer, _, _, batch_size, _ = case
    network, x, t = drawn(case, dtype)
    reports = list(
        train(network, loss, optimizer, x, t, epochs=epochs, batch_size=batch_size, engine=engine, **options)
    )
    return reports, network


class Inexact(np.ndarray):
    """Arrays whose results are up to 64 roundings off, a sum by those of its terms; whole numbers stay."""

    rng = np.random.default_rng(0)

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        plain = [np.asarray(array) if isinstance(array, np.ndarray) else array for array in inputs]
        result = np.asarray(getattr(ufunc, method)(*plain, **options))
        if result.dtype.kind == "f":
            summed = ufunc is np.matmul or (ufunc is np.add and method == "reduce")
            size = getattr(ufunc, method)(*map(np.abs, plain), **options) if summed else np.abs(result)
            off = 64 * np.finfo(result.dtype).eps * size * self.rng.uniform(-1, 1, result.shape)
            exact = not summed and (result == np.rint(result))
            result = np.asarray(result + np.where(exact, 0, off), result.dtype)
        if out is None:
            return result.view(Inexact)
        np.asarray(out[0])[...] = result
        return out[0]


class Walk:
    """A case that goes from states that are given: what an epoch makes of each."""

    def __init__(self, engine, case, dtype="float64", classification=None, **weights):
        _, (loss, _, _), optimizer, _, _, batch_size, _ = case
        network, x, t = drawn(case, dtype)
        if classification is None:
            classification = loss.classifies(network.outputs)
        self.samples = batches.samples(network, loss, x, t, batch_size=batch_size, **weights)
        self.samples.measured = 2 if classification else 1
        objective = Objective(network, loss, classification=classification)
        steps = (max(AFTER) + 1) * len(self.samples.batches)
        self.step = Step(network, objective, optimizer.over(steps))
        self.engine = choose(engine, self.step, self.samples, 1)

    def inexact(self):
        """The same on arrays that are inexact."""
        for arrays in (self.samples.arrays, self.step.kept):
            for name, array in arrays.items():
                arrays[name] = array.view(Inexact)
        return self

    def state(self):
        """What is kept, and where the generators are."""
        kept = {name: np.array(array) for name, array in self.step.kept.items()}
        return kept, self.samples.state()

    def begin(self, state):
        """Go back to a state."""
        fill(self.step.kept, state[0])
        self.samples.restore(state[1])

    def epoch(self, state):
        """What is kept and measured after an epoch."""
        self.begin(state)
        (measures,) = self.engine.run(1)
        return self.state()[0] | {"measures": measures}


def agree(engine, case, **options):
    """Whether an engine leaves what the formulas do, along a trajectory of theirs."""
    formulas, other = Walk("formulas", case, **options), Walk(engine, case, **options)
    rounding = ROUNDING[formulas.step.network.dtype.name]
    for after, more in zip(AFTER, np.diff([*AFTER, max(AFTER) + 1]), strict=True):
        state = formulas.state()
        found, expected = other.epoch(state), formulas.epoch(state)
        doubtful = [name for name, array in found.items() if not near(array, expected[name], rounding)]
        if doubtful:
            inexact = Walk("formulas", case, **options).inexact()
            outcomes = [expected, *(inexact.epoch(state) for _ in range(16))]
            for name in doubtful:
                assert within(found[name], [outcome[name] for outcome in outcomes]), f"{name}, epoch {after}"
        formulas.begin(state)
        formulas.engine.run(more)


def near(array, expected, rounding):
    """Whether arrays are equal to rounding, for their size."""
    size = np.max(np.abs(expected), initial=0, where=np.isfinite(expected))
    return np.allclose(array, expected, rtol=rounding, atol=rounding * size, equal_nan=True)


def within(array, outcomes):
    """Whether each element is between outcomes, or as far beyond as they are from each other."""
    with np.errstate(invalid="ignore"):
        low, high = np.min(outcomes, axis=0), np.max(outcomes, axis=0)
        width = high - low
        inside = (low - width <= array) & (array <= high + width)
    # Where some outcomes are not finite, an overflow is a matter of rounding.
    return np.all(inside | ~np.isfinite(outcomes).all(axis=0))


@st.composite
def cases(draw):
    few, smoothing = draw(st.integers(1, 3)), draw(st.sampled_from([0.0, 0.1]))
    kinds = st.sampled_from([SGD(), SGD(momentum=0.5, weight_decay=0.1), Adam()])
    heads = [
        (MeanSquaredError(), Sigmoid, draw(st.integers(1, 11))),
        (MeanAbsoluteError(), Linear, few),
        (Huber(delta=0.5), Linear, few),
        (LogCosh(), Linear, few),
        (BinaryCrossEntropy(smoothing), Sigmoid, few),
        (CategoricalCrossEntropy(smoothing), Softmax, draw(st.integers(2, 10))),
        (Hinge(), Tanh, few),
    ]
    sizes = st.integers(1, 19)
    strengths = st.none() | st.sampled_from([0.003, 0.1])
    dense = st.fixed_dictionaries(
        {"units": sizes, "l1": strengths, "l2": strengths, "max_norm": st.sampled_from([None, 0.5, 2.0])}
    )
    # Softmax, which cannot have one unit, has its place below.
    activations = st.sampled_from(sorted(ACTIVATIONS.keys() - {"softmax"}))
    flat = sizes | dense | st.floats(0, 0.9) | activations
    nested = st.lists(flat | st.lists(flat, min_size=1, max_size=2), min_size=1, max_size=3)
    layers = draw(st.lists(flat | nested, max_size=4))
    samples = draw(st.integers(2, 40))
    return (
        layers,
        draw(st.sampled_from(heads)),
        draw(st.sampled_from(OPTIMIZERS) | st.builds(replace, kinds, learning_rate=st.sampled_from(RATES))),
        draw(sizes),
        samples,
        draw(st.none() | st.integers(-(-samples // 3), samples)),  # at most three batches
        draw(st.just(3) | st.lists(st.integers(0, 9), min_size=1, max_size=4)),
    )


def weights(draw, case):
    """Weights of samples and classes, or none."""
    samples, (loss, _, outputs) = case[4], case[1]
    of_classes = (outputs > 1 and not isinstance(loss, REGRESSION)) or isinstance(loss, BinaryCrossEntropy)
    some = st.none() | st.lists(st.floats(0.1, 3), min_size=samples, max_size=samples)
    classes = draw(st.none() | st.just({1: 2.5})) if of_classes else None
    return {"sample_weight": draw(some), "class_weight": classes, "classification": of_classes}


DTYPES = st.sampled_from(["float64", "float64", "float32"])


@given(cases(), DTYPES, st.data())
def test_a_replay_equals_the_formulas(case, dtype, data):
    agree("numpy", case, dtype=dtype, **weights(data.draw, case))


@pytest.mark.skipif(not compiler(), reason="no C compiler")
@given(cases(), DTYPES, st.data())
@settings(max_examples=settings().max_examples // 5)
def test_compiled_c_equals_the_formulas(case, dtype, data):
    agree("native", case, dtype=dtype, **weights(data.draw, case))


ALL = [[5, "tanh", 0.4, [{"units": 3, "l1": 0.01, "l2": 0.02, "max_norm": 0.7}, "sigmoid"]], 0.2]
"""Layers of all kinds."""


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", [7, [7], [3, 7, 1]])
@pytest.mark.parametrize("batch_size", [None, 8, 1])
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
    monkeypatch.setattr("nn.training.native.OPERATIONS_BETWEEN_LOOKS", 3)  # at every third step: two are made
    monkeypatch.setattr("nn.training.native.operations", lambda program: 1)
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
