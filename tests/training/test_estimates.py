"""What ``auto`` estimates, far from where both engines take as long."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import SGD, Adam, Dense, MeanSquaredError, Sequential, Sigmoid
from nn.training import batches
from nn.training.choice import Recorded, choose
from nn.training.estimates import Counts, Work, compiling
from nn.training.native import Native
from nn.training.objective import Objective
from nn.training.step import Step

numbers = st.floats(0, 1e8)
WORK = st.builds(
    Work,
    step=st.builds(Counts, calls=st.integers(10, 1000), numbers=numbers, functions=numbers, products=numbers),
    steps=st.integers(1, 10**6),
    verified=st.integers(1, 512),
    networks=st.integers(1, 1000),
)


@given(work=WORK, times=st.integers(1, 100))
def test_more_epochs_save_more(work, times):
    more = work._replace(steps=times * work.steps)
    assert more.saved(1, 1) >= work.saved(1, 1)


@given(work=WORK, calls=st.integers(0, 1000))
def test_more_calls_save_more_where_few_batches_are_verified(work, calls):
    step = work.step._replace(calls=work.step.calls + calls)
    work = work._replace(steps=100 * work.verified + work.steps)
    assert work._replace(step=step).saved(1, 1) >= work.saved(1, 1)


@given(calls=st.integers(0, 1000), lines=st.integers(0, 10_000), more=st.integers(0, 10_000))
def test_more_calls_and_more_lines_take_longer_to_compile(calls, lines, more):
    assert compiling(calls, lines) <= compiling(calls, lines + more)
    assert compiling(calls, lines) <= compiling(calls + more, lines)


def prepared(sizes, samples, batch=None, seed=0, optimizer=None):
    inputs, *hidden = sizes
    layers = [layer for units in hidden for layer in (Dense(units), Sigmoid())]
    network = Sequential(layers, inputs=inputs, seed=seed)
    x, t = np.ones((samples, inputs)), np.ones((samples, hidden[-1]))
    objective = Objective(network, MeanSquaredError(), classification=False)
    data = batches.samples(network, objective.loss, x, t, batch_size=batch)
    return Step(network, objective, (optimizer or SGD(0.1)).over(1)), data


def recorded(*shape):
    return Recorded(Native, *prepared(*shape), verified=False)


FAR = {
    "XOR": (([2, 2, 1], 4), 500, 10**6),
    "mini-batches": (([13, 16, 16, 1], 1000, 10, 0, Adam(0.01)), 3, 1000),
    "wide layers": (([64, 256, 256, 10], 256, 64), 2, 3000),
    "seeds side by side": (([2, 2, 1], 4, None, range(1000)), 20, 10**5),
    "seeds one by one": (([4, 16, 3], 150, None, range(50)), 2, 2000),
}


@pytest.mark.parametrize(("shape", "few", "many"), FAR.values(), ids=FAR)
def test_compiling_pays_for_many_epochs_and_not_for_few(shape, few, many):
    step = recorded(*shape)
    assert [step.compiling_pays(epochs) for epochs in (few, many)] == [False, True]


def test_epochs_turn_the_choice_once():
    step = recorded([4, 8, 3], 150, 32)
    chosen = [step.compiling_pays(2**power) for power in range(24)]
    assert chosen == sorted(chosen)


@pytest.mark.parametrize("seeds", [0, range(50)], ids=["one network", "a stack"])
def test_a_short_training_runs_as_if_numpy_were_named(seeds):
    auto, numpy = (choose(name, *prepared([2, 2, 1], 4, None, seeds), 5) for name in ("auto", "numpy"))
    assert auto.name == "numpy"
    assert auto.blocks.size == numpy.blocks.size
    np.testing.assert_equal(auto.run(5), numpy.run(5))
