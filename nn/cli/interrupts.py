"""What an interrupt (Ctrl-C) does: before a run begins it ends the process, after that it ends the run."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self


def end_at_once() -> None:
    """An interrupt ends the process with exit code 130, at any moment, as in the middle of an import."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else they are ignored, as by nohup
        signal.signal(signal.SIGINT, lambda number, frame: os._exit(130))


def ignore() -> None:
    """An interrupt does nothing: all is done, and the interpreter would die of it while it shuts down."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Interrupts:
    """Holds interrupts back, but for places that can be left at any moment.

    >>> with Interrupts() as interrupts:
    ...     pass  # an interrupt waits until
    ...     with interrupts.welcome():
    ...         pass  # it is a KeyboardInterrupt in here
    """

    def __init__(self) -> None:
        self.open = self.waiting = False

    def __enter__(self) -> Self:
        self.before = signal.getsignal(signal.SIGINT)
        if self.before is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self.before)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Take an interrupt: the first one in an open place raises, any other waits."""
        if self.open:
            self.open = False
            raise KeyboardInterrupt
        self.waiting = True

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
