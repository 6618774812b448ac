from decimal import Context, Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nn import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Dense,
    HardSigmoid,
    Hinge,
    Huber,
    Linear,
    LogCosh,
    MeanAbsoluteError,
    MeanSquaredError,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from nn.losses import LOSSES
from tests import judges
from tests.gradients import backpropagated, complex_step, differentiated, relative_error
from tests.judges import agree, judge, made

TORCH = judges.TORCH["losses"]

rng = np.random.default_rng(0)
OUTPUTS = rng.normal(0, 3, (2, 5, 3))
# The contract of all losses: a new one adds its line of targets, for a stack of two.
TARGETS = {
    "mse": rng.normal(0, 3, (2, 5, 3)),
    "mae": rng.normal(0, 3, (2, 5, 3)),
    "huber": rng.normal(0, 3, (2, 5, 3)),
    "log_cosh": rng.normal(0, 3, (2, 5, 3)),
    "hinge": rng.integers(0, 2, (2, 5, 3)),
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
    error = relative_error(backpropagated(*problem), differentiated(complex_step, *problem))
    judge("loss", kind, "complex step", "gradient", error, 1e-12)


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


WEIGHTS = rng.uniform(0, 2, (2, 5, 1))


@everywhere
def test_weights_multiply_each_samples_loss_and_the_mean_still_divides_by_their_number(kind):
    loss, y, t = LOSSES[kind](), OUTPUTS[0], TARGETS[kind][0]
    each = [loss.forward(y[n : n + 1], t[n : n + 1]) for n in range(5)]
    weighted = loss.forward(y, t, WEIGHTS[0])
    assert weighted == pytest.approx(np.sum(WEIGHTS[0, :, 0] * each) / 5, rel=1e-14, abs=0)
    weighted_gradient = loss.backward()
    loss.forward(y, t)
    assert np.allclose(weighted_gradient, WEIGHTS[0] * loss.backward(), rtol=1e-14)


@everywhere
def test_weights_of_1_change_nothing(kind):
    loss, y, t = LOSSES[kind](), OUTPUTS[0], TARGETS[kind][0]
    plain = loss.forward(y, t), loss.backward().tolist()
    assert (loss.forward(y, t, np.ones((5, 1))), loss.backward().tolist()) == plain


@everywhere
def test_a_stack_has_weights_of_its_members(kind):
    loss = LOSSES[kind]()
    together, gradient = loss.forward(OUTPUTS, TARGETS[kind], WEIGHTS), loss.backward()
    for member in range(2):
        alone = loss.forward(OUTPUTS[member], TARGETS[kind][member], WEIGHTS[member])
        assert alone == pytest.approx(together[member], rel=1e-14, abs=0)
        assert np.allclose(loss.backward(), gradient[member], rtol=1e-14)


def test_every_loss_has_its_values_of_torch():
    assert {words.split()[0] for words in TORCH.keys() - {"y", "weights"}} == LOSSES.keys()


@pytest.mark.parametrize("words", sorted(TORCH.keys() - {"y", "weights"}))
def test_values_and_gradients_are_those_of_torch_with_weights_and_without(words):
    loss, y, t = made(LOSSES, words), np.array(TORCH["y"]), np.array(TORCH[words]["t"])
    w = np.array(TORCH["weights"])[:, np.newaxis]
    for key, weights in (("plain", None), ("weighted", w), ("sum", None), ("weighted sum", w)):
        expected = TORCH[words][key]
        loss.reduction = "sum" if "sum" in key else "mean"
        value, dy = loss.forward(y, t, weights), loss.backward()
        agree("loss", words, "PyTorch", f"value, {key}", value, expected["loss"])
        agree("loss", words, "PyTorch", f"gradient, {key}", dy, expected["dy"], atol=1e-15)


def test_mean_squared_error_is_the_mean_over_samples_and_outputs_without_a_half():
    loss = MeanSquaredError()
    y, t = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0, 0], [0, 8]])
    assert loss.forward(y, t) == (1 + 4 + 9 + 16) / 4
    assert loss.backward().tolist() == [[2 * 1 / 4, 2 * 2 / 4], [2 * 3 / 4, 2 * -4 / 4]]


@pytest.mark.parametrize("weights", [None, np.array([[0.5], [3.0]])])
def test_half_the_sum_of_squares_has_half_the_sums_value_and_gradient(weights):
    y, t = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0, 0], [0, 8]])
    half, whole = (MeanSquaredError(reduction=name) for name in ("half_sum", "sum"))
    assert half.forward(y, t, weights) == whole.forward(y, t, weights) / 2
    assert half.backward().tolist() == (whole.backward() / 2).tolist()


@everywhere
def test_a_sum_grows_with_the_batch(kind):
    loss, y, t = LOSSES[kind](reduction="sum"), OUTPUTS[0], TARGETS[kind][0]
    once = loss.forward(y, t)
    twice = loss.forward(np.tile(y, (2, 1)), np.tile(t, (2, 1)))
    assert twice == pytest.approx(2 * once, rel=1e-14, abs=0)


@everywhere
@pytest.mark.parametrize("reduction", ["sum", "half_sum"])
def test_backward_is_the_gradient_of_sums(kind, reduction):
    if reduction == "half_sum" and kind != "mse":
        with pytest.raises(TypeError, match=r"reduction must be one of 'mean', 'sum', got 'half_sum'"):
            LOSSES[kind](reduction=reduction)
        return
    loss, y, t = LOSSES[kind](reduction=reduction), OUTPUTS[0], TARGETS[kind][0]
    problem = Sequential([(loss.link or Linear)()], inputs=3), loss, y, t
    assert relative_error(backpropagated(*problem), differentiated(complex_step, *problem)) < 1e-12


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


exact = Context(prec=60, traps=[])


@given(st.floats(-1000, 1000) | st.floats(-1, 1) | st.floats(-1e-6, 1e-6))
@example(0.0)
@example(0.8813735870195429)  # where one formula hands over to the other
@example(-1000.0)
def test_log_cosh_has_full_relative_precision_near_0_and_far_out(x):
    d, loss = Decimal(x), LogCosh()
    expected = exact.divide(exact.add(exact.exp(d), exact.exp(exact.minus(d))), 2).ln(exact)
    value = loss.forward(np.array([[x]]), np.zeros((1, 1)))
    assert value == pytest.approx(float(expected), rel=3e-15, abs=1e-58)
    assert loss.backward().item() == np.tanh(x)


def test_mean_absolute_error_has_no_slope_where_it_is_0():
    loss = MeanAbsoluteError()
    assert loss.forward(np.array([[1.0, 2.0], [-4.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 0.0]])) == 6 / 4
    assert loss.backward().tolist() == [[0, 0.25], [-0.25, 0]]


@given(st.floats(-1e6, 1e6), st.floats(0.01, 100))
def test_huber_is_half_a_square_that_goes_on_as_its_tangents(d, delta):
    loss = Huber(delta=delta)
    expected = d * d / 2 if abs(d) <= delta else delta * (abs(d) - delta / 2)
    assert loss.forward(np.array([[d]]), np.zeros((1, 1))) == pytest.approx(expected, rel=1e-14, abs=0)
    assert loss.backward().item() == min(max(d, -delta), delta)


def test_hinge_wants_scores_beyond_the_margin_on_the_side_of_their_class():
    loss, t = Hinge(), np.array([[0.0], [0.0], [1.0], [1.0]])
    assert loss.forward(np.array([[-1000.0], [0.5], [0.75], [1000.0]]), t) == (0 + 1.5 + 0.25 + 0) / 4
    assert loss.backward().tolist() == [[0], [0.25], [-0.25], [0]]


@pytest.mark.parametrize("last", [Sigmoid, HardSigmoid, Softmax, ReLU, Softplus])
def test_hinge_refuses_a_last_layer_that_is_never_negative(last):
    message = (
        f"^Hinge needs outputs of both signs, as from Linear or Tanh as the last layer, got {last.__name__}$"
    )
    with pytest.raises(ValueError, match=message):
        Sequential([Dense(2), last()], inputs=2).split(Hinge())


@pytest.mark.parametrize("last", [Linear(), Tanh(), Dense(2)])
def test_hinge_takes_scores_of_both_signs(last):
    layers = [Dense(2), last]
    assert Sequential(layers, inputs=2).split(Hinge()) == (layers, [])


@pytest.mark.parametrize("target", [-1, 0.5])
def test_hinge_refuses_targets_that_are_no_classes(target):
    with pytest.raises(ValueError, match=rf"^Hinge: targets must be 0 or 1 .*, got {target}$"):
        Hinge().check_targets(np.array([[0], [target]]))


@pytest.mark.parametrize(
    ("kind", "same"),
    [(BinaryCrossEntropy, [[0.125, 0.875, 0.5]]), (CategoricalCrossEntropy, [[1 / 12, 5 / 6, 1 / 12]])],
)
def test_label_smoothing_spreads_a_share_of_each_target_evenly_over_all_outcomes(kind, same):
    y = np.array([[0.5, -1.0, 2.0]])
    t = [[0.0, 1.0, 0.5]] if kind is BinaryCrossEntropy else [[0.0, 1.0, 0.0]]
    smoothed, plain = kind(label_smoothing=0.25), kind()
    value = smoothed.forward(y, np.array(t))
    assert value == pytest.approx(plain.forward(y, np.array(same)), rel=1e-14, abs=0)
    assert np.allclose(smoothed.backward(), plain.backward(), rtol=1e-14)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Huber(delta=0), r"^Huber\.delta must be greater than 0, got 0$"),
        (lambda: BinaryCrossEntropy(1.0), r"^BinaryCrossEntropy\.label_smoothing must be less than 1, got 1"),
        (lambda: CategoricalCrossEntropy(-0.1), r"label_smoothing must be at least 0, got -0\.1$"),
    ],
)
def test_options_out_of_range_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_losses_over_classes_say_for_how_many_outputs():
    assert {kind for kind, loss in LOSSES.items() if loss().classifies(1)} >= {"hinge", "binary_crossentropy"}
    assert {kind for kind, loss in LOSSES.items() if loss().classifies(3)} == {"categorical_crossentropy"}
    assert not any(LOSSES[kind]().classifies(1) for kind in ("mse", "mae", "huber", "log_cosh"))
