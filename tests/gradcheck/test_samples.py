"""The samples of a check: from all over the data, the same ones each time."""

import numpy as np
import pytest

from nn.gradcheck.samples import spread_rows


def test_few_samples_are_all_taken():
    assert np.array_equal(spread_rows(np.zeros((10, 1)), None), np.arange(10))


@pytest.mark.parametrize("classes", [3, 10, 26])
def test_sorted_data_give_samples_of_each_class(classes):
    labels = np.repeat(np.arange(classes), 50)
    rows = spread_rows(np.eye(classes)[labels], None)
    assert len(rows) == max(16, classes)
    assert {*labels[rows]} == {*range(classes)}


def test_a_rare_class_is_among_them():
    labels = np.zeros((10_000, 1))
    labels[7_777] = 1
    assert 7_777 in spread_rows(labels, None)


def test_samples_of_a_regression_come_from_everywhere():
    rows = spread_rows(np.linspace(0, 1, 1000)[:, np.newaxis], None)
    assert len(rows) == 16
    assert rows[0] < 300
    assert rows[-1] > 700


def test_so_many_are_taken_as_are_asked_for():
    assert len(spread_rows(np.eye(10)[np.arange(100) % 10], 3)) == 3


def test_they_are_the_same_each_time():
    kinds = np.arange(1000)[:, np.newaxis]
    assert np.array_equal(spread_rows(kinds, None), spread_rows(kinds, None))
