"""Draws the loss and the accuracy over the epochs of a run."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nn.plots import style
from nn.plots.columns import ColumnLayout
from nn.plots.lines import (
    GAP,
    Look,
    draw_height_lines,
    draw_line,
    drawable,
    mark_gaps,
    scale_x,
    scale_y,
    scale_y_in_percent,
)


class Series(NamedTuple):
    """How a share of the data is drawn: its name, the prefix of its columns, the look of its line."""

    name: str
    prefix: str
    look: Look


SERIES = (
    Series("training", "", Look("#005a94")),
    Series("validation", "val_", Look("#c76600", (0, (3.5, 1.2)))),
)


def loss_curve(
    metrics: Mapping[str, NDArray[Any]],
    *,
    title: str,
    best_epoch: int | None,
    along: str = "epoch",
    label: str = "loss",
) -> Figure:
    """Draw training and validation loss over the epochs, on a log axis if it helps, with accuracy below.

    ``metrics`` are columns of ``metrics.csv``, each ``(rows,)``: ``epoch``, ``loss`` and optionally
    ``val_loss``, ``accuracy`` and ``val_accuracy``; with ``along="seconds"`` the x axis is that of time. A
    value that is not finite (or is huge) leaves a gap, marked by a cross. Raises ValueError if there are no
    rows.
    """
    x = metrics.get(along, np.empty(0))
    if "loss" not in metrics or not len(x):
        raise ValueError(f"{title}: expected epochs with a loss to draw, got none")
    has_accuracy = "accuracy" in metrics or "val_accuracy" in metrics
    figure = style.figure(6.4, 4, title)
    ratios = [2.4, 1] if has_accuracy else [1]
    grid = figure.subplots(len(ratios), 1, sharex=True, squeeze=False, height_ratios=ratios)
    rows: list[Axes] = list(grid[:, 0])
    scale_x(rows[-1], float(x[0]), float(x[-1]), along)
    scale_y(rows[0], draw_shares(rows[0], x, metrics, "loss"), label)
    label_shares(rows[0], metrics, "loss")
    gaps = [mark_gaps(rows[0], x, values, share.look.color) for share, values in series_of(metrics, "loss")]
    if any(gaps):
        rows[-1].set_xlabel(f"{rows[-1].get_xlabel()}   (×  the loss is {GAP})")
    mark_best(rows[0], x, metrics, best_epoch)
    if has_accuracy:
        scale_y_in_percent(rows[1], draw_shares(rows[1], x, metrics, "accuracy"))
        label_shares(rows[1], metrics, "accuracy")
    style.join_minor_ticks(rows[0])
    figure.set_layout_engine(ColumnLayout())
    return figure


def series_of(metrics: Mapping[str, NDArray[Any]], quantity: str) -> list[tuple[Series, NDArray[Any]]]:
    """Yield the shares on which a metric was measured, each with its column, ``(rows,)``."""
    columns = {share: share.prefix + quantity for share in SERIES}
    return [(share, metrics[name]) for share, name in columns.items() if name in metrics]


def draw_shares(
    axes: Axes, x: NDArray[Any], metrics: Mapping[str, NDArray[Any]], quantity: str
) -> NDArray[Any]:
    """Draw a line for each share; return all finite values."""
    draw_height_lines(axes)
    drawn: list[NDArray[Any]] = [np.empty(0)]
    for share, values in series_of(metrics, quantity):
        draw_line(axes, x, values, share.look, share.name)
        drawn.append(drawable(values))
    numbers = np.concatenate(drawn)
    return numbers[~np.isnan(numbers)]


def label_shares(axes: Axes, metrics: Mapping[str, NDArray[Any]], quantity: str) -> None:
    """Label the lines of the shares at their ends."""
    labels = []
    for share, values in series_of(metrics, quantity):
        numbers = drawable(values)
        for end in numbers[~np.isnan(numbers)][-1:]:
            labels.append(style.EndLabel(share.name, float(end), share.look.color))
    style.label_ends(axes, labels)


def mark_best(
    axes: Axes, x: NDArray[Any], metrics: Mapping[str, NDArray[Any]], best_epoch: int | None
) -> None:
    """Mark the loss of the best epoch (on validation, if there is any) with a ring, and name the epoch.

    A validation loss is printed too, as it is that of the weights that were kept; a training loss is a mean
    over the epoch, before its updates.
    """
    if best_epoch == 0:
        write_above(axes, float(x[0]), "best: the start, before any update", style.FAINT)
    for share, values in reversed(series_of(metrics, "loss")):
        losses = drawable(values)
        for row in np.flatnonzero((metrics["epoch"] == best_epoch) & ~np.isnan(losses)):
            at, loss = float(x[row]), float(losses[row])
            ring(axes, at, loss, share.look.color)
            value = f", {share.name} loss {style.powers(loss)}" if share.prefix else ""
            text = f"best: epoch {style.thousands(metrics['epoch'][row])}{value}"
            write_above(axes, at, text, share.look.color)
            return


def ring(axes: Axes, x: float, y: float, color: str, size: float = 9) -> None:
    """Draw a ring around a point."""
    axes.plot(
        x, y, "o", markersize=size, markerfacecolor="white", markeredgewidth=2,
        markeredgecolor=color, clip_on=False, zorder=5, label="best",
    )  # fmt: skip


def write_above(axes: Axes, x: float, text: str, color: str) -> None:
    """Write above the axes, over ``x`` as far as there is room."""
    low, high = axes.get_xlim()
    across = (x - low) / (high - low)
    side = "left" if across < 0.3 else "right" if across > 0.7 else "center"
    axes.annotate(
        text, (across, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", ha=side,
        color=color, fontsize=style.FONT_SIZE, annotation_clip=False, parse_math=False,
    )  # fmt: skip
