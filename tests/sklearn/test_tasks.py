"""Classes of any kind, several labels, several numbers, and the targets that are none."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler

import nn
from nn.sklearn import NeuralNetworkClassifier, NeuralNetworkRegressor

X = np.random.default_rng(0).normal(size=(60, 3))
GRADES = np.digitize(X[:, 0], [-0.5, 0.5])


@pytest.mark.parametrize("classes", [["low", "middle", "high"], [3, 1, 2], [0.0, 1.0, 2.0]], ids=repr)
def test_answers_are_the_classes_themselves(classes):
    y = np.array(classes)[GRADES]
    classifier = NeuralNetworkClassifier(learning_rate=0.05, random_state=0).fit(X, y)
    assert classifier.classes_.tolist() == sorted(classes)
    assert classifier.predict(X).dtype == y.dtype
    assert classifier.score(X, y) > 0.9
    probabilities = classifier.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (classifier.classes_[probabilities.argmax(axis=1)] == classifier.predict(X)).all()


def test_truth_values_are_two_classes():
    classifier = NeuralNetworkClassifier(learning_rate=0.05, random_state=0).fit(X, X[:, 0] > 0)
    assert classifier.predict(X).dtype == bool
    assert classifier.model_.network.outputs == 1
    np.testing.assert_array_equal(classifier.predict_proba(X)[:, 1] > 0.5, classifier.predict(X))


def test_several_labels_each_have_a_probability():
    y = (X[:, :2] > 0).astype(int)
    classifier = NeuralNetworkClassifier(learning_rate=0.05, random_state=0).fit(X, y)
    assert classifier.predict_proba(X).shape == y.shape
    assert classifier.score(X, y) > 0.9  # the share of rows with both labels right
    with pytest.raises(ValueError, match="class_weight"):
        NeuralNetworkClassifier(class_weight="balanced").fit(X, y)


def test_several_numbers_are_each_answered_in_their_own_unit():
    y = np.column_stack([1e6 + 1e5 * X[:, 0], X[:, 1] / 1000])
    regressor = NeuralNetworkRegressor(learning_rate=0.05, random_state=0)
    answers = regressor.fit(X, pd.DataFrame(y, columns=["price", "share"])).predict(X)
    assert regressor.model_.targets == ("price", "share")
    assert (np.abs(answers - y) < 0.2 * y.std(axis=0)).mean() > 0.95


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_a_regression_does_not_depend_on_the_unit_of_its_targets(scale):
    y = X[:, 0] * 3 + 7
    one = NeuralNetworkRegressor(epochs=20, random_state=0).fit(X, y)
    other = NeuralNetworkRegressor(epochs=20, random_state=0).fit(X, scale * y)
    np.testing.assert_allclose(other.predict(X), scale * one.predict(X), rtol=1e-6)


def test_a_regression_is_what_scikit_learn_makes_of_the_same_weights():
    regressor = NeuralNetworkRegressor(hidden=5, epochs=3, random_state=0).fit(X, X[:, 0])
    dense = [layer for layer in regressor.model_.network.layers if hasattr(layer, "weight")]
    judge = MLPRegressor(hidden_layer_sizes=(5,), activation="tanh", max_iter=1)
    scaled = StandardScaler().fit(X)
    with pytest.warns(Warning, match="converged"):
        judge.fit(X, X[:, 0])
    judge.coefs_ = [layer.weight for layer in dense]
    judge.intercepts_ = [layer.bias[0] for layer in dense]
    expected = (
        StandardScaler().fit(X[:, :1]).inverse_transform(judge.predict(scaled.transform(X))[:, np.newaxis])
    )
    np.testing.assert_allclose(regressor.predict(X), expected[:, 0])


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["a"] * 60, "one class, 'a'; expected at least 2 classes"),
        (X[:, 0], "continuous"),
        (np.stack([GRADES, GRADES], axis=1), "expected one column of classes, or several of 0 and 1"),
        (["a", None, "b"] * 20, "y: expected labels of one type, got NoneType and str"),
        ([1, np.nan, 2] * 20, "y contains NaN"),
        (["a"] * 59, r"inconsistent numbers of samples: \[60, 59\]"),
        (None, "y to be passed"),
    ],
)
def test_targets_that_are_no_classes_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        NeuralNetworkClassifier(epochs=1).fit(X, y)


@pytest.mark.parametrize(
    ("y", "message"),
    [(["a"] * 60, "could not convert string to float: 'a'"), ([np.nan] * 60, "y contains NaN")],
)
def test_targets_that_are_no_numbers_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        NeuralNetworkRegressor(epochs=1).fit(X, y)


def test_nothing_answers_before_it_is_fitted():
    with pytest.raises(NotFittedError, match="NeuralNetworkRegressor instance is not fitted"):
        NeuralNetworkRegressor().predict(X)


def test_iris_is_learned_and_its_model_saved(tmp_path):
    flowers = load_iris(as_frame=True)
    names = flowers.target_names[flowers.target]
    classifier = NeuralNetworkClassifier(learning_rate=0.01, random_state=0).fit(flowers.data, names)
    assert classifier.score(flowers.data, names) > 0.95
    classifier.model_.save(tmp_path / "iris.npz")
    model = nn.load(tmp_path / "iris.npz")
    assert model.inputs == ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
    assert model.predict(flowers.data).tolist() == classifier.predict(flowers.data).tolist()
    assert model.predict(flowers.data.to_numpy()).tolist() == classifier.predict(flowers.data).tolist()
