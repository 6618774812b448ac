"""The command line: ``nn``, one file for each command."""

import gc
import os


def main() -> None:
    """Run the command line, without a traceback when it is interrupted or its output is closed."""
    from nn.cli.interrupts import end_at_once, ignore

    end_at_once()
    # A short command makes some 200,000 objects by importing, which stay; looking through them is in vain.
    gc.set_threshold(200_000)
    # pydantic would look for plug-ins among all installed packages; they could only change what is checked.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    from nn.cli.group import commands
    from nn.cli.streams import flush_streams, prepare_streams

    prepare_streams()
    try:
        commands(prog_name="nn")
    finally:
        ignore()
        flush_streams()
