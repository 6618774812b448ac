"""Shows the progress of reading and training: a live line on a terminal, occasional plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from nn.cli.streams import terminal_columns
from nn.cli.text import printable
from nn.runs.metrics import duration, metric_text
from nn.training.reports import Report

if TYPE_CHECKING:
    from nn.studies.blocks import Block, BlockResult


class LiveLine:
    """A line on a terminal that is written over and over, at most ten times a second."""

    def __init__(self, quiet: bool, stream: TextIO | None, delay: float = 0.1):
        self.stream = stream or sys.stderr
        self.quiet, self.live = quiet, self.stream.isatty()
        self.interval = 0.1 if self.live else 10.0
        self.next = time.monotonic() + max(self.interval, delay)
        self.drawn = False

    def due(self) -> bool:
        """Whether it is time for an update."""
        if self.quiet or time.monotonic() < self.next:
            return False
        self.next = time.monotonic() + self.interval
        return True

    def clear(self) -> None:
        """Erase the line."""
        if self.drawn:
            self.write(self.over([""]) + "\r")
            self.drawn = False

    def over(self, parts: list[str]) -> str:
        """Replace the line by as many parts as fit; a line that wraps could not be erased."""
        columns = terminal_columns(self.stream) - 1
        while len(parts) > 1 and len("  ".join(parts)) > columns:
            parts = parts[:-1]
        return "\r" + "  ".join(parts)[:columns].ljust(columns)

    def write(self, text: str) -> None:
        """Write to the stream; errors, as of a closed terminal, do not end what it tells of."""
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:
            self.quiet = True


class Progress(LiveLine):
    """Shows reports on standard error: a live line on a terminal, else a line every 10 s."""

    def __init__(self, epochs: int, quiet: bool, stream: TextIO | None = None):
        super().__init__(quiet, stream)
        self.epochs = epochs

    def show(self, report: Report) -> None:
        """Show this report if it is time for an update."""
        if self.due():
            parts = words(report, self.epochs)
            self.write(self.over(parts) if self.live else "  ".join(parts) + "\n")
            self.drawn = self.live

    def say(self, note: str) -> None:
        """Write a message, if there is one, on a line of its own."""
        if note and not self.quiet:
            self.clear()
            self.write(printable(note) + "\n")


class Loading(LiveLine):
    """Shows on a terminal how much of a table has been read, if that takes longer than half a second."""

    def __init__(self, quiet: bool, stream: TextIO | None = None):
        super().__init__(quiet, stream, delay=0.5)
        self.quiet |= not self.live

    def show(self, done: int, total: int) -> None:
        """Show how many bytes of how many have been read if it is time for an update."""
        if self.due():
            read = f"reading: {done / 1e6:.0f} of {total / 1e6:.0f} MB"
            self.write(self.over([read, f"{done / max(total, 1):.0%}"]))
            self.drawn = True


class StudyProgress(LiveLine):
    """Shows how many members of a study have finished and how many of them have solved their task."""

    def __init__(
        self, done: int, blocks: "Sequence[Block]", has_goal: bool, quiet: bool, stream: TextIO | None = None
    ):
        super().__init__(quiet, stream)
        self.began, self.new, self.solved, self.has_goal = time.monotonic(), 0, 0, has_goal
        self.left = sum(len(block.seeds) for block in blocks)
        self.members = done + self.left

    def add(self, result: "BlockResult") -> None:
        """Count the members of a block, and show the counts if it is time for an update."""
        count = len(result.seeds)
        self.new, self.left, self.solved = (
            self.new + count,
            self.left - count,
            self.solved + int(result.solved.sum()),
        )
        if self.due():
            parts = [f"{self.members - self.left:,} of {self.members:,} members"]
            if self.has_goal:
                parts.append(f"{self.solved / self.new:.0%} solved")
            seconds = (time.monotonic() - self.began) / self.new * self.left
            parts.append(f"{duration(seconds)} left")
            self.write(self.over(parts) if self.live else "  ".join(parts) + "\n")
            self.drawn = self.live


@contextmanager
def loading(quiet: bool = False, stream: TextIO | None = None) -> Iterator[None]:
    """Show how far tables are read in this context; the line is gone at its end."""
    from nn.data.reading.progress import follow_reading

    line = Loading(quiet, stream)
    try:
        with follow_reading(line.show):
            yield
    finally:
        line.clear()


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
