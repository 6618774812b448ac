"""Writes files that are whole at every instant: the old content or the new, never a part."""

import contextlib
import os
import sys
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """The file holds ``data``; whoever looks meanwhile, or after a crash, sees the old content or the new.

    The bytes go to ``.NAME.tmp`` beside it, reach the disk, and take the name in one step.
    Raises OSError naming ``path`` where that fails; then the old content stays and nothing else is left.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
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
