"""Draws the median and the quartiles of many runs that differ only in their seed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nn.plots import style
from nn.plots.columns import ColumnLayout
from nn.plots.lines import Look, draw_height_lines, draw_line, drawable, scale_x, scale_y, scale_y_in_percent
from nn.runs.differences import loss_words
from nn.runs.reading import Run

FROM = len(style.COLORS) + 1
"""From this number of runs on, colours no longer tell them apart."""
WORST = 1e300
"""Stands for a value that is not finite, as quantiles cannot interpolate to infinity."""
GREY = Look("#9a9a9a", "-", 0.8, 0.6)
COLOR = style.COLORS[0]


def is_ensemble(runs: Sequence[Run]) -> bool:
    """Whether these are many runs of one configuration that differ only in their seed."""
    first, *others = ({key: value for key, value in run.config.items() if key != "seed"} for run in runs)
    return len(runs) >= FROM and all(other == first for other in others)


def draw_seeds(runs: Sequence[Run], metric: str, along: str) -> Figure:
    """Draw each run as a grey line, the median and the quartiles, and how many runs reached their goal.

    A loss or an accuracy is that of the validation share, if there is one. Raises ValueError for a run
    without rows.
    """
    name = f"val_{metric}" if all(f"val_{metric}" in run.metrics for run in runs) else metric
    columns = [run.columns([along, name]) for run in runs]
    for run, found in zip(runs, columns, strict=True):
        if not len(found.get(name, ())):
            raise ValueError(f"{run.folder}: expected rows of '{name}' to draw, got none")
    drawn = [(found[along], drawable(found[name])) for found in columns]
    figure = style.figure(
        6.4, 4.4, f"{name.replace('val_', 'validation ').capitalize()} of {len(runs)} seeds"
    )
    axes = figure.subplots()
    draw_height_lines(axes)
    last = max(float(x[-1]) for x, _ in drawn)
    for x, y in drawn:
        draw_line(axes, x, y, GREY, "run")
        if x[-1] < last and np.isfinite(y[-1]):
            axes.plot(x[-1], y[-1], "o", color=GREY.color, markersize=3, clip_on=False)
    x, quartiles = row_quartiles(drawn, worst=-WORST if metric.endswith("accuracy") else WORST)
    everything = np.concatenate([y[np.isfinite(y)] for _, y in drawn])
    draw_scale(axes, everything, name, runs)
    axes.fill_between(x, quartiles[0], quartiles[2], color=COLOR, alpha=0.25, linewidth=0, label="quartiles")
    draw_line(axes, x, quartiles[1], Look(COLOR, "-", 2.4), "median")
    scale_x(axes, min(float(x[0]) for x, _ in drawn), last, along)
    ends = [(quartiles[1], "median"), (quartiles[2], "upper quartile"), (quartiles[0], "lower quartile")]
    style.label_ends(
        axes,
        [style.EndLabel(word, float(values[-1]), COLOR) for values, word in ends if np.isfinite(values[-1])],
    )
    say(axes, reached(runs), has_ended=any(x[-1] < last for x, _ in drawn))
    figure.set_layout_engine(ColumnLayout())
    return figure


def row_quartiles(
    drawn: Sequence[tuple[NDArray[Any], NDArray[Any]]], worst: float
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return where any run has a row, ``(points,)``, and the quartiles of all runs there, ``(3, points)``.

    A run that has ended counts with its last value; a value that is not finite counts as the ``worst``.
    """
    x = np.unique(np.concatenate([at for at, _ in drawn]))
    rows = [
        np.where(np.isnan(y), worst, y)[np.maximum(np.searchsorted(at, x, "right") - 1, 0)] for at, y in drawn
    ]
    return x, drawable(np.quantile(np.array(rows), [0.25, 0.5, 0.75], axis=0))


def draw_scale(axes: Axes, numbers: NDArray[Any], name: str, runs: Sequence[Run]) -> None:
    """Set the scale and the label of the metric's axis."""
    words = name.replace("val_", "validation ").replace("_", " ")
    if name.endswith("loss"):
        words = words.replace("loss", loss_words(runs))
    if name.endswith("accuracy"):
        scale_y_in_percent(axes, numbers, ticks=6)
        axes.set_ylabel(words)
    else:
        scale_y(axes, numbers, words)


def reached(runs: Sequence[Run]) -> str:
    """Count the runs that reached the goal of their configuration, if any: ``13 of 20 reached 0.01``."""
    training: Any = runs[0].config.get("training") or {}
    goal = training.get("stop_at") if isinstance(training, Mapping) else None
    if not isinstance(goal, Mapping):
        return ""
    parts = [f"{name} {value:g}" for name, value in goal.items() if isinstance(value, int | float)]
    count = sum(run.stopped == "stop_at" for run in runs)
    return f"{count} of {len(runs)} reached {' and '.join(parts)}"


def say(axes: Axes, goal: str, *, has_ended: bool) -> None:
    """Write above the axes how many runs reached their goal, and explain the dots."""
    ended = "an ended run (dot) counts with its last value" if has_ended else ""
    axes.annotate(
        ";  ".join(part for part in (goal, ended) if part), (0, 1), (0, 6), xycoords="axes fraction",
        textcoords="offset points", color=style.FAINT, fontsize=style.FONT_SIZE - 1, annotation_clip=False,
    )  # fmt: skip
