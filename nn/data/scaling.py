"""How inputs are brought to a common scale: fitted on the training share, applied to all data."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scaling:
    """(x - shift) / scale, for each input column.

    shift, scale: (inputs,); x: (*stack, batch, inputs)

    >>> x = np.array([[1.0, 7.0], [3.0, 7.0], [5.0, 7.0]])
    >>> to_range(x, low=-1, high=1)(x)
    array([[-1., -1.],
           [ 0., -1.],
           [ 1., -1.]])
    """

    shift: Floats
    scale: Floats

    def __call__(self, x: Floats) -> Floats:
        """The scaled inputs, of the shape of ``x``."""
        return (x - self.shift) / self.scale


def standard(x: Floats) -> Scaling:
    """The scaling after which each column has mean 0 and standard deviation 1.

    The standard deviation is that of the population (the sum of squares divided by the number of
    samples). A constant column becomes 0.
    """
    constant = x.min(axis=0) == x.max(axis=0)
    deviation = x.std(axis=0)
    # The mean of equal numbers may differ from them in the last bit: take one of them.
    shift = np.where(constant, x[0], x.mean(axis=0))
    return Scaling(shift, np.where(constant | (deviation == 0), 1.0, deviation))


def to_range(x: Floats, low: float, high: float) -> Scaling:
    """The scaling that maps each column's minimum to ``low`` and its maximum to ``high``.

    A constant column becomes ``low``. Raises ValueError unless ``low < high``.
    """
    if not low < high:
        raise ValueError(f"a range to scale to must rise, got [{low}, {high}]")
    smallest, largest = x.min(axis=0), x.max(axis=0)
    scale = np.where(smallest == largest, 1.0, (largest - smallest) / (high - low))
    return Scaling(smallest - low * scale, scale)
