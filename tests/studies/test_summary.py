"""A study in numbers: estimates of each variant, effects against one of them, what diverged as the worst."""

import json
import math

import numpy as np
import pytest

import nn
from nn.statistics.means import mean_interval
from nn.statistics.shares import wilson
from nn.statistics.survival import KaplanMeier
from nn.studies.summary import Distribution, GoalSummary, summarize

RATES = [0.1, 0.5, 2.0]
LINEAR = {
    "data": {"name": "moons", "samples": 20, "validation": 0.2},
    "model": {"layers": [{"type": "dense", "units": 1}, {"type": "dense", "units": 1}]},
    "loss": "mse",
    "optimizer": "sgd",
    "training": {"epochs": 9},
}


@pytest.fixture(scope="module")
def study():
    return nn.study("xor-2-2-1", seeds=range(25), vary={"optimizer.learning_rate": RATES})


@pytest.fixture(scope="module")
def summary(study):
    return summarize(study)


def test_the_share_solved_has_wilsons_interval(study, summary):
    for number, variant in enumerate(summary.variants):
        solved = int(study.members["solved"][study.members["variant"] == number].sum())
        assert variant.goal.solved == solved
        assert variant.goal.share == (solved / 25, wilson(solved, 25))


def test_the_median_is_that_of_kaplan_and_meier(study, summary):
    first = study.members[study.members["variant"] == 0]
    curve = KaplanMeier.of(first["epochs"], first["solved"])
    assert summary.variants[0].goal.median == (curve.median, curve.median_interval())


def test_a_run_that_ended_early_without_the_goal_took_the_whole_limit():
    solved, epochs = np.array([True, False, False]), np.array([10, 3, 50])
    found = GoalSummary.of(solved, epochs, 100)
    assert found.restricted_mean.value == pytest.approx((10 + 100 + 100) / 3)
    assert found.median.value == math.inf
    assert found.restarts.whole == 210


def test_variants_are_compared_with_the_configuration_as_it_stands(summary):
    assert {one.baseline for one in summary.comparisons} == {1}  # xor-2-2-1 has the rate 0.5
    assert [one.variant for one in summary.comparisons] == [0, 2]
    assert {one.pairs for one in summary.comparisons} == {25}


def test_effects_have_intervals_and_p_values_adjusted_over_the_variants(summary):
    for name in ("solved", "epochs", "loss"):
        raw = [one.effects[name].p for one in summary.comparisons]
        adjusted = [one.effects[name].adjusted for one in summary.comparisons]
        assert sorted(adjusted) == pytest.approx(
            sorted([min(1, 2 * min(raw)), min(1, max(2 * min(raw), max(raw)))])
        )
        for one in summary.comparisons:
            value, (low, high) = one.effects[name].difference
            assert low <= value <= high


def test_a_higher_rate_is_faster_with_the_same_seeds(summary):
    slower, faster = summary.comparisons
    assert slower.effects["epochs"].difference.value > 0
    assert slower.effects["epochs"].adjusted < 0.05
    assert faster.effects["epochs"].difference.value < 0


def test_epochs_up_to_different_limits_are_not_compared():
    found = summarize(nn.study("xor", seeds=2, vary={"training.epochs": [50, 100]}))
    assert found.comparisons[0].effects.keys() == {"solved", *found.variants[0].metrics}
    assert [variant.goal.restricted_mean.value for variant in found.variants] == [50, 100]


def test_a_single_variant_is_compared_with_nothing():
    assert summarize(nn.study("xor", seeds=range(3))).comparisons == ()


def test_without_a_goal_nothing_is_said_of_solved():
    rates = {"optimizer.learning_rate": [0.01, 0.02], "training.epochs": [3]}
    found = summarize(nn.study("iris", seeds=range(2), vary=rates))
    assert found.criterion is None
    assert all(variant.goal is None for variant in found.variants)
    assert found.comparisons[0].effects.keys() == found.variants[0].metrics.keys()


def test_what_diverged_counts_as_the_worst():
    values = np.array([0.1, 0.2, 0.3, np.nan, np.inf])
    found = Distribution.of(values, smaller=True, mean=mean_interval(values))
    assert found.not_finite == 2
    assert [found.quantiles[q] for q in (0.0, 0.5, 0.75, 1.0)] == [0.1, 0.3, math.inf, math.inf]
    accuracy = Distribution.of(values, smaller=False, mean=mean_interval(values))
    assert [accuracy.quantiles[q] for q in (0.0, 0.5, 1.0)] == [-math.inf, 0.1, 0.3]
    assert accuracy.median == (0.1, (-math.inf, math.inf))


def test_a_variant_of_which_all_diverged_has_the_worst_of_each_metric():
    found = summarize(nn.study(LINEAR, seeds=2, vary={"optimizer.learning_rate": [0.01, 1e200]}))
    assert found.variants[1].stopped == {"diverged": 2}
    medians = [variant.metrics["accuracy"].median.value for variant in found.variants]
    assert medians == [pytest.approx(0.5, abs=0.5), -math.inf]
    assert found.variants[1].metrics["val_loss"].median.value == math.inf


def test_kinds_of_randomness_are_apart_and_not_compared():
    study = nn.study("xor", vary={"seed.weights": range(3), "seed.order": range(2)})
    found = summarize(study)
    assert [(one.source, one.runs) for one in found.variants] == [("seed.weights", 3), ("seed.order", 2)]
    assert found.comparisons == ()


def test_folds_have_the_corrected_interval_and_their_seeds_count_as_one():
    rates = {"optimizer.learning_rate": [0.01, 0.02], "training.epochs": [3]}
    study = nn.study("iris", seeds=2, folds=5, vary=rates)
    found = summarize(study)
    of_folds = study.members["val_loss"][:10].reshape(5, 2).mean(axis=1)
    value, interval = found.variants[0].metrics["val_loss"].mean
    expected = mean_interval(of_folds, overlap=1 / 4)
    assert (value, *interval) == pytest.approx((expected.value, *expected.interval))
    difference = of_folds - study.members["val_loss"][10:].reshape(5, 2).mean(axis=1)
    (comparison,) = found.comparisons
    sign = 1 if comparison.variant == 0 else -1
    expected = mean_interval(sign * difference, overlap=1 / 4)
    value, interval = comparison.effects["val_loss"].difference
    assert (value, *interval) == pytest.approx((expected.value, *expected.interval))


def test_a_summary_is_json(summary):
    found = json.loads(json.dumps(summary.as_json(), allow_nan=False))
    assert found["ruler"]["Goal"] == "loss ≤ 0.01 on all training samples"
    assert found["variants"][1]["settings"] == {"optimizer.learning_rate": 0.5}
    assert found["variants"][1]["goal"]["share"]["interval"]["low"] > 0
    assert found["comparisons"][0]["effects"]["solved"].keys() == {"difference", "p", "adjusted"}
