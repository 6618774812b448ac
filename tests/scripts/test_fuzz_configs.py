"""Changed configurations are understood or refused; the long form is ``scripts/fuzz_configs.py``."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "fuzz_configs.py"


def test_changed_configurations_are_understood_or_refused_in_their_place() -> None:
    command = [sys.executable, "-W", "error", str(SCRIPT), "--configs", "150"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "150 configurations, 0 findings"
    assert "wrong" not in done.stdout
