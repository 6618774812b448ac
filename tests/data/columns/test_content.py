"""Which cells of a column are missing."""

import pytest

from nn.data.columns.content import Content
from nn.data.reading.table import Table


def missing(cells, missing_values=None):
    content = Content.of(Table.of({"x": cells}), "x", missing_values)
    return [cell for cell, gone in zip(cells, content.missing.tolist(), strict=True) if gone]


@pytest.mark.parametrize("word", ["", "NA", "N/A", "NaN", "null"])
def test_the_usual_words_are_missing_among_numbers_and_among_words(word):
    assert missing(["1.5", word, "2"]) == [word]
    assert missing(["red", word, "blue"]) == [word]


@pytest.mark.parametrize("sign", ["?", "-"])
def test_signs_are_missing_among_numbers_however_many_there_are(sign):
    assert missing(["1", sign, sign, "2"]) == [sign, sign]


def test_a_question_mark_is_missing_among_words_where_less_than_a_fifth_hold_it():
    assert missing(["y", "n", "y", "n", "y", "?"]) == ["?"]
    assert missing(["y", "n", "y", "n", "?"]) == []


def test_a_dash_is_a_level_among_words():
    assert missing(["+", "-", "+", "-", "+", "+", "+"]) == []


def test_words_that_are_given_replace_the_usual_ones_beside_empty_cells():
    assert missing(["none", "", "NA", "x"], ["none"]) == ["none", ""]


def test_numbers_that_are_given_are_found_by_their_value():
    assert missing(["-999", "1", "-999.0"], ["-999"]) == ["-999", "-999.0"]


def test_levels_are_those_of_the_cells_that_are_there():
    content = Content.of(Table.of({"x": ["b", "", "a", "b"]}), "x")
    assert (content.levels[0].tolist(), content.levels[1]) == ([0, -1, 1, 0], ["b", "a"])
