"""The reports of train(), and the iterator over them, which trains when the next one is requested."""

import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from nn.arrays import Array
from nn.optimizers.second_order.status import Ending, Status
from nn.training.outcomes import Outcomes
from nn.training.state import TrainingState

StopReason = Literal["epochs", "stop_at", "early_stopping", "diverged"] | Ending


@dataclass(frozen=True, eq=False)
class Report:
    """The measures of the epochs since the last report; arrays for a stack, else numbers.

    ``losses`` and ``accuracies`` are means over the samples of an epoch, each batch measured before
    its update. ``val_loss`` and ``val_accuracy`` are of the weights at the report.

    >>> from nn import Dense, MeanSquaredError, SGD, Sequential, Zeros, train
    >>> line = Sequential([Dense(1, initializer=Zeros())], inputs=1)
    >>> (report,) = train(line, MeanSquaredError(), SGD(0.25), [[0]], [[1]], epochs=3, report_every=3)
    >>> report.epoch, report.losses, report.stopped
    (3, array([1.    , 0.25  , 0.0625]), 'epochs')
    """

    epoch: int
    losses: Array
    """The loss of each epoch since the last report, ``(epochs, *stack)``."""
    accuracy: Array | None
    """The accuracy of this epoch, the last of the ``accuracies``."""
    val_loss: Array | None
    val_accuracy: Array | None
    learning_rate: Array | float | None
    """None where the method finds the length of a step itself."""
    best_epoch: Any
    """The k of the best weights θₖ, those after k epochs, where they are kept: ``int | None``.

    Of a stack an array ``(*stack,)``, with −1 where there are none yet.
    """
    engine: str = ""
    """The engine that ran the epochs: ``numpy``, ``native`` or ``formulas``."""
    engine_note: str = ""
    """Why a slower engine runs, where ``auto`` cannot record a formula or a compiler fails."""
    stopped: StopReason | None = None
    """Why this report is the last one; of a stack, why its last network ended, leaving diverged ones out."""
    seconds: float = 0.0
    """Time spent training so far, without the caller's own between reports."""
    reached: int | None = None
    """The k of the weights θₖ of a single network that have met ``stop_at``."""
    outcomes: Outcomes | None = None
    """How each network of a stack stands or has ended; of a single one, arrays of no axes."""
    accuracies: Array | None = None
    """The accuracy of each epoch since the last report, ``(epochs, *stack)``, where there are classes."""
    learning_rates: Array | None = None
    """The rate of the last step of each of these epochs, ``(epochs,)``, where a schedule changes it."""
    statuses: Sequence[Status] = ()
    """Where a second-order method stood after each of these epochs."""
    state: Callable[[], TrainingState] = field(default=dict, repr=False)
    """All that training needs to go on from this report, as copies; to be asked for before the next one.

    A copy of a report, or one from a pickle, is of no training: it has no state to give.
    """

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"state": dict}

    @property
    def kept_epoch(self) -> Any:
        """The k of the weights θₖ that the network holds if training ends here; ``(*stack,)`` of a stack."""
        epoch = self.outcomes.epoch if self.outcomes else np.array(self.epoch)
        best = -1 if self.best_epoch is None else self.best_epoch
        return np.where(best < 0, epoch, best)[()] if epoch.ndim else int(epoch if best < 0 else best)

    @property
    def status(self) -> Status | None:
        """Where a second-order method stands."""
        return self.statuses[-1] if self.statuses else None

    @property
    def loss(self) -> Array:
        """The loss of this epoch."""
        last: Array = self.losses[-1]
        return last


ReportGenerator: TypeAlias = Generator[Report, int | None]
"""Trains up to the next report when asked for it; who sends a number of epochs lets it cover as many."""


class Reports(Iterator[Report]):
    """The reports of a training, one each time that ``next`` or a loop asks.

    Whoever drops them without asking for the first gets a RuntimeWarning: nothing was trained.

    >>> from nn import SGD, Dense, MeanSquaredError, Sequential, train
    >>> line = Sequential([Dense(1)], inputs=1, seed=0)
    >>> reports = train(line, MeanSquaredError(), SGD(0.1), [[0], [1]], [[1], [3]], epochs=500)
    >>> next(reports).epoch, next(reports).epoch
    (1, 2)
    >>> reports.close()
    """

    def __init__(self, reports: ReportGenerator):
        self._reports, self._asked = reports, False

    def __next__(self) -> Report:
        self._asked = True
        return next(self._reports)

    def close(self) -> None:
        """End training, if it has begun; the network then holds its best weights."""
        self.generator().close()

    def generator(self) -> ReportGenerator:
        """Return the generator, without the warning that nothing was trained."""
        self._asked = True
        return self._reports

    def __del__(self) -> None:
        if not self._asked:
            warnings.warn(
                "train() has trained nothing: it trains while a loop asks for its reports; use nn.fit(…) "
                "to train to the end, or: for report in nn.train(…)",
                RuntimeWarning,
                stacklevel=2,
            )
