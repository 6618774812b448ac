"""Networks, models, histories and gradient checks show themselves as tables; HTML is escaped."""

import numpy as np
import pytest

import nn
from nn.display import html_table

X, T = [[0.0, 1.0], [1.0, 0.0]], [[0.0], [1.0]]


def network(seed=0):
    layers = [nn.Dropout(0.5), nn.Shortcut([nn.Dense(3), nn.Tanh()]), nn.Dense(1), nn.Sigmoid()]
    return nn.Sequential(layers, inputs=2, seed=seed)


def test_a_network_is_its_layers_with_shapes_and_parameters():
    lines = [line.split() for line in repr(network()).splitlines()]
    assert lines[1:] == [
        ["input", "(batch,", "2)", "0"],
        ["dropout", "0.5", "(batch,", "2)", "0"],
        ["shortcut", "(batch,", "5)", "9"],
        ["dense", "(batch,", "3)", "9", "tanh", "glorot_uniform"],
        ["dense", "(batch,", "1)", "6", "sigmoid", "glorot_uniform"],
        ["15", "parameters"],
    ]
    assert repr(network(range(4))).endswith("15 parameters each, in a stack of (4,)")


def test_to_look_at_a_network_changes_nothing():
    one = network()
    y = one.forward(np.array(X), training=True)
    before = one.gradients.copy(), y.copy()
    repr(one)
    one.backward(np.ones_like(y))
    other = network()
    other.forward(np.array(X), training=True)
    other.backward(np.ones_like(y))
    np.testing.assert_array_equal(one.gradients, other.gradients)
    assert not np.array_equal(before[0], one.gradients)


def test_a_model_says_what_it_predicts_from_what():
    model = nn.Model(network(), nn.BinaryCrossEntropy(), ("a", "b"), ("c",), ("no", "yes"))
    assert repr(model).startswith("Model of c: no, yes; from a, b\nlayer ")


@pytest.mark.parametrize("epochs", [1, 10, 11, 500])
def test_a_history_shows_its_first_and_last_reports(epochs):
    history = nn.fit(network(), nn.MeanSquaredError(), nn.SGD(0.1), X, T, epochs=epochs)
    lines = repr(history).splitlines()
    assert len(lines) == 1 + min(epochs, 11)
    assert lines[0].split() == [*history]
    assert (lines[1].split()[0], lines[-1].split()[0]) == ("1", str(epochs))


def test_what_notebooks_show_is_escaped_html():
    one = network()
    model = nn.Model(one, nn.BinaryCrossEntropy(), ("<b>", "b"), ("c",), ("<script>", "yes"))
    history = nn.fit(one, nn.MeanSquaredError(), nn.SGD(0.1), X, T, epochs=2)
    check = nn.check_gradients(one, nn.MeanSquaredError(), X, T)
    for thing in (one, model, history, check):
        assert "<table>" in thing._repr_html_()
    assert "c: &lt;script&gt;, yes; from &lt;b&gt;, b" in model._repr_html_()
    assert "<td>&lt;i&gt;</td>" in html_table(["a", "b"], [["x", "<i>"]])
