"""Draws how loss and accuracy went over the epochs of a run."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from nn.plots import style

LOG_FROM = 20  # the largest loss over the smallest from which a log axis is worth it
HUGE = 1e100  # a loss beyond it is as good as infinite; Matplotlib's margins would overflow


class Series(NamedTuple):
    """What is drawn of one share of the data: its name, and how its line looks in colour and in grey."""

    name: str
    prefix: str
    color: str
    dashes: str | tuple[int, tuple[float, float]]
    width: float


SERIES = (
    Series("training", "", "#005a94", "-", 2.0),
    Series("validation", "val_", "#c76600", (0, (3.5, 1.2)), 2.0),
)


def loss_curve(metrics: Mapping[str, NDArray[Any]], *, title: str, best_epoch: int | None) -> Figure:
    """Training and validation loss over the epochs, on a log axis where it helps, with accuracy below.

    ``metrics`` are the columns of ``metrics.csv``: ``epoch`` and ``loss``, each (rows,), and what there is
    of ``val_loss``, ``accuracy`` and ``val_accuracy``. A number that is not finite (or huge) leaves a gap.
    Raises ValueError where there is no row to draw.
    """
    epochs = metrics.get("epoch", np.empty(0))
    if "loss" not in metrics or not len(epochs):
        raise ValueError(f"{title}: expected epochs with a loss to draw, got none")
    has_accuracy = "accuracy" in metrics or "val_accuracy" in metrics
    figure = style.figure(6.4, 4, title)
    ratios = [2.4, 1] if has_accuracy else [1]
    grid = figure.subplots(len(ratios), 1, sharex=True, squeeze=False, height_ratios=ratios)
    rows: list[Axes] = list(grid[:, 0])
    over_epochs(rows[-1], epochs)
    draw_loss(rows[0], metrics)
    mark_best(rows[0], metrics, best_epoch)
    if has_accuracy:
        draw_accuracy(rows[1], metrics)
    figure.align_ylabels(rows)
    return figure


def over_epochs(axes: Axes, epochs: NDArray[Any]) -> None:
    """The axis of the epochs, from the first to the last."""
    first, last = float(epochs[0]), float(epochs[-1])
    margin = 0.01 * (last - first) or 1.0
    axes.set_xlim(first - margin, last + margin)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=style.STEPS, integer=True, min_n_ticks=1))
    axes.xaxis.set_major_formatter(FuncFormatter(style.thousands))
    axes.set_xlabel("epoch")


def draw_loss(axes: Axes, metrics: Mapping[str, NDArray[Any]]) -> None:
    """The loss of each share."""
    drawn = draw_lines(axes, metrics, "loss")
    low, high = drawn.min(initial=np.inf), drawn.max(initial=-np.inf)
    is_log = low > 1 / HUGE and high / LOG_FROM > low
    if is_log:
        style.log_ticks(axes, low, high)
    else:
        style.linear_ticks(axes)
    axes.set_ylabel("loss (log scale)" if is_log else "loss")
    if not len(drawn):
        axes.text(0.5, 0.5, "no finite loss", transform=axes.transAxes, ha="center", color=style.FAINT)
    label_shares(axes, metrics, "loss")


def draw_accuracy(axes: Axes, metrics: Mapping[str, NDArray[Any]]) -> None:
    """The accuracy of each share, as per cent."""
    drawn = draw_lines(axes, metrics, "accuracy")
    low, high = (drawn.min(), drawn.max()) if len(drawn) else (0, 1)
    margin = 0.08 * (high - low) or 0.05
    axes.set_ylim(low - margin, high + margin)
    axes.yaxis.set_major_locator(MaxNLocator(3, steps=style.STEPS))
    axes.yaxis.set_major_formatter(FuncFormatter(style.percent))
    axes.set_ylabel("accuracy")
    label_shares(axes, metrics, "accuracy")


def draw_lines(axes: Axes, metrics: Mapping[str, NDArray[Any]], quantity: str) -> NDArray[Any]:
    """A line for each share, dots where a number stands alone between gaps; returns the finite numbers."""
    style.dress(axes)
    axes.grid(axis="y", color="#e4e4e4", linewidth=0.8)
    drawn = [np.empty(0)]
    for share in SERIES:
        values = column(metrics, share.prefix + quantity)
        shown = ~np.isnan(values)
        if shown.any():
            beside = np.pad(shown, 1)
            axes.plot(
                metrics["epoch"], values, color=share.color, linestyle=share.dashes, linewidth=share.width,
                marker="o", markevery=shown & ~beside[:-2] & ~beside[2:], markersize=5, label=share.name,
            )  # fmt: skip
            drawn.append(values[shown])
    return np.concatenate(drawn)


def column(metrics: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any]:
    """What can be drawn of a column, (rows,); NaN elsewhere, and everywhere if there is no such column."""
    values = metrics.get(name, np.full(len(metrics["epoch"]), np.nan))
    return np.where(np.abs(values) < HUGE, values, np.nan)


def label_shares(axes: Axes, metrics: Mapping[str, NDArray[Any]], quantity: str) -> None:
    """The shares' names at the ends of their lines."""
    labels = []
    for share in SERIES:
        values = column(metrics, share.prefix + quantity)
        for end in values[~np.isnan(values)][-1:]:
            labels.append(style.Label(share.name, float(end), share.color))
    style.label_ends(axes, labels)


def mark_best(axes: Axes, metrics: Mapping[str, NDArray[Any]], best_epoch: int | None) -> None:
    """A ring on the loss of the best epoch (on validation, where there is one), its value above the axes."""
    for share in reversed(SERIES):
        losses = column(metrics, share.prefix + "loss")
        for row in np.flatnonzero((metrics["epoch"] == best_epoch) & ~np.isnan(losses)):
            epoch, loss = float(metrics["epoch"][row]), float(losses[row])
            axes.plot(
                epoch, loss, "o", markersize=9, markerfacecolor="white", markeredgewidth=2,
                markeredgecolor=share.color, clip_on=False, zorder=5, label="best",
            )  # fmt: skip
            text = f"best: epoch {style.thousands(epoch)}, {share.name} loss {style.powers(loss)}"
            write_above(axes, epoch, text, share.color)
            return


def write_above(axes: Axes, x: float, text: str, color: str) -> None:
    """Words on the upper edge of the axes, over ``x`` as far as they have room there."""
    low, high = axes.get_xlim()
    across = (x - low) / (high - low)
    side = "left" if across < 0.3 else "right" if across > 0.7 else "center"
    axes.annotate(
        text, (across, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", ha=side,
        color=color, fontsize=style.FONT_SIZE, annotation_clip=False, parse_math=False,
    )  # fmt: skip
