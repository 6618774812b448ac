"""Hyperparameters are settings of a program: other numbers need no other program, and compile nothing."""

import math
from contextlib import contextmanager
from itertools import cycle

import numpy as np
import pytest

from nn import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    CategoricalCrossEntropy,
    Constant,
    CosineDecay,
    Dense,
    Dropout,
    ExponentialDecay,
    Huber,
    LeakyReLU,
    MeanSquaredError,
    NAdam,
    OneCycle,
    Piecewise,
    Quickprop,
    ReduceOnPlateau,
    RMSprop,
    Rprop,
    Sequential,
    Shortcut,
    StepDecay,
    Tanh,
    train,
)
from nn.engine.compiler import compiler
from nn.engine.record import record
from nn.engine.replay import Replay
from nn.engine.traced import NotRecordableError
from nn.layers.activations.rectifiers import ELU
from nn.training import batches
from nn.training.objective import Objective
from nn.training.runners import programs
from nn.training.source import CSource
from nn.training.step import Step
from nn.validation import IncompatibleError

needs_compiler = pytest.mark.skipif(not compiler(), reason="no C compiler")
X, T = np.random.default_rng(0).normal(size=(10, 2)), np.eye(2)[np.arange(10) % 2]


def text(optimizer, layers=(), loss=None, epochs=10, dtype="float64"):
    """The C text of a training in batches of four and a shorter last one."""
    loss = loss or MeanSquaredError()
    network = Sequential([*layers, Dense(2), *([loss.link()] if loss.link else [])], inputs=2, dtype=dtype)
    samples = batches.samples(network, loss, X, T, batch_size=None if optimizer.full_batch else 4)
    step = Step(
        network,
        Objective(network, loss, classification=False),
        optimizer.over(epochs * len(samples.batches)),
    )
    return CSource(programs(step, samples, step.kept), samples).text


CLIPPED = {"clip_norm": 0.1, "clip_value": 0.2, "weight_decay": 0.3}
OTHERWISE = {"clip_norm": 0.7, "clip_value": 0.3, "weight_decay": 0.1}
OPTIMIZERS = [
    (SGD(0.1, momentum=0.9, **CLIPPED), SGD(1, momentum=0.5, **OTHERWISE)),
    (SGD(0.1, momentum=0.9, nesterov=True), SGD(0.9, momentum=0.1, nesterov=True)),
    (Adagrad(0.1), Adagrad(0.2, epsilon=0.1)),
    (Adadelta(0.1), Adadelta(1.0, rho=0.5, epsilon=0.1)),
    (RMSprop(0.1, momentum=0.5), RMSprop(0.2, rho=0.5, epsilon=0.1, momentum=0.9)),
    (Adam(0.1), Adam(0.2, beta_1=0.5, beta_2=0.5, epsilon=0.1)),
    (Adam(0.1, amsgrad=True), Adam(0.2, beta_1=0.5, amsgrad=True)),
    (AdamW(0.1), AdamW(0.2, weight_decay=0.5)),
    (NAdam(0.1), NAdam(0.2, beta_1=0.5, beta_2=0.5, epsilon=0.1, momentum_decay=0.5)),
    (Rprop(0.1), Rprop(0.2, eta_plus=1.5, eta_minus=0.25, max_step=10.0, min_step=0.1)),
    (Rprop(variant="rprop_plus"), Rprop(0.2, eta_plus=1.5, variant="rprop_plus")),
    (Quickprop(0.1), Quickprop(0.2, max_growth=1.5)),
]
SCHEDULES = [
    (Constant(0.1, warmup=3), Constant(0.2, warmup=5)),
    (StepDecay(0.1, every=2), StepDecay(0.2, every=7, factor=0.5)),
    (ExponentialDecay(0.1), ExponentialDecay(0.2, factor=0.5, steps=9)),
    (CosineDecay(0.1, end=0.01, warmup=2), CosineDecay(0.2, end=0.02, warmup=1, steps=9)),
    (OneCycle(0.1), OneCycle(0.2, rise=0.7, start_factor=0.1, end_factor=0.1)),
    (ReduceOnPlateau(0.1), ReduceOnPlateau(0.2, factor=0.5, patience=1)),
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("one", "other"), [*OPTIMIZERS, *((Adam(one), Adam(other)) for one, other in SCHEDULES)]
)
def test_the_numbers_of_optimizers_and_schedules_are_not_in_the_c_text(one, other, dtype):
    assert text(one, dtype=dtype) == text(other, dtype=dtype)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([Dense(3, l1=0.1, l2=0.2, max_norm=2)], [Dense(3, l1=0.3, l2=0.1, max_norm=1.5)]),
        ([Dropout(0.5)], [Dropout(0.1)]),
        ([LeakyReLU(0.5)], [LeakyReLU(0.1)]),
        ([ELU(0.5)], [ELU(1.5)]),
        ([Shortcut([Dense(3, l2=0.1), Dropout(0.5)])], [Shortcut([Dense(3, l2=0.2), Dropout(0.1)])]),
    ],
)
def test_the_numbers_of_layers_are_not_in_the_c_text(one, other):
    assert text(SGD(), one) == text(SGD(), other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(Huber(1.0), Huber(0.5)), (CategoricalCrossEntropy(0.1), CategoricalCrossEntropy(0.2))],
)
def test_the_numbers_of_losses_are_not_in_the_c_text(one, other):
    assert text(SGD(), loss=one) == text(SGD(), loss=other)


@pytest.mark.parametrize("schedule", [one for one, _ in SCHEDULES])
def test_neither_is_the_length_of_a_training(schedule):
    assert text(SGD(schedule), epochs=10) == text(SGD(schedule), epochs=77)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SGD(), SGD(momentum=0.5)),
        (SGD(momentum=0.5), SGD(momentum=0.5, nesterov=True)),
        (SGD(), SGD(clip_norm=1.0)),
        (SGD(), SGD(weight_decay=0.1)),
        (SGD(), SGD(Constant(0.01))),
        (Adam(), Adam(amsgrad=True)),
    ],
)
def test_what_is_absent_is_a_choice_of_program(one, other):
    assert text(one) != text(other)


@needs_compiler
def test_a_grid_of_a_hundred_settings_compiles_once(fresh):
    ends = set()
    shares, betas, lengths = cycle([0.1, 0.5, 0.9]), cycle([0.9, 0.99]), cycle([2, 3])
    for rate, share, beta, epochs in zip(np.geomspace(1e-4, 1, 100), shares, betas, lengths, strict=False):
        network = Sequential([Dense(1, l2=rate), Dropout(share)], inputs=2)
        optimizer = Adam(CosineDecay(rate), beta_1=share, beta_2=beta, clip_value=beta, weight_decay=share)
        list(train(network, Huber(share), optimizer, X, X[:, :1], epochs=epochs, engine="native"))
        ends.add(network.parameters.tobytes())
    assert len(ends) == 100
    assert len(list(fresh.iterdir())) == 1


def test_what_depends_on_settings_alone_is_computed_once_in_double_precision():
    network = Sequential([Dense(1)], inputs=2, dtype="float32")
    samples = batches.samples(network, MeanSquaredError(), X, T[:, :1])
    step = Step(network, Objective(network, MeanSquaredError(), classification=False), Adam(beta_2=0.999))
    (program,) = programs(step, samples, step.kept)
    read = [array for call in program.calls for array in call.arguments]
    assert any(
        array.dtype == np.float32 and array == np.float32(1 - 0.999) for array in read if not array.ndim
    )
    settings = {id(array) for array in program.settings}
    assert not [call for call in program.calls if {id(array) for array in call.arguments} <= settings]


def test_formulas_have_their_own_numbers_again_once_a_step_is_recorded():
    loss, dense = Huber(0.5), Dense(2, l2=0.1)
    network, optimizer = Sequential([dense], inputs=2), SGD(Constant(0.1), momentum=0.5)
    samples = batches.samples(network, loss, X, T)
    objective = Objective(network, loss, classification=False)
    step = Step(network, objective, optimizer)
    programs(step, samples, step.kept)
    assert (step.optimizer, objective.loss.delta, dense.l2) == (optimizer, 0.5, 0.1)
    assert type(step.optimizer.momentum) is type(step.optimizer.schedule.start) is type(dense.l2) is float


class Number:
    """A number that a step binds."""

    value = 0.75

    @contextmanager
    def bound(self, make):
        """Within, the number is what a function makes of it."""
        self.value = make(self.value)
        yield
        del self.value


def replayed(formula, dtype="float64"):
    """What a program of a formula of x and a setting s = 0.75 makes of x, and the formula itself."""
    number = Number()

    def step(inputs, kept):
        kept["p"][...] = formula(inputs["x"], number.value)
        return {}

    x = np.array([0.5, -2.0], dtype)
    program = record(step, {"x": x}, {"p": np.zeros(2, dtype)}, [{"x": 2 * x}], bound=number.bound)
    Replay(program)()
    return program.kept["p"], formula(x, 0.75), program


def augmented(x, s):
    s *= 2
    s += 1
    return x * s


FORMULAS = [
    lambda x, s: (1 - s) * x + s,
    lambda x, s: np.where(x > s, s, -s),
    lambda x, s: np.where(x > 0, 1, s),
    lambda x, s: np.maximum(x, s) ** s,
    lambda x, s: np.clip(x, -s, s),
    lambda x, s: np.full_like(x, s),
    lambda x, s: x if s > 0.5 else -x,
    lambda x, s: x * math.sqrt(s) + float(s) + int(s + 1),
    lambda x, s: x * (s // 0.5 + s % 0.5),
    lambda x, s: x * max(0.1, min(s, 1)) * round(s, 1) * abs(-s),
    lambda x, s: sum([x] * range(3)[int(4 * s) - 1], start=0 * x),
    lambda x, s: x * (not s) + (s and 2),
    lambda x, s: x * np.array([1.0, 2.0]) * np.sqrt(s) * np.exp(-s / 2),
    augmented,
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_a_setting_is_to_formulas_the_number_that_it_stands_for(formula, dtype):
    found, expected, _ = replayed(formula, dtype)
    assert found == pytest.approx(expected, rel=1e-12 if dtype == "float64" else 1e-6)


def test_a_measure_may_be_a_setting():
    number = Number()
    arrays = {"x": np.ones(2)}, {"p": np.zeros(2)}
    program = record(lambda *_: {"loss": number.value}, *arrays, [arrays[0]], bound=number.bound)
    assert Replay(program)()["loss"] == number.value


def test_a_setting_takes_the_type_of_arrays_and_lends_them_none():
    *_, program = replayed(lambda x, s: np.where(x > s, x * s, 1 / (1 - s)) + s, "float32")
    assert {call.out.dtype for call in program.calls} == {np.dtype("float32"), np.dtype(bool)}


def test_a_vector_of_settings_has_no_value_to_decide_by():
    with pytest.raises(NotRecordableError, match="value of an array"):
        replayed(lambda x, s: x if x[0] * s > 0 else -x)


FREE = [lambda x, s: x * (1 - s), lambda x, s: s * x if s else x, lambda x, s: np.exp(-s / 2) * x + s]
LOOKED_AT = [lambda x, s: x if s > 0.5 else s * x, lambda x, s: s * x * math.sqrt(s)]


@pytest.mark.parametrize("formula", FREE)
def test_other_numbers_need_no_other_program_if_what_follows_from_them_is_made_again(formula):
    *_, program = replayed(formula)
    (number,) = program.free
    number[...] = 0.25
    for call in program.derivations:
        call.out[...] = call.compute()
    Replay(program)()
    assert program.kept["p"] == pytest.approx(formula(program.inputs["x"], 0.25), rel=1e-15)


@pytest.mark.parametrize("formula", LOOKED_AT)
def test_a_number_whose_value_has_become_a_constant_is_not_free(formula):
    *_, program = replayed(formula)
    assert len(program.settings) > 0
    assert program.free == ()


EACH = [
    SGD([0.1, 0.5, 0.2]),
    SGD(
        [0.1, 0.2, 0.3],
        momentum=[0, 0.5, 0.9],
        weight_decay=[0, 0.1, 0.2],
        clip_norm=[1, 0.1, 0.2],
        clip_value=[0.1, 0.2, 0.3],
    ),
    SGD(0.1, momentum=(0.1, 0.5, 0.9), nesterov=True),
    SGD(CosineDecay(0.1), momentum=np.array([0.1, 0.2, 0.3]), weight_decay=[0.1, 0.2, 0]),
    SGD([0.1, 0.2, 0.3], momentum=Piecewise([0.5, 0.9], boundaries=[3])),
    Adagrad([0.1, 0.2, 0.3], epsilon=[1e-3, 1e-2, 1e-1]),
    Adadelta(rho=[0.1, 0.2, 0.3]),
    RMSprop(0.1, rho=[0.1, 0.2, 0.3], momentum=[0, 0.5, 0.9]),
    Adam([0.1, 0.01, 0.2], beta_1=[0, 0.5, 0.9], beta_2=[0.1, 0.5, 0.9], epsilon=[1e-8, 1e-3, 1e-5]),
    AdamW([0.1, 0.2, 0.3], amsgrad=True, weight_decay=[0.1, 0.2, 0.3]),
    NAdam(0.1, beta_1=[0, 0.5, 0.9], beta_2=[0.1, 0.5, 0.9], momentum_decay=[0, 0.1, 0.2]),
    Rprop([0.1, 0.2, 0.3], eta_plus=[1.1, 1.2, 1.3], min_step=[0.01, 0.02, 0.03], max_step=[1, 2, 3]),
    Rprop(eta_minus=[0.1, 0.2, 0.3], variant="rprop_plus"),
    Quickprop([0.1, 0.2, 0.3], max_growth=[1.1, 1.2, 1.3]),
]
ENGINES = ["formulas", "numpy", pytest.param("native", marks=needs_compiler)]


def trained(optimizer, seed, engine, dtype="float64", units=2, epochs=3):
    """The parameters of a network, or a stack, after training; and the last report."""
    network = Sequential([Dense(units), Tanh(), Dense(2)], inputs=2, seed=seed, dtype=dtype)
    size = None if optimizer.full_batch else 4
    *_, report = train(
        network, MeanSquaredError(), optimizer, X, T, epochs=epochs, batch_size=size, engine=engine
    )
    return network.parameters, report


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("dtype", "rounding"), [("float64", 1e-12), ("float32", 1e-4)])
@pytest.mark.parametrize("optimizer", EACH)
def test_a_stack_with_numbers_for_each_equals_its_members_trained_alone(optimizer, engine, dtype, rounding):
    seeds = [3, 3, 1]
    together, _ = trained(optimizer, seeds, engine, dtype)
    alone = [trained(optimizer.of(place), seed, engine, dtype)[0] for place, seed in enumerate(seeds)]
    assert np.allclose(together, alone, rtol=rounding, atol=rounding)


@pytest.mark.parametrize("engine", ENGINES[1:])
@pytest.mark.parametrize(("units", "networks"), [(2, 70), (40, 3)])
def test_numbers_for_each_follow_the_blocks_of_a_stack(engine, units, networks):
    optimizer = SGD(np.geomspace(1e-3, 0.3, networks), momentum=0.5)
    together, report = trained(optimizer, [0] * networks, engine, units=units)
    alone, _ = trained(optimizer, [0] * networks, "formulas", units=units)
    assert np.allclose(together, alone, rtol=1e-12, atol=1e-12)
    assert np.array_equal(report.learning_rate, optimizer.learning_rate)


def test_a_stack_with_numbers_for_each_goes_on_from_its_state():
    optimizer, seeds = Adam([0.1, 0.01], beta_1=[0.5, 0.9]), [0, 0]
    expected, _ = trained(optimizer, seeds, "numpy", epochs=5)
    network = Sequential([Dense(2), Tanh(), Dense(2)], inputs=2, seed=seeds)
    options = {"batch_size": 4, "engine": "numpy"}
    *_, report = train(network, MeanSquaredError(), optimizer, X, T, epochs=2, **options)
    state = report.state()
    again = Sequential([Dense(2), Tanh(), Dense(2)], inputs=2, seed=seeds)
    list(train(again, MeanSquaredError(), optimizer, X, T, epochs=5, state=state, **options))
    assert np.array_equal(again.parameters, expected)


@needs_compiler
def test_other_numbers_for_each_compile_nothing(fresh):
    for rates in ([0.1, 0.2], [0.3, 0.4]):
        trained(SGD(rates), [0, 0], "native")
    assert len(list(fresh.iterdir())) == 1


@pytest.mark.parametrize("seed", [0, [0], [0, 1, 2]])
def test_numbers_for_each_are_as_many_as_networks(seed):
    with pytest.raises(IncompatibleError, match="SGD has numbers for 2 networks, got") as error:
        trained(SGD([0.1, 0.2]), seed, "numpy")
    assert error.value.argument == "optimizer"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SGD([0.1, -0.2]), r"SGD\.learning_rate must be greater than 0, got -0\.2"),
        (lambda: SGD([0.1, "0.2"]), r"SGD\.learning_rate: each of its numbers must be a number, got '0\.2'"),
        (
            lambda: SGD(clip_norm=[0.1, None]),
            r"SGD\.clip_norm: each of its numbers must be a number, got None",
        ),
        (lambda: SGD([0.1, np.inf]), "must be finite"),
        (lambda: SGD([]), "expected a number for each network, got 0 of learning_rate"),
        (lambda: SGD([0.1, 0.2], momentum=[0.1] * 3), "got 2 of learning_rate, 3 of momentum"),
        (lambda: SGD(momentum=[0.5, 0], nesterov=True), r"SGD\.nesterov needs a momentum"),
        (lambda: SGD([0.1, 0.2], nesterov=[True, False]), r"SGD\.nesterov must be true or false"),
        (lambda: Rprop(min_step=[0.1, 2], max_step=[1, 1]), r"Rprop\.min_step must be less than max_step"),
        (lambda: Constant([0.1, 0.2]), r"Constant\.start must be a number"),
        (lambda: Dropout([0.1, 0.2]), r"Dropout\.rate must be a number"),
    ],
)
def test_each_of_the_numbers_is_checked(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()
