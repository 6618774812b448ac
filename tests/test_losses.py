import json
from pathlib import Path

import numpy as np
import pytest

from nn import BinaryCrossEntropy, CategoricalCrossEntropy, Linear, MeanSquaredError, Sequential
from nn.losses import LOSSES
from tests.gradients import backpropagated, complex_step, differentiated, relative_error

TORCH = json.loads((Path(__file__).parent / "reference" / "torch.json").read_text())["losses"]

rng = np.random.default_rng(0)
OUTPUTS = rng.normal(0, 3, (2, 5, 3))
# The contract of all losses: a new one adds its line of targets, for a stack of two.
TARGETS = {
    "mse": rng.normal(0, 3, (2, 5, 3)),
    "binary_crossentropy": rng.uniform(0, 1, (2, 5, 3)),
    "categorical_crossentropy": rng.dirichlet(np.ones(3), (2, 5)),
}

everywhere = pytest.mark.parametrize("kind", LOSSES)


def test_every_loss_keeps_the_contract():
    assert TARGETS.keys() == LOSSES.keys()


@everywhere
def test_backward_is_the_gradient_in_the_outputs(kind):
    loss, y, t = LOSSES[kind](), OUTPUTS[0], TARGETS[kind][0]
    problem = Sequential([(loss.link or Linear)()], inputs=3), loss, y, t
    assert relative_error(backpropagated(*problem), differentiated(complex_step, *problem)) < 1e-12


@everywhere
def test_a_stack_has_the_losses_and_gradients_of_its_members(kind):
    loss = LOSSES[kind]()
    together, gradient = loss.forward(OUTPUTS, TARGETS[kind]), loss.backward()
    assert together.shape == (2,)
    for member, (y, t) in enumerate(zip(OUTPUTS, TARGETS[kind], strict=True)):
        assert loss.forward(y, t) == pytest.approx(together[member], rel=1e-14, abs=0)
        assert np.allclose(loss.backward(), gradient[member], rtol=1e-14)


@everywhere
def test_the_loss_is_a_mean_so_that_doubling_the_batch_does_not_change_it(kind):
    loss, y, t = LOSSES[kind](), OUTPUTS[0], TARGETS[kind][0]
    once = loss.forward(y, t)
    assert loss.forward(np.tile(y, (2, 1)), np.tile(t, (2, 1))) == pytest.approx(once, rel=1e-14, abs=0)


@everywhere
def test_values_and_gradients_are_those_of_torch(kind):
    loss, expected = LOSSES[kind](), TORCH[kind]
    value = loss.forward(np.array(TORCH["y"]), np.array(expected["t"]))
    assert value == pytest.approx(expected["loss"], rel=1e-10, abs=0)
    assert np.allclose(loss.backward(), expected["dy"], rtol=1e-10, atol=1e-15)


def test_mean_squared_error_is_the_mean_over_samples_and_outputs_without_a_half():
    loss = MeanSquaredError()
    y, t = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0, 0], [0, 8]])
    assert loss.forward(y, t) == (1 + 4 + 9 + 16) / 4
    assert loss.backward().tolist() == [[2 * 1 / 4, 2 * 2 / 4], [2 * 3 / 4, 2 * -4 / 4]]


def test_binary_crossentropy_by_hand():
    loss = BinaryCrossEntropy()  # −log σ(0.2020802830180363)
    value = loss.forward(np.array([[0.2020802830180363]]), np.array([[1.0]]))
    assert value == pytest.approx(0.5972029322273626, rel=1e-14, abs=0)
    assert loss.backward().item() == pytest.approx(-0.4496511517242895, rel=1e-14, abs=0)  # σ − 1


def test_categorical_crossentropy_by_hand():
    loss = CategoricalCrossEntropy()  # softmax(0, 1, 2) = 0.0900, 0.2447, 0.6652
    value = loss.forward(np.array([[0.0, 1.0, 2.0]]), np.array([[0.1, 0.2, 0.7]]))
    assert value == pytest.approx(0.8076059644443803, rel=1e-14, abs=0)
    slopes = [-0.0099694268296195, 0.0447284710547977, -0.0347590442251781]
    assert loss.backward()[0] == pytest.approx(slopes, rel=1e-13, abs=0)


@pytest.mark.parametrize("target", [0, 0.25, 1])
@pytest.mark.parametrize("logit", [-1000, 1000])
def test_binary_crossentropy_is_exact_when_saturated(logit, target):
    loss, n = BinaryCrossEntropy(), 4
    y = 1 if logit > 0 else 0
    assert loss.forward(np.full((n, 1), logit), np.full((n, 1), target)) == 1000 * abs(y - target)
    assert loss.backward().tolist() == [[(y - target) / n]] * n


@pytest.mark.parametrize("target", [[1, 0, 0], [0, 1, 0], [0.5, 0.25, 0.25]])
def test_categorical_crossentropy_is_exact_when_saturated(target):
    loss, n = CategoricalCrossEntropy(), 4
    y, t = np.array([1, 0, 0]), np.array(target)
    value = loss.forward(np.tile([1000.0, -1000.0, -1000.0], (n, 1)), np.tile(t, (n, 1)))
    assert value == 2000 * (t[1] + t[2])
    assert loss.backward().tolist() == [((y - t) / n).tolist()] * n


def test_a_right_answer_far_from_the_middle_still_has_its_small_loss():
    loss = BinaryCrossEntropy()
    assert loss.forward(np.array([[50.0]]), np.array([[1.0]])) == pytest.approx(np.exp(-50), rel=1e-14, abs=0)


@pytest.mark.parametrize("target", [-0.5, 1.5])
def test_binary_crossentropy_refuses_targets_outside_0_and_1(target):
    message = rf"^BinaryCrossEntropy: targets must lie in \[0, 1\], got {target}$"
    with pytest.raises(ValueError, match=message):
        BinaryCrossEntropy().check_targets(np.array([[0.5], [target]]))


@pytest.mark.parametrize("row", [[0.5, 0.4], [1.5, -0.5], [0, 0]])
def test_categorical_crossentropy_refuses_targets_that_are_no_probabilities(row):
    with pytest.raises(ValueError, match=r"^CategoricalCrossEntropy: targets must be probabilities"):
        CategoricalCrossEntropy().check_targets(np.array([[0, 1], row]))


@everywhere
def test_targets_that_make_sense_pass(kind):
    LOSSES[kind]().check_targets(TARGETS[kind])
