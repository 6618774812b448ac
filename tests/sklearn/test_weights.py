"""What a weight means: so many rows like this one."""

import numpy as np
import pytest

from nn.sklearn import NeuralNetworkClassifier, NeuralNetworkRegressor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 3))
X[::7, 1] = np.nan
Y = X[:, 0] - np.nan_to_num(X[:, 1]) + 0.1 * RNG.normal(size=30)
COUNTS = RNG.integers(0, 4, 30)
ESTIMATORS = [(NeuralNetworkRegressor, Y), (NeuralNetworkClassifier, Y > 0)]


@pytest.mark.parametrize(("kind", "y"), ESTIMATORS)
@pytest.mark.parametrize("unit", [1, 0.01, 1e6])
def test_a_row_of_weight_two_is_two_rows_and_one_of_weight_zero_is_none(kind, y, unit):
    weighted = kind(epochs=50, random_state=0).fit(X, y, sample_weight=unit * COUNTS)
    rows = np.repeat(np.arange(30), COUNTS)
    repeated = kind(epochs=50, random_state=0).fit(X[rows], y[rows])
    np.testing.assert_allclose(weighted.loss_curve_, repeated.loss_curve_, rtol=1e-9)
    np.testing.assert_allclose(weighted._answers(X), repeated._answers(X), rtol=1e-7)


def test_weights_of_classes_are_weights_of_their_rows():
    y = np.array(["a", "b", "c"])[np.arange(30) % 3]
    by_class = NeuralNetworkClassifier(epochs=20, random_state=0, class_weight={"a": 2, "c": 0.5}).fit(X, y)
    by_row = NeuralNetworkClassifier(epochs=20, random_state=0)
    by_row.fit(X, y, sample_weight=np.array([2, 1, 0.5])[np.arange(30) % 3])
    np.testing.assert_allclose(by_class.loss_curve_, by_row.loss_curve_)


def test_balanced_classes_weigh_the_same_in_all():
    y = np.arange(30) < 6
    balanced = NeuralNetworkClassifier(epochs=20, random_state=0, class_weight="balanced").fit(X, y)
    by_row = NeuralNetworkClassifier(epochs=20, random_state=0).fit(X, y, np.where(y, 4, 1))
    np.testing.assert_allclose(balanced.loss_curve_, by_row.loss_curve_)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0] * 29, "shape"),
        ([-1.0] + [1.0] * 29, "got -1 in row 0"),
        ([0.0] * 30, "zero"),
        ([np.nan] * 30, "nan"),
    ],
)
def test_weights_that_are_none_are_refused(weights, message):
    with pytest.raises(ValueError, match=rf"sample_weight.*{message}"):
        NeuralNetworkRegressor(epochs=1).fit(X, Y, sample_weight=weights)


@pytest.mark.parametrize("weights", [{"yes": -1}, {"yes": 0, "no": 0}, {"yes": float("nan")}])
def test_weights_of_classes_that_are_none_are_refused(weights):
    with pytest.raises(ValueError, match="class_weight: expected numbers of at least 0, one of them greater"):
        NeuralNetworkClassifier(class_weight=weights).fit(X, np.where(Y > 0, "yes", "no"))


def test_an_unknown_class_has_no_weight():
    with pytest.raises(ValueError, match="class_weight: there is no class 'yse'; did you mean 'yes'"):
        NeuralNetworkClassifier(class_weight={"yse": 2}).fit(X, np.where(Y > 0, "yes", "no"))
