"""The tools of scikit-learn take the estimators: pipelines, searches, validation, copies, processes."""

import copy
import os
import pickle
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import BaggingRegressor, VotingClassifier
from sklearn.inspection import permutation_importance
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_predict, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import nn
from nn.sklearn import NeuralNetworkClassifier, NeuralNetworkRegressor

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.where(X[:, 0] + X[:, 1] > 0, "yes", "no")


def quick(**options):
    return NeuralNetworkClassifier(**{"epochs": 20, "learning_rate": 0.05, "random_state": 0} | options)


def test_pipelines_take_it_and_give_it_weights():
    pipeline = make_pipeline(StandardScaler(), quick())
    pipeline.fit(X, Y, neuralnetworkclassifier__sample_weight=np.arange(60))
    alone = quick().fit(StandardScaler().fit_transform(X), Y, np.arange(60))
    np.testing.assert_array_equal(
        pipeline.predict_proba(X), alone.predict_proba(StandardScaler().fit_transform(X))
    )


def test_sparse_features_are_refused_with_what_to_do():
    words = np.repeat([["a"], ["b"], ["c"]], 20, axis=0)
    pipeline = make_pipeline(make_column_transformer((OneHotEncoder(), [0]), sparse_threshold=1), quick())
    with pytest.raises(TypeError, match="Sparse data was passed"):
        pipeline.fit(words, Y)


def test_searches_try_numbers_of_numpy_and_optimizers():
    grid = {
        "hidden": [np.int64(2), (4, 4), np.array([3])],
        "learning_rate": np.array([0.01, 0.1]),
        "epochs": np.array([5]),
    }
    search = GridSearchCV(quick(), grid, cv=2, error_score="raise").fit(X, Y)
    assert search.best_score_ > 0.8
    objects = {"optimizer": ["rprop", "lbfgs", nn.SGD(0.5, momentum=0.9), {"type": "adam", "beta_1": 0.8}]}
    search = GridSearchCV(quick(learning_rate=None), objects, cv=2, error_score="raise").fit(X, Y)
    assert len(search.cv_results_["params"]) == 4


def test_other_processes_find_what_this_one_finds():
    search = [
        RandomizedSearchCV(quick(), {"hidden": [2, 4]}, n_iter=2, cv=2, n_jobs=jobs, random_state=0).fit(X, Y)
        for jobs in (1, 2)
    ]
    one, other = (found.cv_results_["mean_test_score"].tolist() for found in search)
    assert one == other
    fitted = joblib.Parallel(n_jobs=2)(joblib.delayed(quick(random_state=n).fit)(X, Y) for n in (0, 1))
    np.testing.assert_array_equal(fitted[0].predict_proba(X), quick().fit(X, Y).predict_proba(X))


def test_validation_trains_each_fold_anew():
    scores = cross_val_score(quick(), X, Y, cv=3, scoring="roc_auc")
    assert scores.shape == (3,)
    assert scores.min() > 0.8
    answers = cross_val_predict(NeuralNetworkRegressor(hidden=(), learning_rate=0.1), X, X[:, 0], cv=3)
    np.testing.assert_allclose(answers, X[:, 0], atol=0.1)


def test_ensembles_and_wrappers_take_it():
    assert (
        VotingClassifier([("a", quick()), ("b", quick(hidden=4))], voting="soft").fit(X, Y).score(X, Y) > 0.8
    )
    assert CalibratedClassifierCV(quick(), cv=2).fit(X, Y).predict_proba(X).shape == (60, 2)
    assert OneVsRestClassifier(quick()).fit(X, np.arange(60) % 3).predict(X).shape == (60,)
    bagged = BaggingRegressor(NeuralNetworkRegressor(hidden=(), learning_rate=0.1), 2, random_state=0)
    assert bagged.fit(X, X[:, 0]).score(X, X[:, 0]) > 0.9
    importance = permutation_importance(quick().fit(X, Y), X, Y, n_repeats=2, random_state=0)
    assert importance.importances_mean.argmin() == 2


def test_copies_are_whole_and_clones_are_not_fitted():
    fitted = quick(optimizer=nn.Adam(0.05), learning_rate=None).fit(X, Y)
    for same in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        np.testing.assert_array_equal(same.predict_proba(X), fitted.predict_proba(X))
        assert same.loss_curve_ == fitted.loss_curve_
    assert not hasattr(clone(fitted), "model_")
    assert clone(fitted).get_params() == fitted.get_params()


def test_it_shows_what_is_not_the_default():
    assert (
        repr(NeuralNetworkClassifier(hidden=(8, 8), l2=0.01))
        == "NeuralNetworkClassifier(hidden=(8, 8), l2=0.01)"
    )
    assert "NeuralNetworkRegressor" in NeuralNetworkRegressor()._repr_html_()


def test_without_scikit_learn_the_import_says_what_to_install():
    code = "import sys; sys.modules['sklearn'] = None; import nn.sklearn"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert result.stderr.splitlines()[-1] == (
        'ModuleNotFoundError: nn.sklearn needs scikit-learn: pip install "tiny-nn-trainer[sklearn]"'
    )
