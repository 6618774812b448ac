"""Scikit-learn's own specification of an estimator, without an exception."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from nn.sklearn import NeuralNetworkClassifier, NeuralNetworkRegressor

# Skipped by scikit-learn itself: arrays of other libraries, which an environment variable turns on.
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")


@parametrize_with_checks([NeuralNetworkClassifier(), NeuralNetworkRegressor()])
def test_scikit_learn_takes_it_for_an_estimator(estimator, check):
    check(estimator)
