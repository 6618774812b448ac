"""Shows the progress of training: a live line on a terminal, occasional plain lines elsewhere."""

import sys
import time
from typing import TextIO

from nn.cli.streams import terminal_columns
from nn.cli.text import printable
from nn.runs.metrics import duration, metric_text
from nn.training.reports import Report


class Progress:
    """Shows reports on standard error, at most ten times a second on a terminal, else every 10 s."""

    def __init__(self, epochs: int, quiet: bool, stream: TextIO | None = None):
        self.stream = stream or sys.stderr
        self.epochs, self.quiet, self.live = epochs, quiet, self.stream.isatty()
        self.interval = 0.1 if self.live else 10.0
        self.next = time.monotonic() + self.interval
        self.drawn = False

    def show(self, report: Report) -> None:
        """Show this report if it is time for an update."""
        if self.quiet or time.monotonic() < self.next:
            return
        self.next = time.monotonic() + self.interval
        parts = words(report, self.epochs)
        self.write(self.over(parts) if self.live else "  ".join(parts) + "\n")
        self.drawn = self.live

    def say(self, note: str) -> None:
        """Write a message, if there is one, on a line of its own."""
        if note and not self.quiet:
            self.clear()
            self.write(printable(note) + "\n")

    def clear(self) -> None:
        """Erase the live line."""
        if self.drawn:
            self.write(self.over([""]) + "\r")
            self.drawn = False

    def over(self, parts: list[str]) -> str:
        """Replace the live line by as many parts as fit; a line that wraps could not be erased."""
        columns = terminal_columns(self.stream) - 1
        while len(parts) > 1 and len("  ".join(parts)) > columns:
            parts = parts[:-1]
        return "\r" + "  ".join(parts)[:columns].ljust(columns)

    def write(self, text: str) -> None:
        """Write to the stream; errors, as of a closed terminal, do not end the training."""
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:
            self.quiet = True


def words(report: Report, epochs: int) -> list[str]:
    """``epoch 1200/5000``, ``loss 0.0123``, ``val_loss 0.0456``, ``val_accuracy 98.0 %``, ``3:05 left``."""
    parts = [f"epoch {report.epoch}/{epochs}", f"loss {metric_text('loss', float(report.loss))}"]
    if report.val_loss is not None:
        parts.append(f"val_loss {metric_text('val_loss', float(report.val_loss))}")
    name = "accuracy" if report.val_accuracy is None else "val_accuracy"
    accuracy = report.accuracy if report.val_accuracy is None else report.val_accuracy
    if accuracy is not None:
        parts.append(f"{name} {metric_text(name, float(accuracy))}")
    left = report.seconds / report.epoch * (epochs - report.epoch)
    return [*parts, f"{duration(left)} left"]
