"""What leaves a network's function unchanged, and the one form of all weights that do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import Dense, Dropout, LayerNorm, ReLU, Sequential, Shortcut, Sigmoid, Softmax, Softsign, Tanh
from nn.endpoints.symmetry import canonical, exchange, hidden_units, reflect, single
from nn.layers import ACTIVATIONS

NETWORKS = {
    "sigmoid": lambda: [Dense(3), Sigmoid(), Dense(2), Sigmoid()],
    "tanh": lambda: [Dense(4), Tanh(), Dense(1)],
    "deep": lambda: [Dense(3), Sigmoid(), Dense(4), Softsign(), Dropout(0.5), Dense(3), Softmax()],
    "rectifiers": lambda: [Dense(3), ReLU(), Dense(3), ReLU(), Dense(1)],
    "no activation": lambda: [Dense(3), Dense(2)],
    "no biases": lambda: [Dense(3, use_bias=False), Sigmoid(), Dense(2, use_bias=False), Tanh(), Dense(1)],
    "shortcut": lambda: [Shortcut([Dense(3), Tanh()]), Dense(2), Tanh(), Dense(1)],
    "normalised": lambda: [Dense(3), LayerNorm(), Tanh(), Dense(1)],
    "softmax inside": lambda: [Dense(3), Softmax(), Dense(2)],
}
networks = st.sampled_from(sorted(NETWORKS)).map(lambda name: Sequential(NETWORKS[name](), inputs=2))
seeds = st.integers(0, 10_000)


def answers(network, parameters):
    return single(network, parameters).predict(np.random.default_rng(1).normal(0, 2, (20, 2)))


def symmetric_copy(network, parameters, rng):
    """The same function with units of each hidden layer reflected and exchanged at random."""
    twin = parameters.copy()
    for units in hidden_units(single(network, twin).layers):
        if units.reflection is not None:
            reflect(units, rng.choice([-1.0, 1.0], units.dense.units))
        exchange(units, rng.permutation(units.dense.units))
    return twin


@given(networks, seeds)
def test_the_canonical_form_answers_as_the_given_weights(network, seed):
    parameters = np.random.default_rng(seed).normal(0, 3, network.size)
    found = answers(network, canonical(network, parameters))
    assert np.allclose(found, answers(network, parameters), rtol=1e-11, atol=1e-12)


@given(networks, seeds)
def test_symmetric_copies_have_the_same_canonical_form(network, seed):
    rng = np.random.default_rng(seed)
    parameters = rng.normal(0, 3, network.size)
    copied = symmetric_copy(network, parameters, rng)
    assert np.allclose(answers(network, copied), answers(network, parameters), rtol=1e-11, atol=1e-12)
    assert np.allclose(canonical(network, copied), canonical(network, parameters), rtol=0, atol=1e-12)


@given(networks, seeds)
def test_each_member_of_many_has_its_own_canonical_form(network, seed):
    members = np.random.default_rng(seed).normal(0, 3, (5, network.size))
    assert np.array_equal(canonical(network, members), [canonical(network, one) for one in members])


def test_a_canonical_form_stays_as_it_is():
    network = Sequential(NETWORKS["deep"](), inputs=2)
    once = canonical(network, np.random.default_rng(0).normal(size=network.size))
    assert np.allclose(canonical(network, once), once, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ["shortcut", "normalised", "softmax inside"])
def test_only_known_symmetries_are_used(name):
    network = Sequential(NETWORKS[name](), inputs=2)
    known = [units.dense for units in hidden_units(network.layers)]
    assert known == ([network.layers[1]] if name == "shortcut" else [])


def test_weights_that_are_given_stay_as_they_are():
    network = Sequential(NETWORKS["tanh"](), inputs=2, seed=3)
    before = network.parameters.copy()
    canonical(network, network.parameters)
    assert np.array_equal(network.parameters, before)


@pytest.mark.parametrize("kind", ACTIVATIONS.values())
def test_activations_declare_how_they_reflect(kind):
    layer, x = kind(), np.linspace(-3, 3, 41)[:, np.newaxis] * [1.0, 0.7, -0.2]
    sums = layer.forward(x) + layer.forward(-x)
    if layer.reflection is None:
        assert np.ptp(sums) > 0.1
    else:
        assert np.allclose(sums, layer.reflection, rtol=0, atol=1e-15)


@pytest.mark.parametrize("kind", ACTIVATIONS.values())
def test_activations_declare_whether_they_act_on_each_unit_alone(kind):
    layer, x = kind(), np.linspace(-3, 3, 40).reshape(10, 4)
    changed = x + np.array([0, 0, 0, 1])
    alike = layer.forward(x)[:, :3] == layer.forward(changed)[:, :3]
    assert layer.elementwise == bool(np.all(alike))
