import numpy as np
import pytest

from nn import (
    BinaryCrossEntropy,
    Dense,
    Dropout,
    Hinge,
    MeanSquaredError,
    Sequential,
    Shortcut,
    Sigmoid,
    Tanh,
)
from nn.training.objective import Metrics, Objective, accuracy, largest_error, predicted_class
from tests.gradients import complex_step, differentiated, relative_error


def network(seed=0):
    return Sequential([Dense(3), Tanh(), Dense(1), Sigmoid()], inputs=2, seed=seed)


X = np.random.default_rng(0).normal(size=(5, 2))
T = np.array([[0.0], [1], [1], [0], [1]])


def test_one_output_stands_for_two_classes_up_to_a_half_and_above():
    assert predicted_class(np.array([[0.0], [0.5], [0.500001], [1.0]])).tolist() == [0, 0, 1, 1]


def test_scores_stand_for_two_classes_up_to_0_and_above():
    assert predicted_class(np.array([[-0.5], [0.0], [0.1], [2.0]]), 0.0).tolist() == [0, 0, 1, 1]


def test_classes_of_scores_are_split_at_0_and_those_of_targets_at_a_half():
    scorer = Sequential([Dense(1)], inputs=1)
    scorer.parameters[...] = [1, 0]
    objective = Objective(scorer, Hinge(), classification=True)
    x, t = np.array([[0.25], [-0.25], [0.75], [-3.0]]), np.array([[1.0], [0], [0], [0]])
    assert objective.forward(x, t) == Metrics((0.75 + 0.75 + 1.75 + 0) / 4, 0.75)


def test_of_several_outputs_the_largest_is_the_class():
    assert predicted_class(np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3], [0.4, 0.4, 0.2]])).tolist() == [
        1,
        0,
        0,
    ]


def test_accuracy_is_the_share_of_right_classes_of_each_network():
    y = np.array([[[0.9], [0.2], [0.6], [0.1]], [[0.9], [0.2], [0.4], [0.1]]])
    t = np.array([[1], [0], [0], [1]])
    assert accuracy(y, t).tolist() == [0.5, 0.75]


def test_the_largest_error_is_over_samples_and_outputs_of_each_network():
    y = np.array([[[0.9, 0.2], [0.5, 0.0]], [[1.0, 0.0], [0.0, 0.75]]])
    assert largest_error(y, np.array([[1, 0], [0, 1]])).tolist() == [1, 0.25]


def test_only_what_is_asked_for_is_measured():
    objective = Objective(network(), MeanSquaredError(), classification=False)
    assert objective.forward(X, T)[1:] == (None, None)
    objective = Objective(network(), MeanSquaredError(), classification=True, tolerance=True)
    y = network().forward(X)
    assert objective.forward(X, T) == Metrics(np.mean((y - T) ** 2), accuracy(y, T), largest_error(y, T))


def test_classes_and_errors_are_those_of_outputs_though_the_loss_takes_logits():
    objective = Objective(network(), BinaryCrossEntropy(), classification=True, tolerance=True)
    y = network().forward(X)
    expected = -np.mean(np.where(T == 1, np.log(y), np.log(1 - y)))
    measures = expected, accuracy(y, T), largest_error(y, T)
    assert objective.forward(X, T) == pytest.approx(measures, rel=1e-14, abs=0)


@pytest.mark.parametrize("kind", [MeanSquaredError, BinaryCrossEntropy])
@pytest.mark.parametrize("classification", [False, True])
def test_backward_fills_the_gradients_of_the_loss(kind, classification):
    here, loss = network(), kind()
    objective = Objective(here, loss, classification=classification, tolerance=classification)
    objective.forward(X, T)
    objective.backward()
    got = here.gradients.copy()
    expected = differentiated(complex_step, here, loss, X, T)[: got.size]
    assert relative_error(got, expected) < 1e-12


def test_a_stack_has_the_measures_of_its_members():
    def measures(seed):
        here = Objective(network(seed), BinaryCrossEntropy(), classification=True, tolerance=True)
        return np.array(here.forward(X, T))

    stack = measures([3, 1])
    assert np.allclose(stack[:, 0], measures(3), rtol=1e-14)
    assert np.allclose(stack[:, 1], measures(1), rtol=1e-14)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_many_samples_are_evaluated_block_by_block(reduction, monkeypatch):
    loss, net = MeanSquaredError(reduction=reduction), network(seed=[0, 1])
    objective = Objective(net, loss, classification=True, tolerance=True)
    at_once = objective.evaluate(X, T)
    monkeypatch.setattr("nn.training.objective.ROWS_AT_ONCE", 2)
    np.testing.assert_allclose(objective.evaluate(X, T).given, at_once.given, rtol=1e-14)


def test_a_saturated_network_has_a_finite_loss_and_the_gradient_y_minus_t():
    here = Sequential([Dense(1), Sigmoid()], inputs=1)
    here.parameters[...] = [1000, 0]
    objective = Objective(here, BinaryCrossEntropy(), classification=True)
    assert objective.forward(np.array([[1.0], [-1.0]]), np.array([[0.0], [0.0]])).loss == 500
    objective.backward()
    assert here.gradients.tolist() == [0.5, 0.5]  # Σ x (y − t) / 2 and Σ (y − t) / 2, with y = 1, 0


def test_backward_fills_the_gradients_of_the_penalised_weighted_loss_with_noise():
    layers = [Shortcut([Dense(3, l1=0.1, l2=0.02), Tanh(), Dropout(0.3)]), Dense(1, l2=0.1), Sigmoid()]
    here = Sequential(layers, inputs=2, seed=0)
    noise, w = np.random.default_rng(1).random((5, here.noise)), np.array([[1.0], [2], [0], [0.5], [3]])
    objective = Objective(here, BinaryCrossEntropy(), classification=False)
    parameters, gradients = here.parameters, here.gradients

    def value(points):
        here.bind(points, np.empty_like(points))
        return objective.forward(X, T, w, noise).loss

    expected = complex_step(value, parameters)
    here.bind(parameters, gradients)
    objective.forward(X, T, w, noise)
    objective.backward()
    assert relative_error(gradients, expected) < 1e-12
