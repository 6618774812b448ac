"""A run is held by one process, as long as that lives, and nothing is left of it."""

import subprocess
import sys

import pytest

from nn.runs.lock import Lock

HOLD = "import sys; from pathlib import Path; from nn.runs.lock import Lock\n"
HOLD += "lock = Lock(Path(sys.argv[1])); print('held', flush=True); input()"


def test_a_run_is_held_once(tmp_path):
    with Lock(tmp_path), pytest.raises(ValueError, match=r"another process is training this run$"):
        Lock(tmp_path)
    with Lock(tmp_path):
        pass


def test_a_lock_ends_with_its_process(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(ValueError, match="another process"):
            Lock(tmp_path)
        process.kill()
        process.wait()
        with Lock(tmp_path):
            pass


def test_a_lock_leaves_no_file_but_the_metrics_of_the_run(tmp_path):
    with Lock(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.csv"]
