"""Compiles C with the system's compiler, and keeps the libraries in the user's cache folder."""

import atexit
import ctypes
import hashlib
import os
import platform
import shutil
import stat
import subprocess
import sys
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import get_ident

FLAGS = (
    "-O3",
    "-std=gnu11",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fopenmp-simd",
    "-fPIC",
    "-shared",
    "-w",
)
"""No -ffast-math: NaN must stay NaN, and a library built with it changes how NumPy rounds."""
CAREFUL = ("-O1", *FLAGS[1:])
"""For a program that the compiler gets wrong otherwise."""
NO_COMPILER = "the engine 'native' needs a C compiler; install one (cc), or: pip install 'tiny-nn[native]'"
THIS_CPU = "-march=native"


class CompilerError(ValueError):
    """There is no C compiler, or it does not do its work."""


@cache
def compiler() -> tuple[str, ...]:
    """The command of the C compiler: ``$CC``, else ``cc``, else ziglang's; empty where there is none."""
    if command := os.environ.get("CC"):
        return tuple(command.split())
    if path := shutil.which("cc") or shutil.which("gcc") or shutil.which("clang"):
        return (path,)
    return (sys.executable, "-m", "ziglang", "cc") if find_spec("ziglang") else ()


def load(text: str, flags: tuple[str, ...] = FLAGS) -> ctypes.CDLL:
    """The library of a C text, from the cache or compiled now; raises CompilerError."""
    if not compiler():
        raise CompilerError(NO_COMPILER)
    folder = cache_folder()
    key = hashlib.sha256("\0".join([text, *flags, *identity()]).encode()).hexdigest()[:32]
    for path in folder.glob(f"{key}-*.so"):
        if is_ours(path) and path.stem == f"{key}-{digest(path)}":
            return ctypes.CDLL(str(path))
    return ctypes.CDLL(str(compile_into(folder, key, text, flags)))


def compile_into(folder: Path, key: str, text: str, flags: tuple[str, ...]) -> Path:
    """Compile; the library appears in the folder whole, under a name that holds its own digest."""
    temporary = folder / f"{key}.{os.getpid()}.{get_ident()}.tmp"
    try:
        for chosen in ((*flags, THIS_CPU), flags):
            command = [*compiler(), *chosen, "-x", "c", "-", "-o", str(temporary), "-lm"]
            try:
                result = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
            except OSError as error:
                raise CompilerError(
                    f"the C compiler {compiler()[0]} does not start: {error.strerror}"
                ) from error
            if result.returncode == 0:
                path = folder / f"{key}-{digest(temporary)}.so"
                temporary.replace(path)
                return path
    finally:
        temporary.unlink(missing_ok=True)
    errors = [line for line in result.stderr.splitlines() if "error" in line] or [result.stderr.strip()]
    raise CompilerError(f"the C compiler {compiler()[0]} failed: {errors[0]}")


@cache
def identity() -> tuple[str, ...]:
    """What a library depends on beside its text: the compiler and the processor."""
    found = shutil.which(compiler()[0])
    version = Path(found).stat() if found else None
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text(errors="replace").splitlines() if cpu.exists() else [platform.processor()]
    features = [line for line in lines if line.startswith(("model name", "flags", "Features", "CPU part"))][
        :2
    ]
    return (
        *compiler(),
        str(version and (version.st_size, version.st_mtime_ns)),
        platform.machine(),
        *features,
    )


def description() -> str:
    """The compiler as it names itself (``cc (Debian 12.2.0-14) 12.2.0``), or else its command."""
    command = [*compiler(), "--version"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return " ".join(compiler())
    return result.stdout.partition("\n")[0] or " ".join(compiler())


@cache
def cache_folder() -> Path:
    """The folder of compiled libraries: the user's cache, or for this process where that is no safe place."""
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", str(Path.home())))
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "tiny-nn"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if is_ours(folder) and os.access(folder, os.W_OK | os.X_OK):
            return folder
    except OSError:
        pass
    private = Path(tempfile.mkdtemp(prefix="tiny-nn-"))
    atexit.register(shutil.rmtree, private, ignore_errors=True)
    return private


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
