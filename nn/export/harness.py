"""Runs an exported module in a process of its own."""

import json
import subprocess
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nn.arrays import Floats
from nn.export.document import Document
from nn.export.recording import ExportError


def run_self_test(command: Sequence[str]) -> None:
    """Run the self-test of a file; ExportError where it fails."""
    result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode:
        said = b" ".join([result.stdout, result.stderr]).decode(errors="replace").split()
        raise ExportError(f"its self-test fails: {' '.join(said)[-200:]}")


def run_with_json(
    command: Sequence[str], document: Document, raw: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """Run a harness that reads rows and words as JSON, with NaN and Infinity as Python writes them.

    Returns answers and labels; ExportError where it fails, or where a word has another code.
    """
    words = document.test_words
    given = {"rows": raw.tolist(), "words": [[place, word] for place, word, _ in words]}
    text = json.dumps(given).encode()
    result = subprocess.run(command, input=text, capture_output=True, check=False)
    if result.returncode:
        lines = result.stderr.decode(errors="replace").strip().splitlines()
        raise ExportError(f"the file fails: {' '.join(lines[-3:])}")
    found = json.loads(result.stdout)
    for (place, word, code), own in zip(words, found["codes"], strict=True):
        if own != code and not (own != own and code != code):
            raise ExportError(f"column {place}: expected {code:g} for the word {word!r}, got {own:g}")
    answers = np.array([row for row, _ in found["results"]], np.float64)
    labels = np.array([label for _, label in found["results"]], np.int64)
    return answers.reshape(len(raw), -1), labels
