"""fit(): trains to the end and returns the history."""

import functools
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec

import numpy as np

from nn.arrays import Array
from nn.display import Markup, html_table, table
from nn.optimizers.second_order.status import Status
from nn.training.reports import Report, StopReason
from nn.training.train import train

P = ParamSpec("P")
MAX_TABLE_ROWS = 10
"""A history of more reports is shown in part."""


class History(dict[str, Array]):
    """What a training reported, as arrays by name.

    ``epoch``, ``loss``, ``accuracy``, ``val_loss``, ``val_accuracy`` where they are measured,
    ``learning_rate`` and ``seconds``: a value for each report, ``(reports,)``; of a stack
    ``(reports, *stack)``. A network of a stack that has ended keeps its last loss and accuracy, and
    ``last.outcomes`` says how each ended.

    >>> from nn import SGD, Dense, MeanSquaredError, Sequential, Zeros, fit
    >>> line = Sequential([Dense(1, initializer=Zeros())], inputs=1)
    >>> history = fit(line, MeanSquaredError(), SGD(0.25), [[0]], [[1]], epochs=3)
    >>> [*history], history["loss"]
    (['epoch', 'loss', 'learning_rate', 'seconds'], array([1.    , 0.25  , 0.0625]))
    >>> history.stopped, history.kept_epoch
    ('epochs', 3)
    """

    def __init__(self, reports: Iterable[Report]):
        rows = []
        for report in reports:
            rows.append(report_row(report))
            self.last = report
        super().__init__({name: np.array([row.get(name, np.nan) for row in rows]) for name in rows[0]})

    def rows(self) -> list[list[str]]:
        """A heading, and a row for each report; of many, the first and the last ones. Means of a stack."""
        count = len(self["epoch"])
        half = MAX_TABLE_ROWS // 2
        shown = [*range(count)] if count <= MAX_TABLE_ROWS else [*range(half), *range(count - half, count)]
        rows = [[f"{np.mean(values[row]):.6g}" for values in self.values()] for row in shown]
        if count > MAX_TABLE_ROWS:
            rows.insert(half, ["…"] * len(self))
        return [[*self], *rows]

    def __repr__(self) -> str:
        return table(self.rows(), ">" * len(self))

    def _repr_html_(self) -> Markup:
        heading, *rows = self.rows()
        return html_table(heading, rows)

    @property
    def stopped(self) -> StopReason | None:
        """Why training ended: ``epochs``, ``stop_at``, ``early_stopping`` or what a method says of itself."""
        return self.last.stopped

    @property
    def kept_epoch(self) -> Any:
        """The k of the weights θₖ that the network holds: those after k epochs; ``(*stack,)`` of a stack."""
        return self.last.kept_epoch


def report_row(report: Report) -> dict[str, Any]:
    """Return the values of a report by name, of its last epoch, without those that are not measured."""
    values = {
        "epoch": report.epoch,
        "loss": report.loss,
        "accuracy": report.accuracy,
        "val_loss": report.val_loss,
        "val_accuracy": report.val_accuracy,
        "learning_rate": report.learning_rate,
        **status_numbers(report.status),
        "seconds": report.seconds,
    }
    return {name: value for name, value in values.items() if value is not None}


def status_numbers(status: Status | None) -> dict[str, float | None]:
    """Return the numbers in the status of a second-order method by name; without one there are none."""
    if not status:
        return {}
    return {
        "gradient_norm": status.gradient_norm,
        "damping": status.damping,
        "effective_parameters": status.effective_parameters,
    }


def _to_the_end(train: Callable[P, Iterable[Report]]) -> Callable[P, History]:
    """The function that takes what train() takes, and runs it to its end."""

    @functools.wraps(train, assigned=())
    def fit(*arguments: P.args, **options: P.kwargs) -> History:
        """Train a network in place to the end; returns the history.

        Takes all that ``train`` takes, and does what a loop over its reports would do:

        >>> from nn import SGD, Dense, MeanSquaredError, Sequential
        >>> line = Sequential([Dense(1)], inputs=1, seed=0)
        >>> history = fit(line, MeanSquaredError(), SGD(0.1), [[0], [1]], [[1], [3]], epochs=500)
        >>> line.parameters.round(3), bool(history["loss"][-1] < 1e-6)
        (array([2., 1.]), True)

        Raises what ``train`` raises, DivergedError among them; the network then has the weights it had.
        """
        return History(train(*arguments, **options))

    fit.__qualname__ = "fit"
    return fit


fit = _to_the_end(train)
