"""Keeps compiled libraries in a folder of the user's: whole, private, and no more than a limit."""

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
"""Of more than this, the libraries that were not used for the longest time go."""
STRAY_SECONDS = 24 * 3600
"""What a compiler that was killed left behind goes after this time."""


def find(key: str) -> Path | None:
    """The library under a key, marked as used now; None where there is none that is whole and ours."""
    for path in folder().glob(f"{key}-*.so"):
        with suppress(OSError):  # another process may take it away
            if is_ours(path) and path.stem == f"{key}-{digest(path)}":
                os.utime(path)
                return path
    return None


def keep(key: str, temporary: Path) -> Path:
    """Put a library into the folder, where it appears whole, under a name that holds its own digest."""
    path = folder() / f"{key}-{digest(temporary)}.so"
    temporary.replace(path)
    prune(path)
    return path


def prune(newest: Path) -> None:
    """Remove what is beyond the limit, least recently used first, and strays."""
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
def folder() -> Path:
    """The user's cache; a folder of this process where that is no safe place, or there is no home."""
    with suppress(OSError, RuntimeError):
        found = user_caches() / "tiny-nn"
        found.mkdir(mode=0o700, parents=True, exist_ok=True)
        if is_ours(found) and os.access(found, os.W_OK | os.X_OK):
            return found
    private = Path(tempfile.mkdtemp(prefix="tiny-nn-"))
    atexit.register(shutil.rmtree, private, ignore_errors=True)
    return private


def user_caches() -> Path:
    """Where this system keeps caches; RuntimeError where there is no home."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home())
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def is_ours(path: Path) -> bool:
    """Whether a file or folder belongs to this user, and nobody else may write to it."""
    if sys.platform == "win32":
        return True
    status = path.lstat()
    mine = status.st_uid == os.getuid() and not stat.S_ISLNK(status.st_mode)
    return mine and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def digest(path: Path) -> str:
    """The start of a file's sha256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:32]
