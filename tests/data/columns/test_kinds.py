"""What each kind of column becomes."""

import math

import numpy as np
import pytest

from nn import Preprocessing
from nn.data.columns.kinds import COLUMN_KINDS, Boolean, Category, Date, Ignore, Number, Ordinal
from nn.data.reading.mistakes import TableError


def fitted(kind, *cells, weights=None):
    return Preprocessing.fit({"x": cells}, {"x": kind}, scale=None, sample_weight=weights)


def encoded(kind, *cells, weights=None):
    """The features of cells by an encoder that was fitted to them."""
    return fitted(kind, *cells, weights=weights).transform({"x": cells}).tolist()


def test_a_number_is_itself_and_the_median_stands_in_with_an_indicator():
    assert encoded(Number(), "1.5", "", "4", "2") == [[1.5, 0], [2, 1], [4, 0], [2, 0]]
    assert fitted(Number(), "1", "").features == ("x", "x is missing")


def test_without_gaps_in_training_there_is_no_indicator_and_later_gaps_are_filled_and_counted():
    later = fitted(Number(), "1", "3", "5").encode({"x": ["", "9"]})
    assert (later.x.tolist(), later.missing) == ([[3], [9]], {"x": 1})


@pytest.mark.parametrize(("missing", "value"), [("mean", 3.0), (-1.0, -1.0)])
def test_a_mean_or_a_value_stands_in_without_an_indicator(missing, value):
    assert encoded(Number(missing), "1", "", "5") == [[1], [value], [5]]


def test_rows_that_are_dropped_count_for_nothing_and_are_no_mistake():
    kinds = {"x": Number(missing="drop_row"), "y": Number()}
    table = {"x": ["1", "", "3"], "y": ["10", "99", "20"]}
    scaled = Preprocessing.fit(table, kinds)
    encoded = scaled.encode(table)
    assert encoded.unusable == {1: "column 'x': expected a number, got a missing cell"}
    assert encoded.usable.tolist() == [True, False, True]
    assert encoded.mistakes == []
    assert scaled.scale(encoded.x)[encoded.usable].tolist() == [[-1, -1], [1, 1]]


def test_a_table_of_which_every_row_is_dropped_is_refused():
    with pytest.raises(TableError, match="every row has a missing cell"):
        Preprocessing.fit({"x": ["", "1"], "y": ["1", ""]}, dict.fromkeys("xy", Number(missing="drop_row")))


@pytest.mark.parametrize(
    "cells",
    [("True", "False"), ("yes", "No"), ("Y", "n"), ("t", "F"), ("ON", "off"), ("1", "0"), (True, False)],
)
def test_truth_values_are_1_and_0(cells):
    assert encoded(Boolean(), *cells) == [[1], [0]]


def test_truth_values_with_gaps_take_the_more_frequent_one():
    assert encoded(Boolean(), "yes", "yes", "", "no") == [[1, 0], [1, 0], [1, 1], [0, 0]]


def test_ordinals_are_positions_in_their_order_by_spelling_or_value():
    assert encoded(Ordinal(["low", "mid", "high"]), "high", "low", "mid") == [[2], [0], [1]]
    assert encoded(Ordinal([10, 5, 1]), "5.0", "10", "1") == [[1], [0], [2]]


def test_categories_are_one_hot_in_the_order_of_numbers_and_letters():
    assert fitted(Category(), "b", "10", "a", "9").features == ("x=9", "x=10", "x=a", "x=b")
    assert encoded(Category(), "b", "a") == [[0, 1], [1, 0]]


def test_missing_cells_of_a_category_are_a_level_of_their_own():
    assert encoded(Category(), "b", "", "a") == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    assert fitted(Category(), "b", "").features == ("x=b", "x is missing")


def test_a_level_can_stand_in_for_missing_cells():
    assert encoded(Category(missing="a"), "b", "", "a") == [[0, 1], [1, 0], [1, 0]]


def test_the_most_frequent_levels_are_kept_and_the_rest_is_one_with_what_training_never_saw():
    top = fitted(Category(top=1), "b", "b", "a", "c")
    assert top.features == ("x=b", "x: other")
    later = top.encode({"x": ["a", "b", "new"]})
    assert (later.x.tolist(), later.unknown) == ([[0, 1], [1, 0], [0, 1]], {})
    assert fitted(Category(top=9), "b", "a").features == ("x=a", "x=b")


def test_a_level_that_training_never_saw_is_all_0_and_counted():
    later = fitted(Category(), "b", "a").encode({"x": ["c", "a", ""]})
    assert (later.x.tolist(), later.unknown, later.missing) == ([[0, 0], [1, 0], [0, 0]], {"x": 1}, {"x": 1})


def test_a_level_that_training_never_saw_can_be_an_error():
    later = fitted(Category(unknown="error"), "b", "a").encode({"x": ["c", "a"]})
    assert later.unusable == {0: "column 'x': expected one of a, b, got 'c'"}
    assert np.isnan(later.x[0]).all()


def test_parts_of_dates_are_angles_and_the_year_a_number():
    kind = Date(["year", "month", "day", "weekday", "hour", "minute"])
    (row,) = encoded(kind, "2024-04-16 18:15")  # a Tuesday
    turns = [3 / 12, 15 / 30, 1 / 7, 18 / 24, 15 / 60]
    angles = [f(2 * math.pi * turn) for turn in turns for f in (math.sin, math.cos)]
    assert row == pytest.approx([2024, *angles], abs=1e-15)
    assert fitted(kind, "2024-04-16").features[:3] == ("x: year", "x: month (sin)", "x: month (cos)")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("1969-12-31T23:00:00", None),
        ("1969-12-31 23:00:00+02:00", None),
        ("31.12.1969 23:00", "%d.%m.%Y %H:%M"),
        ("12/31/69 11:00 PM", "%m/%d/%y %I:%M %p"),
    ],
)
def test_dates_are_read_by_their_format_and_the_clock_counts(cell, written):
    (row,) = encoded(Date(["weekday", "hour"], written), cell)
    angles = [2 * math.pi * 2 / 7, 2 * math.pi * 23 / 24]
    assert row == pytest.approx([f(angle) for angle in angles for f in (math.sin, math.cos)])


def test_a_missing_date_is_the_middle_of_each_circle():
    rows = encoded(Date(["year", "hour"]), "2020-01-01 06:00", "", "2022-01-01 06:00")
    assert rows[1] == [2021, 0, 0, 1]


def test_parts_and_format_of_dates_are_found_where_they_are_not_given():
    assert fitted(Date(), "31.12.2023", "30.11.2023").features == (
        "x: month (sin)", "x: month (cos)", "x: weekday (sin)", "x: weekday (cos)"
    )  # fmt: skip


def test_what_is_ignored_makes_no_features():
    assert Preprocessing.fit({"x": ["1"], "y": ["2"]}, {"x": Ignore(), "y": Number()}).inputs == ("y",)


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (Number(), "number"),
        (Number(missing="mean"), {"type": "number", "missing": "mean"}),
        (Ordinal(["a", "b"]), {"type": "ordinal", "order": ["a", "b"]}),
        (Date(["year"]), {"type": "date", "parts": ["year"]}),
        (Category(top=3), {"type": "category", "top": 3}),
        (Ignore(), "ignore"),
    ],
)
def test_a_kind_is_written_as_a_word_or_with_what_is_not_usual(kind, spec):
    assert kind.spec == spec
    assert isinstance(kind, COLUMN_KINDS[spec if isinstance(spec, str) else spec["type"]])


def test_options_of_kinds_are_checked():
    with pytest.raises(TypeError, match=r"Number\.missing must be one of 'median'"):
        Number(missing="medain")
    with pytest.raises(ValueError, match=r"Category\.top must be at least 1"):
        Category(top=0)
    with pytest.raises(ValueError, match=r"Date\.parts: expected some of year, month, .*, got \['decade'\]"):
        Date(parts=["decade"])
    with pytest.raises(ValueError, match=r"Ordinal\.order: expected at least two different levels"):
        Ordinal(["a", "a"])
