"""Lines of pages that are for a shell, run in this process, where nothing has to be imported again."""

import shlex
from pathlib import Path

from click.testing import CliRunner, Result

from nn.cli.group import commands


def run_line(line: str) -> Result:
    """Run ``nn …`` in the working folder: ``> FILE`` takes what it prints, ``*`` stands for names."""
    command, _, file = line.partition(" > ")
    words = [
        name
        for word in shlex.split(command, comments=True)[1:]
        for name in (map(str, sorted(Path().glob(word))) if "*" in word else [word])
    ]
    result = CliRunner().invoke(commands, words, catch_exceptions=False)
    if file:
        Path(shlex.split(file, comments=True)[0]).write_text(result.stdout, encoding="utf-8")
    return result
