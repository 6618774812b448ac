"""Assessments: metrics beside their baselines, what is not decided, what is said."""

import numpy as np
import pytest

from nn.metrics.assessment import MetricValue, assess
from nn.metrics.baseline import mean_answer
from nn.metrics.numbers import interval_text, metric_number
from nn.metrics.sheets import short
from nn.metrics.writers import WRITERS


def classified(right, rows, *, often=0.9):
    """An assessment of rows of which so many are answered right, the class 'no' filling a share of them."""
    t = (np.arange(rows) >= often * rows).astype(int)
    answers = np.where(np.arange(rows) < right, t, 1 - t)
    return assess(
        "classification", t, np.eye(2)[answers], ["no", "yes"], baseline=np.array([often, 1 - often])
    )


def test_the_baseline_of_classes_is_the_most_frequent_one_with_its_frequency():
    t = np.array([0, 0, 0, 1, 0])
    found = assess(
        "classification", t, np.eye(2)[t], ["no", "yes"], baseline=mean_answer(np.eye(2)[[0, 0, 0, 1]])
    )
    metrics = found.metrics
    assert metrics["accuracy"].baseline == 0.8
    assert metrics["balanced_accuracy"].baseline == 0.5
    assert metrics["roc_auc"].baseline == 0.5
    assert metrics["log_loss"].baseline == pytest.approx(-(4 * np.log(0.75) + np.log(0.25)) / 5)
    assert metrics["brier"].baseline == pytest.approx((4 * 0.25**2 + 0.75**2) / 5)


def test_the_baseline_of_numbers_is_the_mean_of_the_training_share():
    t = np.array([[1.0], [3.0]])
    found = assess("regression", t, t, ["price"], baseline=np.array([4.0]))
    assert found.metrics["mae"].baseline == 2
    assert found.metrics["r2"].baseline == 1 - 10 / 2
    assert found.always == "always answering 4.000, the training mean"


def test_the_baseline_of_labels_is_the_more_frequent_value_of_each():
    t = np.array([[1.0, 0], [1, 1], [0, 0]])
    found = assess("labels", t, t, ["a", "b"], baseline=mean_answer(t))
    assert found.metrics["exact_match"].baseline == pytest.approx(1 / 3)
    assert found.metrics["label_accuracy"].baseline == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("right", "remark"),
    [
        (95, ""),
        (93, "Not clearly better than always answering 'no' (90.0 %), which lies within the interval."),
        (90, "No better than always answering 'no' (90.0 %)."),
        (50, "No better than always answering 'no' (90.0 %)."),
    ],
)
def test_answers_are_better_where_their_interval_lies_above_the_baseline(right, remark):
    found = classified(10 * right if right == 95 else right, 1000 if right == 95 else 100)
    assert found.remark == remark


def test_without_an_interval_the_metric_itself_decides():
    t = np.array([[1.0], [2], [3]])
    kwargs = {"baseline": np.array([2.0]), "intervals": False}
    assert assess("regression", t, t + 0.1, ["y"], **kwargs).remark == ""
    worse = assess("regression", t, t[::-1], ["y"], **kwargs).remark
    assert worse == "No better than always answering 2.000, the training mean (R² 0.000)."


def test_without_a_baseline_nothing_is_said():
    t = np.array([[1.0], [2], [3]])
    found = assess("regression", t, t[::-1], ["y"])
    assert (found.remark, found.always) == ("", "")


def test_what_is_not_decided_is_none():
    t = np.zeros(12, int)
    found = assess("classification", t, np.random.default_rng(0).dirichlet([1, 1], 12), ["no", "yes"])
    assert found.metrics["roc_auc"] == MetricValue(None)
    one = assess("regression", np.ones((1, 1)), np.ones((1, 1)), ["y"])
    assert one.metrics["r2"].value is None
    assert one.metrics["mae"].value == 0


def test_a_class_without_rows_and_answers_has_no_numbers_of_its_own():
    found = assess("classification", np.array([0, 1]), np.eye(3)[[0, 1]], ["a", "b", "c"])
    assert found.by_part["f1"] == (1.0, 1.0, None)
    assert found.by_part["rows"] == (1, 1, 0)


def test_a_perfect_accuracy_has_an_interval_all_the_same():
    found = classified(100, 100).metrics["accuracy"]
    assert (found.value, found.high) == (1, 1)
    assert 0.95 < found.low < 0.98


def test_the_largest_error_has_no_interval():
    t = np.arange(20.0)[:, None]
    found = assess("regression", t, t + np.sin(t), ["y"]).metrics
    assert found["largest_error"].low is None
    assert found["rmse"].low < found["rmse"].value < found["rmse"].high


def test_of_rows_that_were_not_held_out_there_are_no_intervals():
    t = np.arange(20.0)[:, None]
    found = assess("regression", t, t + np.sin(t), ["y"], intervals=False).metrics
    assert {value.low for value in found.values()} == {None}


def test_the_loss_comes_first_and_has_no_baseline():
    t = np.arange(20.0)[:, None]
    found = assess("regression", t, t, ["y"], loss=0.25, baseline=np.array([1.0])).metrics
    assert next(iter(found.items())) == ("loss", MetricValue(0.25))


def test_of_answers_that_are_not_finite_nothing_is_decided():
    y = np.full((12, 2), np.nan)
    found = assess("classification", np.arange(12) % 2, y, ["no", "yes"], baseline=np.array([0.5, 0.5]))
    assert {value.value for value in found.metrics.values()} == {None}
    assert (found.metrics["accuracy"].baseline, found.remark, found.confusion) == (0.5, "", None)
    assert "nan" not in WRITERS["text"]({"test": found})


def test_an_assessment_repeats():
    assert classified(93, 100) == classified(93, 100)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("accuracy", 0.97368, "97.4 %"),
        ("f1", 0.98765, "0.988"),
        ("r2", -0.0041, "-0.004"),
        ("r2", -0.0001, "0.000"),
        ("rmse", 91971.4, "91,971"),
        ("rmse", 0.0123456, "0.01235"),
        ("mae", 9.99996, "10.00"),
        ("mae", 3e12, "3.000e+12"),
        ("rows", 12345, "12,345"),
        ("roc_auc", None, "–"),
    ],
)
def test_a_metric_is_written_as_people_read_it(name, value, text):
    assert metric_number(name, value) == text


def test_the_unit_of_an_interval_is_written_once():
    assert interval_text("accuracy", 0.921, 1) == "92.1 to 100.0 %"
    assert interval_text("rmse", 1, 2) == "1.000 to 2.000"
    assert interval_text("rmse", None, None) == "–"


def test_the_short_form_has_the_main_metric_its_interval_and_baseline():
    found = classified(950, 1000)
    interval = interval_text("accuracy", *found.metrics["accuracy"][1:3])
    said = f"test: accuracy 95.0 % (95 % interval {interval}); always answering 'no': 90.0 %."
    assert short("test", found) == said
    said = short("test", classified(90, 100))
    assert said.startswith("test: accuracy 90.0 % (95 % interval ")
    assert said.endswith("). No better than always answering 'no' (90.0 %).")


def test_the_short_form_of_a_regression_has_its_error_in_the_unit_of_the_target():
    t = np.linspace(0, 9, 40)[:, None]
    found = assess("regression", t, t + np.sin(7 * t), ["y"], baseline=np.array([4.5]))
    r2, rmse = found.metrics["r2"], found.metrics["rmse"]
    assert short("test", found) == (
        f"test: R² {r2.value:.3f} (95 % interval {r2.low:.3f} to {r2.high:.3f}), "
        f"RMSE {rmse.value:.4f}; always answering 4.500, the training mean: 2.664."
    )


def test_roc_auc_of_many_classes_has_no_interval():
    rng = np.random.default_rng(0)
    t = np.arange(60) % 12
    y = rng.random((60, 12)) + 0.5 * np.eye(12)[t]
    found = assess("classification", t, y, [*map(str, range(12))]).metrics
    assert found["roc_auc"].value > 0.5
    assert found["roc_auc"].low is None
    assert found["f1"].low is not None


def test_few_rows_that_are_all_right_have_no_interval():
    assert classified(10, 10).metrics["accuracy"] == MetricValue(1.0, None, None, 0.9)
