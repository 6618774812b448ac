"""check_gradients(): right formulas pass, and every kind of wrong one is found and placed."""

import numpy as np
import pytest

from nn import (
    LBFGS,
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Dense,
    MeanAbsoluteError,
    MeanSquaredError,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    StopAt,
    Tanh,
    Zeros,
    check_gradients,
    train,
)
from nn.layers import ACTIVATIONS

RNG = np.random.default_rng(0)
X, T = RNG.normal(size=(7, 3)), RNG.normal(size=(7, 2))


class WrongSign(Tanh):
    def backward(self, dy):
        return -super().backward(dy)


class SlightlyWrong(Tanh):
    def backward(self, dy):
        return (1 + 1e-6) * super().backward(dy)


class SlightlyWrongReLU(ReLU):
    def backward(self, dy):
        return (1 + 1e-6) * super().backward(dy)


class NoBiasGradient(Dense):
    def backward(self, dy):
        self.weight_grad[...] = self.input.mT @ dy
        return dy @ self.weight.mT


class OneWrongWeight(Dense):
    def backward(self, dy):
        dx = super().backward(dy)
        self.weight_grad[..., 2, 1] *= 1.01
        return dx


class SwappedWeights(Dense):
    def backward(self, dy):
        super().backward(dy)
        return dy @ self.weight.mT[..., ::-1]


def wrong(check):
    """Where a check failed: layer, array and place."""
    return [(row.layer, row.array, row.at) for row in check.rows if not row.passed]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_networks_of_every_activation_pass(activation):
    network = Sequential([Dense(4), ACTIVATIONS[activation](), Dense(2)], inputs=3, seed=1)
    check = check_gradients(network, MeanSquaredError(), X, T)
    assert check.passed
    assert check.too_small == 0
    assert {row.judge for row in check.rows} == {"complex step"}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_both_methods_agree(activation):
    layer = ACTIVATIONS[activation]()
    assert check_gradients(layer, MeanSquaredError(), X, X[::-1], method="central differences").passed


@pytest.mark.parametrize(
    ("loss", "last", "t"),
    [
        (BinaryCrossEntropy(), Sigmoid(), np.abs(T) < 0.5),
        (CategoricalCrossEntropy(), Softmax(), np.eye(2)[[0, 1, 1, 0, 0, 1, 1]]),
    ],
)
def test_cross_entropies_pass(loss, last, t):
    check = check_gradients(Sequential([Dense(2), last], inputs=3, seed=0), loss, X, t)
    assert check.passed
    assert all(row.error < 1e-14 for row in check.rows)


def test_a_layer_alone_is_checked_in_its_parameters_and_inputs():
    check = check_gradients(Dense(2), MeanSquaredError(), X, T)
    assert [(row.layer, row.array, row.shape) for row in check.rows] == [
        ("Dense", "x", (7, 3)),
        ("Dense", "weight", (3, 2)),
        ("Dense", "bias", (1, 2)),
    ]
    assert check.passed


@pytest.mark.parametrize("layer", [WrongSign(), SlightlyWrong(), SlightlyWrongReLU()])
def test_a_wrong_activation_is_found_alone_and_in_the_layer_before_it(layer):
    assert [array for _, array, _ in wrong(check_gradients(layer, MeanSquaredError(), X, X[::-1]))] == ["x"]
    network = Sequential([Dense(4), type(layer)(), Dense(2)], inputs=3, seed=1)
    places = wrong(check_gradients(network, MeanSquaredError(), X, T))
    assert [(layer, array) for layer, array, _ in places] == [("1 Dense", "weight"), ("1 Dense", "bias")]


class NoGradient(ReLU):
    def backward(self, dy):
        return 0 * dy


@pytest.mark.parametrize("method", ["complex step", "central differences"])
def test_gradients_that_are_all_missing_are_found(method):
    (row,) = check_gradients(NoGradient(), MeanSquaredError(), X, X[::-1], method=method).rows
    assert (row.passed, row.kinks) == (False, 0)
    assert row.error == pytest.approx(1)


def test_the_size_of_the_error_is_told():
    check = check_gradients(SlightlyWrong(), MeanSquaredError(), X, X[::-1])
    assert check.rows[0].error == pytest.approx(1e-6, rel=1e-3)


def test_a_gradient_that_is_never_written_is_found():
    check = check_gradients(NoBiasGradient(2), MeanSquaredError(), X, T)
    assert wrong(check) == [("NoBiasGradient", "bias", (0, 0))]
    assert check.rows[-1].error == np.inf


def test_a_single_wrong_gradient_is_placed():
    places = wrong(check_gradients(OneWrongWeight(2), MeanSquaredError(), X, T))
    assert places == [("OneWrongWeight", "weight", (2, 1))]


def test_a_wrong_input_gradient_is_found():
    assert wrong(check_gradients(SwappedWeights(2), MeanSquaredError(), X, T))[0][:2] == (
        "SwappedWeights",
        "x",
    )


def test_kinks_are_reported_and_are_no_error():
    x = np.array([[0.0, 1.0, -1.0]])
    (row,) = check_gradients(ReLU(), MeanSquaredError(), x, np.ones((1, 3))).rows
    assert (row.kinks, row.passed) == (1, True)


def test_beside_a_kink_gradients_are_judged():
    (row,) = check_gradients(SlightlyWrongReLU(), MeanSquaredError(), [[0.0, 1.0]], [[1.0, 2.0]]).rows
    assert (row.at, row.kinks, row.passed) == ((0, 1), 1, False)


def test_a_gradient_at_a_kink_must_at_least_be_a_number():
    class Never(ReLU):
        def backward(self, dy):
            return np.where(self.output > 0, dy, np.nan)

    (row,) = check_gradients(Never(), MeanSquaredError(), [[0.0, 1.0]], [[1.0, 2.0]]).rows
    assert (row.at, row.passed) == ((0, 0), False)


def test_the_subject_stays_as_it_is():
    network = Sequential([Dense(4), Tanh(), Dense(2)], inputs=3, seed=1, dtype="float32")
    before = network.parameters.copy()
    assert check_gradients(network, MeanSquaredError(), X, T).passed
    assert network.parameters.dtype == np.float32
    assert np.array_equal(network.parameters, before)
    assert not network.gradients.any()
    assert not hasattr(network.layers[0], "input")


def test_a_layer_keeps_its_parameters_for_the_check():
    layer = Dense(2, inputs=3, seed=5)
    layer.weight[...] = 0
    check = check_gradients(layer, MeanSquaredError(), X, T)
    assert check.passed
    assert not layer.weight.any()


def test_no_more_samples_are_taken_than_asked_for():
    (row,) = check_gradients(Tanh(), MeanSquaredError(), np.ones((50, 2)), np.zeros((50, 2))).rows
    assert row.shape == (16, 2)
    (row,) = check_gradients(Tanh(), MeanSquaredError(), X, X, samples=3).rows
    assert row.shape == (3, 3)


def test_a_stack_is_refused():
    with pytest.raises(ValueError, match=r"expected a single network, got a stack \(2,\)"):
        check_gradients(Sequential([Dense(2)], inputs=3, seed=range(2)), MeanSquaredError(), X, T)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "selu", "hard_sigmoid", "softsign"])
def test_right_gradients_agree_where_all_units_of_several_layers_are_at_their_kinks(activation):
    make = ACTIVATIONS[activation]
    network = Sequential([Dense(4), make(), Dense(4), make(), Dense(2)], inputs=2, seed=3)
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    check = check_gradients(network, MeanSquaredError(), x, T[:4])
    assert check.passed
    assert check.too_small == 0


class TripledAtKinks(ReLU):
    def backward(self, dy):
        return dy * np.where(self.output == 0, 3, 1)


class FarOff(MeanAbsoluteError):
    def differentiate(self, dl):
        return super().differentiate(dl) + 5


@pytest.mark.parametrize(
    ("layers", "loss", "t"),
    [
        ([Dense(4, initializer=Zeros()), TripledAtKinks(), Dense(1)], MeanSquaredError(), 1),
        ([Dense(1, initializer=Zeros())], FarOff(), 0),
    ],
)
def test_a_gradient_outside_of_the_slopes_that_meet_at_a_kink_disagrees(layers, loss, t):
    network = Sequential(layers, inputs=3, seed=0)
    assert not check_gradients(network, loss, X, np.full((7, 1), t)).passed


class WrongForOneClass(CategoricalCrossEntropy):
    def differentiate(self, dl):
        return super().differentiate(dl) * np.where(self.targets[..., 2:] == 1, 3, 1)


def test_a_gradient_that_is_wrong_for_one_class_of_sorted_data_is_found():
    network = Sequential([Dense(3), Softmax()], inputs=3, seed=0)
    x, t = np.random.default_rng(1).normal(size=(150, 3)), np.repeat(np.eye(3), 50, axis=0)
    assert check_gradients(network, CategoricalCrossEntropy(), x, t).passed
    assert not check_gradients(network, WrongForOneClass(), x, t).passed


class WrongWithWeights(MeanSquaredError):
    def differentiate(self, dl):
        return super().differentiate(dl if np.ndim(dl) == 0 else dl / 2)


@pytest.mark.parametrize(
    "weights", [{"sample_weight": np.arange(7)}, {"class_weight": {0: 3.0}}, {"class_weight": {1: 0.5}}]
)
def test_weights_of_samples_and_classes_are_part_of_what_is_checked(weights):
    network = Sequential([Dense(2)], inputs=3, seed=0)
    t = np.eye(2)[np.arange(7) % 2]
    assert check_gradients(network, MeanSquaredError(), X, t, **weights).passed
    assert check_gradients(network, WrongWithWeights(), X, t).passed
    assert not check_gradients(network, WrongWithWeights(), X, t, **weights).passed


@pytest.mark.parametrize("stop", [1e-4, 1e-6, 1e-12, 1e-20])
def test_right_gradients_that_vanish_agree(stop):
    x, t = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
    network = Sequential([Dense(4), Tanh(), Dense(1)], inputs=2, seed=1)
    for _ in train(
        network, MeanSquaredError(), LBFGS(min_gradient=0), x, t, epochs=500, stop_at=StopAt(loss=stop)
    ):
        pass
    assert check_gradients(network, MeanSquaredError(), x, t).passed


def test_what_cancels_but_for_rounding_is_too_small_to_judge():
    # The outputs are all ½, and y − t is 0.4, −0.4 and rounding: what is left of their sum is rounding too.
    network = Sequential([Dense(1, initializer=Zeros()), Sigmoid()], inputs=1, seed=0)
    check = check_gradients(network, MeanSquaredError(), [[0.3], [0.1], [0.7]], [[0.1], [0.9], [0.5 + 1e-16]])
    assert (check.passed, check.too_small) == (True, 1)
    assert [row.verdict for row in check.rows] == ["agrees", "too small to judge"]


def test_a_gradient_that_should_be_exactly_zero_agrees_if_it_is_zero_but_for_rounding():
    # Three residuals of each sign: their sum is 0, but 6 times ⅙ is rounded.
    network = Sequential([Dense(1, initializer=Zeros())], inputs=1, seed=0)
    x, t = [[1], [2], [3], [4], [5], [6]], [[1], [-1], [2], [-2], [3], [-3]]
    check = check_gradients(network, MeanAbsoluteError(), x, t)
    assert (check.passed, check.too_small) == (True, 0)


def test_a_gradient_of_zero_whose_terms_are_all_zero_agrees():
    check = check_gradients(ReLU(), MeanSquaredError(), [[-1.0, 2.0]], [[1.0, 1.0]])
    assert (check.passed, check.too_small) == (True, 0)


def test_data_that_do_not_fit_are_refused():
    network = Sequential([Dense(2)], inputs=3, seed=0)
    with pytest.raises(ValueError, match=r"y: expected the shape \(7, 2\), got \(7, 1\)"):
        check_gradients(network, MeanSquaredError(), X, T[:, :1])
    with pytest.raises(ValueError, match=r"x: expected the shape \(samples, inputs\), got \(7,\)"):
        check_gradients(Tanh(), MeanSquaredError(), X[:, 0], T)


def test_a_check_prints_as_a_table():
    check = check_gradients(Sequential([Dense(1)], inputs=2, seed=0), MeanSquaredError(), X[:, :2], T[:, :1])
    first, *rows = repr(check).splitlines()
    assert first.split() == ["layer", "array", "shape", "error", "at", "judge"]
    assert [row.split()[:3] for row in rows] == [["1", "Dense", "weight"], ["1", "Dense", "bias"]]
    assert all(row.endswith("complex step  agrees") for row in rows)
