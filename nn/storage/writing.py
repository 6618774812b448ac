"""Writes files that are whole at every instant: the old content or the new, never a part."""

import contextlib
import os
import sys
from pathlib import Path

NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""A name that has become a link to elsewhere is an error, and what is there stays as it is."""
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK


def write_whole(path: Path, data: bytes) -> None:
    """The file holds ``data``; whoever looks meanwhile, or after a crash, sees the old content or the new.

    The bytes go to ``.NAME.tmp`` beside it, reach the disk, and take the name in one step; a link of that
    name gives way to the file, and what it led to stays as it is.
    Raises OSError naming ``path`` where that fails; then the old content stays and nothing else is left.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        with open(os.open(temporary, NEW, 0o666), "wb") as file:  # noqa: PTH123  # of a descriptor
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with contextlib.suppress(OSError):  # what stopped the write may forbid this too
            temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """A rename in this folder has reached the disk (on Windows a folder cannot be opened for that)."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
