"""Writes files atomically: at every instant a file has its old content or its new one, never a part."""

import contextlib
import os
import sys
from pathlib import Path

NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""Refuse to write through a symbolic link, so that its target stays as it is."""
NEW_FILE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINK


def write_whole(path: Path, data: bytes) -> None:
    """Write ``data`` to a file, which at any moment, also after a crash, has the old content or the new.

    The data is written to ``.NAME.tmp`` in the same folder, synced to disk and renamed. A symbolic link
    of that name is replaced, not followed. Raises OSError with ``path`` if that fails; then the old content
    stays and no temporary file is left.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.unlink(missing_ok=True)
        with open(os.open(temporary, NEW_FILE_FLAGS, 0o666), "wb") as file:  # noqa: PTH123  # of a descriptor
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with contextlib.suppress(OSError):  # whatever stopped the write may stop this too
            temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Sync a folder to disk after a rename (not possible on Windows)."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
