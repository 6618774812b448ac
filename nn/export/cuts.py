"""Views of arrays as slices of them."""

from dataclasses import dataclass

import numpy as np

from nn.arrays import Array


@dataclass(frozen=True)
class Cut:
    """A view of an array: elements of each of its axes, and which of these are the axes of the view."""

    starts: tuple[int, ...]
    counts: tuple[int, ...]
    steps: tuple[int, ...]
    axes: tuple[int | None, ...]
    """For each axis of the view, that of the array; None for one of length 1 or of repetitions."""

    @classmethod
    def of(cls, view: Array, root: Array) -> "Cut | None":
        """Find how a view is cut out of an array; None where it takes a reshape."""
        size = root.itemsize
        offset = (view.ctypes.data - root.ctypes.data) // size
        strides = [stride // size for stride in root.strides]
        starts, counts, steps = [0] * root.ndim, [1] * root.ndim, [1] * root.ndim
        order = [axis for axis in np.argsort(strides)[::-1].tolist() if root.shape[axis] > 1]
        for axis in order:
            starts[axis], offset = divmod(offset, strides[axis])
        axes: list[int | None] = []
        for length, stride in zip(view.shape, (stride // size for stride in view.strides), strict=True):
            within = [axis for axis in order if strides[axis] <= abs(stride)]
            if length == 1 or not stride:
                axes.append(None)
                continue
            if not within or stride % strides[within[0]] or within[0] in axes:
                return None
            axis = within[0]
            step = stride // strides[axis]
            if not 0 <= starts[axis] + step * (length - 1) < root.shape[axis]:
                return None
            counts[axis], steps[axis] = length, step
            axes.append(axis)
        return cls(tuple(starts), tuple(counts), tuple(steps), tuple(axes)) if not offset else None
