"""Exports bundled experiments to every target and prints how far the files are from their networks.

    python scripts/measure_exports.py xor iris penguins automobile digits

The table of docs/export.md is what it prints.
"""

import sys
import tempfile
from pathlib import Path

import nn
from nn.export.exporting import TARGETS, export
from nn.export.recording import ExportError

USUAL = ("xor", "iris", "penguins", "automobile", "digits")


def main(names: list[str]) -> None:
    """Print a row for each experiment, target and type of numbers."""
    print("| experiment | target | type | rows | largest difference | allowed there | own rows, relative |")
    print("|---|---|---|---:|---:|---:|---:|")
    for name in names or USUAL:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / name
            run = nn.run(name, str(folder))
            assert run.model is not None
            for to, target in TARGETS.items():
                for dtype in target.dtypes:
                    try:
                        found = export(run.model, to, name, run=folder, dtype=dtype).verdict
                    except ExportError as error:
                        print(f"| {name} | {to} | {dtype} | refused: {error} ||||")
                        continue
                    assert found is not None, "a runtime for each target is at hand"
                    figures = (found.difference, found.allowed, found.relative)
                    cells = " | ".join([f"{found.rows:,}", *(f"{one:.1e}" for one in figures)])
                    print(f"| {name} | {to} | {dtype} | {cells} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
