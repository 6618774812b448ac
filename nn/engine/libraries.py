"""Caches compiled libraries in a private folder of the user, written atomically and limited in size."""

import atexit
import hashlib
import os
import shutil
import stat
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

LIMIT_BYTES = 64 << 20
"""The size of the cache; beyond it, the least recently used libraries are removed."""
STRAY_SECONDS = 24 * 3600
"""The age at which temporary files of killed compilers are removed."""


def find_library(key: str) -> Path | None:
    """Return the library of a key and mark it as used; None where there is none that is intact and ours."""
    for path in cache_folder().glob(f"{key}-*.so"):
        with suppress(OSError):  # another process may take it away
            if is_ours(path) and path.stem == f"{key}-{file_digest(path)}":
                os.utime(path)
                return path
    return None


def keep(key: str, temporary: Path) -> Path:
    """Move a library into the folder atomically, under a name that contains its digest."""
    path = cache_folder() / f"{key}-{file_digest(temporary)}.so"
    temporary.replace(path)
    prune(path)
    return path


def prune(newest: Path) -> None:
    """Remove the least recently used libraries beyond the limit, and old temporary files."""
    with suppress(OSError):
        for stray in newest.parent.glob("*.tmp"):
            if time.time() - stray.stat().st_mtime > STRAY_SECONDS:
                stray.unlink(missing_ok=True)
        libraries = [(path.stat(), path) for path in newest.parent.glob("*.so") if path != newest]
        room = LIMIT_BYTES - newest.stat().st_size
        for status, path in sorted(libraries, key=lambda pair: -pair[0].st_mtime_ns):
            room -= status.st_size
            if room < 0:
                path.unlink(missing_ok=True)


@cache
def cache_folder() -> Path:
    """Return the user's cache folder, or a temporary one where it is not private or there is no home."""
    with suppress(OSError, RuntimeError):
        found = user_caches() / "tiny-nn"
        found.mkdir(mode=0o700, parents=True, exist_ok=True)
        if is_ours(found) and os.access(found, os.W_OK | os.X_OK):
            return found
    private = Path(tempfile.mkdtemp(prefix="tiny-nn-"))
    atexit.register(shutil.rmtree, private, ignore_errors=True)
    return private


def user_caches() -> Path:
    """Return the folder for caches on this system; raises RuntimeError where there is no home."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home())
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def is_ours(path: Path) -> bool:
    """Whether a file or folder belongs to this user and nobody else may write to it."""
    if sys.platform == "win32":
        return True
    status = path.lstat()
    mine = status.st_uid == os.getuid() and not stat.S_ISLNK(status.st_mode)
    return mine and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def file_digest(path: Path) -> str:
    """Return the first half of a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:32]
