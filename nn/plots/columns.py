"""Lays out axes that stand one above the other, by the sizes of the words around them."""

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine
from matplotlib.text import Text
from matplotlib.transforms import blended_transform_factory

from nn.arrays import Reals

EDGE, PAD, BETWEEN = 7.2, 4.0, 11.5
"""Points between words and the edges of the figure; numbers and the label of their axis; two axes."""
TICK = 3.5
"""Points that a tick is long."""


class ColumnLayout(LayoutEngine):
    """Gives the axes of a figure the room that the words around them leave, with their y labels in one line.

    Words are measured once. Constrained layout comes to much the same, in twice the time; it knows more:
    several columns, legends, colour bars.
    """

    _adjust_compatible = True
    _colorbar_gridspec = False

    def execute(self, fig: Figure) -> None:
        rows, (width, height), point = len(fig.axes), fig.bbox.size, fig.dpi / 72
        left, right, below, above = np.array([reach(axes) for axes in fig.axes]).T
        below = np.maximum(below, TICK * point)
        beside = EDGE * point + max(axes.yaxis.label.get_window_extent().width for axes in fig.axes)
        under = EDGE * point + fig.axes[-1].xaxis.label.get_window_extent().height
        titles = [text.get_window_extent().y0 for text in fig.texts if text.get_text()]
        bottom, top = under + PAD * point + below[-1], min(titles, default=height) - EDGE * point - above[0]
        gap = BETWEEN * point + (below[:-1] + above[1:]).max(initial=0)
        fig.subplots_adjust(
            left=(beside + PAD * point + left.max()) / width,
            right=1 - (EDGE * point + right.max()) / width,
            bottom=bottom / height,
            top=top / height,
            hspace=rows * gap / (top - bottom - (rows - 1) * gap),  # in mean heights of axes
        )
        for axes in fig.axes:
            across = blended_transform_factory(fig.transFigure, axes.transAxes)
            axes.yaxis.set_label_coords(beside / width, 0.5, across)
            along = blended_transform_factory(axes.transAxes, fig.transFigure)
            axes.xaxis.set_label_coords(0.5, under / height, along)


def reach(axes: Axes) -> Reals:
    """Measure how far words reach out of axes, in pixels: left, right, below and above; without labels."""
    words = [*axes.texts, *tick_labels(axes.xaxis, 0), *tick_labels(axes.yaxis, 1)]
    x0, y0, x1, y1 = np.array([word.get_window_extent().extents for word in words]).T
    low_x, low_y, high_x, high_y = axes.bbox.extents
    return np.array([side.max(initial=0) for side in (low_x - x0, x1 - high_x, low_y - y0, y1 - high_y)])


def tick_labels(axis: Axis, coordinate: int) -> Iterator[Text]:
    """Yield the numbers along an axis that can be seen."""
    low, high = sorted(axis.get_view_interval())
    for label in axis.get_majorticklabels():
        if low <= label.get_position()[coordinate] <= high:
            yield label
