"""How the time of a step grows with units, depth, batch, samples and seeds: a grid, its tables, its chart."""

import math
import statistics
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from contenders.choices import HEADINGS, Choice, summary
from contenders.names import BLAS, GRID, OURS
from contenders.report import machine, number
from contenders.results import Table
from contenders.rounds import compare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INTRODUCTION = """# How time grows

Processor microseconds of a training step, medians of {rounds} rounds on one thread, as `scripts/benchmark.py`
measured them: {machine}

![Time of a step by units, depth, batch, samples and seeds, on log scales](scaling.png)

The network is 32-64-64-4 of sigmoids with mean squared error and SGD, float64, 1,024 samples in batches of
64; each table changes one of these. *Seeds* are so many networks of 16 units, trained on 64 samples at once.
*BLAS products* are the matrix products of a step through NumPy and nothing else: a bound for large layers,
while NumPy's calls take most of the time of small ones. The last columns are native's time over the best of
the others that train, and over the products.

Run it again: `pip install -e '.[bench]' && python scripts/benchmark.py --scaling --grid --write`; with
`--all` in place of both the other [benchmarks](benchmarks.md) too. What is not installed is left blank.
"""


GRID_INTRODUCTION = """## Which engine `auto` takes

Processor seconds of whole trainings on one thread, recording and compiling included, with an empty cache of
compiled libraries. Shapes are drawn at random, others than those that the estimates of `auto` were fitted to;
*ratio* is the time of `auto` to that of the better engine: {summary}.
"""


class Growth(NamedTuple):
    """The tables of one axis, one for each of its values."""

    axis: str
    points: dict[int, Table]

    @property
    def names(self) -> list[str]:
        """The contenders."""
        return [result.name for result in next(iter(self.points.values())).results]

    def value(self, point: int, name: str) -> float | None:
        """Processor microseconds of a step."""
        result = self.points[point].result(name)
        return statistics.median(result.cpu) if result else None


def measure(axes: Iterable[str], names: Sequence[str], rounds: int, shortest: float) -> Iterator[Growth]:
    """A curve for each axis."""
    for axis in axes:
        yield Growth(
            axis, {value: compare(f"{axis}={value}", names, rounds, shortest) for value in GRID[axis]}
        )


def rows(curve: Growth) -> list[list[str]]:
    """The cells of a curve's table, its headings first."""
    lines = [[curve.axis, *curve.names, "native to best other", "native to BLAS"]]
    for point in curve.points:
        found = {name: curve.value(point, name) for name in curve.names}
        ours, bound = found.get(OURS), found.get(BLAS)
        others = [value for name, value in found.items() if value and name not in (OURS, BLAS)]
        cells = [f"{point:,}", *(number(value) if value else "" for value in found.values())]
        for other in (min(others, default=None), bound):
            cells.append(f"{number(ours / other)}×" if ours and other else "")
        lines.append(cells)
    return lines


def text(curve: Growth) -> str:
    """A curve for the terminal."""
    lines = rows(curve)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    shown = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    return "\n".join([f"{curve.axis}: processor µs per step", *shown])


def markdown(lines: Sequence[Sequence[str]], words: int = 0) -> str:
    """A table for a page: the headings, then rows, whose first columns are words."""
    headings, *rest = ["| " + " | ".join(line) + " |" for line in lines]
    rule = "|" + "---|" * words + "---:|" * (len(lines[0]) - words)
    return "\n".join([headings, rule, *rest])


def write(curves: Sequence[Growth], chosen: Sequence[Choice], folder: Path, rounds: int) -> None:
    """The page and its chart."""
    parts = [INTRODUCTION.format(rounds=rounds, machine=machine())]
    for curve in curves:
        parts.append(f"## {curve.axis.capitalize()} (processor µs per step)\n\n{markdown(rows(curve))}\n")
    if chosen:
        parts.append(GRID_INTRODUCTION.format(summary=summary(chosen)))
        parts.append(markdown([HEADINGS, *(choice.cells for choice in chosen)], words=2) + "\n")
    (folder / "scaling.md").write_text("\n".join(parts), encoding="utf-8")
    chart(curves, folder / "scaling.png")
    print(f"{folder / 'scaling.md'}, {folder / 'scaling.png'}", file=sys.stderr)


def chart(curves: Sequence[Growth], path: Path) -> None:
    """A panel for each axis, with one legend."""
    from nn.plots import style

    columns = min(3, len(curves))
    lines = -(-len(curves) // columns)
    picture = style.figure(4.2 * columns, 3.4 * lines + 0.7, "Processor µs per step, log scales")
    for place, curve in enumerate(curves, start=1):
        draw(picture.add_subplot(lines, columns, place), curve)
    picture.legend(
        *picture.axes[0].get_legend_handles_labels(), loc="outside lower left", ncols=4, frameon=False,
        fontsize=style.FONT_SIZE, labelcolor=style.INK,
    )  # fmt: skip
    style.save(picture, path)


def short(value: float, _: object = None) -> str:
    """The number of a tick, in thousands (1,024) from there on: ``64``, ``16k``."""
    return f"{value / 1024:.0f}k" if value >= 1024 else f"{value:.0f}"


def draw(axes: "Axes", curve: Growth) -> None:
    """One axis: a line for each contender, the bound dashed."""
    from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

    from nn.plots import style

    style.dress_axes(axes)
    axes.set_xscale("log")
    axes.set_yscale("log")
    for name, color, marker in zip(curve.names, style.COLORS, style.MARKERS, strict=False):
        found = {point: curve.value(point, name) for point in curve.points}
        drawn = {point: value for point, value in found.items() if value}
        look, shade = ("--", style.FAINT) if name == BLAS else ("-", color)
        axes.plot(
            list(drawn), list(drawn.values()), look, color=shade, marker=marker, markersize=4, label=name
        )
    low, high = (math.log10(limit) for limit in axes.get_ylim())
    axes.set_ylim(10 ** math.floor(low), 10 ** math.ceil(high))  # so that two powers of ten are marked
    axes.set_xticks(list(curve.points))
    axes.xaxis.set_major_formatter(FuncFormatter(short))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(style.powers))
    axes.set_xlabel(curve.axis)
