"""How answers are combined, held against scikit-learn, and the loss of the mean."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.preprocessing import LabelEncoder

import nn
from nn.layers.activations.sigmoids import sigmoid
from nn.layers.activations.softmax import softmax
from nn.studies.combination import combined_answers, loss_of_mean


class Answers:
    """An estimator that has been fitted: it gives these answers, whatever it is asked."""

    def __init__(self, y):
        self.y = y

    def predict(self, x):
        return self.y if self.y.ndim == 1 else np.argmax(self.y, axis=-1)

    def predict_proba(self, x):
        return self.y


def voting(kind, members, **options):
    """scikit-learn's estimator over members that give these answers."""
    found = kind([(str(k), None) for k in range(len(members))], **options)
    found.estimators_ = [Answers(y) for y in members]
    return found


def voting_classifier(probabilities, how):
    found = voting(VotingClassifier, probabilities, voting=how)
    found.le_ = LabelEncoder().fit(np.arange(probabilities.shape[-1]))
    found.classes_ = found.le_.classes_
    return found


@pytest.fixture(scope="module")
def probabilities():
    """Of 6 members, 200 rows and 3 classes, with ties among votes."""
    return softmax(np.random.default_rng(0).normal(size=(6, 200, 3)))


def test_the_mean_is_that_of_scikit_learns_voting_regressor():
    y = np.random.default_rng(0).normal(size=(5, 40))
    expected = voting(VotingRegressor, y).predict(np.empty((40, 1)))
    np.testing.assert_allclose(combined_answers(y[..., np.newaxis], None, 0.5).y[:, 0], expected, rtol=1e-14)


@pytest.mark.parametrize(("vote", "how"), [(False, "soft"), (True, "hard")])
def test_classes_are_those_of_scikit_learns_voting_classifier(probabilities, vote, how):
    x = np.empty((200, 1))
    found = combined_answers(probabilities, 3, 0.5, vote=vote)
    judge = voting_classifier(probabilities, how)
    assert found.answer[:, 0].tolist() == judge.predict(x).tolist()
    if not vote:
        np.testing.assert_allclose(found.y, judge.predict_proba(x), rtol=1e-14)


@pytest.mark.parametrize("vote", [False, True])
def test_one_output_is_combined_as_the_two_probabilities_that_it_stands_for(probabilities, vote):
    two = probabilities[..., :2] / probabilities[..., :2].sum(axis=-1, keepdims=True)
    one = combined_answers(two[..., 1:], 2, 0.5, vote=vote)
    both = combined_answers(two, 2, 0.5, vote=vote)
    assert one.answer.tolist() == both.answer.tolist()
    np.testing.assert_array_equal(one.spread, both.spread)


@pytest.mark.parametrize("vote", [False, True])
def test_the_agreement_is_the_share_of_members_with_this_answer(probabilities, vote):
    found = combined_answers(probabilities, 3, 0.5, vote=vote)
    own = np.argmax(probabilities, axis=-1)
    for row in range(200):
        assert found.spread[row, 0] == np.mean(own[:, row] == found.answer[row, 0])


def test_the_spread_of_numbers_is_their_sample_deviation_and_undefined_for_one():
    y = np.array([[[1.0]], [[3.0]], [[8.0]]])
    assert combined_answers(y, None, 0.5).spread[0, 0] == pytest.approx(np.sqrt(13))
    assert np.isnan(combined_answers(y[:1], None, 0.5).spread).all()


LOSSES = {
    "mse": (nn.MeanSquaredError(), "numbers"),
    "half a sum": (nn.MeanSquaredError(reduction="half_sum"), "numbers"),
    "mae": (nn.MeanAbsoluteError(), "numbers"),
    "huber": (nn.Huber(), "numbers"),
    "log cosh": (nn.LogCosh(), "numbers"),
    "hinge": (nn.Hinge(), "labels"),
    "binary": (nn.BinaryCrossEntropy(), "labels"),
    "smoothed": (nn.BinaryCrossEntropy(label_smoothing=0.1), "labels"),
    "categorical": (nn.CategoricalCrossEntropy(), "classes"),
}


@pytest.mark.parametrize("name", LOSSES)
@given(seed=st.integers(0, 2**32), size=st.floats(-3, 3), members=st.integers(1, 6))
def test_the_mean_is_at_most_as_bad_as_members_are_on_average(name, seed, size, members):
    loss, kind = LOSSES[name]
    rng = np.random.default_rng(seed)
    z, t = 10**size * rng.normal(size=(members, 7, 3)), rng.normal(size=(7, 3))
    if kind != "numbers":
        t = (t > 0) * 1.0 if kind == "labels" else np.eye(3)[rng.integers(3, size=7)]
    of_members = loss.forward(z, t)
    assert loss_of_mean(loss, z, t) <= np.mean(of_members) * (1 + 1e-12)


@pytest.mark.parametrize(
    ("loss", "activation"), [(nn.BinaryCrossEntropy(), sigmoid), (nn.CategoricalCrossEntropy(), softmax)]
)
def test_the_loss_of_the_mean_is_that_of_the_mean_probabilities(loss, activation):
    rng = np.random.default_rng(0)
    z, t = rng.normal(size=(4, 50, 3)), np.eye(3)[rng.integers(3, size=50)]
    p = activation(z).mean(axis=0)
    each = t * np.log(p) + ((1 - t) * np.log(1 - p) if activation is sigmoid else 0)
    expected = -each.mean() * (1 if activation is sigmoid else 3)
    assert loss_of_mean(loss, z, t) == pytest.approx(expected, rel=1e-12)


def test_members_that_are_all_sure_have_a_finite_loss():
    z, t = np.array([[[800.0]], [[900.0]]]), np.array([[0.0]])
    expected = 800 + np.log(2)  # half the probability 1 − σ is that of the first
    assert loss_of_mean(nn.BinaryCrossEntropy(), z, t) == pytest.approx(expected)
