"""Thumbnails are what units respond to, by the layers' own formulas, on scales that are told."""

import numpy as np
import pytest

from nn import Dense, Dropout, ReLU, Sequential, Shortcut, Sigmoid, Tanh
from nn.diagram.layout import network_layout
from nn.diagram.portrait import on_one_scale, portrait
from nn.diagram.probes import probe_of
from nn.endpoints.units import counted_units

RNG = np.random.default_rng(0)


def seen(network, x, y=None, classes=None):
    features = [f"x{number}" for number in range(network.inputs)]
    y = np.zeros((len(x), 1)) if y is None else y
    layout = network_layout(network, features, [f"y{number}" for number in range(network.outputs)])
    return portrait(network, layout, probe_of(x, y, features, classes), x)


def test_a_unit_of_two_inputs_is_a_picture_of_the_plane():
    network = Sequential([Dense(1)], inputs=2)
    network.parameters[...] = [1, 10, 0]
    found = seen(network, np.array([[-1.0, -1.0], [1.0, 1.0]]))
    cells = found.thumbnails[1].reshape(24, 24)
    assert (np.diff(cells, axis=1) > 0).all()
    np.testing.assert_allclose(np.diff(cells, axis=0), 10 * 2.4 / 24)  # the lowest row first


def test_a_unit_of_one_input_is_a_line():
    found = seen(Sequential([Dense(3), Tanh(), Dense(1)], inputs=1), RNG.normal(size=(20, 1)))
    assert [values.shape for values in found.thumbnails] == [(48, 1), (48, 3), (48, 1)]


def test_a_unit_of_more_inputs_has_a_bar_for_each_class():
    network = Sequential([Dense(2), Tanh(), Dense(1)], inputs=3)
    x, y = RNG.normal(size=(40, 3)), np.arange(40)[:, np.newaxis] % 2
    found = seen(network, x, y, ["no", "yes"])
    hidden = np.tanh(x @ network.layers[0].weight + network.layers[0].bias)
    np.testing.assert_allclose(found.thumbnails[1], [hidden[0::2].mean(axis=0), hidden[1::2].mean(axis=0)])
    assert found.probe.about == "its mean response to each class: no, yes"


def test_a_regression_has_a_bar_for_each_quarter_of_its_samples():
    network = Sequential([Dense(1)], inputs=3)
    x = RNG.normal(size=(40, 3))
    assert (np.diff(seen(network, x, network.predict(x)).thumbnails[1], axis=0) > 0).all()


def test_few_patterns_have_a_bar_each_in_their_order():
    network = Sequential([Dense(1)], inputs=3)
    x = np.array([[1.0, 1, 1], [0, 0, 1], [1, 1, 1], [0, 1, 0]])
    np.testing.assert_allclose(seen(network, x).thumbnails[1], network.predict(x[[0, 1, 3]]))


def test_values_inside_of_a_shortcut_are_those_of_its_layers():
    inner = [Dense(2), Tanh()]
    network = Sequential([Shortcut(inner), Dropout(0.5), Dense(1)], inputs=3)
    x = RNG.normal(size=(4, 3))
    found = seen(network, x)
    np.testing.assert_allclose(found.thumbnails[1], np.tanh(x @ inner[0].weight + inner[0].bias))
    np.testing.assert_allclose(found.thumbnails[2], np.hstack([x, found.thumbnails[1]]))


def test_looking_changes_nothing():
    network = Sequential([Dense(2), Tanh(), Dense(1)], inputs=2)
    x = RNG.normal(size=(5, 2))
    network.forward(x)
    before = [dict(vars(layer)) for layer in network.layers]
    seen(network, x)
    assert [dict(vars(layer)) for layer in network.layers] == before


def test_layers_have_one_scale_unless_they_differ_much():
    network = Sequential([Dense(1), Tanh(), Dense(1)], inputs=2)
    x = np.array([[-1.0, -1.0], [1.0, 1.0]])
    network.parameters[...] = [5, 5, 0, 1.2, 0]
    assert seen(network, x).scales == [1.5, 1.5, 1.5]
    network.parameters[...] = [5, 5, 0, 60, 0]
    assert seen(network, x).scales == [1.5, 1.0, 70.0]


def test_portraits_of_a_movie_have_the_largest_scales():
    network = Sequential([Dense(1)], inputs=2)
    x, found = np.array([[-1.0, -1.0], [1.0, 1.0]]), []
    for size in (1, 10):
        network.parameters[...] = [size, size, 0]
        found.append(seen(network, x))
    assert [(one.scales[1], one.largest_weight) for one in on_one_scale(found)] == [(30, 10)] * 2


@pytest.mark.parametrize(("activation", "name"), [(Sigmoid, "saturated"), (ReLU, "dead")])
def test_units_that_are_saturated_or_dead_are_told_as_findings_tell_them(activation, name):
    network = Sequential([Dense(2), activation(), Dense(1)], inputs=2)
    x = RNG.normal(size=(100, 2))
    network.parameters[...] = [1, 0.1, 1, 0.1, -50, 0.1, 1, 1, 0]
    found = seen(network, x)
    assert found.stuck_words == [f"hidden 1: 1 unit {name}"]
    assert found.stuck[1].tolist() == [True, False]
    assert str(counted_units(network, network.parameters, x)) == f"1 {name} of 2 hidden units"


def test_a_network_that_diverged_can_be_looked_at():
    network = Sequential([Dense(2), Tanh(), Dense(1)], inputs=2)
    network.parameters[0] = np.nan
    found = seen(network, RNG.normal(size=(5, 2)))
    assert np.isfinite(found.scales).all()
    assert found.largest_weight > 0
