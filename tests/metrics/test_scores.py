"""The metrics against scikit-learn's values, and the laws that they obey."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.metrics.assessment import SCORES
from nn.metrics.probabilities import Ranking, class_scores, log_losses
from nn.metrics.regression import r2_score
from nn.metrics.scores import ClassificationScores, LabelScores, RegressionScores
from tests.judges import agree

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "metrics.json").read_text(encoding="utf-8"))
JUDGE = f"scikit-learn {REFERENCE.pop('scikit-learn')}"


def scored(name):
    case = REFERENCE[name]
    return SCORES[name.replace(",", "").split()[0]](np.array(case["t"]), np.array(case["y"]))


@pytest.mark.parametrize("name", REFERENCE)
@pytest.mark.parametrize("weighting", ["plain", "weighted"])
def test_metrics_are_those_of_scikit_learn(name, weighting):
    expected = REFERENCE[name][weighting]
    weights = None if weighting == "plain" else np.array(REFERENCE[name]["weights"])
    found = scored(name).measure(weights)
    common = [metric for metric in found if metric in expected]
    assert len(common) >= 3
    for metric in common:
        theirs = np.nan if expected[metric] is None else expected[metric]
        if np.isnan(theirs):
            assert np.isnan(found[metric])
        else:
            agree("metric", metric, JUDGE, weighting, found[metric], theirs, 1e-12, 1e-15)


@pytest.mark.parametrize("name", REFERENCE)
def test_metrics_by_class_target_and_label_are_those_of_scikit_learn(name):
    expected, scores = REFERENCE[name]["plain"], scored(name)
    stored = {metric.split(" by ")[0]: values for metric, values in expected.items() if " by " in metric}
    found = scores.by_part()
    assert stored.keys() <= found.keys()
    for metric, theirs in stored.items():
        # A class that has neither rows nor answers is 0 to scikit-learn, and not decided here.
        ours = np.nan_to_num(found[metric])
        agree("metric", f"{metric} by part", JUDGE, "plain", ours, theirs, 1e-12, 1e-15)
    if "confusion" in expected:
        assert scores.confusion.tolist() == expected["confusion"]


def numbers(rows, columns=1, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, columns))


def answered(task, rows, seed):
    """Targets and answers of a task with three classes, labels or targets."""
    rng = np.random.default_rng(seed)
    if task == "classification":
        raw = rng.integers(1, 6, size=(rows, 3))
        return rng.integers(3, size=rows), raw / raw.sum(axis=1, keepdims=True)
    if task == "labels":
        return rng.integers(2, size=(rows, 3)).astype(float), rng.random((rows, 3))
    return numbers(rows, 3, seed), numbers(rows, 3, seed + 1)


tasks = st.sampled_from(sorted(SCORES))
seeds = st.integers(0, 1 << 30)


def assert_same(ones, others):
    for name in ones.keys() & others.keys():
        np.testing.assert_allclose(ones[name], others[name], rtol=1e-10, atol=1e-12, err_msg=name)


@given(tasks, st.integers(2, 30), seeds)
def test_a_whole_weight_is_as_many_equal_rows(task, rows, seed):
    t, y = answered(task, rows, seed)
    weights = np.random.default_rng(seed).integers(1, 4, size=rows)
    repeated = SCORES[task](np.repeat(t, weights, axis=0), np.repeat(y, weights, axis=0))
    assert_same(SCORES[task](t, y).measure(weights.astype(float)), repeated.measure())


@given(tasks, st.integers(4, 30), seeds)
def test_a_row_of_weight_0_is_not_there(task, rows, seed):
    t, y = answered(task, rows, seed)
    weights = (np.arange(rows) > 1) * 1.0
    assert_same(SCORES[task](t, y).measure(weights), SCORES[task](t[2:], y[2:]).measure())


@given(tasks, st.integers(2, 30), seeds)
def test_a_stack_of_weightings_is_each_alone(task, rows, seed):
    t, y = answered(task, rows, seed)
    weights = np.random.default_rng(seed).uniform(0.1, 2, size=(2, 3, rows))
    scores = SCORES[task](t, y)
    whole = scores.measure(weights)
    assert {value.shape for value in whole.values()} == {(2, 3)}
    assert_same({name: v[1, 2] for name, v in whole.items()}, scores.measure(weights[1, 2]))


@given(tasks, st.integers(2, 30), seeds)
def test_the_order_of_rows_means_nothing(task, rows, seed):
    t, y = answered(task, rows, seed)
    order = np.random.default_rng(seed).permutation(rows)
    assert_same(SCORES[task](t, y).measure(), SCORES[task](t[order], y[order]).measure())


@given(st.integers(2, 30), seeds)
def test_shares_lie_between_0_and_1(rows, seed):
    for task in ("classification", "labels"):
        found = SCORES[task](*answered(task, rows, seed)).measure()
        shares = [value for name, value in found.items() if name not in ("log_loss", "brier")]
        assert all(np.isnan(value) or 0 <= value <= 1 for value in shares)


@given(st.integers(2, 30), seeds)
def test_roc_auc_is_the_share_of_pairs_in_the_right_order(rows, seed):
    rng = np.random.default_rng(seed)
    positive, scores = rng.integers(2, size=rows) == 1, rng.integers(5, size=rows) / 4
    own, others = scores[positive][:, None], scores[~positive]
    found = Ranking(scores).roc_auc(positive)
    if own.size and others.size:
        assert found == pytest.approx(np.mean((own > others) + (own == others) / 2))
    else:
        assert np.isnan(found)


@given(st.integers(2, 30), seeds, st.floats(0.01, 100), st.floats(-1000, 1000))
def test_r2_has_no_unit(rows, seed, scale, shift):
    t, y = numbers(rows, 2, seed), numbers(rows, 2, seed + 1)
    moved = r2_score(t * scale + shift, y * scale + shift)
    np.testing.assert_allclose(moved, r2_score(t, y), rtol=1e-6, atol=1e-6)


@given(st.integers(2, 30), seeds)
def test_answering_the_mean_has_an_r2_of_0(rows, seed):
    t = numbers(rows, 1, seed) + 1e6
    assert r2_score(t, np.broadcast_to(np.mean(t), t.shape)) == pytest.approx(0, abs=1e-6)


def test_the_loss_of_a_certain_wrong_answer_is_finite():
    assert log_losses(np.array([1]), np.array([[1.0, 0.0]])) == pytest.approx(-np.log(np.finfo(float).eps))


@pytest.mark.parametrize(("threshold", "second"), [(0.5, [0.5000001, 0.9]), (0.0, [1e-9, 3.0])])
def test_one_output_is_two_classes_the_second_above_the_threshold(threshold, second):
    y = np.array([[threshold], [threshold - 0.1], *([value] for value in second)])
    assert np.argmax(class_scores(y, threshold), axis=1).tolist() == [0, 0, 1, 1]


def test_scores_that_are_no_probabilities_have_no_log_loss_and_no_brier_score():
    found = ClassificationScores(np.array([0, 1, 1]), np.array([[-2.0, 2], [1, -1], [0, 0]])).measure()
    assert found.keys().isdisjoint({"log_loss", "brier"})
    assert found["roc_auc"] == 0


def test_the_largest_error_is_that_of_any_target():
    t = np.zeros((3, 2))
    assert RegressionScores(t, np.array([[0, 1], [-5, 0], [2, 3.0]])).measure()["largest_error"] == 5


def test_an_exact_match_has_every_label_right():
    found = LabelScores(np.array([[1, 0], [1, 1.0]]), np.array([[0.9, 0.2], [0.9, 0.5]])).measure()
    assert (found["exact_match"], found["label_accuracy"]) == (0.5, 0.75)


@pytest.mark.parametrize("value", [0.1, 1e9 + 0.1])
def test_equal_targets_have_an_r2_of_0_whatever_their_mean_rounds_to(value):
    t, weights = np.full((7, 1), value), np.linspace(0.3, 1.7, 7)
    assert r2_score(t, t + 1, weights) == 0
    assert r2_score(t, t, weights) == 1


def test_a_class_without_rows_and_answers_counts_in_no_mean():
    found = ClassificationScores(np.array([0, 0, 1]), np.eye(3)[[0, 0, 1]]).measure()
    assert found["precision"] == found["recall"] == found["f1"] == found["balanced_accuracy"] == 1


def test_a_row_that_is_not_there_costs_no_precision():
    t = np.array([[1e12], [1.0], [2], [4]])
    weights = np.array([0.0, 1, 1, 1])
    assert r2_score(t, t + 0.5, weights) == pytest.approx(r2_score(t[1:], t[1:] + 0.5), rel=1e-9)
