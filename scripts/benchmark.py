"""Metrics training beside other libraries, textbook NumPy and hand-written C; writes ``docs/benchmarks.md``.

``python scripts/benchmark.py [W1 W2 …] [--rounds N] [--write]``. Without names it runs all workloads; without
the extra ``bench`` the contenders that are not installed are reported as missing. ``--scaling`` measures how
the time of a step grows instead, ``--grid`` whether ``auto`` takes the faster engine, ``--all`` everything.
``--against REF`` compares this tree with another commit, and exits 1 where it is 5 % slower.
"""

import argparse
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from contenders import against, choices, report, rounds, scaling
from contenders.names import BOUNDS, CONTENDERS, GRID, PAIRABLE, SCALING, WORKLOADS

WIDE = ("W4", "W4-wide", "W5")
"""What may gain by more threads."""
DOCS = Path(__file__).parents[1] / "docs"


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("workloads", nargs="*", metavar="W", help=", ".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=5, help="medians of so many rounds (default 5)")
    parser.add_argument("--shortest", type=float, default=0.2, help="seconds of a round (default 0.2)")
    parser.add_argument("--contenders", nargs="+", choices=(*CONTENDERS, *BOUNDS), metavar="NAME")
    parser.add_argument("--threads", choices=("one", "default", "both"), default="one")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and .png")
    parser.add_argument("--docs", type=Path, default=DOCS, help="where to write them")
    parser.add_argument(
        "--scaling", nargs="*", choices=GRID, metavar="AXIS",
        help=f"how time grows by {', '.join(GRID)} (default: all), instead of the workloads",
    )  # fmt: skip
    parser.add_argument(
        "--grid", nargs="?", type=int, const=choices.SHAPES, metavar="N",
        help=f"whether auto takes the faster engine for N shapes (default {choices.SHAPES})",
    )  # fmt: skip
    parser.add_argument("--all", action="store_true", help="the workloads, how time grows, and the grid")
    parser.add_argument(
        "--against", metavar="REF", help="pair this tree with a commit; exit 1 where this tree is 5 %% slower"
    )
    given = parser.parse_args()
    if given.scaling is not None or given.all:
        given.scaling = given.scaling or list(GRID)
    if given.all:
        given.grid = given.grid or choices.SHAPES
    if given.write and given.grid and not given.scaling:
        parser.error("--grid --write is a part of the page of --scaling; add --scaling")
    unknown = [key for key in given.workloads if key not in WORKLOADS]
    if unknown:
        parser.error(f"unknown workload {unknown[0]!r}; choose from {', '.join(WORKLOADS)}")
    if given.against:
        check_against(parser, given)
    return given


def check_against(parser: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    """Keep what two commits can be compared by, which is tiny-nn's own training."""
    given.workloads = given.workloads or list(PAIRABLE)
    others = [key for key in given.workloads if key not in PAIRABLE]
    if others:
        parser.error(f"--against pairs workloads of training, {', '.join(PAIRABLE)}; not {others[0]}")
    given.contenders = [name for name in given.contenders or CONTENDERS if name.startswith("tiny-nn")]
    if not given.contenders:
        parser.error("--against pairs tiny-nn with itself; choose 'tiny-nn native' or leave out --contenders")
    if given.rounds < against.FEWEST:
        parser.error(f"--against needs --rounds {against.FEWEST} or more to bound a median")
    if given.write or given.scaling or given.grid:
        parser.error("--against takes neither --write nor --scaling nor --grid nor --all")
    try:
        given.commit = against.commit(given.against)
    except ValueError as error:
        parser.error(str(error))


def compare_with(given: argparse.Namespace) -> int:
    """Print the ratios of this tree to the other commit; 1 where it is slower, 2 for failures."""
    print(
        f"this tree to {given.against} ({given.commit[:10]}), {given.rounds} pairs: median [interval of 95 %]"
    )
    found = []
    for comparison in against.compare_trees(
        given.commit,
        given.workloads,
        given.contenders,
        given.rounds,
        given.shortest,
        given.threads != "default",
    ):
        found.append(comparison)
        print(comparison, flush=True)
    if any(comparison.slower for comparison in found):
        return 1
    return 2 if any(comparison.failure for comparison in found) else 0


def main() -> int:
    """Run, print, write."""
    for ending in (signal.SIGINT, signal.SIGTERM):  # as exceptions, so that what was begun is cleaned up
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    given = arguments()
    if given.against:
        return compare_with(given)
    if given.all or (given.scaling is None and given.grid is None):
        measure_workloads(given)
    chosen = measure_choices(given.grid) if given.grid else []
    if given.scaling:
        measure_scaling(given, chosen)
    return 0


def measure_workloads(given: argparse.Namespace) -> None:
    """The tables of the workloads."""
    keys, names = given.workloads or WORKLOADS, given.contenders or tuple(CONTENDERS)
    tables = []
    for one_thread in {"one": (True,), "default": (False,), "both": (True, False)}[given.threads]:
        chosen = keys if one_thread else [key for key in keys if key in WIDE]
        for table in rounds.all_tables(chosen, names, given.rounds, given.shortest, one_thread):
            tables.append(table)
            print(report.text(table), end="\n\n", flush=True)
    if given.write:
        report.write(tables, given.docs, given.rounds, given.shortest)


def measure_choices(count: int) -> list[choices.Choice]:
    """What auto takes for so many shapes."""
    found = []
    print(choices.line(choices.HEADINGS))
    for choice in choices.measure(count):
        found.append(choice)
        print(choices.line(choice.cells), flush=True)
    print(f"auto to the better engine: {choices.summary(found)}", end="\n\n", flush=True)
    return found


def measure_scaling(given: argparse.Namespace, chosen: list[choices.Choice]) -> None:
    """The curves of the scaling grid."""
    curves = []
    for curve in scaling.measure(given.scaling, given.contenders or SCALING, given.rounds, given.shortest):
        curves.append(curve)
        print(scaling.text(curve), end="\n\n", flush=True)
    if given.write:
        scaling.write(curves, chosen, given.docs, given.rounds)


if __name__ == "__main__":
    sys.exit(main())
