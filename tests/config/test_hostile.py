"""Whatever a configuration file holds, the answer is quick, small, names the file and is safe to print."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config import hostile

STARTING = 0.4
"""Seconds that a command takes before it looks at its file."""


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    """The answers to all of them from one process, and what it used."""
    folder = tmp_path_factory.mktemp("hostile")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with (folder / "answers").open("w+") as answers:
        command = [sys.executable, hostile.__file__, str(folder)]
        running = subprocess.Popen(command, stdout=answers, env=environment)
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        assert running.returncode == 0
        answers.seek(0)
        return json.load(answers), used


@pytest.mark.parametrize("name", hostile.HOSTILE)
def test_the_answer_takes_less_than_a_second(process, name):
    code, answer, seconds = process[0][name]
    assert code == 2, answer
    assert "my.yaml" in answer.splitlines()[0]
    assert len(answer) < 20_000
    assert all(c.isprintable() for c in answer.replace("\n", ""))
    assert seconds + STARTING < 1, "of processor time: other work on the machine does not count"


def test_all_answers_take_less_than_200_mib(process):
    assert process[1].ru_maxrss < 200 << 10
