"""Carries formulas out in other arithmetics: coarser than double precision, or with a chosen side at ties.

To see what rounding does to a result, compute it again with larger rounding errors: Monte Carlo
arithmetic, Parker (1997), "Monte Carlo arithmetic: exploiting randomness in floating-point arithmetic".
The formulas stay as they are; the arrays that enter them are given to an ``Arithmetic`` first.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nn.arrays import Array

COARSENESS = 128
"""The largest error of an operation of ``Coarse`` arithmetic, in units of the roundoff of float64."""
ROUNDOFF = float(np.finfo(float).eps) / 2
ROUNDING_DRAWS = 16
"""How often a gradient is recomputed to measure its rounding."""
TIES: dict[np.ufunc, str] = {
    np.maximum: "larger",
    np.fmax: "larger",
    np.minimum: "smaller",
    np.fmin: "smaller",
    np.greater: "above",
    np.greater_equal: "above",
    np.less: "below",
    np.less_equal: "below",
}
"""The operations that branch where their operands are equal."""
EXACT_OPERATIONS = {*TIES, np.negative, np.positive, np.absolute, np.conjugate, np.sign}
"""Operations without rounding errors."""


class Numbers(np.ndarray[Any, Any]):
    """An array whose operations are those of its ``arithmetic``."""

    arithmetic: "Arithmetic"

    def __array_finalize__(self, source: Any) -> None:
        if isinstance(source, Numbers):
            self.arithmetic = source.arithmetic

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: tuple[Any, ...] | None = None, **options: Any
    ) -> Any:
        result = self.arithmetic.operate(ufunc, method, [plain_array(array) for array in inputs], options)
        if result is None or isinstance(result, tuple):  # ``ufunc.at``, or a function of several results
            return result
        if out is None:
            return self.arithmetic.numbers(np.asarray(result))
        plain_array(out[0])[...] = result
        return out[0]

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        result = super().__array_function__(function, types, arguments, options)
        return self.arithmetic.numbers(result) if type(result) is np.ndarray else result


def plain_array(array: Any) -> Any:
    """Return the same array with NumPy's own arithmetic."""
    return array.view(np.ndarray) if isinstance(array, Numbers) else array


class Arithmetic:
    """NumPy's arithmetic, but the real parts of complex results are those of the real operation.

    So branches are the same with a complex step as without, bit for bit, and functions whose complex form
    loses digits of the real part (``np.log1p`` near 0) do no harm.

    >>> arithmetic = Arithmetic()
    >>> float(np.log1p(1e-20 + 0j).real), float(np.log1p(arithmetic(np.array(1e-20 + 0j))).real)
    (0.0, 1e-20)
    """

    def __call__(self, array: Array) -> Array:
        """Return an array to compute with."""
        return self.numbers(array)

    def numbers(self, array: Array) -> Numbers:
        """Return the same array with this arithmetic."""
        result = array.view(Numbers)
        result.arithmetic = self
        return result

    def operate(self, ufunc: np.ufunc, method: str, inputs: list[Any], options: dict[str, Any]) -> Any:
        """Carry out an operation on plain arrays."""
        function: Callable[..., Any] = getattr(ufunc, method)
        result = function(*inputs, **options)
        if np.iscomplexobj(result) and not isinstance(result, tuple):
            result = np.array(result)
            result.real = function(*map(np.real, inputs), **options)
        return result


class Coarse(Arithmetic):
    """Arithmetic in which every operation has a random error of up to COARSENESS roundoffs.

    The error is relative to the result; in sums and matrix products it is relative to the sum of the
    magnitudes of their terms, as rounding is, however much they cancel.
    """

    def __init__(self, rng: np.random.Generator):
        self.rng = rng

    def __call__(self, array: Array) -> Array:
        return self.numbers(self.disturbed(array, array))

    def operate(self, ufunc: np.ufunc, method: str, inputs: list[Any], options: dict[str, Any]) -> Any:
        result = super().operate(ufunc, method, inputs, options)
        if (
            ufunc in EXACT_OPERATIONS
            or isinstance(result, tuple)
            or np.asarray(result).dtype.kind not in "fc"
        ):
            return result
        sums = ufunc is np.matmul or (ufunc is np.add and method in ("reduce", "accumulate"))
        size = getattr(ufunc, method)(*map(magnitude, inputs), **options) if sums else result
        return self.disturbed(np.asarray(result), np.asarray(size))

    def disturbed(self, array: Array, size: Array) -> Array:
        """Add errors relative to the size, to each part of complex numbers its own."""
        if np.iscomplexobj(array):
            return self.disturbed(array.real, size.real) + 1j * self.disturbed(array.imag, size.imag)
        errors = self.rng.random(array.shape, np.float32) * np.float32(2) - np.float32(1)
        moved = array + COARSENESS * ROUNDOFF * errors * size
        return np.where(np.isfinite(moved), moved, array)


def magnitude(array: Any) -> Any:
    """Return absolute values; of complex numbers those of both parts."""
    return np.abs(np.real(array)) + 1j * np.abs(np.imag(array)) if np.iscomplexobj(array) else np.abs(array)


class Tied(Arithmetic):
    """Arithmetic in which the first of two equal operands always counts as the larger, or the smaller.

    So formulas take the same side at all kinks, while their values stay the same.
    """

    def __init__(self, larger: bool):
        self.larger = larger

    def operate(self, ufunc: np.ufunc, method: str, inputs: list[Any], options: dict[str, Any]) -> Any:
        result = super().operate(ufunc, method, inputs, options)
        if ufunc not in TIES or method != "__call__":
            return result
        first, second = inputs
        kind = TIES[ufunc]
        if kind in ("above", "below"):
            return np.where(np.real(first) == np.real(second), (kind == "above") == self.larger, result)
        chosen = first if (kind == "larger") == self.larger else second
        return np.where(np.real(first) == np.real(second), chosen, result)


class Unchanged(Arithmetic):
    """NumPy's own arithmetic, on plain arrays."""

    def __call__(self, array: Array) -> Array:
        return array


exact, unchanged = Arithmetic(), Unchanged()


def rounding(compute: Callable[[Arithmetic], Array], draws: int = ROUNDING_DRAWS) -> Array:
    """Bound how far rounding may move each number that ``compute`` returns: about 10 times its usual error.

    It is the mean change by coarse arithmetic over 8, which estimates a bound of several u times the
    magnitudes of all terms of the number, propagated through every operation, with the roundoff
    u = 1.1e-16. If terms cancel or a factor such as 1 − y² is small, it is large relative to the number.
    """
    rng = np.random.default_rng(0)
    return mean_distance(compute(unchanged), [compute(Coarse(rng)) for _ in range(draws)])


def mean_distance(center: Array, drawn: Sequence[Array]) -> Array:
    """Return the mean distance of coarse results from an exact one, over 8."""
    # Differences that are not finite, as of infinite results, are ignored.
    distances = [np.nan_to_num(np.abs(one - center), nan=0, posinf=0, neginf=0) / 8 for one in drawn]
    return np.mean(distances, axis=0)
