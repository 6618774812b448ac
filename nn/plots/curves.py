"""Draws a metric of one or several runs over epochs or seconds."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from nn.plots import style
from nn.plots.columns import ColumnLayout
from nn.plots.ensemble import draw_seeds, is_ensemble
from nn.plots.lines import (
    GAP,
    Look,
    draw_height_lines,
    draw_line,
    drawable,
    earns_log,
    mark_gaps,
    moving_mean,
    scale_x,
    scale_y,
    scale_y_in_percent,
)
from nn.plots.loss import SERIES, loss_curve, ring
from nn.plots.pictures import shows
from nn.runs.differences import labels, loss_words
from nn.runs.reading import Run

MAX_NAMED_RUNS = 30  # with more runs, they are not named one by one
SHORT_LABEL, LONG_LABEL = 24, 74  # lengths of labels beside the axes and below them
AXES = {"epochs": "epoch", "seconds": "seconds"}


class Curve(NamedTuple):
    """A line: its columns, each ``(rows,)``, its look, its label, and the row of the best epoch."""

    x: NDArray[Any]
    y: NDArray[Any]
    look: Look
    label: str
    best: NDArray[np.intp]


@shows("loss", "Loss over the epochs, with accuracy where there is any.", config="digits")
def loss(run: Run) -> Figure:
    """Draw the loss of a run over its epochs, and its accuracy if it has any."""
    return draw_runs([run])


def draw_runs(runs: Sequence[Run], metric: str = "loss", along: str = "epochs", window: int = 1) -> Figure:
    """Draw a metric of runs over ``epochs`` or ``seconds``, each point the mean of ``window`` rows.

    The loss and the accuracy are drawn for training and validation. Several runs are labelled by
    the options in which they differ; of many that differ only in their seed, the median and the quartiles
    are drawn. Raises ValueError for a run without this metric.
    """
    if len(runs) == 1 and metric == "loss" and window == 1:
        (run,) = runs
        return loss_curve(
            run.metrics,
            title=titled(run),
            best_epoch=run.best_epoch,
            along=AXES[along],
            label=loss_words(runs),
        )
    if window == 1 and is_ensemble(runs):
        return draw_seeds(runs, metric, AXES[along])
    names = [metric, f"val_{metric}"] if metric in ("loss", "accuracy") else [metric]
    drawn = read_lines(runs, names, AXES[along])
    told = sorted({line.label: line for line in drawn}, key=[line.label for line in drawn].index)
    is_short = max(map(len, told)) <= SHORT_LABEL and len(told) <= MAX_NAMED_RUNS
    rows = min(len(told), MAX_NAMED_RUNS)
    height = max(4.0, 1.2 + rows * style.LABEL_GAP * style.FONT_SIZE / 72) if is_short else 4 + 0.22 * rows
    title = titled(runs[0]) if len(runs) == 1 else f"{metric_label(metric).capitalize()} of {len(runs)} runs"
    figure = style.figure(6.4, height, title)
    axes = figure.subplots()
    draw_height_lines(axes)
    mean = ""
    if window > 1:
        is_log = not metric.endswith("accuracy") and earns_log(finite_values(drawn))
        mean = f"{'geometric mean' if is_log else 'mean'} of {window} rows"
        for line in drawn:
            draw_line(axes, line.x, line.y, Look(line.look.color, "-", 0.8, 0.3), f"{line.label}, as it was")
    curves = smoothed(drawn, window, is_log=is_log) if window > 1 else drawn
    for line in curves:
        draw_line(axes, line.x, line.y, line.look, line.label)
    scale_x(axes, min(line.x[0] for line in drawn), max(line.x[-1] for line in drawn), AXES[along])
    scale_metric(axes, drawn, metric, runs)
    gaps = [mark_gaps(axes, line.x, line.y, line.look.color) for line in drawn]
    mark_best_epochs(axes, curves)
    axes.set_ylabel(f"{axes.get_ylabel()}\n{mean}".strip())
    write_key(axes, drawn, several=len(runs) > 1, has_gaps=any(gaps))
    name_lines(figure, axes, curves, told, is_short=is_short)
    return figure


def titled(run: Run) -> str:
    """Return the name of a run, and its last epoch if it has not ended."""
    epochs = run.metrics.get("epoch", np.empty(0))
    end = f" (not ended, epoch {style.thousands(epochs[-1])})" if len(epochs) else ""
    return run.name if run.stopped else run.name + end


def metric_label(metric: str) -> str:
    """Spell out the name of a column."""
    return metric.replace("val_", "validation ").replace("_", " ")


def read_lines(runs: Sequence[Run], names: Sequence[str], along: str) -> list[Curve]:
    """Read a line for each run and each of these columns that it has.

    Raises ValueError for a run that has no rows or none of the columns.
    """
    columns = [run.columns([along, "epoch", *names]) for run in runs]
    for run, found in zip(runs, columns, strict=True):
        if not len(found.get("epoch", ())):
            raise ValueError(f"{run.folder}: expected epochs to draw, got none yet")
        if not found.keys() & set(names):
            refuse_metric(run, names[0], runs)
    several = len(runs) > 1
    words, colors = labels(runs), style.colors(len(runs))
    both = any(names[-1] in found for found in columns) and len(names) > 1
    drawn = []
    for run, found, word, color in zip(runs, columns, words, colors, strict=True):
        best = np.flatnonzero(found["epoch"] == run.best_epoch)
        shown = [name for name in names if name in found]
        for name in shown:
            share = SERIES[name.startswith("val_")]
            faint = both and several and name == names[0]
            look = Look(color, "-", 1.0, 0.7) if faint else Look(color) if several else share.look
            label = word if several else share.name if len(names) > 1 else metric_label(name)
            rings = best if name == shown[-1] else best[:0]
            drawn.append(Curve(found[along], found[name], look, label, rings))
    return drawn


def refuse_metric(run: Run, metric: str, runs: Sequence[Run]) -> None:
    """Raise ValueError for a run without this metric, listing the metrics that all runs have."""
    known = [name for name in run.metrics if all(name in other.metrics for other in runs)]
    have = "all of these runs have" if len(runs) > 1 else "it has"
    names = ", ".join(name for name in known if name not in AXES.values())
    raise ValueError(f"{run.folder}: expected a metric '{metric}', got none; {have} {names}")


def smoothed(drawn: Sequence[Curve], window: int, *, is_log: bool) -> list[Curve]:
    """Replace each row of the lines by the mean of ``window`` rows."""
    means = [moving_mean(drawable(line.y), window, is_log=is_log) for line in drawn]
    return [line._replace(y=y) for line, y in zip(drawn, means, strict=True)]


def finite_values(drawn: Sequence[Curve]) -> NDArray[Any]:
    """Return all finite values of these lines."""
    values = np.concatenate([drawable(line.y) for line in drawn])
    return values[~np.isnan(values)]


def scale_metric(axes: Axes, drawn: Sequence[Curve], metric: str, runs: Sequence[Run]) -> None:
    """Set the scale and the label of the metric's axis."""
    if metric.endswith("accuracy"):
        scale_y_in_percent(axes, finite_values(drawn), ticks=6)
        axes.set_ylabel(metric_label(metric))
        return
    words = metric_label(metric)
    if metric.endswith("loss"):
        words = words.replace("loss", loss_words(runs))
    scale_y(axes, finite_values(drawn), words)


def mark_best_epochs(axes: Axes, drawn: Sequence[Curve]) -> None:
    """Draw a ring on each line at its best epoch."""
    for line in drawn:
        heights = drawable(line.y)
        for row in line.best[~np.isnan(heights[line.best])]:
            ring(axes, float(line.x[row]), float(heights[row]), line.look.color, size=6)


def write_key(axes: Axes, drawn: Sequence[Curve], *, several: bool, has_gaps: bool) -> None:
    """Explain the lines and marks above the axes."""
    both = several and any(line.look.opacity < 1 for line in drawn)
    parts = [
        "thin: training, thick: validation" if both else "",
        "○ best epoch" if any(len(line.best) for line in drawn) else "",
        f"×  {GAP}" if has_gaps else "",
    ]
    axes.annotate(
        "   ".join(part for part in parts if part), (0, 1), (0, 6), xycoords="axes fraction",
        textcoords="offset points", color=style.FAINT, fontsize=style.FONT_SIZE, annotation_clip=False,
    )  # fmt: skip


def name_lines(
    figure: Figure, axes: Axes, drawn: Sequence[Curve], told: Sequence[str], *, is_short: bool
) -> None:
    """Label the lines at their ends, or in a legend below the axes if the labels are long."""
    ends: dict[str, style.EndLabel] = {}
    for line in drawn:  # the last line of a run labels both
        for end in finite_values([line])[-1:]:
            ends[line.label] = style.EndLabel(line.label, float(end), line.look.color)
    if is_short:
        style.label_ends(axes, list(ends.values()))
        figure.set_layout_engine(ColumnLayout())
        return
    colors = {line.label: line.look.color for line in drawn}
    samples = [Line2D([], [], color=colors[label], linewidth=2.5) for label in told[:MAX_NAMED_RUNS]]
    words = [
        label if len(label) <= LONG_LABEL else label[: LONG_LABEL - 1] + "…"
        for label in told[:MAX_NAMED_RUNS]
    ]
    if len(told) > MAX_NAMED_RUNS:
        samples.append(Line2D([], [], linestyle=""))
        words.append(f"… and {len(told) - MAX_NAMED_RUNS} more")
    legend = figure.legend(
        samples, words, loc="outside lower left", frameon=False, fontsize=style.FONT_SIZE - 1,
        labelcolor=style.INK, handlelength=1.4, borderpad=0.2,
    )  # fmt: skip
    for text in legend.get_texts():
        text.set_parse_math(False)
