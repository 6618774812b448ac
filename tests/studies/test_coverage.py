"""The interval of an ensemble: where it comes from, and what is claimed of it."""

import re

import numpy as np
import pytest

from nn.studies.coverage import accuracy_in_words, prediction_interval

RNG = np.random.default_rng(0)


def share(rows, targets=1, size=1.0):
    t = size * RNG.normal(size=(rows, targets))
    return t, np.zeros_like(t)


def test_it_comes_from_one_share_and_is_measured_on_the_other():
    shares = {"validation": share(19), "test": share(50)}
    found = prediction_interval(shares, ["y"], 0.9)
    (t, _), (new, _) = shares.values()
    assert found.margins[0] == np.sort(np.abs(t[:, 0]))[17]
    assert (found.rows, found.measured) == (50, "test")
    assert found.covered[0] == np.count_nonzero(np.abs(new) <= found.margins)


def test_the_only_share_is_halved_and_no_row_is_both():
    t, y = share(60)
    found = prediction_interval({"test": (t, y)}, ["y"], 0.9)
    assert found.rows == 30
    errors = np.abs(t)
    covered = np.count_nonzero(errors <= found.margins)
    # Of the half that it comes from, it covers the ⌈31 · 0.9⌉ = 28 smallest errors.
    assert covered == found.covered[0] + 28


def test_the_sentence_says_what_was_measured_and_on_which_rows():
    text = prediction_interval({"validation": share(30), "test": share(60)}, ["y"], 0.9).text
    assert re.fullmatch(
        r"Interval: ± \d\.\d+ covers \d+ % of 60 test rows \(95 % interval \d+ to \d+ %; asked: 90 %\)\. "
        r"It comes from the errors on 30 validation rows\.",
        text,
    )


def test_rows_that_chose_the_weights_are_said_to_have_done_so():
    assert (
        "Validation chose the weights too" in prediction_interval({"validation": share(60)}, ["y"], 0.9).text
    )


def test_each_target_has_a_margin_and_a_coverage_of_its_own():
    found = prediction_interval({"test": share(100, 2, np.array([1.0, 10.0]))}, ["a", "b"], 0.8)
    assert found.margins[1] > 5 * found.margins[0]
    assert re.search(r"Interval: a ± .* % of 50 test rows .*; b ± .* % of 50 test rows", found.text)
    low, high = found.around(np.zeros((3, 2)))
    np.testing.assert_array_equal(high - low, np.tile(2 * found.margins, (3, 1)))


def test_of_classes_it_is_said_how_many_are_right_and_how_many_where_all_agree():
    right, unanimous = np.arange(40) >= 4, np.arange(40) >= 20
    assert accuracy_in_words("test", right, unanimous) == (
        "Right on 90 % of 40 test rows (95 % interval 77 to 96 %), "
        "on 100 % of the 20 that all members agree on."
    )
    assert "Validation chose the weights" in accuracy_in_words("validation", right, unanimous)
    assert "agree" not in accuracy_in_words("test", right, np.ones(40, bool))


@pytest.mark.parametrize(
    ("shares", "level", "reason"),
    [
        ({}, 0.9, r"no rows are held out to measure it on; hold some out \(data.validation: 0.2"),
        (
            {"test": share(16)},
            0.9,
            r"at least 9 rows, got 8 other test rows; hold out more, or ask for at most 0.88",
        ),
        ({"test": share(60)}, 90, r"expected a share between 0 and 1, such as 0.9, got 90"),
        ({"test": (np.full((60, 1), np.nan), np.zeros((60, 1)))}, 0.9, "not finite"),
    ],
)
def test_without_enough_rows_there_is_no_interval(shares, level, reason):
    with pytest.raises(ValueError, match=reason):
        prediction_interval(shares, ["y"], level)
