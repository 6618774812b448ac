"""Draws the quality of predictions: confusion matrix, residuals, calibration."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from nn.metrics.classification import confusion_matrix
from nn.metrics.regression import root_mean_squared_error
from nn.plots import style
from nn.plots.columns import ColumnLayout
from nn.plots.dataset import size
from nn.plots.pictures import shows
from nn.plots.remarks import above, color_bar
from nn.plots.view import View
from nn.runs.reading import Run
from nn.statistics.shares import wilson

MAX_NUMBERED_CLASSES = 20
"""With more classes the cells of a confusion matrix have no numbers, and few rows are labelled."""
CALIBRATION_BINS = 10


@shows("confusion", "Which classes are taken for which.", config="digits")
def confusion(run: Run) -> Figure:
    """Draw the confusion matrix."""
    view = View.of(run)
    classes = view.classes
    if classes is None:
        raise ValueError(
            f"{run.folder}: a confusion matrix needs classes, got a regression; use --what residuals"
        )
    samples, called = view.judged, view.called
    answered = view.classified(view.model.answer(samples.x))
    true = samples.y[:, 0].astype(int)
    counts = confusion_matrix(true, answered, len(classes))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = float(np.clip(2.2 + 0.42 * len(classes), 4.0, 8.0))
    figure = style.figure(side + 0.8, side, run.name)
    axes = figure.subplots()
    shown = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    label_classes(axes, classes, view.model.targets[0])
    if len(classes) <= MAX_NUMBERED_CLASSES:
        write_counts(axes, counts, shares)
    else:
        color_bar(axes, shown, "share of the true class")
    above(axes, f"{called};  {style.percent(round(float(np.mean(answered == true)), 4))} right")
    return figure


def label_classes(axes: Axes, classes: Sequence[str], target: str) -> None:
    """Label the rows of a confusion matrix with the true classes, its columns with those answered."""
    few = len(classes) <= MAX_NUMBERED_CLASSES
    places = np.arange(len(classes)) if few else np.unique(np.linspace(0, len(classes) - 1, 10).astype(int))
    longest = max(len(name) for name in classes)
    axes.set_xticks(places, [classes[place] for place in places.tolist()], rotation=90 if longest > 4 else 0)
    axes.set_yticks(places, [classes[place] for place in places.tolist()])
    for text in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        text.set_parse_math(False)
    axes.tick_params(labelsize=style.FONT_SIZE - 1, length=0, labelcolor=style.INK)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("answered", fontsize=style.FONT_SIZE, color=style.INK)
    axes.set_ylabel(f"true {target}", fontsize=style.FONT_SIZE, color=style.INK, parse_math=False)


def write_counts(axes: Axes, counts: NDArray[Any], shares: NDArray[Any]) -> None:
    """Write the number of samples into each cell of a confusion matrix that has any."""
    for (row, column), count in np.ndenumerate(counts):
        if count:
            axes.text(
                column, row, f"{count:.0f}", ha="center", va="center", fontsize=style.FONT_SIZE - 1,
                color="white" if shares[row, column] > 0.5 else style.INK,
            )  # fmt: skip


@shows("residuals", "Predicted against true, and the residuals.", config="sine")
def residuals(run: Run) -> Figure:
    """Draw predicted against true values and, below, the residuals."""
    view = View.of(run)
    if view.classes is not None:
        raise ValueError(f"{run.folder}: residuals need a regression, got classes; use --what confusion")
    samples, called = view.judged, view.called
    predicted, true = view.model.answer(samples.x), samples.y
    figure = style.figure(6.4, 6.2, run.name)
    first, second = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    for axes in (first, second):
        style.dress_axes(axes)
        style.linear_ticks(axes)
    low, high = float(np.min(true)), float(np.max(true))
    first.plot([low, high], [low, high], color=style.FAINT, linewidth=1, linestyle="--")
    second.axhline(0, color=style.FAINT, linewidth=1, linestyle="--")
    for number, name in enumerate(view.model.targets[: len(style.COLORS)]):
        look: Any = {
            "color": style.COLORS[number],
            "s": size(len(true)),
            "label": name,
            "edgecolors": "white",
        }
        look |= {"marker": style.MARKERS[number], "linewidths": 0.4}
        first.scatter(true[:, number], predicted[:, number], **look)
        second.scatter(true[:, number], predicted[:, number] - true[:, number], **look)
    first.set_ylabel("predicted")
    second.set(xlabel=f"true {', '.join(view.model.targets)}", ylabel="predicted − true")
    second.xaxis.set_major_formatter(FuncFormatter(style.decimals))
    error = float(np.mean(root_mean_squared_error(true, predicted)))
    above(first, f"{called};  root mean squared error {style.powers(error)}")
    if len(view.model.targets) > 1:
        first.legend(frameon=False, fontsize=style.FONT_SIZE - 1, labelcolor=style.INK)
    figure.set_layout_engine(ColumnLayout())
    return figure


@shows("calibration", "Whether probabilities are what they say.", config="breast-cancer")
def calibration(run: Run) -> Figure:
    """Draw a reliability diagram: accuracy over the predicted probability; below, the number of samples."""
    view = View.of(run)
    samples, called = view.judged, view.called
    outputs = view.model.answer(samples.x)
    claimed = view.model.certainty(outputs)
    if view.classes is None or view.model.loss.threshold != 0.5 or np.any((claimed < 0) | (claimed > 1)):
        raise ValueError(f"{run.folder}: calibration needs probabilities, as of sigmoid or softmax, got none")
    shares, true = view.probabilities(outputs), samples.y[:, 0].astype(int)
    certain, right = shares.max(axis=1), shares.argmax(axis=1) == true
    least = 1 / shares.shape[1]
    edges = np.linspace(least, 1, CALIBRATION_BINS + 1)
    place = np.clip(np.digitize(certain, edges) - 1, 0, CALIBRATION_BINS - 1)
    counts = np.bincount(place, minlength=CALIBRATION_BINS)
    figure = style.figure(6.4, 5.8, run.name)
    first, second = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    for axes in (first, second):
        style.dress_axes(axes)
    first.plot([least, 1], [least, 1], color=style.FAINT, linewidth=1, linestyle="--")
    found = counts > 0
    means = np.bincount(place, certain, CALIBRATION_BINS)[found] / counts[found]
    hits = np.bincount(place, right, CALIBRATION_BINS)[found] / counts[found]
    low, high = np.array([wilson(p * n, n) for p, n in zip(hits, counts[found], strict=True)]).T
    first.errorbar(
        means, hits, np.maximum([hits - low, high - hits], 0), color=style.COLORS[0], marker="o",
        linewidth=1.8, elinewidth=0.8, capsize=3,
    )  # fmt: skip
    second.bar(edges[:-1], counts, np.diff(edges), align="edge", color=style.COLORS[0], edgecolor="white")
    first.set(ylabel="share that is right", ylim=(-0.03, 1.06))
    second.set(ylabel="answers", xlabel="probability of the class that was answered", xlim=(least, 1))
    for axis in (first.yaxis, second.xaxis):
        axis.set_major_formatter(FuncFormatter(style.percent))
    style.linear_ticks(second, 3)
    gap = float(np.sum(counts[found] * np.abs(means - hits)) / len(true))
    above(first, f"{called};  expected calibration error {style.percent(round(gap, 4))};  bars: 95 %")
    figure.set_layout_engine(ColumnLayout())
    return figure
