"""The status of a second-order method after each iteration."""

from dataclasses import dataclass
from typing import Literal

Ending = Literal["minimum_gradient", "maximum_damping", "no_progress"]


@dataclass(frozen=True)
class Status:
    """The status of a second-order method, at the parameters that its last iteration began with.

    >>> Status(gradient_norm=3e-8, damping=1e-10, ended="minimum_gradient").ended
    'minimum_gradient'
    """

    gradient_norm: float | None = None
    """The Euclidean norm of the gradient of what the method minimises; None before the first iteration."""
    damping: float | None = None
    """The damping μ of Levenberg-Marquardt at the end of the iteration."""
    effective_parameters: float | None = None
    """γ of Bayesian regularisation: the number of parameters that the data determine."""
    ended: Ending | None = None
    """Why iterations end: a small gradient, or neither damping nor a line search finds a decrease."""

    @property
    def collapsed(self) -> bool:
        """Whether the data determine not even one parameter, so that all weights have decayed to 0."""
        return self.effective_parameters is not None and self.effective_parameters < 0.5
