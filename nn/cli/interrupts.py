"""What the signals that end a process do: before a run begins they end it, after that they end the run."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
"""Ctrl-C; what schedulers, containers and shutdowns send; what a terminal sends that is closed."""
SIGNALS = tuple(signal.Signals[name] for name in NAMES if name in signal.Signals.__members__)
DEFAULTS = (signal.SIG_DFL, signal.default_int_handler)


def exit_code(number: int) -> int:
    """That of a process which a signal ends, as shells give it: 130 for Ctrl-C."""
    return 128 + number


def end_at_once() -> None:
    """An interrupt ends the process with its exit code, at any moment, as in the middle of an import."""
    for number in SIGNALS:
        if signal.getsignal(number) in DEFAULTS:  # else it is ignored, as by nohup
            signal.signal(number, lambda number, frame: os._exit(exit_code(number)))


def ignore() -> None:
    """An interrupt does nothing: all is done, and the interpreter would die of it while it shuts down."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


class Interrupts:
    """Holds interrupts back, but for places that can be left at any moment.

    >>> with Interrupts() as interrupts:
    ...     pass  # an interrupt waits until
    ...     with interrupts.welcome():
    ...         pass  # it is a KeyboardInterrupt in here, whichever signal it came by
    """

    def __init__(self) -> None:
        self.open = self.waiting = False
        self.first: int | None = None
        """The signal that came first."""

    def __enter__(self) -> Self:
        found = {number: signal.getsignal(number) for number in SIGNALS}
        # What is ignored stays so, and what C code handles (None) cannot be put back.
        self.before = {n: handler for n, handler in found.items() if handler not in (signal.SIG_IGN, None)}
        for number in self.before:
            signal.signal(number, self)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Take an interrupt: the first one in an open place raises, any other waits."""
        self.first = self.first or number
        if self.open:
            self.open = False
            raise KeyboardInterrupt
        self.waiting = True

    @property
    def exit_code(self) -> int:
        """That of a command which an interrupt has ended."""
        return exit_code(self.first or signal.SIGINT)

    @contextmanager
    def welcome(self) -> Iterator[None]:
        """An interrupt that waits or comes in here raises KeyboardInterrupt, once."""
        self.open = True
        try:
            if self.waiting:
                raise KeyboardInterrupt
            yield
        finally:
            self.waiting = self.open = False
