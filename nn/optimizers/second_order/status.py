"""What a method that trains by iterations says of itself after each."""

from dataclasses import dataclass
from typing import Literal

Ending = Literal["minimum_gradient", "maximum_damping", "no_progress"]


@dataclass(frozen=True)
class Status:
    """Where a second-order method stands, at the parameters that its last iteration began with.

    >>> Status(gradient_norm=3e-8, damping=1e-10, ended="minimum_gradient").ended
    'minimum_gradient'
    """

    gradient_norm: float | None = None
    """The Euclidean norm of the gradient of what the method makes small; None before the first iteration."""
    damping: float | None = None
    """μ of Levenberg and Marquardt, at the end of the iteration."""
    effective_parameters: float | None = None
    """γ of Bayesian regularisation: how many parameters the data determine."""
    ended: Ending | None = None
    """Why there is no further iteration: the gradient is small, no damping or no line search finds less."""

    @property
    def collapsed(self) -> bool:
        """Whether the data determine not even one parameter, so that all weights have decayed to 0."""
        return self.effective_parameters is not None and self.effective_parameters < 0.5
