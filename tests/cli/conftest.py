"""The command line in this process, in an empty folder; or in a process of its own, where that matters."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from nn.cli.group import commands

Nn = Callable[..., Result]
COMMAND = [sys.executable, "-c", "from nn.cli import main; main()"]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def nn(folder: Path) -> Nn:
    """``nn("train", "xor")``: what the command prints, and its exit code."""

    def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(commands, [*map(str, arguments)], stdin, catch_exceptions=False)

    return run


@pytest.fixture
def process(folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """``process("train", "xor")``: the command in a process of its own, which does not outlive the test."""
    started = []

    def start(
        *arguments: str, environment: dict[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[str]:
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        variables = {**os.environ, "PYTHONPATH": path, **(environment or {})}
        running = subprocess.Popen([*COMMAND, *arguments], cwd=folder, env=variables, **(streams | options))
        started.append(running)
        return running

    yield start
    for running in started:
        if running.poll() is None:
            running.kill()
            running.communicate()
