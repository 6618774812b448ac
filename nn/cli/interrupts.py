"""Handles interrupts: before a run begins they end the process, later they end the run."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
"""Ctrl-C; the signal of schedulers, containers and shutdowns; the signal of a terminal that is closed."""
SIGNALS = tuple(signal.Signals[name] for name in NAMES if name in signal.Signals.__members__)
DEFAULTS = (signal.SIG_DFL, signal.default_int_handler)


def exit_code(number: int) -> int:
    """The exit code of a process that a signal ended, as in shells: 130 for Ctrl-C."""
    return 128 + number


def end_at_once() -> None:
    """Let an interrupt end the process with its exit code at any moment, also during imports."""
    for number in SIGNALS:
        if signal.getsignal(number) in DEFAULTS:  # otherwise it is ignored, as nohup does
            signal.signal(number, lambda number, frame: os._exit(exit_code(number)))


def ignore() -> None:
    """Ignore interrupts, which would crash the interpreter while it shuts down."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


class Interrupts:
    """Delays interrupts, except in blocks that may be left at any moment.

    >>> with Interrupts() as interrupts:
    ...     pass  # an interrupt waits until
    ...     with interrupts.welcome():
    ...         pass  # it is a KeyboardInterrupt in here, whichever signal it came by
    """

    def __init__(self) -> None:
        self.open = self.waiting = False
        self.first: int | None = None
        """The first signal that came."""

    def __enter__(self) -> Self:
        found = {number: signal.getsignal(number) for number in SIGNALS}
        # Ignored signals stay ignored, and a handler in C (None) could not be restored.
        self.before = {n: handler for n, handler in found.items() if handler not in (signal.SIG_IGN, None)}
        for number in self.before:
            signal.signal(number, self)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Handle an interrupt: the first one in a welcoming block raises, any other waits."""
        self.first = self.first or number
        if self.open:
            self.open = False
            raise KeyboardInterrupt
        self.waiting = True

    @property
    def exit_code(self) -> int:
        """The exit code of a command that an interrupt has ended."""
        return exit_code(self.first or signal.SIGINT)

    @contextmanager
    def welcome(self) -> Iterator[None]:
        """Raise KeyboardInterrupt, once, for an interrupt that waits or comes in this block."""
        self.open = True
        try:
            if self.waiting:
                raise KeyboardInterrupt
            yield
        finally:
            self.waiting = self.open = False
