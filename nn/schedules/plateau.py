"""ReduceOnPlateau: reduces the rate when training makes no progress."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Lt, doc

from nn.arrays import Array
from nn.schedules.base import Schedule, Start
from nn.validation import IncompatibleError

Monitor = Literal["loss", "accuracy", "val_loss", "val_accuracy"]
"""The metrics by which training can be judged."""


@dataclass(frozen=True)
class ReduceOnPlateau(Schedule):
    """η ← max(γ η, η_min) whenever the ``monitor`` has not improved for ``patience`` epochs.

    ``factor`` is γ and ``min_rate`` η_min; an improvement is one by more than ``min_delta``. After a
    reduction patience starts anew. Training looks at its reports and reduces the rate of the steps to
    come, for each network of a stack by itself. The monitor is the validation loss unless given, or the
    training loss where nothing is held out. Patience is as in Keras and in EarlyStopping; PyTorch's is
    one epoch longer.

    >>> from nn import SGD
    >>> SGD(ReduceOnPlateau(0.1, factor=0.5, patience=20)).learning_rate.min_rate
    0.0
    """

    start: Start
    factor: Annotated[float, Gt(0), Lt(1), doc("The factor of the rate where there is no progress.")] = 0.1
    patience: Annotated[int, Ge(1), doc("Epochs without progress before the rate is reduced.")] = 10
    min_delta: Annotated[float, Ge(0), doc("How much less the measure must be to count as progress.")] = 0.0
    min_rate: Annotated[float, Ge(0), doc("The rate is never reduced below this.")] = 0.0
    monitor: Annotated[
        Monitor | None, doc("What progress is judged by; left out, val_loss or else the loss.")
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.min_rate >= self.start:
            raise IncompatibleError(
                "min_rate",
                f"ReduceOnPlateau.min_rate must be less than start, {self.start:g}, got {self.min_rate:g}",
            )

    def after_warmup(self, t: Array) -> Array:
        return self.start + 0 * t
