"""How layers fared at the snapshots: what is drawn is what the network gives there."""

import numpy as np
import pytest

from nn import HardSigmoid, LayerNorm, ReLU, Sigmoid, Softmax, Softsign, Tanh
from nn.endpoints.units import SATURATED_SLOPE
from nn.plots.diagnostics import activations, flat_share, gradients, moments, updates
from nn.plots.stages import Stage
from nn.plots.view import View
from nn.training.objective import Objective
from tests.plots.runs import SNAPSHOTS, trained, words


def run():
    return trained("moons", SNAPSHOTS, "training.epochs=60")


def test_a_moment_has_the_activations_gradients_and_weights_of_its_snapshot():
    view = View.of(run())
    found = moments(view)
    model, snapshots = view.model, view.snapshots
    assert [moment.epoch for moment in found] == snapshots.epochs.tolist()
    with view.at(snapshots.parameters[3]):
        np.testing.assert_array_equal(found[3].activations["output"], model.forward(view.samples.x))
        objective = Objective(model.network, model.loss, classification=False)
        objective.forward(*model.arrays(view.samples))
        objective.backward()
        np.testing.assert_array_equal(found[3].gradients["layer 1"], model.network.layers[0].weight_grad)


def test_the_network_is_afterwards_what_it_was():
    view = View.of(run())
    before = view.model.network.parameters.copy()
    moments(view)
    np.testing.assert_array_equal(view.model.network.parameters, before)


def test_the_share_in_flat_parts_is_that_of_low_slopes():
    view = View.of(run())
    moment = moments(view)[-1]
    y = moment.activations["layer 1"]
    assert moment.flat["layer 1"] == pytest.approx(np.mean(4 * y * (1 - y) < SATURATED_SLOPE))


def test_histograms_hold_all_values_at_each_moment():
    figure = activations(run())
    assert len(figure.axes) == 10
    for axes in figure.axes:
        (steps,) = axes.patches
        assert steps.get_data().values.sum() == pytest.approx(1)
    assert "epoch 0" in words(figure)
    assert "% flat" in words(figure)
    assert "gradient of a weight" in words(gradients(run()))


def test_the_network_that_was_kept_is_among_the_moments_and_named():
    view = View.of(run())
    assert view.epoch < view.snapshots.epochs[-1]
    (kept,) = [moment for moment in moments(view, 3) if moment.epoch == view.epoch]
    np.testing.assert_array_equal(kept.activations["output"], view.model.forward(view.samples.x))
    assert f"epoch {view.epoch}, kept" in words(activations(run()))
    assert f"epoch {view.epoch}, kept" in words(gradients(run()))
    assert f"dotted: epoch {view.epoch}, kept" in words(updates(run()))


def test_norms_of_gradients_are_drawn_on_a_log_scale_for_each_layer():
    figure = updates(run())
    first, second = figure.axes
    found = moments(View.of(run()))
    (line,) = [line for line in first.get_lines() if line.get_label() == "output"]
    np.testing.assert_allclose(line.get_ydata(), [np.linalg.norm(m.gradients["output"]) for m in found])
    assert first.get_yscale() == "log"
    assert second.get_xlabel().startswith("epoch ")


def test_a_run_without_snapshots_is_told_which_setting_keeps_them():
    with pytest.raises(ValueError, match=r"expected snapshots, .* train with --set training\.snapshots=20"):
        updates(trained("moons", "training.epochs=60"))


@pytest.mark.parametrize("draw", [activations, gradients, updates])
def test_hidden_units_inside_of_a_shortcut_are_drawn(draw):
    figure = draw(trained("xor-2-1-1", SNAPSHOTS))
    named = words(figure) + "\n".join(
        str(line.get_label()) for axes in figure.axes for line in axes.get_lines()
    )
    assert "layer 1" in named
    assert "output" in named


@pytest.mark.parametrize(
    ("layer", "low"),
    [
        (Sigmoid(), lambda x: 4 / (2 + 2 * np.cosh(x))),
        (Tanh(), lambda x: 1 / np.cosh(x) ** 2),
        (Softsign(), lambda x: 1 / (1 + np.abs(x)) ** 2),
        (HardSigmoid(), lambda x: np.abs(x) < 3),
    ],
)
def test_a_bounded_activation_is_flat_where_its_slope_is_low(layer, low):
    x = np.linspace(-9, 9, 1000).reshape(50, 20)
    share = flat_share(Stage("layer 1", None, layer, layer.forward(x)))
    assert share == np.mean(low(x) < SATURATED_SLOPE)


@pytest.mark.parametrize("layer", [Softmax(), ReLU(), LayerNorm(inputs=20)])
def test_what_has_no_two_flat_ends_has_no_flat_share(layer):
    x = np.linspace(-9, 9, 1000).reshape(50, 20)
    assert flat_share(Stage("layer 1", None, layer, layer.forward(x))) is None
