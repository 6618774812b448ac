"""Folds of cross-validation: each row is held out once in each repeat."""

from typing import NamedTuple

import numpy as np

from nn.arrays import Array, Floats
from nn.data.splits import Rows
from nn.display import counted


class Fold(NamedTuple):
    """The rows that are held out for validation: those of the fold of this number, from 0."""

    number: int
    folds: int
    repeat: int = 0
    """Each repeat draws its folds anew."""

    def held(self, order: Rows, labels: Floats | None = None, groups: Array | None = None) -> Rows:
        """The places of the rows that are held out, ``(held,)`` in ascending order.

        order: ``(rows,)`` the places in the order in which they are dealt out
        labels: ``(rows,)`` the class of each row; classes are then spread evenly (stratified folds)
        groups: ``(rows,)`` the group of each row, as a number from 0; whole groups are then held out

        Sizes of folds, and of each class in them, differ by one row at most; those of groups as little as
        taking the largest group first and the smallest fold each time makes them.

        Raises ValueError for more folds than rows or groups.
        """
        self.expect_enough(len(order), "row")
        if groups is not None:
            return self.held_groups(order, groups)
        if labels is not None:
            order = order[np.argsort(labels[order], kind="stable")]
        return np.sort(order[self.number :: self.folds])

    def held_in_order(self, rows: int) -> Rows:
        """The places of neighbouring rows that are held out: a K-th of all, without drawing."""
        self.expect_enough(rows, "row")
        start, stop = (rows * number // self.folds for number in (self.number, self.number + 1))
        return np.arange(start, stop)

    def held_groups(self, order: Rows, groups: Array) -> Rows:
        """The places of the groups that are held out."""
        sizes = np.bincount(groups)
        self.expect_enough(len(sizes), "group")
        drawn = groups[order][np.sort(np.unique(groups[order], return_index=True)[1])]
        filled, fold_of = np.zeros(self.folds, int), np.empty(len(sizes), int)
        for group in drawn[np.argsort(-sizes[drawn], kind="stable")]:
            fold_of[group] = np.argmin(filled)
            filled[fold_of[group]] += sizes[group]
        return np.flatnonzero(fold_of[groups] == self.number)

    def expect_enough(self, count: int, noun: str) -> None:
        """Raise ValueError for more folds than there are rows or groups."""
        if count < self.folds:
            raise ValueError(
                f"expected at most {count} folds, as there are {counted(count, noun)}, got {self.folds}"
            )
