"""Compiles C with the system's compiler."""

import ctypes
import hashlib
import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, get_ident

from nn.engine import libraries

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
"""For a program that the compiler miscompiles with the other flags."""
NO_COMPILER = (
    "the engine 'native' needs a C compiler; install one (cc), or: pip install 'tiny-nn-trainer[native]'"
)
ANOTHER = "set CC to another, or train with the engine 'numpy'"
THIS_CPU = "-march=native"
COMPILE_SECONDS = 120.0
"""A compiler that takes longer than this is stopped; ziglang builds a libc when it first runs."""


COMPILING: dict[str, Lock] = {}
"""A lock for each library, by its key."""


class CompilerError(ValueError):
    """There is no C compiler, or it fails."""


@cache
def compiler() -> tuple[str, ...]:
    """Return the command of the C compiler: ``$CC``, else ``cc``, else ziglang's; empty where there is none.

    ``$CC`` is split into words as a shell does, unless all of it is the name of a program.
    """
    given = os.environ.get("CC", "")
    try:
        words = shlex.split(given)
    except ValueError:  # a quote that is not closed: no such program will be found
        words = [given]
    if words:
        return (given,) if shutil.which(given) else tuple(words)
    if path := shutil.which("cc") or shutil.which("gcc") or shutil.which("clang"):
        return (path,)
    return (sys.executable, "-m", "ziglang", "cc") if find_spec("ziglang") else ()


def load_library(
    text: str, flags: tuple[str, ...] = FLAGS, functions: tuple[str, ...] = ("run",)
) -> ctypes.CDLL:
    """The library of a C text, which has these functions, from the cache or compiled now.

    Raises CompilerError, which says what happened and what to do.
    """
    if not compiler():
        raise CompilerError(NO_COMPILER)
    key = hashlib.sha256("\0".join([text, *flags, *identity()]).encode()).hexdigest()[:32]
    try:
        with COMPILING.setdefault(key, Lock()):  # the second of two threads finds what the first compiled
            path = libraries.find_library(key) or compile_into(key, text, flags)
    except OSError as error:
        raise CompilerError(
            f"no place for compiled code: {error}; set TMPDIR to a folder with room"
        ) from error
    try:
        library = ctypes.CDLL(str(path))
        missing = [name for name in functions if not hasattr(library, name)]
    except OSError as error:
        path.unlink(missing_ok=True)
        raise CompilerError(
            f"what the C compiler {named()} made does not load: {error}; if {path.parent} is mounted noexec, "
            "set XDG_CACHE_HOME (or TMPDIR) to a folder whose programs may run"
        ) from error
    if missing:
        path.unlink(missing_ok=True)
        raise CompilerError(f"the C compiler {named()} left out the function {missing[0]}; {ANOTHER}")
    return library


def compile_into(key: str, text: str, flags: tuple[str, ...]) -> Path:
    """Compile for this processor, or else for any; returns the library in the cache."""
    temporary = libraries.cache_folder() / f"{key}.{os.getpid()}.{get_ident()}.tmp"
    try:
        for chosen in ((*flags, THIS_CPU), flags):
            code, messages = run_compiler(
                [*compiler(), *chosen, "-x", "c", "-", "-o", str(temporary), "-lm"], text
            )
            if code == 0 and temporary.exists():
                return libraries.keep(key, temporary)
    finally:
        temporary.unlink(missing_ok=True)
    if code == 0:
        raise CompilerError(f"the C compiler {named()} wrote no library; {ANOTHER}")
    errors = [line for line in messages.splitlines() if "error" in line] or [messages.strip()]
    raise CompilerError(f"the C compiler {named()} failed: {errors[0] or f'exit code {code}'}")


def run_compiler(command: list[str], text: str) -> tuple[int, str]:
    """Run a compiler on a source text, with a time limit; returns its exit code and its messages."""
    pipe, none = subprocess.PIPE, subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, stdin=pipe, stdout=none, stderr=pipe, start_new_session=True)
    except (OSError, ValueError) as error:
        raise CompilerError(f"the C compiler {named()} does not start: {error}; {ANOTHER}") from error
    with process:
        try:
            _, messages = process.communicate(text.encode(), COMPILE_SECONDS)
        except subprocess.TimeoutExpired:
            raise CompilerError(
                f"the C compiler {named()} was stopped after {COMPILE_SECONDS:g} s; {ANOTHER}"
            ) from None
        finally:
            if process.poll() is None:
                stop(process)
    return process.returncode, messages.decode(errors="replace")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its children."""
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)


def named() -> str:
    """Return the command of the compiler as text."""
    return shlex.join(compiler())


@cache
def identity() -> tuple[str, ...]:
    """Return what a library depends on besides its source: the compiler and the processor."""
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
    """Return the version line of the compiler (``cc (Debian 12.2.0-14) 12.2.0``), or else its command."""
    command = [*compiler(), "--version"]
    try:
        result = subprocess.run(command, capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return named()
    return result.stdout.decode(errors="replace").partition("\n")[0] or named()
