"""For all tests: threads, the examples that properties are tried on, signals that arrive, a cache."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from nn.cli.group import use_threads

use_threads(1)  # before NumPy is imported, as the command line does: small products take longer on several

os.environ.pop("COLUMNS", None)  # the same lines wherever the tests run

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
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache of compiled libraries for this session and its processes; the user's is left alone."""
    import matplotlib

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLCONFIGDIR", matplotlib.get_cachedir())  # its list of fonts takes seconds to make
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
