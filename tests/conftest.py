"""For all tests: which examples the properties are tried on, and signals that arrive."""

import signal

from hypothesis import Phase, settings

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
