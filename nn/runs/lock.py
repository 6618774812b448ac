"""Locks a run for one process at a time, by a lock of the operating system that leaves no file behind."""

import contextlib
import os
import sys
import weakref
from pathlib import Path
from typing import Self

from nn.storage.writing import NO_LINK


class Lock:
    """Holds the lock of a run until it is released or deleted, or the process ends in any way.

    The lock is on ``metrics.csv``, which every run has, or on another file that is never replaced. Raises
    ValueError if another process has it.
    """

    def __init__(self, folder: Path, file: str = "metrics.csv", what: str = "run"):
        descriptor = os.open(folder / file, os.O_RDWR | os.O_CREAT | NO_LINK, 0o666)
        self.release = weakref.finalize(self, os.close, descriptor)
        if not take(descriptor):
            self.release()
            raise ValueError(f"{folder}: another process is training this {what}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    FAR = 1 << 30  # beyond all rows, as other processes cannot read a locked byte

    def take(descriptor: int) -> bool:
        """Lock an open file; returns False if another process has locked it."""
        os.lseek(descriptor, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def take(descriptor: int) -> bool:
        """Lock an open file; returns False if another process has locked it."""
        with contextlib.suppress(OSError):  # a file system without locks
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True
