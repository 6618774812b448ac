"""Folds hold every row out once, spread classes evenly and keep groups whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.data.folds import Fold


def drawn(rows, folds, seed=0, **of_rows):
    order = np.random.default_rng(seed).permutation(rows)
    return [Fold(number, folds).held(order, **of_rows) for number in range(folds)]


@given(st.integers(2, 60), st.integers(2, 60), st.integers(0, 9), st.integers(1, 4))
def test_each_row_is_held_out_once_in_folds_of_equal_sizes(rows, folds, seed, classes):
    labels = np.random.default_rng(seed).integers(classes, size=rows).astype(float)
    if folds > rows:
        with pytest.raises(
            ValueError, match=f"^expected at most {rows} folds, as there are {rows} rows, got"
        ):
            drawn(rows, folds, seed)
        return
    for held in (drawn(rows, folds, seed), drawn(rows, folds, seed, labels=labels)):
        assert np.sort(np.concatenate(held)).tolist() == [*range(rows)]
        assert np.ptp([len(fold) for fold in held]) <= 1
    for label in range(classes):
        assert np.ptp([np.sum(labels[fold] == label) for fold in held]) <= 1


@given(st.integers(2, 12), st.integers(2, 4), st.integers(0, 9))
def test_groups_are_held_out_as_a_whole(count, folds, seed):
    groups = np.repeat(np.arange(count), np.random.default_rng(seed).integers(1, 5, size=count))
    if folds > count:
        with pytest.raises(ValueError, match=f"^expected at most {count} folds, as there are {count} groups"):
            drawn(len(groups), folds, seed, groups=groups)
        return
    held = drawn(len(groups), folds, seed, groups=groups)
    assert np.sort(np.concatenate(held)).tolist() == [*range(len(groups))]
    assert sum(len(set(groups[fold])) for fold in held) == count
    assert all(len(fold) for fold in held)


def test_rows_in_order_are_held_out_side_by_side():
    assert [Fold(number, 3).held_in_order(7).tolist() for number in range(3)] == [[0, 1], [2, 3], [4, 5, 6]]
