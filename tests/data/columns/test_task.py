"""What a target column asks for where nobody says."""

import pytest

from nn.data.columns.content import Content
from nn.data.columns.task import guess_task
from nn.data.reading.table import Table


def guessed(cells):
    return guess_task(Content.of(Table.of({"y": [*map(str, cells)]}), "y"))


@pytest.mark.parametrize(
    "cells",
    [
        ["red", "blue", "red"],
        ["True", "False"],
        ["yes", "no", ""],
        [0, 1, 1],
        [1, 2],
        [-1, 1],
        [7, 3, 7],
        [0, 1, 2] * 10,
        [*range(1, 11)] * 10,
    ],
)
def test_words_truth_values_two_whole_numbers_and_a_few_that_rise_are_classes(cells):
    assert guessed(cells)[0] == "classification"


@pytest.mark.parametrize(
    "cells",
    [
        [0.5, 1.5],
        [0, 1, 2] * 9,  # fewer than ten rows of each
        [0, 1, 3] * 10,
        [2, 3, 4] * 10,
        [*range(11)] * 10,
        [3, 3, 3],
        [0.0, 1, 2.5] * 10,
    ],
)
def test_all_else_are_numbers(cells):
    assert guessed(cells)[0] == "regression"


def test_what_was_taken_is_said_with_what_changes_it():
    assert guessed([0, 1, 1])[1] == "Target 'y': 2 classes (0, 1); task: regression takes them as numbers."
    assert guessed(["b", "a"])[1] == "Target 'y': 2 classes (a, b)."
    assert guessed([1.5, 2])[1] == "Target 'y': numbers; task: classification takes them as classes."


def test_codes_with_leading_zeros_are_classes():
    table = Table.of({"zip": ["01123", "02123", "01123", "10001"] * 5})
    task, note = guess_task(Content.of(table, "zip"))
    assert task == "classification"
    assert "01123" in note
