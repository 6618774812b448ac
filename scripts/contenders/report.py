"""What the benchmark says: tables as text and Markdown, and a chart."""

import datetime
import importlib.metadata
import math
import platform
import re
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from contenders.names import FORMULAS, LIMIT, OURS
from contenders.results import Result, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PACKAGES = ("numpy", "pandas", "scikit-learn", "torch", "jax", "keras", "matplotlib")
HEADINGS = (
    "",
    "median",
    "least",
    "to ours",
    "to hand C",
    "setup s",
    "MiB",
    "final loss",
    "CPU",
    "wall",
    "load",
)
LEFT = ("", "final loss")
"""Columns of words."""


def rows(table: Table) -> list[tuple[str, ...]]:
    """A table's cells: those with values first, the fastest first."""
    ours = table.result(OURS) or table.result("tiny-nn")
    limit, reference = table.result(LIMIT), table.result(FORMULAS) or ours
    done = sorted((result for result in table.results if result.values), key=lambda result: result.median)
    cells = []
    for result in done:
        ratios = [times(result, other) for other in (ours, limit)]
        setup = f"{result.setup:.2f}" if result.setup else ""
        measured = (number(result.median), number(min(result.values)), *ratios, setup)
        size, said = f"{result.peak / 2**20:.0f}", remarks(table, result, reference)
        clocks = [number(statistics.median(each)) for each in (result.cpu, result.wall, result.loads)]
        cells.append((result.name, *measured, size, said, *clocks))
    absent = [result for result in table.results if not result.values]
    return cells + [(result.name, "–", "", "", "", "", "", result.absent, "", "", "") for result in absent]


def remarks(table: Table, result: Result, reference: Result | None) -> str:
    """The final loss, whether it is ours, and more threads than were meant."""
    loss = "" if math.isnan(result.loss) else f"{result.loss:.6g}"
    busy = f"({result.busy:.1f} threads)" if table.one_thread and result.busy > 1.1 else ""
    return " ".join(filter(None, (loss, result.agreement(reference), busy)))


def times(result: Result, other: Result | None) -> str:
    """How many times as long it takes."""
    return f"{number(result.median / other.median)}×" if other else ""


def number(value: float) -> str:
    """Three digits: ``1,240``, ``31.9``, ``0.0727``."""
    if value >= 100:
        return f"{value:,.0f}"
    return re.sub(r"\.$", "", f"{value:#.3g}")


def heading(table: Table) -> str:
    """What a table is about."""
    threads = "" if table.one_thread else ", default threads"
    return f"{table.key}: {table.title}{threads} ({table.unit})"


def text(table: Table) -> str:
    """A table for the terminal."""
    lines = [HEADINGS, *rows(table)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    shown = [heading(table)]
    for line in lines:
        aligned = [
            cell.ljust(width) if name in LEFT else cell.rjust(width)
            for name, cell, width in zip(HEADINGS, line, widths, strict=True)
        ]
        shown.append("  ".join(aligned).rstrip())
    return "\n".join(shown)


def markdown(table: Table) -> str:
    """A table for a page."""
    marks = ("---" if name in LEFT else "---:" for name in HEADINGS)
    lines = ["| " + " | ".join(HEADINGS) + " |", "|" + "|".join(marks) + "|"]
    lines += ["| " + " | ".join(line) + " |" for line in rows(table)]
    return "\n".join([f"## {heading(table)}", "", *lines])


def machine() -> str:
    """The processor, the compiler and the versions."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text(errors="replace").splitlines() if cpu.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    compiler = subprocess.run(["cc", "--version"], capture_output=True, text=True, check=False).stdout
    versions = []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"no {package}")
    return (
        f"{names[0] if names else platform.processor()} × {len(names)}, {platform.system()}, "
        f"Python {platform.python_version()}, {compiler.splitlines()[0] if compiler else 'no C compiler'}; "
        + ", ".join(versions)
        + "."
    )


INTRODUCTION = """# Benchmarks

How long training takes, beside other ways to do the same. `scripts/benchmark.py` measured it on {date}:
{machine}

![Medians of every contender at every workload, on a log scale](benchmarks.png)

Every contender runs in a process of its own, on one thread unless a table says otherwise, from the same
initial weights (float64 unless said), over the same batches; drawing the order of the samples with NumPy
is part of the job. The processes take turns, A B C A B C; each round is at least {shortest:g} s of training,
and the median of {rounds} rounds counts, with the least of them beside it. *Setup* is what comes before the
first step: importing, building, recording, compiling with empty caches. *MiB* is the largest resident memory
of the process, libraries and data included. *Final loss* is that of the last epoch after a fixed number of
epochs: `equal` to that of our formulas within 10⁻⁶ (float32: 10⁻³), or else why not.

*Hand-written C* is a program for just this workload ([`scripts/contenders/*.c`](../scripts/contenders)),
compiled with `-ffast-math`, which we may not use: NaN would no longer be seen. It is the limit, not a
contender. *tiny-nn formulas* are our textbook formulas as they stand, *numpy* their recording replayed,
*native* their recording as compiled C; *to ours* is the ratio to native (W6 to W8: to the command or
call). Machines differ and are shared; compare ratios. *CPU* and *wall* are medians in the table's unit by the
two clocks, the processor's and the one on the wall (of training: the wall's, times the processor's share of
the whole call): where they differ, the machine was busy or more than one thread worked. *Load* is the
machine's, over the minute before the end of a round, our one process included.

W7 and W8 are of tables, each round in a fresh process: processor seconds, of reading and encoding without
imports, of predicting for the whole command; *setup* is imports and whatever comes before. W8-rows leaves the
reading and writing out: a table of pandas in memory, a model loaded.

[How time grows](scaling.md) with units, depth, batch, samples and seeds is on a page of its own.

Run it again: `pip install -e '.[bench,tables]' && python scripts/benchmark.py --all --threads both --write`
(some forty minutes; FANN is Debian's `libfann2`). What is not installed is reported as missing.
"""


def write(tables: Sequence[Table], folder: Path, rounds: int, shortest: float) -> None:
    """The page and its chart."""
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    opening = INTRODUCTION.format(date=today, machine=machine(), rounds=rounds, shortest=shortest)
    page = "\n".join([opening, *(markdown(table) + "\n" for table in tables)])
    (folder / "benchmarks.md").write_text(page, encoding="utf-8")
    chart([table for table in tables if table.one_thread], folder / "benchmarks.png")
    print(f"{folder / 'benchmarks.md'}, {folder / 'benchmarks.png'}", file=sys.stderr)


def chart(tables: Sequence[Table], path: Path) -> None:
    """Bars on a log scale, a panel for each workload."""
    from nn.plots import style

    columns = 2
    pairs = [tables[start : start + columns] for start in range(0, len(tables), columns)]
    rooms = [max(len(table.results) for table in pair) for pair in pairs]
    heights = [0.27 * room + 0.9 for room in rooms]
    picture = style.figure(6.0 * columns, sum(heights), "Time to train (log scale; shorter is better)")
    grid = picture.add_gridspec(len(pairs), columns, height_ratios=heights)
    for line, (pair, room) in enumerate(zip(pairs, rooms, strict=True)):
        for column, table in enumerate(pair):
            bars(picture.add_subplot(grid[line, column]), table, room)
    style.save(picture, path)


def bars(axes: "Axes", table: Table, room: int) -> None:
    """One workload: a bar for each contender, ours in colour, with room for so many."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    from nn.plots import style

    done = sorted((result for result in table.results if result.values), key=lambda r: r.median, reverse=True)
    style.dress_axes(axes)
    axes.set_ylim(len(done) - room - 0.5, len(done) - 0.5)
    colors = [style.COLORS[0] if result.name.startswith("tiny-nn") else "#c4c4c4" for result in done]
    medians = [result.median for result in done]
    axes.set_xscale("log")
    axes.set_xlim(min(min(medians) / 2, max(medians) / 20), max(medians) * 3)
    axes.barh([result.name for result in done], medians, color=colors, height=0.7)
    for place, result in enumerate(done):
        axes.annotate(
            number(result.median), (result.median, place), (3, 0), textcoords="offset points", va="center",
            fontsize=style.FONT_SIZE - 2, color=style.INK,
        )  # fmt: skip
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(LogLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(style.powers))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_title(f"{table.key}, {table.unit}", loc="left", fontsize=style.FONT_SIZE, color=style.INK)
