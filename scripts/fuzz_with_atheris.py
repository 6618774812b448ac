"""Looks for bytes that a reader does not take as damage, guided by the branches that they reach.

    pip install atheris && python scripts/fuzz_with_atheris.py csv -max_total_time=60

The readers are ``csv``, ``npz`` and ``archive`` (models, checkpoints).
"""

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir

import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]

with atheris.instrument_imports(include=["nn", "csv", "zipfile", "ast", "numpy.lib"]):
    from nn.data.labels import words_are_classes
    from nn.data.npz import read_npz
    from nn.data.reading import read_table
    from nn.data.targets import read_targets
    from nn.storage.archive import load_archive

FILE = Path(gettempdir()) / "tiny-nn-fuzzed"
READERS: dict[str, Callable[[bytes], object]] = {
    "csv": lambda data: read_targets(read_table(written(data)), ["t"], words_are_classes),
    "npz": lambda data: read_npz(written(data)),
    "archive": lambda data: load_archive(written(data)),
}


def written(data: bytes) -> Path:
    """A file of these bytes."""
    FILE.write_bytes(data)
    return FILE


def main() -> None:
    """Fuzz the reader named first; the rest of the command line is for libFuzzer."""
    name = sys.argv.pop(1)

    def read(data: bytes) -> None:
        with contextlib.suppress(ValueError):
            READERS[name](data)

    atheris.Setup(sys.argv, read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
