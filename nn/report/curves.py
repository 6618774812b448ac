"""Draws a metric of runs as an SVG chart, with a line for each run and its values under the pointer."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator
from numpy.typing import NDArray

from nn.display import Markup, tag
from nn.plots import style
from nn.plots.lines import drawable, earns_log, thin
from nn.runs.differences import folder_names, labels, loss_words
from nn.runs.reading import Run

WIDTH, HEIGHT = 760, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 30, 40
MAX_LINE_LABEL = 40
"""Lines are labelled by the options in which runs differ or, if that is longer, by their folders."""
CHART_BUCKETS = 240
"""The number of buckets to which a line is thinned."""


class ChartLine(NamedTuple):
    """A line of the chart: one share of one run."""

    run: int
    label: str
    color: str
    is_validation: bool
    x: NDArray[Any]
    y: NDArray[Any]
    kept: tuple[float, float] | None
    """The epoch whose weights were kept and the value there, on the line by which they were chosen."""


def chart_lines(runs: Sequence[Run], metric: str) -> list[ChartLine]:
    """Read the lines of a metric, for training and validation, thinned without losing extremes."""
    words, colors = labels(runs) if len(runs) > 1 else [""], style.colors(max(len(runs), 2))
    if max(map(len, words)) > MAX_LINE_LABEL:
        words = folder_names([run.folder for run in runs])
    result = []
    for number, run in enumerate(runs):
        columns = run.columns(["epoch", metric, f"val_{metric}"])
        epochs = columns.pop("epoch", np.empty(0))
        if not len(epochs):
            continue
        best = np.flatnonzero(epochs == run.best_epoch)
        values = {name: drawable(column) for name, column in columns.items()}
        # The lines of a run share their rows, so that each has a value where another has one.
        rows = np.unique(np.concatenate([best, *(thin(epochs, y, CHART_BUCKETS) for y in values.values())]))
        for name, y in values.items():
            is_validation = name != metric
            share = "validation" if is_validation else "training"
            label = f"{words[number]}, {share}" if words[number] else share
            color = colors[number if len(runs) > 1 else int(is_validation)]
            color = "currentColor" if color == style.INK else color  # a dark page inverts the colour
            row = best[np.isfinite(y[best])] if name == [*values][-1] else best[:0]
            kept = (float(epochs[row[0]]), float(y[row[0]])) if len(row) else None
            result.append(ChartLine(number, label, color, is_validation, epochs[rows], y[rows], kept))
    return result


def chart(runs: Sequence[Run], metric: str) -> Markup | None:
    """Draw the chart with a checkbox to show or hide each line; None if no run has the metric."""
    drawn = chart_lines(runs, metric)
    numbers = np.concatenate([line.y for line in drawn]) if drawn else np.empty(0)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return None
    is_log = metric == "loss" and earns_log(numbers)
    frame = Frame.around(drawn, numbers, is_log)
    words = loss_words(runs) if metric == "loss" else metric
    parts = [*frame.axes(words), *(chart_path(frame, line, place) for place, line in enumerate(drawn))]
    parts += [frame.ring(line) for line in drawn if line.kept]
    parts.append(tag("line", class_="cross", y1=TOP, y2=HEIGHT - BOTTOM, x1=-9, x2=-9))
    svg = tag(
        "svg", *parts, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", class_="chart", tabindex="0",
        aria_label=f"{metric} over the epochs: {', '.join(line.label for line in drawn)}",
    )  # fmt: skip
    at = frame.last if len(runs) > 1 else next((line.kept[0] for line in drawn if line.kept), frame.last)
    legend = tag("figcaption", *chart_legend(runs, drawn), class_="legend")
    return tag("figure", svg, legend, chart_data(frame, metric, at, drawn), class_="curves")


def chart_path(frame: "Frame", line: ChartLine, place: int) -> Markup:
    """Draw a line, with its number for the page's script."""
    return tag(
        "path",
        d=frame.path(line),
        fill="none",
        stroke=line.color,
        stroke_width="2",
        stroke_dasharray="6 4" if line.is_validation else "",
        data_line=place,
    )


def chart_data(frame: "Frame", metric: str, at: float, drawn: Sequence[ChartLine]) -> Markup:
    """Write the values for the page's script, which shows those at an epoch, ``at`` to begin with."""
    data = {
        "frame": frame._asdict(),
        "percent": metric == "accuracy",
        "at": at,
        "lines": [
            {
                "label": line.label,
                "x": line.x.tolist(),
                "y": [None if np.isnan(y) else float(f"{y:.5g}") for y in line.y],
            }
            for line in drawn
        ],
    }
    text = Markup(json.dumps(data, allow_nan=False).replace("<", "\\u003c"))
    return tag("script", text, type="application/json", class_="data")


def chart_legend(runs: Sequence[Run], drawn: Sequence[ChartLine]) -> Iterator[Markup]:
    """Yield the epoch that is shown, a checkbox for each line, and what the rings are."""
    yield tag("output", class_="at")
    for place, line in enumerate(drawn):
        swatch = "swatch" + (" dashed" if line.is_validation else "")
        yield tag(
            "label",
            tag("input", type="checkbox", checked=True, data_line=place),
            tag("span", class_=swatch, style=f"color:{line.color}"),
            line.label,
            tag("output", data_line=place),
        )
    if len(runs) == 1 and runs[0].best_epoch == 0:
        yield tag("span", "the weights of the start were kept")
    elif any(line.kept for line in drawn):
        yield tag("span", "○ the epoch whose weights were kept")


class Frame(NamedTuple):
    """Maps epochs and values to pixels."""

    low: float
    high: float
    first: float
    last: float
    is_log: bool

    @classmethod
    def around(cls, drawn: Sequence[ChartLine], numbers: NDArray[Any], is_log: bool) -> "Frame":
        """Return a frame that holds all lines, with a margin above and below."""
        first, last = min(line.x[0] for line in drawn), max(line.x[-1] for line in drawn)
        values = np.log10(numbers) if is_log else numbers
        low, high = float(values.min()), float(values.max())
        room = 0.05 * (high - low or 1)
        return cls(
            low - room, high + room, float(first), float(last if last > first else first + 1), bool(is_log)
        )

    def place(self, x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the pixels from the left and from the top."""
        y = np.log10(y) if self.is_log else y
        across = LEFT + (x - self.first) / (self.last - self.first) * (WIDTH - LEFT - RIGHT)
        return across, TOP + (self.high - y) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)

    def path(self, line: ChartLine) -> str:
        """Return the SVG path of a line, with gaps where values are not finite."""
        with np.errstate(all="ignore"):
            across, down = self.place(line.x, line.y)
        text, pen = [], "M"
        for x, y in zip(across.tolist(), down.tolist(), strict=True):
            if not np.isfinite(y):
                pen = "M"
                continue
            text.append(f"{pen}{x:.1f} {y:.1f}")
            pen = "L"
        if len(text) == 1:  # a single point is drawn as a dot
            text.append("h0.1")
        return " ".join(text)

    def ring(self, line: ChartLine) -> Markup:
        """Draw a ring at the epoch whose weights were kept."""
        assert line.kept, "asked before"
        x, y = self.place(*map(np.array, line.kept))
        title = tag("title", f"{line.label}: the weights after epoch {line.kept[0]:,.0f} were kept")
        return tag(
            "circle", title, cx=f"{x:.1f}", cy=f"{y:.1f}", r=5, stroke=line.color, class_="kept",
            data_kept=line.run,
        )  # fmt: skip

    def axes(self, metric: str) -> list[Markup]:
        """Draw grid lines, ticks and their numbers."""
        if self.is_log:
            decades = 10 ** (self.high - self.low)
            locator = LogLocator(subs=(1, 2, 5) if decades < 100 else (1,))
            ups = [float(tick) for tick in locator.tick_values(10**self.low, 10**self.high)]
        else:
            ups = [
                float(tick)
                for tick in MaxNLocator(6, steps=style.TICK_STEPS).tick_values(self.low, self.high)
            ]
        acrosses = np.array(
            MaxNLocator(6, steps=style.TICK_STEPS, integer=True).tick_values(self.first, self.last)
        )
        parts = []
        name = style.percent if metric == "accuracy" else style.powers
        for up in ups:
            _, y = self.place(np.array(self.first), np.array(up))
            if TOP - 1 <= y <= HEIGHT - BOTTOM + 1:
                parts.append(
                    tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid")
                )
                parts.append(tag("text", name(up), x=LEFT - 8, y=f"{y + 4:.1f}", text_anchor="end"))
        for across in acrosses[(acrosses >= self.first) & (acrosses <= self.last)]:
            x, _ = self.place(across, np.array(10**self.low if self.is_log else self.low))
            parts.append(
                tag(
                    "text",
                    style.thousands(across),
                    x=f"{x:.1f}",
                    y=HEIGHT - BOTTOM + 18,
                    text_anchor="middle",
                )
            )
        scale = " (log scale)" if self.is_log else ""
        parts.append(
            tag("text", "epoch", x=(WIDTH + LEFT) / 2, y=HEIGHT - 4, text_anchor="middle", class_="name")
        )
        parts.append(tag("text", f"{metric}{scale}", x=4, y=14, class_="name"))
        parts.append(tag("title", f"{metric}{scale} over the epochs"))
        return parts
