"""Runs what a page computes in node."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nn.export.layout import text_of
from nn.export.recording import ExportError


def in_node(lines: Sequence[str], harness: str, given: Any) -> Any:
    """Run lines of a page with ``texts/HARNESS.mjs.in`` after them, which takes and returns JSON.

    Raises ExportError without node, or where they fail.
    """
    if not shutil.which("node"):
        raise ExportError("comparing a page with NumPy needs node, which is not on the PATH")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{harness}.mjs"
        file.write_text("\n".join([*lines, "", text_of(f"{harness}.mjs", "nn.playground")]), encoding="utf-8")
        text = json.dumps(given, allow_nan=False).encode()
        done = subprocess.run(["node", str(file)], input=text, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[-300:]
        raise ExportError(f"what the page computes fails in node: {said}")
    return json.loads(done.stdout)
