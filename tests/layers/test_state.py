"""A layer may keep a state of its own, such as a running mean, among its parameters: constrain moves it."""

from dataclasses import dataclass

import numpy as np
import pytest

from nn import (
    LBFGS,
    SGD,
    Adam,
    Dense,
    Layer,
    LevenbergMarquardt,
    MeanSquaredError,
    Sequential,
    Shortcut,
    Tanh,
    check_gradients,
    train,
)

KEPT = 0.9
"""The share of the running mean that a step keeps."""
X = np.random.default_rng(0).normal(2, 1, (12, 3))
T = np.sin(X[:, :1])


@dataclass(eq=False)
class Centre(Layer):
    """y = x − m, with the running mean m ← 0.9 m + 0.1 mean x after each update."""

    def build(self, inputs, following=None):
        self.units = inputs
        return inputs

    @property
    def shapes(self):
        return {"mean": (1, self.units)}

    def draw(self, rng):
        return np.zeros(self.units)

    def forward(self, x):
        self.next_mean = KEPT * self.mean + (1 - KEPT) * np.mean(x, axis=-2, keepdims=True)
        return x - self.mean

    def backward(self, dy):
        self.mean_grad[...] = -np.sum(dy, axis=-2, keepdims=True)
        return dy

    def constrain(self):
        self.mean[...] = self.next_mean


def network(seed=0):
    return Sequential([Centre(), Dense(4), Centre(), Tanh(), Dense(1)], inputs=3, seed=seed)


def trained(seed=0, epochs=20, optimizer=None, **options):
    one = network(seed)
    reports = [
        *train(one, MeanSquaredError(), optimizer or Adam(0.01), X, T, epochs=epochs, **options),
    ]
    return one, reports[-1]


@pytest.mark.parametrize("engine", ["formulas", "numpy", "native"])
@pytest.mark.parametrize("optimizer", [SGD(0.05, momentum=0.9), Adam(0.01, weight_decay=0.1)])
def test_the_state_is_what_the_layer_makes_of_it_whatever_the_optimiser_does(engine, optimizer):
    one, report = trained(optimizer=optimizer, engine=engine)
    assert report.engine == engine
    assert one.layers[0].mean[0] == pytest.approx((1 - KEPT**20) * np.mean(X, axis=0), rel=1e-12)
    formulas, _ = trained(optimizer=optimizer, engine="formulas")
    assert one.parameters == pytest.approx(formulas.parameters, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("engine", ["formulas", "numpy", "native"])
def test_the_state_goes_on_where_training_was_stopped(engine):
    options = {"batch_size": 5, "engine": engine}
    whole, _ = trained(epochs=20, **options)
    _, report = trained(epochs=8, **options)
    rest, _ = trained(epochs=20, state=report.state(), **options)
    assert np.array_equal(rest.parameters, whole.parameters)


@pytest.mark.parametrize("engine", ["formulas", "numpy", "native"])
def test_each_member_of_a_stack_has_its_own_state(engine):
    stack, _ = trained(seed=[3, 1], batch_size=5, engine=engine)
    alone, _ = trained(seed=1, batch_size=5, engine=engine)
    assert stack.parameters[1] == pytest.approx(alone.parameters, rel=1e-9, abs=1e-12)
    assert not np.array_equal(*(stack.layers[2].mean))


def test_measuring_predicting_and_checking_leave_the_state_alone():
    one, _ = trained()
    before = one.parameters.copy()
    one.forward(X)
    one.predict(X)
    assert check_gradients(one, MeanSquaredError(), X, T).passed
    assert np.array_equal(one.parameters, before)


@pytest.mark.parametrize("method", [LBFGS(), LevenbergMarquardt()])
@pytest.mark.parametrize("layer", [Centre, lambda: Shortcut([Centre()])])
def test_methods_without_updates_refuse_it(method, layer):
    one = Sequential([layer(), Dense(1)], inputs=3)
    with pytest.raises(ValueError, match="has no updates after which Centre could change"):
        next(iter(train(one, MeanSquaredError(), method, X, T, epochs=1)))
