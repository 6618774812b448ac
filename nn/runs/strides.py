"""Trains a run in strides: a report covers many epochs, each of which has its row in ``metrics.csv``."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nn.training.history import report_row, status_numbers
from nn.training.reports import Report, ReportGenerator

STRIDE_SECONDS = 0.04
"""A stride takes about this long at most: progress, checkpoints and interrupts wait for its end."""


class Strides:
    """How many epochs the next report covers: as many times ``every`` as take a moment.

    Their number follows from how long the last ones took; nothing that a run keeps depends on it but
    ``seconds``.
    """

    def __init__(self, every: int, epochs: int):
        self.every = every
        self.last = epochs // every * every
        """The last epoch whose state a checkpoint keeps: a training of more epochs reports there too."""
        self.reports = 1

    def see(self, report: Report, seconds: float) -> None:
        """Note how long the epochs of a report took."""
        covered = -(-len(report.losses) // self.every)
        if seconds > STRIDE_SECONDS:
            self.reports = max(covered // 2, 1)
        elif seconds < STRIDE_SECONDS / 2:
            self.reports = 2 * covered

    def after(self, epoch: int, checkpoint: float) -> int | None:
        """Return how many epochs to ask for, up to the next checkpoint; None for as many as ever."""
        until = min(self.last - epoch, checkpoint - epoch + self.every - 1)
        reports = min(self.reports, until // self.every)
        return int(reports) * self.every if reports > 1 else None


def next_report(reports: ReportGenerator, epochs: int | None) -> Report | None:
    """Ask for the next report, which may cover so many epochs; None where training has ended."""
    try:
        return reports.send(epochs)
    except StopIteration:
        return None


def metric_row(report: Report) -> dict[str, float | None]:
    """The row of ``metrics.csv`` for the last epoch of a report; what is not measured has no column."""
    values = report_row(report) | {"seconds": round(report.seconds, 6)}
    return {name: value if name == "epoch" else float(value) for name, value in values.items()}


def stride_rows(report: Report, every: int, since: float) -> dict[str, Sequence[float | None]]:
    """The rows of ``metrics.csv`` for every so many epochs of a report and for its last one, by column.

    ``seconds`` go from those at the report before, ``since``, evenly from epoch to epoch.
    """
    epochs = len(report.losses)
    rows = np.array([*range(every, epochs, every), epochs])
    each: dict[str, Any] = {"epoch": report.epoch - epochs + rows, "loss": report.losses[rows - 1]}
    for name, values in (("accuracy", report.accuracies), ("learning_rate", report.learning_rates)):
        if values is not None:
            each[name] = values[rows - 1]
    if report.statuses:
        statuses = [status_numbers(report.statuses[row - 1]) for row in rows]
        each |= {name: [numbers[name] for numbers in statuses] for name in statuses[0]}
    each["seconds"] = np.round(since + (report.seconds - since) * (rows / epochs), 6)
    found = {name: each.get(name, [value] * len(rows)) for name, value in metric_row(report).items()}
    return {name: np.asarray(column).tolist() for name, column in found.items()}
