"""Metrics training beside other libraries, textbook NumPy and hand-written C; writes ``docs/benchmarks.md``.

``python scripts/benchmark.py [W1 W2 …] [--rounds N] [--write]``. Without names it runs all workloads; without
the extra ``bench`` the contenders that are not installed are reported as missing.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from contenders import report, rounds
from contenders.names import CONTENDERS, WORKLOADS

WIDE = ("W4", "W4-wide", "W5")
"""What may gain by more threads."""
DOCS = Path(__file__).parents[1] / "docs"


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("workloads", nargs="*", metavar="W", help=", ".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=5, help="medians of so many rounds (default 5)")
    parser.add_argument("--shortest", type=float, default=0.2, help="seconds of a round (default 0.2)")
    parser.add_argument(
        "--contenders", nargs="+", choices=CONTENDERS, default=tuple(CONTENDERS), metavar="NAME"
    )
    parser.add_argument("--threads", choices=("one", "default", "both"), default="one")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and .png")
    parser.add_argument("--docs", type=Path, default=DOCS, help="where to write them")
    given = parser.parse_args()
    unknown = [key for key in given.workloads if key not in WORKLOADS]
    if unknown:
        parser.error(f"unknown workload {unknown[0]!r}; choose from {', '.join(WORKLOADS)}")
    return given


def main() -> None:
    """Run, print, write."""
    given = arguments()
    keys = given.workloads or WORKLOADS
    tables = []
    for one_thread in {"one": (True,), "default": (False,), "both": (True, False)}[given.threads]:
        chosen = keys if one_thread else [key for key in keys if key in WIDE]
        for table in rounds.all_tables(chosen, given.contenders, given.rounds, given.shortest, one_thread):
            tables.append(table)
            print(report.text(table), end="\n\n", flush=True)
    if given.write:
        report.write(tables, given.docs, given.rounds, given.shortest)


if __name__ == "__main__":
    main()
