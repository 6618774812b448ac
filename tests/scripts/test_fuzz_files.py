"""Damaged files give the truth or an error that names them; the long form is ``scripts/fuzz_files.py``."""

import re
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "fuzz_files.py"


def test_five_hundred_damaged_files_are_read_as_they_were_or_refused() -> None:
    command = [sys.executable, "-W", "error", str(SCRIPT), "--files", "500"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1].split()
    assert last[0] == "all"
    assert int(last[1]) >= 500
    assert re.search(r"^model +\d+ +\d+ +\d+ +0 ", done.stdout, re.MULTILINE)
