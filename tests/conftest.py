"""For all tests: threads, the examples that properties are tried on, signals, a cache, a browser."""

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, settings

from nn.cli.group import use_threads

if TYPE_CHECKING:
    from playwright.sync_api import Browser

use_threads(1)  # before NumPy is imported, as the command line does: small products take longer on several

os.environ.pop("COLUMNS", None)  # the same lines wherever the tests run

# Python compiles modules once, not in each of the hundred processes that tests start, nor in each worker.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The same examples on every run, and a failing one at once: shrinking may take minutes.
settings.register_profile(
    "everyday", derandomize=True, database=None, deadline=None, phases=(Phase.explicit, Phase.generate)
)
# Other examples, five times as many, each failure made small: --hypothesis-profile=random --hypothesis-seed=N
settings.register_profile("random", database=None, deadline=None, max_examples=500)
settings.load_profile("everyday")  # what the command line names is loaded later

# In the background a shell has signals ignored, and so would the commands under test have them.
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    number = getattr(signal, name, None)
    if number is not None and signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of compiled libraries for all processes of this session; the user's is left alone."""
    import matplotlib

    folder = tmp_path_factory.getbasetemp() / "cache"
    if "PYTEST_XDIST_WORKER" in os.environ:  # each has a folder of its own within the session's
        folder = folder.parents[1] / "cache"
    folder.mkdir(mode=0o700, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLCONFIGDIR", matplotlib.get_cachedir())  # its list of fonts takes seconds to make
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """A browser for all tests of pages: starting it takes a second or more."""
    from tests.browser import started

    with started() as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def quick_compiler(request: pytest.FixtureRequest, cache: Path) -> Iterator[None]:
    """The C compiler without optimization, four times as fast; files marked ``optimized`` have it as it is.

    These are the files of tests/engine that judge the C which users run.
    """
    from nn.engine import compiler

    if request.node.get_closest_marker("optimized") or not compiler.compiler() or os.name == "nt":
        yield
        return
    path = cache / "quick-cc"
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(f'#!/bin/sh\nexec {shlex.join(compiler.compiler())} "$@" -O0\n')
        draft.chmod(0o700)
        draft.replace(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CC", str(path))
        for remembered in (compiler.compiler, compiler.identity):
            remembered.cache_clear()
        yield
    for remembered in (compiler.compiler, compiler.identity):
        remembered.cache_clear()
