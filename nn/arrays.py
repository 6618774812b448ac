"""The array type of every formula, and the norm that some of them limit."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
"""Real numbers, or complex ones for gradients by the complex step; any leading ``stack`` axes."""
Floats: TypeAlias = NDArray[np.float64]
"""Data as they are read and kept, in double precision."""
Reals: TypeAlias = NDArray[np.floating[Any]]
"""Real numbers of any precision."""


def within_norm(a: Array, limit: float, axis: int) -> Array:
    """a · min(1, limit/‖a‖) for each vector along an axis, at any scale: squares neither over- nor underflow.

    With m = max |a|, ‖a‖ = m ‖a/m‖, and the elements of a/m are at most 1.
    """
    largest = np.max(np.maximum(a, -a), axis=axis, keepdims=True)
    scaled = a / np.where(largest > 0, largest, 1)
    norm = np.sqrt(np.sum(scaled * scaled, axis=axis, keepdims=True))
    # A vector of 0 has no direction, and is within any limit.
    return np.where(largest * norm <= limit, a, scaled * (limit / np.maximum(norm, 1)))
