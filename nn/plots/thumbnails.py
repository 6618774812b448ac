"""Draws what units respond to as thumbnails, in two colours for the two signs."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from nn.arrays import Array
from nn.diagram.portrait import Portrait
from nn.plots import style

POSITIVE, NEGATIVE = style.COLORS[0], style.COLORS[6]
SIGN_COLORS = LinearSegmentedColormap.from_list("signed", [NEGATIVE, "#ffffff", POSITIVE])
NODE = 0.66
"""The side of a thumbnail in inches."""


def draw_thumbnail(
    axes: Axes, found: Portrait, number: int, place: int, center: tuple[float, float], dashed: bool
) -> None:
    """Draw what a unit of a column responds to, in a frame that may be dashed."""
    column, scale = found.layout.columns[number], found.scales[number]
    values = found.thumbnails[number][:, place]
    x, y = center[0] - NODE / 2, center[1] - NODE / 2
    kind = found.kind(column)
    if kind in ("plane", "image"):
        side = int(np.sqrt(len(values)))
        shape = (column.pixels.rows, column.pixels.columns) if column.pixels else (side, side)
        axes.imshow(
            values.reshape(shape), cmap=SIGN_COLORS, vmin=-scale, vmax=scale, aspect="auto", zorder=2,
            extent=(x, x + NODE, y, y + NODE), interpolation="nearest",
            origin="upper" if kind == "image" else "lower",
        )  # fmt: skip
    else:
        axes.add_patch(Rectangle((x, y), NODE, NODE, facecolor="white", edgecolor="none", zorder=2))
        axes.plot([x, x + NODE], [center[1]] * 2, color=style.FAINT, linewidth=0.4, zorder=2.1)
        draw_heights(axes, values, scale, center, kind)
    frame: Any = {"linestyle": (0, (2.5, 1.5)), "linewidth": 1.8} if dashed else {"linewidth": 1.0}
    axes.add_patch(Rectangle((x, y), NODE, NODE, fill=False, edgecolor=style.INK, zorder=3, **frame))


def draw_heights(axes: Axes, values: Array, scale: float, center: tuple[float, float], kind: str) -> None:
    """Draw numbers as a line, or as bars from the middle up or down, to its edge at the scale."""
    heights = np.clip(values / scale, -1, 1) * 0.96 * NODE / 2
    left, width = center[0] - NODE / 2, NODE / len(values)
    if kind == "line":
        along = left + (np.arange(len(values)) + 0.5) * width
        axes.plot(along, center[1] + heights, color=style.INK, linewidth=1.1, zorder=2.3)
        for sign, color in ((1, POSITIVE), (-1, NEGATIVE)):
            axes.fill_between(
                along, center[1], center[1] + np.clip(heights * sign, 0, None) * sign,
                color=color, alpha=0.55, linewidth=0, zorder=2.2,
            )  # fmt: skip
        return
    bars = [
        Rectangle(
            (left + (group + 0.14) * width, center[1]), 0.72 * width, height,
            facecolor=POSITIVE if height >= 0 else NEGATIVE, edgecolor="none",
        )
        for group, height in enumerate(heights)
        if np.isfinite(height)
    ]  # fmt: skip
    axes.add_collection(PatchCollection(bars, match_original=True, zorder=2.2))


def draw_sign_scale(axes: Axes, corner: tuple[float, float], width: float, height: float) -> None:
    """Draw the colours from the negative to the positive end of a scale."""
    x, y = corner
    axes.imshow(
        np.linspace(-1, 1, 64)[np.newaxis], cmap=SIGN_COLORS, vmin=-1, vmax=1, aspect="auto", zorder=2,
        extent=(x, x + width, y, y + height),
    )  # fmt: skip
