"""check_gradients(): right formulas pass, and every kind of wrong one is found and placed."""

import numpy as np
import pytest

from nn import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Dense,
    MeanSquaredError,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
    check_gradients,
)
from nn.activations import ACTIVATIONS

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


def wrong(proof):
    """Where a proof failed: layer, array and place."""
    return [(row.layer, row.array, row.at) for row in proof.rows if not row.passed]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_networks_of_every_activation_pass(activation):
    network = Sequential([Dense(4), ACTIVATIONS[activation](), Dense(2)], inputs=3, seed=1)
    proof = check_gradients(network, MeanSquaredError(), X, T)
    assert proof.passed
    method = "complex step" if ACTIVATIONS[activation].analytic else "central differences"
    assert {row.judge for row in proof.rows} == {method}


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
    proof = check_gradients(Sequential([Dense(2), last], inputs=3, seed=0), loss, X, t)
    assert proof.passed
    assert all(row.error < 1e-14 for row in proof.rows)


def test_a_layer_alone_is_checked_in_its_parameters_and_inputs():
    proof = check_gradients(Dense(2), MeanSquaredError(), X, T)
    assert [(row.layer, row.array, row.shape) for row in proof.rows] == [
        ("Dense", "x", (7, 3)),
        ("Dense", "weight", (3, 2)),
        ("Dense", "bias", (1, 2)),
    ]
    assert proof.passed


@pytest.mark.parametrize("layer", [WrongSign(), SlightlyWrong(), SlightlyWrongReLU()])
def test_a_wrong_activation_is_found_alone_and_in_the_layer_before_it(layer):
    assert [array for _, array, _ in wrong(check_gradients(layer, MeanSquaredError(), X, X[::-1]))] == ["x"]
    network = Sequential([Dense(4), type(layer)(), Dense(2)], inputs=3, seed=1)
    places = wrong(check_gradients(network, MeanSquaredError(), X, T))
    assert [(layer, array) for layer, array, _ in places] == [("1 Dense", "weight"), ("1 Dense", "bias")]


class NoGradient(ReLU):
    def backward(self, dy):
        return 0 * dy


def test_gradients_that_are_all_missing_are_found_by_central_differences_too():
    (row,) = check_gradients(NoGradient(), MeanSquaredError(), X, X[::-1]).rows
    assert (row.error, row.kinks) == (1, 0)


def test_the_size_of_the_error_is_told():
    proof = check_gradients(SlightlyWrong(), MeanSquaredError(), X, X[::-1])
    assert proof.rows[0].error == pytest.approx(1e-6, rel=1e-3)


def test_a_gradient_that_is_never_written_is_found():
    proof = check_gradients(NoBiasGradient(2), MeanSquaredError(), X, T)
    assert wrong(proof) == [("NoBiasGradient", "bias", (0, 0))]
    assert proof.rows[-1].error == np.inf


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
    proof = check_gradients(layer, MeanSquaredError(), X, T)
    assert proof.passed
    assert not layer.weight.any()


def test_no_more_samples_are_taken_than_asked_for():
    (row,) = check_gradients(Tanh(), MeanSquaredError(), np.ones((50, 2)), np.zeros((50, 2))).rows
    assert row.shape == (16, 2)
    (row,) = check_gradients(Tanh(), MeanSquaredError(), X, X, samples=3).rows
    assert row.shape == (3, 3)


def test_the_complex_step_is_refused_where_it_would_be_wrong():
    with pytest.raises(ValueError, match=r"complex step cannot check ReLU, .*use 'central differences'"):
        check_gradients(ReLU(), MeanSquaredError(), X, X, method="complex step")


def test_a_stack_is_refused():
    with pytest.raises(ValueError, match=r"expected a single network, got a stack \(2,\)"):
        check_gradients(Sequential([Dense(2)], inputs=3, seed=range(2)), MeanSquaredError(), X, T)
