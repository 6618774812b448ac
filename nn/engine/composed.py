"""NumPy functions composed of operations that a tape can record."""

from collections.abc import Sequence
from functools import wraps
from math import inf, log, prod
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple


def total(a: Any, axis: Any = None, *, dtype: Any = None, keepdims: bool = False) -> Any:
    """Sum; truth values are counted as integers."""
    a = a if dtype is None else a.astype(dtype, copy=False)
    result = a.tape.reduce("sum", a, axis, keepdims=keepdims)
    return result.astype(int) if a.dtype == bool else result


def mean(a: Any, axis: Any = None, *, dtype: Any = None, keepdims: bool = False) -> Any:
    """Sum in floating point and divide by the number of terms."""
    a = a.astype(dtype or (float if a.dtype.kind in "iu" else a.dtype), copy=False)
    return a.tape.reduce("sum", a, axis, keepdims=keepdims) / count(a, axis)


def count(a: Any, axis: Any) -> int:
    """Return the number of elements that a reduction combines into one."""
    axes = range(a.ndim) if axis is None else normalize_axis_tuple(axis, a.ndim)
    return prod(a.shape[number] for number in axes)


def var(
    a: Any,
    axis: Any = None,
    *,
    dtype: Any = None,
    ddof: float = 0,
    correction: float = 0,
    keepdims: bool = False,
) -> Any:
    """The mean of the squares of the differences from the mean."""
    difference = a - np.mean(a, axis, dtype=dtype, keepdims=True)
    squares = np.sum(difference * difference, axis, keepdims=keepdims)
    return squares / max(count(a, axis) - (ddof or correction), 0)


@wraps(var)
def std(*inputs: Any, **options: Any) -> Any:
    """The square root of the variance."""
    return np.sqrt(np.var(*inputs, **options))


def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:  # noqa: A002
    """Limit numbers to the range between two others."""
    low, high = a_min if min is None else min, a_max if max is None else max
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


def norm(x: Any, ord: Any = None, axis: Any = None, *, keepdims: bool = False) -> Any:  # noqa: A002
    """The norm of vectors along an axis, or of all elements."""
    x = x.astype(float) if x.dtype.kind in "biu" else x
    several = isinstance(axis, tuple) or (axis is None and x.ndim > 1)
    if ord is None or (ord == 2 and not several):
        return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))
    if several or ord not in (1, inf):
        raise NotImplementedError(f"with ord={ord}{' of matrices' if several else ''}")
    return (np.sum if ord == 1 else np.max)(np.abs(x), axis=axis, keepdims=keepdims)


def argmax(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    """The first position of the largest, along an axis or among all elements."""
    if axis is not None:
        return a.tape.reduce("argmax", a, axis, keepdims=keepdims)
    position = a.reshape(-1).argmax(0)
    return position.reshape((1,) * a.ndim) if keepdims else position


def argmin(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    """The first position of the smallest, along an axis or among all elements."""
    if a.dtype.kind != "f":
        raise NotImplementedError(f"of {a.dtype}")
    return np.argmax(-a, axis, keepdims=keepdims)


def where(condition: Any, x: Any, y: Any) -> Any:
    """x where a condition holds, else y."""
    (condition,) = as_arrays(condition)
    condition = condition if condition.dtype.kind == "b" else condition != 0
    return tape_of(condition, x, y).note("where", (condition, x, y))


def concatenate(arrays: Sequence[Any], axis: int | None = 0, *, dtype: Any = None) -> Any:
    """Copy each part to its place in a new array."""
    if axis is None:
        return np.concatenate([np.ravel(part) for part in arrays], 0, dtype=dtype)
    parts = as_arrays(*arrays)
    return tape_of(*parts).concatenate(parts, axis, dtype)


def stack(arrays: Sequence[Any], axis: int = 0, *, dtype: Any = None) -> Any:
    """Arrays side by side along a new axis."""
    return np.concatenate([np.expand_dims(array, axis) for array in arrays], axis, dtype=dtype)


def full_like(a: Any, fill_value: Any, dtype: Any = None) -> Any:
    """A new array of the same shape, filled with numbers."""
    return a.tape.note("copy", (fill_value,), np.empty_like(a.array, dtype))


def matmul(a: Any, b: Any) -> Any:
    """The product of matrices of one type; a vector is a row on the left and a column on the right."""
    a, b = as_arrays(a, b)
    if b.ndim == 1:
        return matmul(a, b[:, np.newaxis])[..., 0]
    if a.ndim == 1:
        return matmul(a[np.newaxis, :], b)[..., 0, :]
    dtype = np.result_type(a.dtype, b.dtype)
    return tape_of(a, b).note("matmul", (a.astype(dtype, copy=False), b.astype(dtype, copy=False)))


def dot(a: Any, b: Any) -> Any:
    """The product of a number with an array, of vectors, or of arrays with a matrix."""
    if not np.ndim(a) or not np.ndim(b):
        return np.multiply(a, b)
    if np.ndim(b) > 2:
        raise NotImplementedError(f"of an array of {np.ndim(b)} dimensions")
    return matmul(a, b)


def outer(a: Any, b: Any) -> Any:
    """Each element of one times each of the other."""
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


def logaddexp(a: Any, b: Any) -> Any:
    """log(eᵃ + eᵇ), without overflow."""
    return np.where(a == b, a + log(2), np.maximum(a, b) + np.log1p(np.exp(-np.abs(a - b))))


def reciprocal(a: Any) -> Any:
    """1 / a; for integers NumPy has another function."""
    if a.dtype.kind in "iub":
        raise NotImplementedError(f"of {a.dtype}")
    return 1 / a


def as_arrays(*values: Any) -> list[Any]:
    """Convert values that are not traced to plain arrays."""
    return [value if hasattr(value, "tape") else np.asarray(value) for value in values]


def tape_of(*values: Any) -> Any:
    """Return the tape of the first traced array among some values."""
    return next(value.tape for value in values if hasattr(value, "tape"))
