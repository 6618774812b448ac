"""Spectrum: the eigenvalues of a Hessian with a bound on their errors."""

from dataclasses import dataclass

import numpy as np

from nn.arrays import Array, Floats
from nn.endpoints.descent import decomposed
from nn.endpoints.surface import LossSurface

DIFFERENCE_STEP = 1e-5
"""The step of the difference of gradients that a Hessian is held against."""
AGREEMENT = 1e-3
"""The part of the Hessian's norm by which such a difference may differ from it."""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The eigenvalues of a symmetric matrix, in rising order, with their vectors in columns.

    ``error`` bounds the error of each eigenvalue: by Weyl's inequality no eigenvalue moves by more than the
    norm of what is added to a matrix, which here are the rounding of the Hessian, as measured, and the
    backward error of its decomposition, n u ‖H‖.
    """

    values: Floats
    vectors: Floats
    error: float

    @property
    def zeros(self) -> int:
        """The number of eigenvalues that are 0 within their error."""
        return int(np.sum(np.abs(self.values) <= self.error))

    @property
    def negatives(self) -> int:
        """The number of eigenvalues below 0 by more than their error."""
        return int(np.sum(self.values < -self.error))


def spectrum(surface: LossSurface, point: Array) -> Spectrum | None:
    """Return the eigenvalues of the Hessian at a point; None where it is not the derivative of the gradient.

    That is so at a kink, as of a rectifier, or where a formula drops the imaginary part of a complex step;
    the difference of gradients along a random direction, which knows nothing of it, tells.
    """
    hessian = surface.hessian(point)
    size = float(np.linalg.norm(hessian))
    direction = np.random.default_rng(0).standard_normal(len(point))
    step = DIFFERENCE_STEP * max(1.0, float(np.linalg.norm(point))) / np.linalg.norm(direction)
    ahead, behind = (surface.gradient(point + sign * step * direction) for sign in (1, -1))
    difference = (ahead - behind) / (2 * step) - hessian @ direction
    if not np.linalg.norm(difference) <= AGREEMENT * size * np.linalg.norm(direction):
        return None
    values, vectors = decomposed(hessian)
    decomposition = len(point) * np.finfo(float).eps * size
    return Spectrum(values, vectors, surface.hessian_rounding(point) + decomposition)
