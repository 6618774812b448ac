"""Finds the limits of colour scales."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nn.plots.plane import EQUAL


def limits(*drawn: NDArray[Any], room: float = 0.0) -> tuple[float, float]:
    """Return the lowest and the highest value, apart from each other even if all values are equal."""
    values = np.concatenate([np.ravel(part) for part in drawn])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    size = max(abs(low), abs(high))
    if high - low <= EQUAL * size or not size:
        return low - (0.5 * size or 0.5), high + (0.5 * size or 0.5)
    return low - room * (high - low), high + room * (high - low)
