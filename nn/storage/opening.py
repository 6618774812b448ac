"""Opens the files of users after checking kind and size: reading a device or a pipe may never end."""

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import IO

READ_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Opening does not block, even if a pipe has replaced the file since it was checked."""
MAX_PIPED = 1 << 26
"""The most bytes that are read from a pipe, whose size is not known in advance."""
FILE_KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def open_regular(path: Path, at_most: int | None = None) -> BufferedReader:
    """Open a regular file for reading.

    Raises ValueError for a device, a pipe or a socket, and for a file of more than ``at_most`` bytes; OSError
    for a folder and for a file that cannot be opened.
    """
    expect_regular(path, path.stat())  # opening a device may have effects
    file = open(os.open(path, READ_FLAGS), "rb")  # noqa: PTH123, SIM115  # of a descriptor; the caller closes it
    try:
        status = os.fstat(file.fileno())
        expect_regular(path, status)
        if at_most is not None and status.st_size > at_most:
            raise ValueError(f"{path}: expected at most {at_most:,} bytes, got {status.st_size:,}")
    except BaseException:
        file.close()
        raise
    return file


def expect_regular(path: Path, status: os.stat_result) -> None:
    """Raise IsADirectoryError for a folder, ValueError for anything else that is not a regular file."""
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        kind = FILE_KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise ValueError(f"{path}: expected a file, got {kind}")


def read_regular(path: Path, at_most: int) -> bytes:
    """Read the content of a file; raises as ``open_regular`` does."""
    with open_regular(path, at_most) as file:
        return file.read(os.fstat(file.fileno()).st_size)  # more may have been appended since


def read_piped(pipe: IO[bytes], name: str) -> bytes:
    """Read a pipe to its end; raises ValueError for more than ``MAX_PIPED`` bytes."""
    data = pipe.read(MAX_PIPED + 1)
    if len(data) > MAX_PIPED:
        raise ValueError(
            f"{name}: expected at most {MAX_PIPED >> 20} MiB from a pipe, got more; save them as a file"
        )
    return data
