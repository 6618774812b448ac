"""Draws the predictions for a few distinct input patterns as a heat map, patterns × outputs."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from nn.plots import style
from nn.plots.remarks import above, color_bar
from nn.plots.view import View

MAX_PATTERNS = 256
"""With more patterns no heat map is drawn."""
MAX_NAMED_PATTERNS = 32
"""The maximum number of patterns with labels."""
MAX_NUMBERED_OUTPUTS = 6
"""The maximum number of outputs for which cells show their numbers."""


class Patterns(NamedTuple):
    """The distinct inputs of the evaluated samples, ``(patterns, inputs)``, sorted."""

    x: NDArray[Any]
    outputs: NDArray[Any]
    """The network's outputs, ``(patterns, outputs)``."""
    targets: NDArray[Any]
    """The targets, ``(patterns, outputs)``: means over the samples of a pattern."""
    wrong: NDArray[Any]
    """The number of misclassified samples of each pattern, ``(patterns,)``; 0 for a regression."""


def patterns(view: View) -> Patterns | None:
    """Find the distinct input patterns; None if there are too many to draw."""
    samples = view.judged
    x, which, counts = np.unique(samples.x, axis=0, return_inverse=True, return_counts=True)
    if len(x) > MAX_PATTERNS:
        return None
    outputs = view.model.answer(x)
    targets = np.zeros(outputs.shape)
    np.add.at(targets, which, view.model.encoded(samples))
    wrong = np.zeros(len(x), int)
    if view.classes:
        np.add.at(wrong, which, view.classified(outputs)[which] != samples.y[:, 0])
    return Patterns(x, outputs, targets / counts[:, np.newaxis], wrong)


def draw_patterns(axes: Axes, view: View, found: Patterns) -> None:
    """Draw a row for each pattern: outputs on the left, targets on the right; mistakes are ringed."""
    count, outputs = found.outputs.shape
    table = np.hstack([found.outputs, np.full((count, 1), np.nan), found.targets])
    finite = table[np.isfinite(table)]
    low, high = min(0.0, finite.min(initial=0)), max(1.0, finite.max(initial=1))
    shown = axes.imshow(table, cmap="Blues", vmin=low, vmax=high, aspect="auto", interpolation="nearest")
    names = view.outputs
    columns = [*range(outputs), *range(outputs + 1, 2 * outputs + 1)]
    if outputs == 1:
        axes.set_xticks(columns, [f"output {names[0]}", f"target {names[0]}"])
    else:
        axes.set_xticks(columns, [*names, *names], rotation=90 if max(map(len, names)) > 3 else 0)
        axes.set_xlabel("left: answers;  right: targets")
    axes.set_yticks(
        range(count) if count <= MAX_NAMED_PATTERNS else [],
        map(pattern_label, found.x) if count <= MAX_NAMED_PATTERNS else [],
    )
    for text in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        text.set_parse_math(False)
    axes.tick_params(length=0, labelsize=style.FONT_SIZE - 1)
    axes.spines[:].set_visible(False)
    axes.set_ylabel(
        " ".join(view.model.features) if count <= MAX_NAMED_PATTERNS else f"{count:,} patterns, in order"
    )
    for row, column in (
        np.argwhere(np.isfinite(table))
        if count <= MAX_NAMED_PATTERNS and outputs <= MAX_NUMBERED_OUTPUTS
        else ()
    ):
        dark = table[row, column] > (low + high) / 2
        axes.text(
            column, row, style.decimals(round(float(table[row, column]), 2)), ha="center", va="center",
            color="white" if dark else style.INK, fontsize=style.FONT_SIZE - 2,
        )  # fmt: skip
    if not (count <= MAX_NAMED_PATTERNS and outputs <= MAX_NUMBERED_OUTPUTS):
        color_bar(axes, shown, "output")
    rows = np.flatnonzero(found.wrong)
    axes.scatter(
        np.full(len(rows), outputs), rows, s=60, facecolors="none", edgecolors=style.INK, linewidths=1.2
    )
    total = int(found.wrong.sum())
    verdict = f"○ {total:,} answered wrong" if total else "all answered right" if view.classes else ""
    above(axes, f"{count:,} patterns of {view.called};  {verdict}".rstrip("; "))


def pattern_label(pattern: NDArray[Any]) -> str:
    """Write the inputs of a pattern as text: ``0 1 1 0``."""
    return " ".join(f"{value:.3g}".replace("-", "−") for value in pattern)
