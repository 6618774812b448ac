"""The command line: ``nn``, one file for each command."""


def main() -> None:
    """Run the command line, without a traceback when it is interrupted or its output is closed."""
    from nn.cli.interrupts import end_at_once, ignore

    end_at_once()
    from nn.cli.group import commands
    from nn.cli.streams import flush_streams, prepare_streams

    prepare_streams()
    try:
        commands(prog_name="nn")
    finally:
        ignore()
        flush_streams()
